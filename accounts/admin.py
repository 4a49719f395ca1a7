"""Accounts in the admin: who signs in, in which role, for which division or department."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# Imported before they are replaced, so that the registrations below are the last.
import axes.admin  # noqa: F401
import rest_framework.authtoken.admin as rest_tokens
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin, messages
from django.contrib.auth import admin as django_auth
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_tasks_db.models import DBTaskResult
from rest_framework.authtoken.models import TokenProxy

from accounts.models import User
from accounts.services import open_sign_in
from platforms_portal.access import Role
from platforms_portal.admin import PortalAdmin, is_old_version
from platforms_portal.admin_rights import ByRole, may_administer

if TYPE_CHECKING:
    from django import forms
    from django.db.models import QuerySet
    from django.http import HttpRequest

# Rights follow roles, so groups would promise what nobody reads; failed sign-ins are undone by
# the action below; the worker's queue is its own affair.
for model in (Group, AccessAttempt, AccessFailureLog, AccessLog, DBTaskResult, TokenProxy):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class AccountForm(UserChangeForm[User]):
    """An account; nobody shuts out the administrator who is at work."""

    is_own_account = False

    class Meta(UserChangeForm.Meta):
        model = User

    def clean(self) -> dict[str, Any]:
        """Refuse that an administrator takes away the own role or account."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        loses_role = cleaned.get("role", Role.ADMINISTRATOR) != Role.ADMINISTRATOR
        if self.is_own_account and (loses_role or not cleaned.get("is_active", True)):
            raise ValidationError(
                _("You cannot take away your own role or account; another administrator can.")
            )
        return cleaned


class NewAccountForm(UserCreationForm[User]):
    """A new account: its password is required, and judged by the site's validators."""

    class Meta(UserCreationForm.Meta):
        model = User


@admin.register(User)
class AccountAdmin(PortalAdmin, django_auth.UserAdmin[User]):
    """Accounts of all roles."""

    form = AccountForm
    add_form = NewAccountForm
    add_form_template = "admin/portal_change_form.html"
    list_display = (
        "username",
        "full_name",
        "role",
        "division",
        "department",
        "is_active",
        "last_login",
    )
    list_filter = (
        "role",
        "is_active",
        ("division", admin.RelatedOnlyFieldListFilter),
        "department",
    )
    list_select_related = ("division", "department")
    search_fields = ("username", "full_name", "email", "division__name", "department__name")
    autocomplete_fields = ("division", "department")
    date_hierarchy = "date_joined"
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    actions = ("let_sign_in",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (gettext_lazy("Person"), {"fields": ("full_name", "email")}),
        (gettext_lazy("Rights"), {"fields": ("role", "division", "department", "is_active")}),
        (gettext_lazy("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "password1", "password2")}),
        (gettext_lazy("Person"), {"fields": ("full_name", "email")}),
        (gettext_lazy("Rights"), {"fields": ("role", "division", "department")}),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse administrators the accounts that stand above their role."""
        if isinstance(obj, User) and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow it only for an account that did nothing yet; others are made inactive."""
        return self.has_change_permission(request, obj) and super().has_delete_permission(
            request, obj
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out the password where it cannot be changed."""
        sections = super().get_fieldsets(request, obj)
        if obj is None or (
            self.has_change_permission(request, obj) and not is_old_version(request)
        ):
            return sections
        first = (None, {"fields": ("username",)})
        return (first, *sections[1:])

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[User]]:
        """Tell the form whose account it is."""
        form = super().get_form(request, obj, change=change, **kwargs)
        is_own = obj is not None and obj.pk == request.user.pk and not request.user.is_superuser
        return type(form.__name__, (form,), {"is_own_account": is_own})

    @admin.action(description=gettext_lazy("Let sign in again now"), permissions=["change"])
    def let_sign_in(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Open accounts that too many wrong passwords have closed."""
        opened = sum(1 for user in queryset if open_sign_in(user=user))
        self.message_user(
            request,
            ngettext("%d account was opened.", "%d accounts were opened.", opened) % opened,
            messages.SUCCESS,
        )


@admin.register(TokenProxy)
class TokenAdmin(ByRole, rest_tokens.TokenAdmin):
    """Keys for programs that call the API. Only administrators see them, for they open doors."""

    autocomplete_fields = ("user",)
    list_select_related = ("user",)
    list_display = ("user", "created")
    fields = ("user", "key", "created")
    readonly_fields = ("key", "created")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Hide the keys from auditors."""
        return may_administer(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Hide the keys from auditors."""
        return may_administer(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names them
        """Refuse: a key is made or taken away, never changed."""
        return False

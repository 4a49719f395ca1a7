"""What every page of the admin shares: the site itself, and how records are shown and kept."""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from simple_history.admin import SimpleHistoryAdmin

from platforms_portal.admin_history import ChangeInWords
from platforms_portal.admin_rights import ByRole, may_look

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from platforms_portal.admin_rows import PortalInline

V = TypeVar("V", bound="Callable[..., HttpResponseBase]")

FIELDS_ON_A_PAGE = 800
"""A browser sends every field of every row; Django takes at most 1,000 in one form."""

PROVENANCE: tuple[Any, Any] = (_("Provenance"), {"fields": ("is_placeholder", "source", "note")})
"""The section of every form whose record says where it comes from."""


class ChoicesInWords(AutocompleteJsonView):
    """The choices of an autocomplete, each told so that two of one name are told apart."""

    def serialize_result(self, obj: models.Model, to_field_name: str) -> dict[str, str]:
        """Return the key of ``obj`` and its words."""
        words = (
            self.model_admin.choice_text(obj) if hasattr(self.model_admin, "choice_text") else obj
        )
        return {"id": str(getattr(obj, to_field_name)), "text": str(words)}


class PortalAdminSite(admin.AdminSite):
    """The admin of the portal: one way in for everybody, 403 for whoever has no business here."""

    site_title = _("Platforms portal")
    site_header = _("Platforms portal administration")
    index_title = _("Records")

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the reader may open any page of the admin."""
        return may_look(request.user)

    def admin_view(self, view: V, cacheable: bool = False) -> V:
        """Guard ``view``: a stranger is asked to sign in, another role is refused."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            # Django would offer the login page to somebody who is signed in already.
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied(_("Only administrators and auditors may open this part."))
            return inner(request, *args, **kwargs)

        return cast("V", update_wrapper(guarded, inner))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Answer what was typed into an autocomplete."""
        return cast("HttpResponse", ChoicesInWords.as_view(admin_site=self)(request))

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(
        self,
        request: HttpRequest,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002 - Django names it
    ) -> HttpResponse:
        """Send a stranger to the portal's own login page, so that there is only one door."""
        index = reverse("admin:index", current_app=self.name)
        if request.user.is_authenticated:
            return HttpResponseRedirect(index)
        return redirect_to_login(request.GET.get("next", index))


class PortalAdmin(ByRole, SimpleHistoryAdmin):
    """A model of the portal in the admin.

    Lists ask a constant number of queries and never count the whole table beside the part that
    is shown; what has history is never deleted in bulk; the history is read, not rewound.
    """

    _added_inlines: tuple[type[PortalInline], ...] = ()
    show_full_result_count = False
    list_per_page = 50
    change_form_template = "admin/portal_change_form.html"
    object_history_template = "admin/portal_history.html"
    object_history_list_template = "admin/portal_history_list.html"
    object_history_form_template = "admin/portal_history_version.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Read what rows and autocompletes name together with them."""
        records: models.QuerySet[Any] = super().get_queryset(request)
        if not records.ordered:
            # Pages of an autocomplete would else repeat and miss records.
            records = records.order_by("pk")
        related = self.list_select_related
        return records.select_related(*related) if isinstance(related, (list, tuple)) else records

    def choice_text(self, record: Any) -> str:
        """Return the words by which ``record`` is chosen: its name, and its code if it has one."""
        code = getattr(record, "code", "")
        return f"{record} ({code})" if code else str(record)

    def add_rows(self, *inlines: type[PortalInline]) -> None:
        """Put further inlines on the page: for an app whose records this one must not know."""
        self._added_inlines = (*self._added_inlines, *inlines)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[type[Any]]:
        """Return the model's own inlines and the added ones."""
        return [*super().get_inlines(request, obj), *self._added_inlines]

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the inlines whose rows fit on the page; the longer ones are linked to."""
        return [inline for inline, rows in self._fitting(request, obj) if rows is None]

    def long_lists(self, request: HttpRequest, obj: models.Model) -> list[dict[str, Any]]:
        """Return what is too long for the page: its words, its number, and where it is listed."""
        found = []
        for inline, rows in self._fitting(request, obj):
            if rows is None:
                continue
            opts = inline.opts
            address = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
            found.append(
                {
                    "title": opts.verbose_name_plural,
                    "rows": rows,
                    "address": f"{address}?{inline.key_name()}__id__exact={obj.pk}",
                }
            )
        return found

    def _fitting(self, request: HttpRequest, obj: Any) -> list[tuple[PortalInline, int | None]]:
        """Return each inline with nothing, or with its number of rows where they do not fit."""
        left = FIELDS_ON_A_PAGE
        result: list[tuple[PortalInline, int | None]] = []
        inlines = cast("list[PortalInline]", super().get_inline_instances(request, obj))
        for inline in inlines:
            rows = inline.rows_of(obj)
            needed = rows * inline.width()
            fits = needed <= left
            left -= needed if fits else 0
            result.append((inline, None if fits else rows))
        return result

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show beside the form what is too long to be part of it."""
        obj = kwargs.get("obj")
        if obj is not None:
            context["long_lists"] = self.long_lists(request, obj)
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - the library names them
        """Never rewind: a correction is a change of its own, with its own row of history."""
        return True

    def history_form_view_title(self, request: HttpRequest, obj: Any) -> str:  # noqa: ARG002 - as above
        """Say as of when the record is shown."""
        moment = timezone.localtime(obj._history.history_date)  # noqa: SLF001 - documented
        return gettext("%(record)s as of %(moment)s") % {
            "record": obj,
            "moment": f"{moment:%Y-%m-%d %H:%M:%S}",
        }

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a record as it was. The library would let even a reader post a change here."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        show = cast("Callable[..., HttpResponse]", super().history_form_view)
        return show(request, object_id, version_id, extra_context)

    def get_historical_record_context_helper(
        self,
        request: HttpRequest,  # noqa: ARG002 - the library names it
        historical_record: Any,
    ) -> ChangeInWords:
        """Tell changes in the reader's words."""
        return ChangeInWords(self.model, historical_record)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show of an old version what the history holds."""
        if is_old_version(request):
            return [field.name for field in self.opts.fields if field.editable]
        return super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Show every field of an old version as text, for nothing can be entered there."""
        fixed = list(super().get_readonly_fields(request, obj))
        if not is_old_version(request):
            return fixed
        sections = self.fieldsets
        shown = flatten_fieldsets(sections) if sections else self.get_fields(request, obj)
        return [*fixed, *(name for name in shown if name not in fixed)]


def is_old_version(request: HttpRequest) -> bool:
    """Whether the page shows a version of the history."""
    match = request.resolver_match
    return match is not None and str(match.url_name).endswith("_simple_history")


@admin.display(description=_("data"), ordering="is_placeholder")
def placeholder_badge(record: Any) -> str:
    """Mark a record that stands in for a real one (domain §8); a column of the lists."""
    return render_to_string("partials/placeholder_badge.html", {"shown": record.is_placeholder})

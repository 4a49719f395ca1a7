"""Who may do what in the admin: an administrator changes, an auditor reads (docs/roles.md).

Rights follow the role alone; Django's own permissions and ``is_staff`` decide nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models.fields.reverse_related import ForeignObjectRel

from platforms_portal.access import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db import models
    from django.http import HttpRequest

    from accounts.models import User


def may_administer(user: User | AnonymousUser) -> bool:
    """Whether ``user`` may change what the admin shows."""
    if not user.is_authenticated or not user.is_active:
        return False
    return user.is_superuser or user.role == Role.ADMINISTRATOR


def may_look(user: User | AnonymousUser) -> bool:
    """Whether ``user`` may open the admin: whoever changes there, and the auditor who reads."""
    if may_administer(user):
        return True
    return user.is_authenticated and user.is_active and user.role == Role.AUDITOR


def has_dependents(record: models.Model) -> bool:
    """Whether another record refers to ``record``, so that it must not be deleted.

    Its own history and the values of its own many-to-many fields do not count; for a user, what
    the user did does: the answer to "who" must not go.
    """
    known = vars(record)
    if "_has_dependents" not in known:
        known["_has_dependents"] = any(
            _refers(relation, record) for relation in _references_to(type(record))
        )
    return bool(known["_has_dependents"])


def _refers(relation: ForeignObjectRel, record: models.Model) -> bool:
    rows = relation.related_model._base_manager  # noqa: SLF001 - documented by Django, as _meta is
    return bool(rows.filter(**{relation.field.name: record.pk}).exists())


def _references_to(model: type[models.Model]) -> list[ForeignObjectRel]:
    opts = model._meta  # noqa: SLF001 - see above
    through = {field.remote_field.through for field in opts.many_to_many}
    own_values = {other for other in through if other and other._meta.auto_created}  # noqa: SLF001
    found = []
    for relation in opts.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        other = relation.related_model
        is_old_value = hasattr(other, "history_id") and relation.field.name != "history_user"
        if other not in own_values and not is_old_value:
            found.append(relation)
    return found


class ByRole:
    """Rights of one model's pages by role; every ModelAdmin of the portal starts from it."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the app's section is shown."""
        return may_look(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Whether records are shown."""
        return may_look(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Whether records may be added."""
        return may_administer(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Whether records may be changed."""
        return may_administer(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this one record may be deleted; never several at once."""
        return obj is not None and may_administer(request.user) and not has_dependents(obj)

"""Changing the settings of follow-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from consolidation.models import Programme
from followup.models import FollowUpSettings
from platforms_portal.access import Right, has_right
from platforms_portal.history import save_recorded

if TYPE_CHECKING:
    from accounts.models import User

FIELDS = (
    "amber_days",
    "red_days",
    "reminder_days",
    "escalation_days",
    "accept_days",
    "report_day",
)


def save_settings(*, programme: Programme, user: User, **values: Any) -> FollowUpSettings:
    """Save the settings of ``programme`` and return them; the same again changes nothing.

    ``values`` are all of ``FIELDS``. Raises ``PermissionDenied`` for users who may not, and
    ``ValidationError`` with every error by its field.
    """
    if not has_right(user, Right.FOLLOW_UP):
        raise PermissionDenied(_("Only the commission changes these settings."))
    with transaction.atomic():
        # The programme is there before its settings are, so it is what two writers wait for.
        locked = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
        stored = FollowUpSettings.objects.filter(programme=locked).first()
        settings = stored or FollowUpSettings(programme=locked)
        before = {name: getattr(settings, name) for name in FIELDS}
        if stored is not None and before == values:
            return stored
        for name in FIELDS:
            setattr(settings, name, values[name])
        save_recorded(settings, user=user, reason=_("Settings of follow-up changed"))
    return settings

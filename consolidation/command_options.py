"""What the commands are told, read the same way everywhere: a programme, an owner of it, a day."""

from __future__ import annotations

import argparse
import datetime
from typing import TYPE_CHECKING

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from consolidation.models import Programme
from consolidation.selectors.plans import owners_of
from platforms_portal.days import FIRST_DAY, LAST_DAY, is_askable

if TYPE_CHECKING:
    from zones.models import Division

WRONG_USE = 2
"""The exit status of a command that was asked for something that cannot be."""


def day(text: str) -> datetime.date:
    """Return the day that an argument names; anything else is told by the parser."""
    try:
        found = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write YYYY-MM-DD") from error
    if not is_askable(found):
        raise argparse.ArgumentTypeError(f"{text!r}: write a day from {FIRST_DAY} to {LAST_DAY}")
    return found


def programme_with(code: str) -> Programme:
    """Return the programme with this code; raises ``CommandError`` (exit status 2)."""
    programme = Programme.objects.select_related("division", "ledger").filter(code=code).first()
    if programme is None:
        known = "、".join(Programme.objects.values_list("code", flat=True)) or "—"
        raise CommandError(
            _("There is no programme %(code)s. Loaded: %(known)s.")
            % {"code": code, "known": known},
            returncode=WRONG_USE,
        )
    return programme


def owner_with(programme: Programme, code: str | None) -> Division | None:
    """Return the owner with this code, ``None`` without one; raises ``CommandError`` (status 2)."""
    if code is None:
        return None
    owners = {owner.code: owner for owner in owners_of(programme)}
    if code not in owners:
        raise CommandError(
            _("%(code)s is no owner of this programme. Owners: %(known)s.")
            % {"code": code, "known": "、".join(owners)},
            returncode=WRONG_USE,
        )
    return owners[code]

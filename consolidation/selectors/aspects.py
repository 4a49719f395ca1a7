"""Words for the parts of a rule: what tells its findings apart when it has several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import text
from consolidation.models.programmes import ZoneKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_WORDS: dict[str, StrOrPromise] = {
    "retained_max": _("Target"),
    "ceiling": _("Ceiling"),
    "sub_areas_max": _("Number of sub-areas"),
    "parcels_max": _("Separate parcels"),
    "posts": _("Exempt posts"),
    "one_person": _("One person for two posts"),
    "plans": _("Plans submitted"),
    "completion": _("Platforms dealt with"),
    "completion_bodies": _("Bodies abolished or founded"),
    "high_level_min": _("High-level platforms"),
}


def aspect_label(aspect: str) -> StrOrPromise:
    """Return the words for ``aspect``; empty where the title of the rule says enough."""
    for kind in ZoneKind:
        start = f"rank_{kind.value}_"
        if aspect.startswith(start):
            rank = aspect.removeprefix(start)
            return text(_("{kind}, rank {rank} or better"), kind=kind.label, rank=rank)
    return _WORDS.get(aspect, "")

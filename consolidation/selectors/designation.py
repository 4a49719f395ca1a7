"""When a retained platform is a sub-area: from its designation until the withdrawal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    import datetime


def designated_q(day: datetime.date, prefix: str = "") -> Q:
    """Return the filter for retained platforms that are sub-areas on ``day``.

    One marked without a day is designated at any time; on the day of the withdrawal it no longer is.
    """
    return (
        Q(**{f"{prefix}is_sub_area": True})
        & (
            Q(**{f"{prefix}designated_on__isnull": True})
            | Q(**{f"{prefix}designated_on__lte": day})
        )
        & (Q(**{f"{prefix}withdrawn_on__isnull": True}) | Q(**{f"{prefix}withdrawn_on__gt": day}))
    )

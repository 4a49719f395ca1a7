"""The days that the portal can be asked for: periods are counted from them in both directions."""

import datetime

FIRST_DAY = datetime.date(1900, 1, 1)
LAST_DAY = datetime.date(2999, 12, 31)


def is_askable(day: datetime.date) -> bool:
    """Whether ``day`` leaves room for the periods that are counted from it."""
    return FIRST_DAY <= day <= LAST_DAY

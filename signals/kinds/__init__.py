"""The kinds of signal, one a file. Importing this package fills the registry."""

from signals.kinds import (
    s01_baseline_changed,
    s02_plates_without_bodies,
    s03_staff_moved,
    s04_refounded,
    s05_stale_counts,
    s06_peers,
    s07_one_day,
    s08_before_approval,
    s09_placeholders,
)

__all__ = [
    "s01_baseline_changed",
    "s02_plates_without_bodies",
    "s03_staff_moved",
    "s04_refounded",
    "s05_stale_counts",
    "s06_peers",
    "s07_one_day",
    "s08_before_approval",
    "s09_placeholders",
]

"""The four counts (platforms, bodies, plates, people) as tallies per owner.

A counter turns a ``StateView`` into one tally per place; the registry lets ``staffing`` add the
people. Everything that shows a count asks ``tallies``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.selectors.state import body_rows, plate_rows, platform_rows
from zones.selectors import existing_on, today_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Collection, Mapping

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from consolidation.selectors.state import StateView


class Place(NamedTuple):
    """Where something is counted: its owner at the baseline, and today's division if known."""

    division_id: int
    current_division_id: int | None


@dataclass(frozen=True)
class Tally:
    """What was counted at one place. Units are those of the count (platforms, …, people).

    ``undecided`` are in the plans' reach without a decision; ``missing_*`` are figures that the
    count needs and nobody has given, so that with any of them the count is not known.
    """

    baseline: int = 0
    in_state: int = 0
    undecided: int = 0
    placeholders: int = 0
    missing_baseline: int = 0
    missing_in_state: int = 0
    went: int = 0
    came: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.baseline + other.baseline,
            self.in_state + other.in_state,
            self.undecided + other.undecided,
            self.placeholders + other.placeholders,
            self.missing_baseline + other.missing_baseline,
            self.missing_in_state + other.missing_in_state,
            self.went + other.went,
            self.came + other.came,
        )

    @property
    def cut(self) -> int:
        """Baseline less state."""
        return self.baseline - self.in_state


@dataclass(frozen=True)
class Counter:
    """One of the counts: its name, its words, and the function that makes its tallies.

    ``definition`` says what is counted (domain §10).
    """

    name: str
    title: StrOrPromise
    unit: StrOrPromise
    count: Callable[[StateView], dict[Place, Tally]]
    definition: StrOrPromise


COUNTERS: dict[str, Counter] = {}


def register(counter: Counter) -> Counter:
    """Add a count to the registry; a name taken already is an error of the programmer."""
    if counter.name in COUNTERS:
        raise ValueError(f"count {counter.name!r} is registered twice")
    COUNTERS[counter.name] = counter
    return counter


def tallies(view: StateView, name: str) -> dict[Place, Tally]:
    """Return the tallies of the count called ``name`` in ``view``, by place."""
    return COUNTERS[name].count(view)


def by_owner(counted: Mapping[Place, Tally]) -> dict[int, Tally]:
    """Return the tallies summed by their owner at the baseline (key of the division)."""
    sums: dict[int, Tally] = {}
    for place, tally in counted.items():
        sums[place.division_id] = sums.get(place.division_id, Tally()) + tally
    return sums


class DayMap(NamedTuple):
    """The divisions of a day: which exist, and which follows one that no longer does."""

    successors: Mapping[int, int]
    existing: Collection[int]

    @classmethod
    def on(cls, day: datetime.date) -> DayMap:
        """Read the map of ``day``, in two queries."""
        return cls(today_of(day), existing_on(day))

    def division_of(self, place: Place) -> int:
        """Return the division in which ``place`` lies.

        The place that a record names itself counts once its division exists; before, and where it
        names none, the default successor of its owner does.
        """
        named = place.current_division_id
        known = named if named is not None and named in self.existing else place.division_id
        return self.successors.get(known, known)


def by_today(counted: Mapping[Place, Tally], day: datetime.date | DayMap) -> dict[int, Tally]:
    """Return the same tallies summed by the divisions of ``day``. No total changes.

    Who sums several counts hands over the ``DayMap``, which then is read once.
    """
    day_map = day if isinstance(day, DayMap) else DayMap.on(day)
    sums: dict[int, Tally] = {}
    for place, tally in counted.items():
        division_id = day_map.division_of(place)
        sums[division_id] = sums.get(division_id, Tally()) + tally
    return sums


def total(counted: Mapping[Place, Tally]) -> Tally:
    """Return the sum over all places: the city."""
    return sum(counted.values(), Tally())


def count_rows(rows: QuerySet) -> dict[Place, Tally]:  # type: ignore[type-arg]  # any model's rows
    """Count the rows of ``state`` by place in one query.

    Counts are distinct because a record decided twice has two rows.
    """

    def number(condition: Q) -> Count:
        return Count("pk", distinct=True, filter=condition)

    counted = (
        rows.order_by()
        .values("division_id", "current_division_id")
        .annotate(
            n_baseline=number(Q(in_baseline=True)),
            n_state=number(Q(in_state=True)),
            n_undecided=number(Q(undecided=True)),
            n_placeholders=number(Q(rests_on_placeholder=True)),
            n_went=number(Q(in_baseline=True, in_state=False)),
            n_came=number(Q(in_baseline=False, in_state=True)),
        )
    )
    return {
        Place(row["division_id"], row["current_division_id"]): Tally(
            baseline=row["n_baseline"],
            in_state=row["n_state"],
            undecided=row["n_undecided"],
            placeholders=row["n_placeholders"],
            went=row["n_went"],
            came=row["n_came"],
        )
        for row in counted
    }


PLATFORMS = register(
    Counter(
        "platforms",
        _("Platforms"),
        pgettext_lazy("unit", "platforms"),
        lambda view: count_rows(platform_rows(view)),
        _(
            "Development zones and parks, each once. A platform that is merged, transformed or "
            "abolished is no longer one; a retained platform that continues one of the baseline "
            "is that platform."
        ),
    )
)
BODIES = register(
    Counter(
        "bodies",
        _("Management bodies"),
        pgettext_lazy("unit", "bodies"),
        lambda view: count_rows(body_rows(view)),
        _("Management bodies in being. Several platforms may have one, and one platform several."),
    )
)
PLATES = register(
    Counter(
        "plates",
        _("Plates"),
        pgettext_lazy("unit", "plates"),
        lambda view: count_rows(plate_rows(view)),
        _("Titles that a platform carries, such as that of a national development zone."),
    )
)

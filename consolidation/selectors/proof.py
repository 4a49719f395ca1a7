"""Where a number of the four counts comes from: its definition, its arithmetic, what it leaves out.

The same rows that the list shows are grouped by why each is counted or left out, so that every
record of the baseline is accounted for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Count, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.models import BodyDisposition, Disposition, PlateDisposition
from consolidation.selectors.counts import COUNTERS, Tally, by_today, tallies, total
from consolidation.selectors.home import TARGETS
from consolidation.selectors.state import State, body_rows, plate_rows, platform_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from consolidation.selectors.counts import Counter
    from consolidation.selectors.state import StateView
    from platforms_portal.access import Scope
    from zones.models import Division

STATES: Mapping[str, StrOrPromise] = {
    State.BASELINE: _("Baseline: what the ledger holds at the baseline date."),
    State.PLANNED: _(
        "Planned: what each owner's latest submitted plan leaves; an owner without a plan stays at "
        "its baseline."
    ),
    State.ACTUAL: _(
        "Actual: what is left by what was confirmed carried out up to the day; what is only "
        "reported does not count yet."
    ),
}
"""What each state is (domain §10)."""


@dataclass(frozen=True)
class Reason:
    """Why a number of records is counted, or left out."""

    label: StrOrPromise
    number: int
    counted: bool
    in_baseline: bool


@dataclass(frozen=True)
class Proof:
    """Where one count at one place comes from."""

    counter: Counter
    state: State
    tally: Tally
    reasons: list[Reason]
    declared: int | None
    rule: str

    @property
    def definition(self) -> StrOrPromise:
        """What is counted."""
        return self.counter.definition

    @property
    def state_definition(self) -> StrOrPromise:
        """What the state is."""
        return STATES[self.state]

    @property
    def is_known(self) -> bool:
        """Whether no figure that the count needs is lacking."""
        return not (self.tally.missing_baseline or self.tally.missing_in_state)

    @property
    def counted(self) -> list[Reason]:
        """Why records are counted in the state."""
        return [reason for reason in self.reasons if reason.counted]

    @property
    def left_out(self) -> list[Reason]:
        """Why records of the baseline are left out, and others not counted yet."""
        return [reason for reason in self.reasons if not reason.counted]


def proof_of(
    view: StateView,
    name: str,
    *,
    scope: Scope,
    place: Q,
    division: Division | None = None,
    today: Division | None = None,
) -> Proof:
    """Return where the count called ``name`` comes from in ``view``, at the place asked for.

    ``place`` is the filter of the rows at ``division`` (an owner) or ``today`` (a division of the
    day) in ``scope``; without either it is the whole scope.
    """
    counted = {
        at: tally
        for at, tally in tallies(view, name).items()
        if scope.covers(at.division_id) and (division is None or at.division_id == division.pk)
    }
    tally = total(counted)
    if today is not None:
        tally = by_today(counted, view.as_of).get(today.pk, Tally())
    rule, _aspect = TARGETS.get(name, ("", ""))
    whole = scope.is_city and division is None and today is None
    declared = {
        "platforms": view.programme.declared_platforms,
        "bodies": view.programme.declared_bodies,
        "people": view.programme.declared_staff,
    }.get(name)
    return Proof(
        counter=COUNTERS[name],
        state=view.state,
        tally=tally,
        reasons=_reasons(view, name, place),
        declared=declared if whole else None,
        rule=rule,
    )


_WHY: Mapping[str, StrOrPromise] = {
    "founded": _("Founded by the programme, confirmed or planned"),
    "not_founded": _("To be founded, not confirmed yet"),
    "retained": _("On the list of retained platforms"),
    "kept": _("Kept by the plan"),
    "carried": _("Carried on by a platform that stays"),
    "undecided": _("The plan is in and says nothing of it"),
    "not_confirmed": _("Decided, but not confirmed carried out"),
    "stays": _("Nothing decided of it that has effect"),
    "not_listed": _("Not on the list of retained platforms"),
    "abolished": Disposition.Kind.ABOLISH.label,
    "transformed": Disposition.Kind.TRANSFORM.label,
    "merged": Disposition.Kind.MERGE.label,
    "body_abolished": BodyDisposition.Fate.ABOLISH.label,
    "dropped": PlateDisposition.Fate.DROP.label,
    "other": pgettext_lazy("reason", "Other"),
}


def _reasons(view: StateView, name: str, place: Q) -> list[Reason]:
    if name not in _ROWS:
        return []
    rows, cases = _ROWS[name]
    grouped = (
        rows(view)
        .filter(place)
        .order_by()
        .annotate(why=Case(*cases, default=Value("other"), output_field=CharField()))
        .values("why", "in_state", "in_baseline")
        .annotate(n=Count("pk", distinct=True))
    )
    order = list(_WHY)
    return [
        Reason(_WHY[row["why"]], row["n"], row["in_state"], row["in_baseline"])
        for row in sorted(grouped, key=lambda row: order.index(row["why"]))
    ]


def _why(condition: Q, why: str) -> When:
    return When(condition, then=Value(why))


_GONE, _THERE = Q(in_state=False), Q(in_state=True)
_NEW = Q(in_baseline=False)

_PLATFORM_CASES = (
    _why(_NEW & _THERE, "founded"),
    _why(_NEW & _GONE, "not_founded"),
    _why(_GONE & Q(fate=Disposition.Kind.ABOLISH), "abolished"),
    _why(_GONE & Q(fate=Disposition.Kind.TRANSFORM), "transformed"),
    _why(_GONE & Q(fate=Disposition.Kind.MERGE), "merged"),
    _why(_GONE & Q(undecided=True), "undecided"),
    _why(_GONE, "not_listed"),
    _why(Q(fate__isnull=True, decided_kind__isnull=False), "not_confirmed"),
    _why(Q(undecided=True), "undecided"),
    _why(Q(fate__isnull=False, is_retained=True), "retained"),
    _why(_THERE, "stays"),
)
_BODY_CASES = (
    _why(_NEW & _THERE, "founded"),
    _why(_NEW & _GONE, "not_founded"),
    _why(_GONE, "body_abolished"),
    _why(Q(fate__isnull=True, decided_fate__isnull=False), "not_confirmed"),
    _why(Q(undecided=True), "undecided"),
    _why(Q(fate__isnull=False), "kept"),
    _why(_THERE, "stays"),
)
_PLATE_CASES = (
    _why(_GONE, "dropped"),
    _why(Q(undecided=True), "undecided"),
    _why(Q(fate__isnull=True, decided_fate__isnull=False), "not_confirmed"),
    _why(Q(fate__isnull=False), "carried"),
    _why(_THERE, "stays"),
)

_ROWS: Mapping[str, tuple[Callable[[StateView], QuerySet[Any, Any]], tuple[When, ...]]] = {
    "platforms": (platform_rows, _PLATFORM_CASES),
    "bodies": (body_rows, _BODY_CASES),
    "plates": (plate_rows, _PLATE_CASES),
}

"""The one selector: what there is in a programme, in a state, on a day.

A state is the baseline, what the plans say (planned), or what was confirmed carried out
(actual). For each of them this module yields one row per platform, body and plate, saying
whether it was in the baseline, whether it is in the state, and what was decided for it.
Checks, dashboards, sheets and the API all count these rows; there is no second way to count.
The definitions are those of domain §10.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import BooleanField, Case, F, FilteredRelation, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from consolidation.models import (
    Arrangement,
    BodyDisposition,
    Disposition,
    PlateDisposition,
    Programme,
    RetainedPlatform,
)
from consolidation.selectors.designation import designated_q
from consolidation.selectors.plans import (
    carried_out_of,
    effective_of,
    effective_plans,
    plans_carried_out,
    plans_handed_in,
)
from zones.models import ManagementBody, Origin, Plate, Platform

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from consolidation.models import MergePlan
    from zones.models import Division

    # Rows carry the columns that the functions below add, which no model declares.
    PlatformRows = QuerySet[Any, Any]
    BodyRows = QuerySet[Any, Any]
    PlateRows = QuerySet[Any, Any]


class State(models.TextChoices):
    """The three states in which everything is counted."""

    BASELINE = "baseline", _("Baseline")
    PLANNED = "planned", _("Planned")
    ACTUAL = "actual", _("Actual")


REMOVING = (Disposition.Kind.ABOLISH, Disposition.Kind.TRANSFORM, Disposition.Kind.MERGE)
"""The dispositions after which a platform is no longer a development zone."""

STAYING = (BodyDisposition.Fate.KEEP, BodyDisposition.Fate.FOUND)
"""The fates after which a body is in being."""


@dataclass(frozen=True)
class StateView:
    """A programme seen in one state on one day, with the plans that count there.

    ``plan_ids`` are those plans; ``planned_owner_ids`` are the owners whose plan is in by then:
    as planned, every other owner stays at its baseline. ``is_tried`` marks a view with a draft in
    it, which the next change makes stale.
    """

    programme: Programme
    state: State
    as_of: datetime.date
    plan_ids: tuple[int, ...]
    planned_owner_ids: tuple[int, ...]
    is_tried: bool = False

    def at_baseline(self) -> StateView:
        """Return the same programme and day at the baseline, where no plan counts."""
        return replace(
            self, state=State.BASELINE, plan_ids=(), planned_owner_ids=(), is_tried=False
        )


def state_view(
    programme: Programme,
    state: State | str,
    as_of: datetime.date | None = None,
    *,
    draft_of: Division | None = None,
) -> StateView:
    """Return the view of ``programme`` in ``state`` on ``as_of`` (the programme's own day).

    ``draft_of`` shows the open draft of that owner instead of what it submitted.
    """
    day = as_of or programme.opens_as_of
    plans = effective_plans(programme, day, draft_of=draft_of)
    executed = plans_carried_out(programme, day) if state == State.ACTUAL else plans
    return StateView(
        programme=programme,
        state=State(state),
        as_of=day,
        plan_ids=tuple(sorted(plan.pk for plan in executed.values())),
        planned_owner_ids=tuple(sorted(plans)),
        is_tried=draft_of is not None,
    )


def state_views(
    programme: Programme,
    as_of: datetime.date | None = None,
    *,
    handed_in: Sequence[MergePlan] | None = None,
) -> dict[State, StateView]:
    """Return the views of ``programme`` in every state on ``as_of``, its plans read once.

    ``handed_in`` are its plans, where they are at hand (``plans_handed_in``).
    """
    day = as_of or programme.opens_as_of
    known = plans_handed_in(programme) if handed_in is None else handed_in
    plans, executed = effective_of(known, day), carried_out_of(known, day)
    return {
        state: StateView(
            programme=programme,
            state=state,
            as_of=day,
            plan_ids=tuple(sorted(plan.pk for plan in counted.values())),
            planned_owner_ids=tuple(sorted(plans)),
        )
        for state, counted in (
            (State.BASELINE, plans),
            (State.PLANNED, plans),
            (State.ACTUAL, executed),
        )
    }


def flag(condition: Q) -> Case:
    """Return ``condition`` as a column that is true or false, never empty."""
    return Case(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


def _keys(ids: tuple[int, ...]) -> tuple[int, ...]:
    # An empty IN () inside a join condition would empty the whole query, not only the join.
    return ids or (0,)


def baseline_q(programme: Programme, prefix: str = "", *, end: str = "closed_on") -> Q:
    """Return the filter for ledger records in being at the baseline date.

    A record that was closed on or before that day does not count; one whose founding date is
    not known does, because the ledger of that day holds it.
    """
    day = programme.baseline_date
    founded, ended = f"{prefix}established_on", f"{prefix}{end}"
    return (
        Q(**{f"{prefix}origin": Origin.LEDGER})
        & (Q(**{f"{founded}__isnull": True}) | Q(**{f"{founded}__lte": day}))
        & (Q(**{f"{ended}__isnull": True}) | Q(**{f"{ended}__gt": day}))
    )


def _in_effect(view: StateView, column: str, confirmed_on: str) -> Combinable:
    """Return ``column`` of a decision where it has effect in this state, else NULL."""
    if view.state == State.PLANNED:
        return F(column)
    if view.state == State.ACTUAL:
        return Case(When(Q(**{f"{confirmed_on}__lte": view.as_of}), then=F(column)))
    # Never true: an empty value of the column's own type.
    return Case(When(Q(pk__isnull=True), then=F(column)))


def _placeholder(view: StateView, decision: str) -> Q:
    """Return the filter for rows that are placeholders, or whose decision is one."""
    own = Q(is_placeholder=True)
    if view.state == State.BASELINE:
        return own
    return own | Q(**{f"{decision}__is_placeholder": True})


def _designated(view: StateView) -> Q:
    """Return the filter for platforms designated a sub-area by then; at the baseline none is."""
    if view.state == State.BASELINE:
        return Q(pk__isnull=True)
    return designated_q(view.as_of, "retention__")


def _put_together_once(
    build: Callable[[StateView], QuerySet[Any, Any]],
) -> Callable[[StateView], QuerySet[Any, Any]]:
    """Let a view keep its rows' query; whoever asks for them gets a copy that is not read yet.

    Some twenty rules ask for the same rows, and in a city of 200 platforms putting the query
    together takes longer than the database takes to answer it.
    """
    name = f"_{build.__name__}"

    @wraps(build)
    def rows(view: StateView) -> QuerySet[Any, Any]:
        kept = vars(view)
        if name not in kept:
            kept[name] = build(view)
        copy: QuerySet[Any, Any] = kept[name].all()
        return copy

    return rows


@_put_together_once
def platform_rows(view: StateView) -> PlatformRows:
    """Return a row per platform of the baseline and of the retained list.

    Columns added: ``in_baseline``, ``is_retained``, ``sub_area`` (designated by then), ``in_state``,
    ``rests_on_placeholder`` (the record or its decision is one),
    ``decided`` (an owner's plan says what becomes of it), ``undecided`` (the plan is in and says
    nothing), ``fate`` and ``fate_target`` (the disposition that has effect in this state), and the
    joins ``disposition``, ``retention`` and ``arrangement``. A platform disposed of twice has two rows, so counts
    are distinct (R06 reports it).
    """
    programme = view.programme
    in_baseline = baseline_q(programme)
    planned_owner = Q(division_id__in=_keys(view.planned_owner_ids))
    return (
        Platform.objects.filter(ledger=programme.ledger_id)
        .alias(
            retention=FilteredRelation(
                "retentions", condition=Q(retentions__programme=programme.pk)
            ),
            disposition=FilteredRelation(
                "dispositions", condition=Q(dispositions__plan_id__in=_keys(view.plan_ids))
            ),
            arrangement=FilteredRelation(
                "arrangements", condition=Q(arrangements__plan_id__in=_keys(view.plan_ids))
            ),
        )
        .filter(in_baseline | Q(retention__isnull=False))
        .annotate(
            in_baseline=flag(in_baseline),
            is_retained=flag(Q(retention__isnull=False)),
            sub_area=flag(_designated(view)),
            rests_on_placeholder=flag(_placeholder(view, "disposition")),
            disposition_id=F("disposition__pk"),
            decided_kind=F("disposition__kind"),
            fate=_in_effect(view, "disposition__kind", "disposition__confirmed_on"),
            fate_target=_in_effect(view, "disposition__target_id", "disposition__confirmed_on"),
            undecided=flag(
                in_baseline & planned_owner & Q(disposition__isnull=True, retention__isnull=True)
            )
            if view.state == State.PLANNED
            else Value(False),
            in_state=flag(_platform_in_state(view, in_baseline, planned_owner)),
        )
    )


def arranged(view: StateView, field: str, *, with_: str = "") -> Combinable:
    """Return what is fixed for a retained platform, as a column on a row of ``platform_rows``.

    As planned, what the plan arranges stands before what the list says. ``with_`` names the field
    whose being given decides it: an operator's code belongs to its company.
    """
    listed = F(f"retention__{field}")
    if view.state != State.PLANNED:
        return listed
    column = f"arrangement__{with_ or field}"
    not_given = Q(arrangement__isnull=True) | Q(**{f"{column}__isnull": True})
    if Arrangement._meta.get_field(with_ or field).empty_strings_allowed:  # noqa: SLF001 - public API
        not_given |= Q(**{f"{column}__in": ["", RetainedPlatform.Discipline.UNKNOWN]})
    return Case(When(not_given, then=listed), default=F(f"arrangement__{field}"))


def _platform_in_state(view: StateView, in_baseline: Q, planned_owner: Q) -> Q:
    if view.state == State.BASELINE:
        return in_baseline
    if view.state == State.PLANNED:
        return (planned_owner & Q(retention__isnull=False)) | (~planned_owner & in_baseline)
    gone = Q(disposition__kind__in=REMOVING, disposition__confirmed_on__isnull=False) & Q(
        disposition__confirmed_on__lte=view.as_of
    )
    founded = Q(origin=Origin.FOUNDED, retention__founding_confirmed_on__isnull=False) & Q(
        retention__founding_confirmed_on__lte=view.as_of
    )
    # NOT over a nullable join is never true in SQL, so "not gone" is spelled out.
    stays = (
        Q(disposition__isnull=True)
        | Q(disposition__kind=Disposition.Kind.UPGRADE)
        | Q(disposition__confirmed_on__isnull=True)
        | Q(disposition__confirmed_on__gt=view.as_of)
    )
    return (in_baseline & stays & ~gone) | founded


@_put_together_once
def body_rows(view: StateView) -> BodyRows:
    """Return a row per management body of the baseline, and per body that a plan founds.

    Columns added: ``in_baseline``, ``in_state``, ``undecided`` (its owner's plan is in and says
    nothing of it; it then remains), ``fate``, ``fate_serves``, and the join ``disposition``.
    """
    in_baseline = baseline_q(view.programme, end="abolished_on")
    planned_owner = Q(division_id__in=_keys(view.planned_owner_ids))
    founded = Q(origin=Origin.FOUNDED, disposition__fate=BodyDisposition.Fate.FOUND)
    return (
        ManagementBody.objects.filter(ledger=view.programme.ledger_id)
        .alias(
            disposition=FilteredRelation(
                "dispositions", condition=Q(dispositions__plan_id__in=_keys(view.plan_ids))
            )
        )
        .filter(in_baseline | founded)
        .annotate(
            in_baseline=flag(in_baseline),
            rests_on_placeholder=flag(_placeholder(view, "disposition")),
            disposition_id=F("disposition__pk"),
            decided_fate=F("disposition__fate"),
            decided_serves=F("disposition__serves_id"),
            fate=_in_effect(view, "disposition__fate", "disposition__confirmed_on"),
            fate_serves=_in_effect(view, "disposition__serves_id", "disposition__confirmed_on"),
            undecided=flag(in_baseline & planned_owner & Q(disposition__isnull=True))
            if view.state == State.PLANNED
            else Value(False),
            in_state=flag(body_in_state(view, in_baseline, founded)),
        )
    )


def body_in_state(view: StateView, in_baseline: Q, founded: Q) -> Q:
    """Return the filter for bodies in being in the state; nothing decided means it remains."""
    if view.state == State.BASELINE:
        return in_baseline
    if view.state == State.PLANNED:
        kept = Q(disposition__isnull=True) | Q(disposition__fate__in=STAYING)
        return (in_baseline & kept) | founded
    stays = (
        Q(disposition__isnull=True)
        | Q(disposition__fate__in=STAYING)
        | Q(disposition__confirmed_on__isnull=True)
        | Q(disposition__confirmed_on__gt=view.as_of)
    )
    return (in_baseline & stays) | (founded & Q(disposition__confirmed_on__lte=view.as_of))


@_put_together_once
def plate_rows(view: StateView) -> PlateRows:
    """Return a row per plate of the baseline's platforms.

    Columns added: ``in_state`` (still carried by someone), ``undecided``, ``fate``, ``carrier_pk``
    (the platform that carries it in this state) and ``settled`` (what becomes of it has effect in
    this state). A plate of a platform that is retained stays there unless the plan says
    otherwise; a plate moves when the disposition of its platform is confirmed.
    """
    programme = view.programme
    planned_owner = Q(platform__division_id__in=_keys(view.planned_owner_ids))
    retained = Q(retention__isnull=False)
    confirmed = Q(home__confirmed_on__isnull=False, home__confirmed_on__lte=view.as_of)
    effective = {
        State.BASELINE: Q(pk__isnull=True),
        State.PLANNED: Q(decision__isnull=False),
        State.ACTUAL: Q(decision__isnull=False) & (confirmed | retained),
    }[view.state]
    dropped = effective & Q(decision__fate=PlateDisposition.Fate.DROP)
    return (
        Plate.objects.filter(ledger=programme.ledger_id)
        .alias(
            retention=FilteredRelation(
                "platform__retentions", condition=Q(platform__retentions__programme=programme.pk)
            ),
            home=FilteredRelation(
                "platform__dispositions",
                condition=Q(platform__dispositions__plan_id__in=_keys(view.plan_ids)),
            ),
            decision=FilteredRelation(
                "dispositions", condition=Q(dispositions__plan_id__in=_keys(view.plan_ids))
            ),
        )
        .filter(baseline_q(programme, "platform__"))
        .annotate(
            in_baseline=Value(True),
            division_id=F("platform__division_id"),
            current_division_id=F("platform__current_division_id"),
            rests_on_placeholder=flag(_placeholder(view, "decision")),
            decided_fate=F("decision__fate"),
            fate=Case(When(effective, then=F("decision__fate"))),
            settled=flag(effective | retained) if view.state != State.BASELINE else Value(False),
            carrier_pk=Case(
                When(dropped, then=None),
                When(effective, then=Coalesce("decision__carrier_id", "platform_id")),
                default=F("platform_id"),
            ),
            undecided=flag(planned_owner & Q(decision__isnull=True, retention__isnull=True))
            if view.state == State.PLANNED
            else Value(False),
            in_state=Case(
                When(dropped, then=Value(False)),
                default=Value(True),
                output_field=BooleanField(),
            ),
        )
    )

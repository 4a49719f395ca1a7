"""R20: enough high-level platforms, each with class and lead department, and national ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.checks.base import (
    BREAKING_LIMIT,
    Finding,
    Ratio,
    RecordRef,
    Rule,
    Status,
    names_of,
    register,
    text,
)
from consolidation.checks.rows import NOTHING_DECIDED
from consolidation.models import NationalRank, RankGoal
from consolidation.models.programmes import ZoneKind
from consolidation.selectors.state import State, arranged, flag, platform_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.facts import Facts


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the number of high-level platforms, and each goal of rank. Clauses: 方案(二)(五)."""
    line = facts.target("R20", "high_level_min")
    if line is not None and line.numerator is not None:
        yield _high_level(facts, line.numerator)
    for goal in RankGoal.objects.filter(programme=facts.programme).order_by(
        "zone_kind", "rank_max"
    ):
        yield _rank(facts, goal)


def _high_level(facts: Facts, least: int) -> Finding:
    rows = platform_rows(facts.view).filter(in_state=True, retention__is_high_level=True)
    rows = rows.annotate(class_now=arranged(facts.view, "high_level_class"))
    classified = ~Q(class_now="") & Q(retention__lead_department__isnull=False)
    rows = rows.annotate(classified=flag(classified))
    complete = Q(classified=True)
    number = rows.order_by().aggregate(
        complete=Count("pk", distinct=True, filter=complete),
        every=Count("pk", distinct=True),
        placeholders=Count("pk", distinct=True, filter=Q(rests_on_placeholder=True)),
    )
    incomplete = tuple(
        RecordRef(
            "platform", pk, listed or name, division_id, _("has no class or no lead department")
        )
        for pk, listed, name, division_id in rows.filter(classified=False)
        .values_list("pk", "retention__listed_name", "name", "division_id")
        .distinct()[:BREAKING_LIMIT]
    )
    asked = facts.view.state != State.BASELINE
    if not asked:
        status, sentence = Status.UNKNOWN, NOTHING_DECIDED
    elif number["every"] < least:
        status, sentence = (
            Status.NOT_MET,
            _("{number} high-level platforms; at least {least} are demanded."),
        )
    elif incomplete:
        status = Status.UNKNOWN
        sentence = _(
            "{number} high-level platforms have class and lead department; {names} lack them."
        )
    else:
        status = Status.MET
        sentence = _(
            "{number} high-level platforms, each with class and lead department; at least {least} are demanded."
        )
    return facts.finding(
        "R20",
        aspect="high_level_min",
        status=status,
        actual=Ratio(number["complete"] if asked else None),
        limit=Ratio(least),
        margin=number["complete"] - least if status != Status.UNKNOWN else None,
        message=text(
            sentence,
            number=number["complete"],
            least=least,
            names=names_of(incomplete, number["every"] - number["complete"]),
        ),
        unit=pgettext_lazy("unit", "retained platforms"),
        counts="retained",
        counted=number["every"],
        placeholders=number["placeholders"] > 0,
        formula=f"{number['complete']} / {least}",
        breaking=incomplete,
    )


def _rank(facts: Facts, goal: RankGoal) -> Finding:
    at_baseline = facts.view.state == State.BASELINE
    day = facts.programme.baseline_date if at_baseline else facts.view.as_of
    ranks = NationalRank.objects.filter(
        retained__programme=facts.programme, zone_kind=goal.zone_kind, year__lte=day.year
    )
    year = ranks.aggregate(year=Max("year"))["year"]
    of_year = ranks.filter(year=year)
    counted = of_year.count()
    reached = of_year.filter(rank__lte=goal.rank_max).count()
    if not counted:
        status = Status.UNKNOWN
        sentence = _(
            "No rank is known in the ranking of {kind}; {zones} of rank {rank} or better are demanded."
        )
    elif reached >= goal.zones_min:
        status = Status.MET
        sentence = _(
            "{reached} zones ranked {rank} or better among {kind} in {year}; {zones} are demanded."
        )
    else:
        status = Status.NOT_MET
        sentence = _(
            "Only {reached} zones ranked {rank} or better among {kind} in {year}; {zones} are demanded."
        )
    return facts.finding(
        "R20",
        aspect=f"rank_{goal.zone_kind}_{goal.rank_max}",
        clause=goal.clause,
        status=status,
        actual=Ratio(reached if counted else None),
        limit=Ratio(goal.zones_min),
        margin=reached - goal.zones_min if counted else None,
        message=text(
            sentence,
            reached=reached,
            rank=goal.rank_max,
            zones=goal.zones_min,
            year=str(year),
            kind=ZoneKind(goal.zone_kind).label,
        ),
        unit=pgettext_lazy("unit", "retained platforms"),
        counts="retained",
        counted=counted,
        placeholders=of_year.filter(is_placeholder=True).exists() if counted else False,
        formula=f"{reached} / {goal.zones_min}" if counted else "",
    )


RULE = register(
    Rule(
        "R20",
        _("High-level platforms and national ranks"),
        _(
            "So many high-level strategic platforms, each in one class with its lead department, and so"
            " many zones of a given rank in the latest national ranking that is known."
        ),
        answer,
    )
)

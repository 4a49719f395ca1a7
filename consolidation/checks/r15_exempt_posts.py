"""R15: only the named posts are exempt from open competition; one person for two posts is advised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import Rule, Severity, register
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.selectors.counts import BODIES
from consolidation.selectors.state import body_rows
from zones.models import LeadershipPost

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from consolidation.checks.facts import Facts


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of exempt posts, and the advice on one person. Clause: 方案(八)."""
    yield _exempt_posts(facts)
    yield _one_person(facts)


def _exempt_posts(facts: Facts) -> RowCheck:
    posts = LeadershipPost.objects.filter(body=OuterRef("pk"))
    exempt = posts.filter(is_exempt=True).exclude(title__in=facts.programme.exempt_titles)
    return RowCheck(
        rule="R15",
        aspect="posts",
        rows=body_rows(facts.view).annotate(
            wrongly_exempt=Exists(exempt),
            has_posts=Exists(posts),
            unsaid=Exists(posts.filter(is_exempt__isnull=True)),
        ),
        counted=Q(in_state=True),
        record="body",
        counts=BODIES.name,
        unit=BODIES.unit,
        at_baseline=True,
        broken={
            "exempt": Sorting(
                Q(wrongly_exempt=True), _("exempts a post that the programme does not name")
            )
        },
        unknown={
            "no_posts": Sorting(Q(has_posts=False), _("the leading posts are not given")),
            "unsaid": Sorting(
                Q(unsaid=True), _("it is not said of every leading post whether it is exempt")
            ),
        },
        met=_("None of the {counted} bodies exempts other posts than those named."),
        not_met=_("{number} of {counted} bodies exempt other posts than those named: {names}."),
        not_known=_("For {number} of {counted} bodies {why}."),
    )


def _one_person(facts: Facts) -> RowCheck:
    decided = Case(
        When(fate__isnull=False, then=F("disposition__secretary_is_director")),
        default=F("secretary_is_director"),
    )
    return RowCheck(
        rule="R15",
        aspect="one_person",
        severity=Severity.ADVICE,
        rows=body_rows(facts.view).annotate(one_person=decided),
        counted=Q(in_state=True),
        record="body",
        counts=BODIES.name,
        unit=BODIES.unit,
        at_baseline=True,
        broken={"two": Sorting(Q(one_person=False), _("has a secretary and a director apart"))},
        unknown={
            "not_given": Sorting(
                Q(one_person__isnull=True),
                _("it is not given whether one person is secretary and director"),
            )
        },
        met=_("In all {counted} bodies one person is secretary and director."),
        not_met=_(
            "In {number} of {counted} bodies secretary and director are two persons; one is encouraged:"
            " {names}."
        ),
        not_known=_("For {number} of {counted} bodies {why}."),
    )


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the findings for the city and each owner."""
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


RULE = register(
    Rule(
        "R15",
        _("Posts exempt from open competition"),
        _(
            "Of a body's leading posts only those that the programme names are exempt. That one person is"
            " both secretary and director is encouraged: advice, never a breach."
        ),
        answer,
        row_checks,
    )
)

"""R16: the development operator is a company apart from the committee."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.checks.base import Rule, register
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.selectors.state import arranged, flag, platform_rows
from zones.models import ManagementBody

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from consolidation.checks.facts import Facts


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of each retained platform's operator. Clause: 方案(九)."""
    codes = ManagementBody.objects.filter(ledger=facts.programme.ledger_id).exclude(uscc="")
    same_code = Q(operator_code__in=codes.order_by().values("uscc"))
    rows = (
        platform_rows(facts.view)
        .filter(is_retained=True)
        .annotate(
            separate=arranged(facts.view, "operator_is_separate", with_="operator_company"),
            operator=arranged(facts.view, "operator_company"),
            operator_code=arranged(facts.view, "operator_uscc", with_="operator_company"),
        )
        .annotate(is_a_body=flag(same_code))
    )
    yield RowCheck(
        rule="R16",
        rows=rows,
        counted=Q(in_state=True),
        record="platform",
        counts="retained",
        unit=pgettext_lazy("unit", "retained platforms"),
        broken={
            "one": Sorting(Q(separate=False), _("has an operator that is not apart")),
            "body": Sorting(
                Q(is_a_body=True), _("has an operator under the code of a management body")
            ),
        },
        unknown={
            "not_given": Sorting(
                Q(separate__isnull=True) | Q(operator=""),
                _("it is not given who the operator is, or whether it is apart"),
            )
        },
        met=_(
            "Each of the {counted} retained platforms has its operator apart from the committee."
        ),
        not_met=_(
            "{number} of {counted} retained platforms have no operator apart from the committee: {names}."
        ),
        not_known=_("For {number} of {counted} retained platforms {why}."),
    )


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the findings for the city and each owner."""
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


RULE = register(
    Rule(
        "R16",
        _("Operator apart from the committee"),
        _(
            "The development operator of a retained platform is a company of its own: not the management"
            " committee, and not under the same unified social credit code."
        ),
        answer,
        row_checks,
    )
)

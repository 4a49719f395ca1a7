"""What the dashboards show as CSV rows: the same lines as on the page, nothing counted again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consolidation.checks.base import Scope
from consolidation.selectors.state import REMOVING
from consolidation.templatetags.findings import figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from consolidation.checks.base import Finding
    from consolidation.models import MergePlan
    from consolidation.selectors.counts import Tally
    from dashboards.selectors.between import Between, FigureChange
    from dashboards.selectors.queue import QueuedPlan
    from dashboards.selectors.sides import Said, SideSection
    from zones.models import Division

    Row = list[Any]


def change_headings() -> Row:
    """Return the headings of ``change_rows``."""
    return [
        _("Part"),
        _("Day or scope"),
        _("What"),
        pgettext("change", "Before"),
        pgettext("change", "After"),
        _("Difference"),
        _("Written down by"),
    ]


def change_rows(between: Between, writers: Mapping[tuple[str, int], str]) -> Iterator[Row]:
    """Yield what changed between two days: figures, rules, and the acts that moved them."""
    city = _("The whole city")
    for scope, figures in [
        (city, between.figures),
        *((str(Scope(row.owner).label), row.figures) for row in between.by_owner),
    ]:
        for change in figures:
            yield [_("Figures"), scope, change.counter.title, *_figures(change), ""]
    for rule in between.rules:
        name = f"{rule.now.rule} {rule.now.title} {rule.aspect}".strip()
        yield [
            _("Rules"),
            rule.now.scope.label,
            name,
            _answer(rule.before),
            _answer(rule.now),
            "",
            "",
        ]
    yield from _acts(between, writers)


def _figures(change: FigureChange) -> Row:
    return [
        None if change.before.missing_in_state else change.before.in_state,
        None if change.after.missing_in_state else change.after.in_state,
        change.difference if change.is_known else None,
    ]


def _answer(finding: Finding | None) -> str:
    if finding is None:
        return ""
    return f"{finding.status.label} {figure(finding.actual, finding.limit)}"


def _acts(between: Between, writers: Mapping[tuple[str, int], str]) -> Iterator[Row]:
    for plan_act in between.plan_acts:
        plan = plan_act.plan
        name = f"{Scope(plan.division).label} v{plan.version}"
        yield [_("Plans"), plan_act.day, name, "", plan_act.action.label, "", plan_act.signer]
    for act in between.dispositions.rows:
        after = " → ".join(
            filter(
                None,
                [
                    str(act.get_kind_display()),
                    act.target.name if act.target else act.transform_into,
                ],
            )
        )
        effect = -1 if act.kind in REMOVING else 0
        writer = writers.get(("Disposition", act.pk), "")
        yield [_("Platforms"), act.confirmed_on, act.platform.name, "", after, effect, writer]
    for act in between.bodies.rows if between.bodies is not None else []:
        writer = writers.get(("BodyDisposition", act.pk), "")
        fate = act.get_fate_display()
        yield [_("Management bodies"), act.confirmed_on, act.body.name, "", fate, "", writer]
    for act in between.corrections.rows:
        who = act.decided_by or ""
        yield [
            _("Corrections"),
            timezone.localdate(act.decided_at),
            act.label,
            "",
            act.get_kind_display(),
            "",
            who,
        ]


def side_headings(*, before: str, now: str) -> Row:
    """Return the headings of ``side_rows``; the versions are named."""
    return [_("Part"), _("Name"), _("Placeholder"), _("Baseline"), before, now, _("Differs")]


def side_rows(sections: list[SideSection]) -> Iterator[Row]:
    """Yield the records of a plan: baseline, the version before, this version."""
    for part in sections:
        for side in part.rows:
            line = side.row.line
            yield [
                part.section.title,
                line.label,
                _("Yes") if line.is_placeholder else _("No"),
                side.baseline,
                _said(side.before),
                _said(side.now),
                _("Yes") if side.row.is_changed else _("No"),
            ]


def _said(said: list[Said]) -> str:
    return "；".join(f"{value.label} {value.shown}" for value in said)


def queue_headings() -> Row:
    """Return the headings of ``queue_rows``."""
    return [
        _("Plan"),
        _("Version"),
        _("State"),
        _("Submitted on"),
        _("Waiting (days)"),
        _("Countersigned parts"),
        _("Rules not met"),
        _("Placeholder"),
    ]


def queue_rows(plans: list[QueuedPlan]) -> Iterator[Row]:
    """Yield the plans that wait for the reader, in the order of the desk."""
    for item in plans:
        yield [
            Scope(item.plan.division).label,
            item.plan.version,
            item.plan.get_state_display(),
            item.plan.submitted_on,
            item.days,
            "、".join(str(part.label) for part in item.signed),
            item.breaches,
            _("Yes") if item.plan.is_placeholder else _("No"),
        ]


def abreast_headings(columns: list[tuple[Division, MergePlan | None]]) -> Row:
    """Return the headings of ``abreast_rows``: a column of figures and one of words a division."""
    headings: Row = [_("Part"), _("What")]
    for owner, plan in columns:
        version = f" v{plan.version}" if plan else ""
        headings += [f"{Scope(owner).label}{version}", _("Finding")]
    return headings


def abreast_rows(shown: Mapping[str, Any]) -> Iterator[Row]:
    """Yield what two divisions' plans come to: counts, dispositions, rules."""
    for line in shown["counts"]:
        cells = [
            cell
            for tally in line.tallies
            for cell in (f"{_known(tally, 'baseline')} → {_known(tally, 'in_state')}", "")
        ]
        yield [_("Counts"), f"{line.counter.title} ({line.counter.unit})", *cells]
    for line in shown["kinds"]:
        numbers = [cell for number in line.numbers for cell in (number, "")]
        yield [_("Disposition"), line.kind.label, *numbers]
    for line in shown["rules"]:
        answers = [
            cell
            for answer in line.answers
            for cell in (_answer(answer), answer.message if answer else "")
        ]
        yield [_("Rules"), f"{line.rule} {line.title} {line.aspect}".strip(), *answers]


def _known(tally: Tally, name: str) -> str:
    """Return a figure in words, or a dash where one that it needs is missing."""
    return "—" if getattr(tally, f"missing_{name}") else str(getattr(tally, name))

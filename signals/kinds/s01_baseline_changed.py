"""S01: the baseline is not what it was when the owner's plan came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consolidation.selectors.visible import right_for
from signals.kinds.base import Kind, Record, count, register, signal
from signals.kinds.ledger_history import NOT_GIVEN, came_in, changes, explained_by, sources

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from signals.kinds.base import Signal
    from signals.kinds.facts import Facts
    from signals.kinds.ledger_history import Change, Source

    Explained = dict[tuple[str, int], list[tuple[int, datetime.datetime, datetime.datetime]]]

CODE = "S01"


def find(facts: Facts) -> Iterable[Signal]:
    """Yield a signal for each owner and count whose baseline was changed afterwards."""
    since = came_in(facts)
    explained = explained_by(facts) if since else {}
    for name, source in sources(facts.programme).items():
        by_owner: dict[int, list[Change]] = {}
        for owner, change in changes(facts, source, since):
            by_owner.setdefault(owner, []).append(change)
        for owner, found in by_owner.items():
            if len(found) >= facts.number(CODE, "records_min"):
                yield _signal(name, source, owner, found, explained)


def _signal(
    name: str, source: Source, owner: int, found: list[Change], explained: Explained
) -> Signal:
    records = [_record(source, change, owner, explained) for change in found]
    open_ones = [record for record in records if "correction" not in record.values]
    figures = {
        "added": sum(change.before.owner != owner for change in found),
        "removed": sum(change.after.owner != owner for change in found),
        "changed": sum(change.before.owner == change.after.owner == owner for change in found),
        "unexplained": len(open_ones),
    }
    if source.figures:
        figures["before"] = sum(_people(change.before.figures) for change in found)
        figures["after"] = sum(_people(change.after.figures) for change in found)
    return signal(
        CODE,
        name,
        owner,
        figures=figures,
        records=records,
        right=right_for(name),
        since=timezone.localdate(min(change.day for change in found)),
        placeholders=any(change.is_placeholder for change in found),
        settled=not open_ones,
    )


def _people(figures: tuple[int, ...]) -> int:
    return figures[0] if figures and figures[0] != NOT_GIVEN else 0


def _shown(figures: tuple[int, ...]) -> str:
    return "/".join("—" if figure == NOT_GIVEN else str(figure) for figure in figures) or "—"


def _record(source: Source, change: Change, owner: int, explained: Explained) -> Record:
    values: dict[str, int | str] = {"day": timezone.localdate(change.day).isoformat()}
    if source.figures:
        note = "figures"
        values |= {"before": _shown(change.before.figures), "after": _shown(change.after.figures)}
    else:
        note = "added" if change.before.owner != owner else "removed"
    key = change.body_id if change.body_id is not None else change.record_id
    for correction, asked, decided in explained.get((source.subject, key), ()):
        # A correction is refused where the record moved since it was asked for: so in between
        # nobody else changed what it changes.
        if asked <= change.day <= decided:
            values["correction"] = correction
            note = f"{note}_corrected"
            break
    type_ = source.subject
    if change.body_id is not None:
        type_ = "body"
    elif change.is_deleted:
        type_ = "deleted"  # It has no page any more.
    return Record(type_, key, change.name, note, values)


KIND = register(
    Kind(
        CODE,
        _("Baseline changed after the plan came in"),
        _(
            "Records that make up the baseline were added, closed, moved to another owner or given"
            " other figures after the owner's plan had first come in."
        ),
        _(
            "Each record of the ledger now, against its version in the history at the moment when"
            " the plan first came in."
        ),
        {
            "platforms": _(
                "{owner}: platforms of the baseline since the plan came in: {added} added, {removed} taken out;"
                " {unexplained} of these changes without a confirmed correction."
            ),
            "bodies": _(
                "{owner}: management bodies of the baseline since the plan came in: {added} added, {removed} taken out;"
                " {unexplained} of these changes without a confirmed correction."
            ),
            "plates": _(
                "{owner}: plates of the baseline since the plan came in: {added} added, {removed} taken out;"
                " {unexplained} of these changes without a confirmed correction."
            ),
            "people": _(
                "{owner}: head counts of the baseline since the plan came in: {total} changed, staff on"
                " post in them from {before} to {after} people; {unexplained} of these changes without"
                " a confirmed correction."
            ),
        },
        {
            "added": _("Added"),
            "removed": _("Taken out"),
            "changed": _("Given other figures"),
            "unexplained": _("Without a correction"),
            "before": _("Staff on post before (people)"),
            "after": _("Staff on post now (people)"),
        },
        (
            _("The commission has confirmed a correction of the record."),
            _("The commission has loaded a corrected ledger."),
            _("An act of the time before the baseline date was learned of only later."),
        ),
        find,
        {
            "added": _("added to the baseline on {day}"),
            "removed": _("taken out of the baseline on {day}"),
            "figures": _("on post/authorised {before} → {after}, on {day}"),
            "added_corrected": _("added on {day} by a confirmed correction"),
            "removed_corrected": _("taken out on {day} by a confirmed correction"),
            "figures_corrected": _(
                "on post/authorised {before} → {after}, on {day} by a confirmed correction"
            ),
        },
        (
            count("records_min", 1, _("records changed, at least")),
            count(
                "load_minutes",
                60,
                _("minutes after a plan was loaded that belong to the same load"),
            ),
        ),
    )
)

"""The template of a plan: what its rows would make of the division's draft, and writing just that.

Every rule is the desk's own: the rows are given to its services, in the check within a transaction
that is taken back, in the commit for good. What the preview shows is what the trial did.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consolidation.models import MergePlan
from consolidation.services.drafting import locked_draft
from consolidation.services.versions import start_plan
from exchange.models import ImportRow
from exchange.problems import Problem, RefusedError
from exchange.selectors.plan_records import (
    PlanNames,
    PlanWords,
    Stored,
    names_for,
    nothing_in,
    plan_digest,
    stored_in,
)
from exchange.services.acting import actor_of, taken_back, told_in_history
from exchange.services.plan_advice import advice_on, draft_to_begin, not_in_file
from exchange.services.plan_apply import Fault, Item, apply
from exchange.services.plan_lines import KEYS, PlanLine, let_fall, placed
from exchange.services.writers import Action, Outcome, StaleError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from accounts.models import User
    from exchange.matching import Line, Match
    from exchange.models import ImportRun
    from exchange.selectors.plan_records import Key
    from exchange.subjects import Subject

State = MergePlan.State


_TRIED_WITH = {
    "dispositions": ("dispositions",),
    "body_dispositions": ("body_dispositions",),
    # A plate that is kept goes with its platform; people are those of bodies that go on or not.
    "plate_dispositions": ("dispositions", "plate_dispositions"),
    "staff_plans": ("body_dispositions", "staff_plans"),
    "redeployments": ("body_dispositions", "staff_plans", "redeployments"),
}
"""What decides on the rows of a chunk; at the end all are tried together."""


@dataclass
class Trial:
    """What the rows so far made of the plan, before it was taken back."""

    names: PlanNames
    before: Stored
    after: Stored = field(default_factory=dict)
    advice: list[Fault] = field(default_factory=list)


class PlanWriter:
    """Judges and writes the rows of a plan's workbook."""

    run: ImportRun
    user: User

    def begin(self, run: ImportRun) -> None:
        """Take up ``run``."""
        self.run = run
        self.user = actor_of(run, run.uploaded_by)
        self.rows: dict[Key, PlanLine] = {}
        self.named: set[Key] = set()
        self.match: Match | None = None
        self.late: list[Problem] = []

    # --- The check ------------------------------------------------------------------------------

    def check(self, subject: Subject, match: Match, lines: Sequence[Line]) -> list[Outcome]:
        """Try the rows so far together, and return what becomes of those of this chunk.

        Raises ``RefusedError`` where the division has no plan that can be changed.
        """
        if self.match is None:
            refuse_frozen(self.run)
            self.match = match
        with taken_back():
            plan = self._plan(self.user)
            before = stored_in(plan)
            trial = Trial(names_for(plan, before), before)
            chunk = [placed(subject, match, line, trial.names) for line in lines if line.cells]
            for row in chunk:
                let_fall(row, before)
                self._take_in(row)
            self._try(plan, trial, _TRIED_WITH[subject.key])
        words = PlanWords(trial.names)
        return [self._outcome(subject, row, trial, words) for row in chunk]

    def _plan(self, user: User) -> MergePlan:
        """Return the open draft, begun or taken up again where there is none."""
        assert self.run.division is not None  # noqa: S101 - a plan's template names its division
        return start_plan(programme=self.run.programme, division=self.run.division, user=user)

    def _take_in(self, row: PlanLine) -> None:
        """Keep a row that is right so far; a record that stands twice is asked about once."""
        if row.item is not None:
            # Also a row with errors names its record.
            self.named.add(row.item.key)
        if row.item is None or row.is_faulty:
            return
        first = self.rows.setdefault(row.item.key, row)
        if first is not row:
            row.repeats(first, KEYS[row.item.subject][0])

    def _try(self, plan: MergePlan, trial: Trial, subjects: Collection[str] = ()) -> None:
        """Do what the rows ask for; those of some ``subjects`` alone, or of all, with advice.

        A row that is refused is left out and the others are tried without it, until all that are
        left are taken: just these are written.
        """
        while True:
            with transaction.atomic():
                items = [
                    row.item
                    for row in self.rows.values()
                    if row.item is not None
                    and not row.is_faulty
                    and (not subjects or row.item.subject in subjects)
                ]
                faults = apply(plan, items, trial.before, user=self.user, reason="")
                if not faults:
                    break
                transaction.set_rollback(True)
            for fault in faults:
                self._tell(fault)
        trial.after = stored_in(plan)
        if not subjects:
            trial.advice = advice_on(plan, self.rows, trial.before, trial.after, trial.names)

    def _tell(self, fault: Fault) -> None:
        """Put a fault at its cell; what is found late, of a row that was judged, is kept for the end."""
        row = self.rows[fault.key]
        row.fail(
            fault.column, fault.message, fault.remedy, code=fault.code, severity=fault.severity
        )
        if row.is_told:
            self.late.append(row.problems[-1])

    def _outcome(self, subject: Subject, row: PlanLine, trial: Trial, words: PlanWords) -> Outcome:
        item = row.item
        row.is_told = True
        if item is None:
            return Outcome(
                row.line.row, row.match.sheet, Action.ERROR, "", "", {}, {}, row.problems
            )
        before, after = trial.before.get(item.key), trial.after.get(item.key)
        shown = [column.name for column in subject.read_columns]
        old, new = before or nothing_in(subject.key), after or nothing_in(subject.key)
        differing = [name for name in shown if old.get(name) != new.get(name)]
        action = Action.SAME
        if row.is_faulty:
            action = Action.ERROR
        elif differing:
            action = Action.ADD if before is None else Action.CHANGE
        return Outcome(
            row=row.line.row,
            sheet=row.match.sheet,
            action=action,
            key=words.code(item.key),
            label=words.label(item.key),
            before={n: words.value(subject.key, n, old[n]) for n in differing if before},
            after={n: words.value(subject.key, n, new[n]) for n in differing},
            problems=row.problems,
            data={"key": list(item.key), "asked": item.asked, "after": after},
        )

    def finish(self) -> list[Problem]:
        """Return what only all the rows show: people who do not add up, and what follows unasked."""
        if self.match is None:
            return []
        with taken_back():
            plan = self._plan(self.user)
            before = stored_in(plan)
            trial = Trial(names_for(plan, before), before)
            self._try(plan, trial)
        for fault in trial.advice:
            if not self.rows[fault.key].is_faulty:
                self._tell(fault)
        return [*draft_to_begin(self.run, self.match), *self.late]

    def absent(self) -> dict[str, int]:
        """Return how many records of the plan the file does not name, of the subjects in it."""
        with taken_back():
            return not_in_file(self._plan(self.user), self.named)

    def digest(self) -> str:
        """Return the digest of what the plan says and what its rows are judged by."""
        with taken_back():
            try:
                return plan_digest(self._plan(self.user))
            except ValidationError:
                return ""  # It was submitted since: that is no longer what was shown.

    # --- The commit -----------------------------------------------------------------------------

    def commit(self, rows: Iterator[ImportRow], *, user: User | None, reason: str) -> None:
        """Write the rows as they were shown; raises ``StaleError`` where one comes out otherwise.

        Rows that change nothing are given to the services too: what stands in a file is meant.
        """
        del rows
        actor = actor_of(self.run, user)
        try:
            plan = locked_draft(self._plan(actor), actor)
        except ValidationError as error:
            raise StaleError(" ".join(error.messages)) from error
        if plan_digest(plan) != self.run.data_digest:
            raise StaleError(_("Somebody changed the plan since this file was checked."))
        kept = ImportRow.objects.filter(run=self.run).exclude(action=Action.ERROR)
        items, shown = [], []
        for data in kept.order_by("pk").values_list("data", flat=True):
            items.append(Item(tuple(data["key"]), data["asked"]))
            shown.append(data["after"])
        reason = told_in_history(self.run, reason)
        faults = apply(plan, items, stored_in(plan), user=actor, reason=reason)
        after = stored_in(plan)
        if faults or any(after.get(i.key) != was for i, was in zip(items, shown, strict=True)):
            words = next((fault.message for fault in faults), "")
            raise StaleError(words or _("A row would come out otherwise than it was shown."))


def refuse_frozen(run: ImportRun) -> None:
    """Refuse a file for a division whose plan is on its way or decided, with what to do."""
    plans = MergePlan.objects.filter(programme=run.programme, division=run.division, variant="")
    newest = plans.order_by("version").last()
    if newest is None or newest.state in (State.DRAFT, State.RETURNED):
        if newest is not None and newest.state == State.RETURNED and run.uploaded_by is None:
            raise RefusedError(
                "plan_returned",
                _("The plan was returned, and a command does not take it up again."),
                _("Let an official of the division take it up again, then load the file."),
            )
        return
    remedy = _("A plan that is approved is carried out; an upload changes nothing of it.")
    if newest.state == State.LEADER_REVIEW:
        remedy = _("Withdraw the plan on its page, then upload the file again.")
    elif newest.state in (State.SUBMITTED, State.COUNTERSIGNED):
        remedy = _(
            "Ask the commission to return it; once it is returned, the upload begins a new version."
        )
    message = _("The plan is “%(state)s”, so nothing of it can be changed.")
    raise RefusedError("plan_frozen", message % {"state": newest.get_state_display()}, remedy)

"""The template of monthly head counts: the figures of its rows, saved by the monthly report itself."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consolidation.models.programmes import StaffCategory
from exchange.selectors.count_records import (
    REPORTED,
    counts_digest,
    months_of,
    names_of_reporting,
    unnamed,
)
from exchange.selectors.resolving import UnresolvedError
from exchange.services.acting import actor_of, taken_back, told_in_history
from exchange.services.counts_words import doubt_about, of_a_closed_day
from exchange.services.placing import Placed, as_number
from exchange.services.writers import Action, Outcome, StaleError
from platforms_portal.words import in_words
from staffing.counting import save_head_counts
from staffing.reporting import count_rows, field_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from accounts.models import User
    from exchange.matching import Line, Match
    from exchange.models import ImportRow, ImportRun
    from exchange.problems import Problem
    from exchange.selectors.resolving import Names
    from exchange.subjects import Subject
    from staffing.reporting import CountRow

Key = tuple[datetime.date, int, str]
"""What a row is about: the day, the body and the category."""

Figures = dict[Key, dict[str, int | None]]


@dataclass
class Month:
    """What the file says of one month: the figures asked for, by the names of the page's fields."""

    given: dict[str, str] = field(default_factory=dict)
    rows: dict[int, CountRow] = field(default_factory=dict)


@dataclass
class CountLine(Placed):
    """A row of the file; ``key`` is ``None`` where it is not known what it is about."""

    key: Key | None = None
    asked: dict[str, str] = field(default_factory=dict)


class CountsWriter:
    """Judges and writes the monthly figures of one division."""

    run: ImportRun
    user: User
    names: Names

    def begin(self, run: ImportRun) -> None:
        """Take up ``run``."""
        assert run.division is not None  # noqa: S101 - this template names its division
        self.run, self.division = run, run.division
        self.user = actor_of(run, run.uploaded_by)
        self.rows: dict[Key, CountLine] = {}
        self.months = months_of(run.programme)

    # --- The check ------------------------------------------------------------------------------

    def check(
        self,
        subject: Subject,  # noqa: ARG002 - the template has this one alone
        match: Match,
        lines: Sequence[Line],
    ) -> list[Outcome]:
        """Try the rows so far together, and return what becomes of those of this chunk."""
        names = self.names = names_of_reporting(self.run.programme, self.division.pk)
        chunk = []
        for line in lines:
            row = self._placed(match, line, names)
            chunk.append(row)
            self._take_in(row)
        with taken_back():
            before, after = self._try()
        return [self._outcome(row, before, after) for row in chunk]

    def _placed(self, match: Match, line: Line, names: Names) -> CountLine:
        row = CountLine(match, line)
        wrong = row.wrong
        body = self._body(row, names) if "body" not in wrong else None
        day = self._day(row) if "counted_on" not in wrong else None
        category = line.cells.get("category", "")
        if not category:
            row.missing("category")
        elif category not in self.run.programme.counted_categories and "category" not in wrong:
            row.fail(
                "category",
                _("The programme does not count this category of staff."),
                _("Take the row out of the file."),
                code="not_counted",
            )
        for name in REPORTED:
            if name not in wrong and (name in line.cells or name in line.empty):
                row.asked[name] = as_number(line.cells.get(name, ""))
        if body is not None and day is not None and not row.is_faulty:
            row.key = day, body, category
        return row

    def _body(self, row: CountLine, names: Names) -> int | None:
        text = row.line.cells.get("body", "")
        if not text:
            row.missing("body")
            return None
        try:
            return int(names.find(text).pk)
        except UnresolvedError as error:
            row.fail("body", error.message, error.remedy, code=error.code)
        return None

    def _day(self, row: CountLine) -> datetime.date | None:
        text = row.line.cells.get("counted_on", "")
        if not text:
            row.missing("counted_on")
            return None
        day = datetime.date.fromisoformat(text)
        if day in self.months:
            return day
        message, remedy, code = of_a_closed_day(self.run.programme, day)
        row.fail("counted_on", message, remedy, code=code)
        return None

    def _take_in(self, row: CountLine) -> None:
        if row.key is None:
            return
        first = self.rows.setdefault(row.key, row)
        if first is not row:
            row.repeats(first, "body")

    def _try(self) -> tuple[Figures, Figures]:
        """Save every month for the moment; return the figures before and after."""
        before: Figures = {}
        after: Figures = {}
        asked = {key: row.asked for key, row in self.rows.items() if not row.is_faulty}
        for day, month in self._months(asked).items():
            before |= _figures(day, month.rows.values())
            self._save(day, month)
            rows = count_rows(self.run.programme, self.division.pk, day)
            after |= _figures(day, rows)
            self._doubt(day, rows)
        return before, after

    def _months(self, asked: Mapping[Key, Mapping[str, str]]) -> dict[datetime.date, Month]:
        """Lay the rows on the months that they are of, the earliest first."""
        months: dict[datetime.date, Month] = {}
        by_day: dict[datetime.date, list[Key]] = defaultdict(list)
        for key in asked:
            by_day[key[0]].append(key)
        for day in sorted(by_day):
            rows = count_rows(self.run.programme, self.division.pk, day)
            month = months[day] = Month(rows={row.body.pk: row for row in rows})
            for key in by_day[day]:
                _day, body, category = key
                if body not in month.rows:
                    self._not_in_being(key)
                    continue
                month.given |= {
                    field_name(body, category, name): text for name, text in asked[key].items()
                }
        return months

    def _not_in_being(self, key: Key) -> None:
        row = self.rows.get(key)
        if row is not None and not row.is_faulty:
            row.fail(
                "body",
                _("This body is not in being on %(day)s.") % {"day": key[0].isoformat()},
                _("Take the row out of the file, or correct the month."),
                code="not_in_being",
            )

    def _save(self, day: datetime.date, month: Month) -> None:
        """Save a month; what is refused is told at its cell, and the rest is shown all the same."""
        try:
            self._report(day, month, self.user, "")
        except ValidationError as error:
            refused = getattr(error, "error_dict", {})
            for name, errors in refused.items():
                self._refuse(day, name, " ".join(ValidationError(errors).messages))
            month.given = {n: text for n, text in month.given.items() if n not in refused}
            self._report(day, month, self.user, "")

    def _report(self, day: datetime.date, month: Month, user: User, reason: str) -> None:
        more = {"reason": reason} if reason else {}
        save_head_counts(
            programme=self.run.programme,
            division=self.division,
            day=day,
            given=month.given,
            seen={pk: row.seen for pk, row in month.rows.items()},
            user=user,
            **more,
        )

    def _refuse(self, day: datetime.date, name: str, message: str) -> None:
        body, category, figure = name.split("-")
        row = self.rows[day, int(body), category]
        if not any(problem.column == figure for problem in row.problems):
            row.fail(
                figure,
                message,
                _("Write a whole number, or leave the cell empty."),
                code="refused",
            )

    def _doubt(self, day: datetime.date, rows: Iterable[CountRow]) -> None:
        for row in rows:
            for category in self.run.programme.counted_categories:
                line = self.rows.get((day, row.body.pk, category))
                if line is not None and not line.is_told:
                    for doubt in doubt_about(row, category, line.asked):
                        line.warn(*doubt)

    def _outcome(self, row: CountLine, before: Figures, after: Figures) -> Outcome:
        sheet, number = row.match.sheet, row.line.row
        if row.key is None:
            return Outcome(number, sheet, Action.ERROR, "", "", {}, {}, row.problems)
        day, body, category = row.key
        old, new = before.get(row.key, {}), after.get(row.key, {})
        differing = [name for name in REPORTED if old.get(name) != new.get(name)]
        reported = any(value is not None for value in old.values())
        action = Action.SAME
        if row.is_faulty:
            action = Action.ERROR
        elif differing:
            action = Action.CHANGE if reported else Action.ADD
        row.is_told = True
        named = self.names.by_key[body]
        words = StaffCategory(category).label
        return Outcome(
            row=number,
            sheet=sheet,
            action=action,
            key=named.code,
            label=f"{named.name} · {words} · {day:%Y-%m}",
            before={name: in_words(old[name]) for name in differing if reported},
            after={name: in_words(new[name]) for name in differing},
            problems=row.problems,
            data={
                "key": [day.isoformat(), body, category],
                "asked": row.asked,
                "after": new,
            },
        )

    def finish(self) -> list[Problem]:
        """Return nothing: the rows of a month do not depend on each other."""
        return []

    def absent(self) -> dict[str, int]:
        """Return how many bodies and categories of the months in the file it does not name."""
        return unnamed(self.run.programme, self.division.pk, self.rows)

    def digest(self) -> str:
        """Return the digest of all that the division has reported, and of its bodies."""
        return counts_digest(self.run.programme, self.division.pk)

    # --- The commit -----------------------------------------------------------------------------

    def commit(self, rows: Iterator[ImportRow], *, user: User | None, reason: str) -> None:
        """Write the figures as they were shown; raises ``StaleError`` where one comes out otherwise."""
        shown: dict[Key, dict[str, Any]] = {}
        for row in rows:
            day, body, category = row.data["key"]
            shown[datetime.date.fromisoformat(day), body, category] = row.data
        actor, reason = actor_of(self.run, user), told_in_history(self.run, reason)
        months = self._months({key: data["asked"] for key, data in shown.items()})
        after: Figures = {}
        for day, month in months.items():
            try:
                self._report(day, month, actor, reason)
            except ValidationError as error:
                raise StaleError(" ".join(error.messages)) from error
            after |= _figures(day, count_rows(self.run.programme, self.division.pk, day))
        if any(after.get(key) != data["after"] for key, data in shown.items()):
            raise StaleError(_("A row would come out otherwise than it was shown."))


def _figures(day: datetime.date, rows: Iterable[CountRow]) -> Figures:
    """Return the figures of a month by body and category."""
    found: Figures = {}
    for row in rows:
        for cell in row.cells:
            body, category, figure = cell.name.split("-")
            found.setdefault((day, int(body), category), {})[figure] = cell.value
    return found

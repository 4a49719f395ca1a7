"""One load in progress: its tables, what it found wrong, and what references resolve to."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from consolidation.loading.problems import Problem
from consolidation.loading.specs import SHEETS, TABLES, Link, Scope
from consolidation.loading.tables import LinkTable, Table

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Mapping

    from django.db import models
    from django.db.models import Q

    from consolidation.loading.grids import Grid
    from consolidation.loading.sources import Source
    from consolidation.loading.tables import Record
    from consolidation.models import Programme


class CascadeError(Exception):
    """A reference fails only because of errors in what it points to, which are told there."""


class Load:
    """The state of one load, handed to every parser and check.

    ``baseline`` and ``city_code`` are known before the first sheet is read, ``programme``,
    ``ledger`` and ``city`` once theirs are. ``narrowed`` keeps a load of a few rows from reading
    whole tables: by model, the only rows of its scope that the load will ask for. The rows of the
    models in ``locked`` are locked as they are read, within the caller's transaction.
    """

    def __init__(
        self,
        source: Source,
        *,
        update: bool,
        narrowed: Mapping[type[models.Model], Q] | None = None,
        locked: Collection[type[models.Model]] = (),
    ) -> None:
        self.source = source
        self.update = update
        self.narrowed = narrowed or {}
        self.locked = locked
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.broken: set[str] = set()
        self._doubtful: defaultdict[str, set[str]] = defaultdict(set)
        self.given: dict[str, list[Record]] = {}
        # Where the programme's own sheet does not give it, that is told there; nothing else is judged by it.
        self.baseline: datetime.date = timezone.localdate()
        self.baseline_known = False
        self.city_code = ""
        self.programme: Record | None = None
        self.ledger: Record | None = None
        self.city: Record | None = None
        self._tables: dict[type[models.Model], Table] = {}
        self._links: dict[Link, LinkTable] = {}

    def fail(self, sheet: str, row: int | None, column: str, value: str, message: str) -> None:
        """Note an error in a sheet."""
        place = self.source.place(sheet)
        self.problems.append(Problem(place, row, column, value, message))

    def warn(self, sheet: str, row: int | None, column: str, value: str, message: str) -> None:
        """Note what can be loaded and is probably not meant."""
        place = self.source.place(sheet)
        self.warnings.append(Problem(place, row, column, value, message))

    def doubt(self, sheet: str, name: str) -> None:
        """Note that the row of ``sheet`` called ``name`` has errors."""
        self._doubtful[sheet].add(name)

    def has_doubts(self, sheet: str) -> bool:
        """Whether some row of ``sheet`` has errors, so that what it holds is not complete."""
        return sheet in self.broken or bool(self._doubtful[sheet])

    def is_told(self, sheet: str, name: str) -> bool:
        """Whether ``name`` cannot be relied on for errors told already where it stands."""
        return sheet in self.broken or name in self._doubtful[sheet]

    def root(self, scope: Scope) -> Record | None:
        """Return the programme, ledger or city of this load."""
        found: Record | None = getattr(self, scope.root)
        return found

    def take_root(self, programme: Programme) -> None:
        """Load into a programme that exists, without a sheet that names it."""
        self.baseline, self.baseline_known = programme.baseline_date, True
        # Its city and its ledger come with it: a reference to a known record is that record.
        self.programme = self.table(type(programme)).by_pk[programme.pk]
        self.ledger, self.city = self.programme.values["ledger"], self.programme.values["division"]
        self.city_code = programme.division.code

    def table(self, model: type[models.Model]) -> Table:
        """Return the table of a model, read from the database when first asked for."""
        if model not in self._tables:
            self._tables[model] = table = Table(model, TABLES[model])
            table.read(self)
        return self._tables[model]

    def links(self, link: Link) -> LinkTable:
        """Return the rows of a link, read from the database when first asked for."""
        if link not in self._links:
            self._links[link] = table = LinkTable(link)
            table.read(self)
        return self._links[link]

    def used_tables(self) -> list[Table]:
        """Return the tables that were asked for, in the order of writing."""
        return [self._tables[model] for model in TABLES if model in self._tables]

    def used_links(self) -> list[LinkTable]:
        """Return the links that were asked for."""
        return list(self._links.values())

    def in_order(self, problems: list[Problem]) -> list[Problem]:
        """Return ``problems`` in the order of the format: sheet, row, as found."""
        order = {self.source.place(name): at for at, name in enumerate(SHEETS)}
        return sorted(problems, key=lambda found: (order.get(found.place, -1), found.row or 0))

    def peek(self, grid: Grid, parse_day: Any) -> None:
        """Learn from the programme's own sheet what the sheets before it need."""
        cells = grid.lines[0].cells
        self.city_code = cells.get("division", "")
        given = parse_day(cells.get("baseline_date", ""))
        self.baseline, self.baseline_known = given or self.baseline, given is not None

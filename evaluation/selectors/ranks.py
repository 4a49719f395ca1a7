"""The goals of 2025: high-level platforms by class, and national ranks by year, from R20."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import F

from consolidation.models import NationalRank, RankGoal, RetainedPlatform
from consolidation.models.programmes import HighLevelClass, ZoneKind
from consolidation.selectors.state import arranged, platform_rows
from evaluation.models import RankReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from consolidation.checks.base import Finding
    from consolidation.models import Programme
    from consolidation.selectors.state import StateView


@dataclass(frozen=True)
class HighLevel:
    """A high-level strategic platform, and what is missing of it."""

    row: Any
    name: str

    @property
    def lacks_class(self) -> bool:
        """Whether its class is not fixed."""
        return not self.row.class_now

    @property
    def lacks_department(self) -> bool:
        """Whether no department leads it."""
        return self.row.lead is None

    @property
    def is_complete(self) -> bool:
        """Whether it counts for the goal: class, department, and in being in the state."""
        return bool(self.row.in_state) and not self.lacks_class and not self.lacks_department


@dataclass(frozen=True)
class PlatformClass:
    """A class of high-level platforms with those in it; the class without a name is the missing."""

    value: str
    platforms: list[HighLevel]

    @property
    def label(self) -> str:
        """The class in words; empty for those without one."""
        return str(HighLevelClass(self.value).label) if self.value else ""


def high_level_by_class(view: StateView) -> list[PlatformClass]:
    """Return the high-level platforms of the list by their class in ``view``, in one query.

    Those not in being in the state are there too, and say so: the rule does not count them.
    """
    rows = (
        platform_rows(view)
        .filter(retention__is_high_level=True)
        .annotate(
            class_now=arranged(view, "high_level_class"),
            listed=F("retention__listed_name"),
            retained_pk=F("retention__pk"),
            lead=F("retention__lead_department__name"),
            lead_en=F("retention__lead_department__name_en"),
        )
        .select_related("division")
        .order_by("retention__sequence", "pk")
    )
    # A platform disposed of twice has two rows.
    each = {row.pk: HighLevel(row, _name_of(row)) for row in rows}
    classes = [*HighLevelClass.values, ""]
    found = [
        PlatformClass(value, [one for one in each.values() if one.row.class_now == value])
        for value in classes
    ]
    return [group for group in found if group.value or group.platforms]


def _name_of(row: Any) -> str:
    """Return the name of the list; the platform's own in English, where only that is known."""
    label = str(row.label)
    return label if label != row.name else str(row.listed or label)


class MarkedReport(NamedTuple):
    """A source's figure, and whether it counts."""

    report: RankReport
    counts: bool


@dataclass
class YearCell:
    """What is known of one platform in one ranking and year: the rank that counts, and others'."""

    year: int
    counts: NationalRank | None = None
    reports: list[RankReport] = field(default_factory=list)
    before: NationalRank | None = None

    @property
    def change(self) -> int | None:
        """By how many places it rose since the year before; negative: fell."""
        if self.counts is None or self.before is None:
            return None
        return self.before.rank - self.counts.rank

    @property
    def others(self) -> list[RankReport]:
        """The figures of other sources that differ from the one that counts."""
        rank = self.counts.rank if self.counts else None
        return [report for report in self.reports if report.rank != rank]

    @property
    def marked(self) -> list[MarkedReport]:
        """Every source's figure, and whether it is the one that counts."""
        held = (self.counts.rank, self.counts.source) if self.counts else None
        return [
            MarkedReport(report, held == (report.rank, report.source)) for report in self.reports
        ]


@dataclass
class RankLine:
    """One platform in one ranking, with a cell for each year shown."""

    retained: RetainedPlatform
    zone_kind: str
    by_year: dict[int, YearCell]

    @property
    def cells(self) -> list[YearCell]:
        """The cells, by year."""
        return [self.by_year[year] for year in sorted(self.by_year)]

    @property
    def latest(self) -> YearCell | None:
        """The cell of the newest year with a rank that counts."""
        known = [cell for cell in self.cells if cell.counts is not None]
        return known[-1] if known else None


@dataclass(frozen=True)
class Ranking:
    """One national ranking: its goals with what R20 says of them, and the platforms in it."""

    zone_kind: str
    goals: list[tuple[RankGoal, Finding | None]]
    years: list[int]
    lines: list[RankLine]

    @property
    def label(self) -> str:
        """The ranking in words."""
        return str(ZoneKind(self.zone_kind).label)

    def reached(self, rank: int) -> bool:
        """Whether a rank is good enough for any of the goals."""
        return any(rank <= goal.rank_max for goal, _finding in self.goals)


def rankings(
    programme: Programme, last_year: int, findings: Iterable[Finding] = ()
) -> list[Ranking]:
    """Return the national rankings up to ``last_year``, in three queries.

    ``findings`` are those of R20, of which each goal gets its own: page and rule agree.
    """
    by_aspect = {finding.aspect: finding for finding in findings if finding.rule == "R20"}
    goals = list(RankGoal.objects.filter(programme=programme).order_by("zone_kind", "rank_max"))
    lines = rank_lines(programme, last_year)
    found = []
    for kind in ZoneKind.values:
        own = [line for line in lines if line.zone_kind == kind]
        of_kind = [
            (goal, by_aspect.get(f"rank_{goal.zone_kind}_{goal.rank_max}"))
            for goal in goals
            if goal.zone_kind == kind
        ]
        years = sorted({year for line in own for year in line.by_year})
        if own or of_kind:
            found.append(Ranking(kind, of_kind, years, _filled(own, years)))
    return found


def rank_lines(programme: Programme, last_year: int) -> list[RankLine]:
    """Return every platform that has a rank in a ranking, with its known years, in two queries."""
    lines: dict[tuple[str, int], RankLine] = {}
    within = {"retained__programme": programme, "year__lte": last_year}
    related = "retained__platform__division"
    for rank in NationalRank.objects.filter(**within).select_related(related):
        _cell(lines, rank).counts = rank
    for report in RankReport.objects.filter(**within).select_related(related).order_by("pk"):
        _cell(lines, report).reports.append(report)
    return sorted(
        lines.values(), key=lambda line: (line.zone_kind, line.retained.sequence, line.retained.pk)
    )


def _cell(lines: dict[tuple[str, int], RankLine], row: NationalRank | RankReport) -> YearCell:
    key = (row.zone_kind, row.retained_id)
    line = lines.setdefault(key, RankLine(row.retained, row.zone_kind, {}))
    return line.by_year.setdefault(row.year, YearCell(row.year))


def _filled(lines: Sequence[RankLine], years: Sequence[int]) -> list[RankLine]:
    """Give every line a cell for every year, and each cell the rank of the year before."""
    for line in lines:
        for year in years:
            cell = line.by_year.setdefault(year, YearCell(year))
            earlier = line.by_year.get(year - 1)
            cell.before = earlier.counts if earlier else None
    return list(lines)


def retained_of(programme: Programme) -> list[RetainedPlatform]:
    """Return the programme's retained platforms in the order of its list."""
    rows = RetainedPlatform.objects.filter(programme=programme).select_related("platform")
    return list(rows.order_by("sequence", "pk"))

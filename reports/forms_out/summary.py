"""开发平台整合情况汇总表: one row a division, the sum of the city, every sum a live formula."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from consolidation.checks.base import Scope, Status
from consolidation.selectors.counts import Tally, by_owner
from consolidation.selectors.home import TARGETS, Overview
from consolidation.selectors.state import State, state_views
from platforms_portal.access import Right
from reports.forms_out.sheet import (
    PLACEHOLDER_NOTE,
    FormSheet,
    Formula,
    Heading,
    change,
    share,
    total,
)
from reports.selectors.figures import Pair, answer_word, pair_of, posts_by_owner

if TYPE_CHECKING:
    from consolidation.checks.base import Finding
    from zones.models import Division

TITLE = "开发平台整合情况汇总表"
FIGURES = {
    "platforms": "平台数（个）",
    "bodies": "管理机构数（个）",
    "plates": "牌子数（块）",
    "posts": "编制数（名）",
    "people": "实有人数（人）",
}
"""The figures of the form in their order; posts are 行政编制 and 事业编制."""

PARTS = ("整合前", "整合后", "增减", "核减比例")
STATE_WORDS = {State.PLANNED: "整合后按各单位上报方案", State.ACTUAL: "整合后按已确认实施情况"}


@dataclass
class SummaryRow:
    """One owner's line."""

    label: str
    pairs: dict[str, Pair] = field(default_factory=dict)
    quota: int | None = None
    remarks: list[str] = field(default_factory=list)


class Summary:
    """What the form holds: read once, from what was judged."""

    def __init__(self, overview: Overview, division: Division | None) -> None:
        """Take the programme on a day as the reader sees it, and the one division wanted, if any."""
        self.overview, self.state = overview, overview.state
        judged = overview.judged[self.state]
        self.shown = {
            name: words
            for name, words in FIGURES.items()
            if name in {counter.name for counter in overview.counters}
            or (name == "posts" and Right.VIEW_PEOPLE in overview.rights)
        }
        self._sums = {name: by_owner(counted) for name, counted in judged.counted.items()}
        self._posts = self._read_posts() if "posts" in self.shown else {}
        self.owners = [
            owner
            for owner in overview.owners
            if overview.scope.covers(owner.pk) and division in (None, owner)
        ]
        self.rows = [self._row(owner) for owner in self.owners]

    def _read_posts(self) -> dict[int, Pair]:
        overview = self.overview
        views = state_views(overview.programme, overview.as_of, handed_in=overview.handed_in)
        return posts_by_owner(views[self.state], self._sums["bodies"])

    def limit_of(self, name: str) -> Any:
        """Return the share that must be cut, where a rule sets one."""
        rule = TARGETS.get(name)
        finding = self.overview.finding_of(self.state, *rule) if rule else None
        return finding.limit if finding is not None and finding.limit.is_share else None

    @property
    def targets(self) -> list[Finding]:
        """The findings on the counts that the form shows: of its one owner, or of the city."""
        owner_id = self.owners[0].pk if len(self.owners) == 1 else None
        found = [
            self.overview.finding_of(self.state, *TARGETS[name], owner_id)
            for name in self.shown
            if name in TARGETS
        ]
        return [finding for finding in found if finding is not None]

    @property
    def rests_on_placeholders(self) -> bool:
        """Whether a figure of the form stands in for a real one."""
        return any(
            self._sums[name].get(owner.pk, Tally()).placeholders
            for name in self.shown
            if name != "posts"
            for owner in self.owners
        )

    def _row(self, owner: Division) -> SummaryRow:
        row = SummaryRow(str(Scope(owner).label))
        for name in self.shown:
            if name == "posts":
                # An owner without a body has no post, and that is known.
                row.pairs[name] = self._posts.get(owner.pk, Pair(0, 0))
            else:
                row.pairs[name] = pair_of(self._sums[name].get(owner.pk, Tally()))
        quota = self.overview.finding_of(self.state, "R04", "", owner.pk)
        row.quota = quota.limit.numerator if quota is not None else None
        row.remarks = self._remarks(owner, row, quota)
        return row

    def _remarks(self, owner: Division, row: SummaryRow, quota: Finding | None) -> list[str]:
        told = []
        owes = owner.pk in self.overview.owing
        if owes and owner.pk not in self.overview.plans:
            told.append("方案未报，按整合前计")
        if quota is not None and quota.status == Status.NOT_MET and quota.margin is not None:
            told.append(f"超配额{-quota.margin}个")
        if any(None in pair for pair in row.pairs.values()):
            told.append("部分数据未填报")
        names = [name for name in self.shown if name != "posts"]
        if any(self._sums[name].get(owner.pk, Tally()).placeholders for name in names):
            told.append("含占位数据")
        return told


def write_summary(
    file: IO[bytes], overview: Overview, division: Division | None, *, unit: str
) -> None:
    """Write the form into ``file``, in Chinese."""
    summary, day = Summary(overview, division), overview.as_of
    widths = [4.5, 9, *([7.5] * 4 * len(summary.shown)), 8, 18]
    sheet = FormSheet(file, TITLE, widths)
    sheet.head(
        f"填报单位：{unit}",
        f"数据截至：{day.year}年{day.month}月{day.day}日（{STATE_WORDS[overview.state]}）",
        "单位：个、块、名、人、%",
        _notes(summary),
    )
    headings = [Heading("序号"), Heading("单位")]
    headings += [Heading(words, PARTS) for words in summary.shown.values()]
    sheet.headings([*headings, Heading("保留平台配额（个）"), Heading("备注")])
    _write_rows(sheet, summary)
    sheet.close()


def _notes(summary: Summary) -> list[str]:
    notes = [PLACEHOLDER_NOTE] if summary.rests_on_placeholders else []
    if "people" not in summary.shown:
        notes.append("※ 查阅人无权查看人员数据，本表不含编制数和实有人数。")
    if "bodies" not in summary.shown:
        notes.append("※ 查阅人无权查看管理机构数据，本表不含管理机构数。")
    for finding in summary.targets:
        clause = f"（{finding.clause}）" if finding.clause else ""
        notes.append(f"{finding.title}{clause}：{answer_word(finding)}。{finding.message}")
    return notes


def _write_rows(sheet: FormSheet, summary: Summary) -> None:
    first = sheet.row
    formats = ["center", "text", *(["number", "number", "change", "share"] * len(summary.shown))]
    formats += ["number", "text"]
    for number, row in enumerate(summary.rows, 1):
        cells: list[Any] = [str(number), row.label]
        for at, name in enumerate(summary.shown):
            cells += _parts(sheet.row, 2 + 4 * at, row.pairs[name], summary.limit_of(name))
        sheet.line([*cells, row.quota, "；".join(row.remarks)], formats)
    last = sheet.row - 1
    cells = ["", "合计"]
    for at, name in enumerate(summary.shown):
        column = 2 + 4 * at
        befores = [row.pairs[name].before for row in summary.rows]
        afters = [row.pairs[name].after for row in summary.rows]
        one, two = total(first, last, column, befores), total(first, last, column + 1, afters)
        pair = Pair(one.value or _zero(one), two.value or _zero(two))
        cells += [one, two, *_parts(sheet.row, column, pair, summary.limit_of(name))[2:]]
    quotas = total(first, last, 2 + 4 * len(summary.shown), [row.quota for row in summary.rows])
    sheet.line([*cells, quotas, ""], formats)


def _zero(formula: Formula) -> int | None:
    return None if formula.value == "" else 0


def _parts(row: int, column: int, pair: Pair, limit: Any) -> list[Any]:
    return [
        pair.before,
        pair.after,
        change(row, column, column + 1, (pair.before, pair.after)),
        share(row, column, column + 1, (pair.before, pair.after), limit),
    ]

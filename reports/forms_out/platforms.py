"""平台整合对照表: each platform before, what becomes of it, and what it goes into."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from reports.forms_out.sheet import PLACEHOLDER_NOTE, FormSheet, Heading, total

if TYPE_CHECKING:
    from reports.selectors.before_after import BeforeAfter, Group, PlatformLine

TITLE = "平台整合对照表"
NAME, LEVEL, BODY = "名称", "级别", "管理机构"


def write_platforms(file: IO[bytes], found: BeforeAfter, *, unit: str, day: str) -> None:
    """Write the form into ``file``; columns that the reader may not see are left out, and it says so."""
    bodies = found.bodies
    staff = bodies and found.people
    below = [NAME, LEVEL, *([BODY] if bodies else []), *(["编制", "实有人数"] if staff else [])]
    after = [NAME, *([BODY] if bodies else [])]
    widths = [4.5, 22, 8, *([24] if bodies else []), *([8, 8] if staff else [])]
    widths += [10, 18, *([24] if bodies else []), 11, 24]
    sheet = FormSheet(file, TITLE, widths)
    sheet.head(
        f"填报单位：{unit}",
        f"数据截至：{day}（按上报方案）",
        "单位：个、名、人",
        _notes(found),
    )
    sheet.headings(
        [
            Heading("序号"),
            Heading("整合前平台", tuple(below)),
            Heading("处置方式"),
            Heading("整合后平台", tuple(after)),
            Heading("完成时限"),
            Heading("备注"),
        ]
    )
    _Rows(sheet, bodies=bodies, staff=staff).write(found.groups())
    sheet.close()


def _notes(found: BeforeAfter) -> list[str]:
    notes = [PLACEHOLDER_NOTE] if found.rests_on_placeholders else []
    if not found.bodies:
        notes.append("※ 查阅人无权查看管理机构和人员数据，本表不含有关栏目。")
    elif not found.people:
        notes.append("※ 查阅人无权查看人员数据，本表不含编制数和实有人数。")
    return notes


class _Rows:
    """The rows of the form; each says what its platform goes into, for a box would end with its page."""

    def __init__(self, sheet: FormSheet, *, bodies: bool, staff: bool) -> None:
        self.sheet, self.bodies, self.staff = sheet, bodies, staff
        self.number = 0
        self.seen: dict[int, int] = {}
        self.sums: list[tuple[int | None, int | None]] = []

    def write(self, groups: list[Group]) -> None:
        first = self.sheet.row
        for group in groups:
            self._group(group)
        if self.number:
            self._total(first, self.sheet.row - 1)

    def _group(self, group: Group) -> None:
        for line in group.lines:
            cells, formats = self._cells(line)
            after: list[Any] = [group.name, *(["、".join(group.bodies)] if self.bodies else [])]
            rest = ["center", *["center"] * len(after), "day", "text"]
            row = [*cells, line.how, *after, line.planned_on, "；".join(line.remarks)]
            self.sheet.line(row, [*formats, *rest])

    def _first_after(self) -> int:
        return 3 + 1 + self.bodies + 2 * self.staff

    def _cells(self, line: PlatformLine) -> tuple[list[Any], list[str]]:
        self.number += 1
        name = line.name if line.in_baseline else "—"
        cells: list[Any] = [str(self.number), name, line.level if line.in_baseline else ""]
        formats = ["center", "text", "center"]
        if not self.bodies:
            return cells, formats
        names, posts, people = [], [], []
        for body in line.bodies:
            told = body.before.name if body.before else ""
            if body.pk in self.seen:
                # A body with several platforms is counted at the first of them alone.
                names.append(f"{told}（与序号{self.seen[body.pk]}同）")
                continue
            self.seen[body.pk] = self.number
            names.append(told)
            figures = body.before.figures if body.before else None
            posts.append(figures.posts if figures else None)
            people.append(figures.people if figures else None)
        cells.append("、".join(names))
        formats.append("text")
        if self.staff:
            sums = (_sum(posts), _sum(people))
            # Without a body of its own to count here a platform adds nothing, and nothing is lacking.
            self.sums.append(sums if posts else (0, 0))
            cells += sums if posts else ("—", "—")
            formats += ["number", "number"] if posts else ["center", "center"]
        return cells, formats

    def _total(self, first: int, last: int) -> None:
        width = self._first_after() + 1 + self.bodies + 2
        cells: list[Any] = [""] * width
        formats = ["center"] * width
        cells[1] = "合计"
        if self.staff:
            for offset in (0, 1):
                column = 4 + offset
                cells[column] = _total_of(first, last, column, [pair[offset] for pair in self.sums])
                formats[column] = "number"
        self.sheet.line(cells, formats)


def _sum(numbers: list[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _total_of(first: int, last: int, column: int, values: list[int | None]) -> Any:
    """Return the sum; a dash stands for nothing to be counted, an empty cell for what is not known."""
    formula = total(first, last, column, values)
    return formula._replace(text=formula.text.replace("COUNT(", "COUNTA(", 1))

"""机构编制调整前后对照表: each management body before and after."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from reports.forms_out.sheet import PLACEHOLDER_NOTE, FormSheet, Heading, total

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.selectors.before_after import BeforeAfter, BodyLine, BodySide

TITLE = "机构编制调整前后对照表"
SILENT = (
    "※ 整合方案不载明调整后的领导职数，该栏空白表示尚待核定；各栏空白均表示数据未知，不等于零。"
)


def write_bodies(file: IO[bytes], found: BeforeAfter, *, unit: str, day: str) -> None:
    """Write the form into ``file``; who may not see people gets no columns of staff, and it says so."""
    staff = found.people
    parts = ("名称", "规格", *(("编制", "实有人数") if staff else ()), "领导职数", "内设机构")
    widths = [22, 9, *([8, 8] if staff else []), 8, 8]
    sheet = FormSheet(file, TITLE, [4.5, 9, *widths, *widths, 14])
    notes = [PLACEHOLDER_NOTE] if found.rests_on_placeholders else []
    if not staff:
        notes.append("※ 查阅人无权查看人员数据，本表不含编制数和实有人数。")
    sheet.head(
        f"填报单位：{unit}", f"数据截至：{day}（按上报方案）", "单位：名、人、个", [*notes, SILENT]
    )
    sheet.headings(
        [
            Heading("序号"),
            Heading("单位"),
            Heading("调整前", parts),
            Heading("调整后", parts),
            Heading("备注"),
        ]
    )
    figures = ["number"] * (len(parts) - 2)
    formats = ["center", "text", *["text", "center", *figures] * 2, "text"]
    first, columns = sheet.row, []
    for number, line in enumerate(found.body_lines, 1):
        before, after = _side(line.before, "—", staff), _side(line.after, _gone(line), staff)
        sides = [*before, *after]
        columns.append(sides)
        sheet.line([str(number), line.owner, *sides, _remarks(line)], formats)
    if columns:
        _total(sheet, first, columns, formats)
    sheet.close()


def _gone(line: BodyLine) -> str:
    return "撤销" if line.before is not None else "—"


def _side(side: BodySide | None, absent: str, staff: bool) -> list[Any]:
    if side is None:
        # What is not there has no posts: none, and that is known.
        return [absent, "", *([0, 0] if staff else []), 0, 0]
    figures = side.figures
    known = [figures.posts, figures.people] if figures else [None, None]
    return [side.name, side.rank, *(known if staff else []), side.leading_posts, side.departments]


def _remarks(line: BodyLine) -> str:
    told = ["新组建"] if line.before is None else []
    return "；".join([*told, *line.remarks, *(["占位"] if line.is_placeholder else [])])


def _total(sheet: FormSheet, first: int, rows: list[list[Any]], formats: Iterable[str]) -> None:
    last, width = sheet.row - 1, len(rows[0])
    cells: list[Any] = ["", "合计"]
    for offset in range(width):
        is_figure = offset % (width // 2) >= 2  # noqa: PLR2004 - name and rank come first
        values = [row[offset] for row in rows]
        cells.append(total(first, last, 2 + offset, values) if is_figure else "")
    sheet.line([*cells, ""], list(formats))

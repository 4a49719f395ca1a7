"""The parts of an official document, in their order: head, title, text, signature, annex, imprint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt

from reports.documents.layout import (
    BODY_FONT,
    FIFTH,
    FIRST_FONT,
    FOURTH,
    RED,
    SECOND,
    SECOND_FONT,
    THIRD,
    TITLE_FONT,
    at_the_foot,
    border,
    clean,
    full_width,
    official_document,
    set_font,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO

    from docx.text.paragraph import Paragraph

TEXT_WIDTH_POINTS = 436
"""156 mm, less what a name may stand out."""

LETTERHEAD_MAX = 46
LINE_CHARACTERS = 28
TITLE_CHARACTERS = 20
"""What a line of the title holds."""

BLANK_NUMBER = "〔　　　〕〔　　　　〕　　号"
BLANK_DAY = "〔　　　　〕年〔　　〕月〔　　〕日"
BLANK_NAME = "〔　　　　〕"


class OfficialDocument:
    """A document that grows from its head to its imprint."""

    def __init__(self, *, title: str) -> None:
        """Begin a document called ``title``."""
        self.word = official_document()
        self.word.core_properties.title = clean(title)
        self.word.core_properties.author = ""
        self.word.core_properties.comments = ""

    def paragraph(
        self,
        text: str = "",
        *,
        font: str = BODY_FONT,
        size: Any = THIRD,
        align: Any = None,
        indent: int = 0,
        keep: bool = False,
    ) -> Paragraph:
        """Add a paragraph whose first line is indented by ``indent`` characters."""
        found = self.word.add_paragraph()
        if align is not None:
            found.alignment = align
        if indent:
            found.paragraph_format.first_line_indent = size * indent
        found.paragraph_format.keep_with_next = keep
        set_font(found.add_run(full_width(text)), font, size)
        return found

    # --- Head ----------------------------------------------------------------------------------

    def draft_mark(self, text: str) -> None:
        """Say above everything that the document is a draft, and on every page."""
        found = self.paragraph(text, font=FIRST_FONT)
        found.runs[0].font.color.rgb = RED
        section = self.word.sections[0]
        for header in (section.header, section.even_page_header):
            header.is_linked_to_previous = False
            header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = header.paragraphs[0].add_run(clean(text))
            set_font(run, FIRST_FONT, FOURTH)
            run.font.color.rgb = RED

    def letterhead(self, name: str) -> None:
        """Write who issues it (发文机关标志): red, centred, as large as fits in one line."""
        text = clean(name)
        size = Pt(min(LETTERHEAD_MAX, TEXT_WIDTH_POINTS // max(len(text), 1)))
        found = self.paragraph(text, font=TITLE_FONT, size=size, align=WD_ALIGN_PARAGRAPH.CENTER)
        found.runs[0].font.color.rgb = RED
        form = found.paragraph_format
        form.space_before = Mm(28)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.SINGLE, None
        self.paragraph()
        self.paragraph()

    def number(self, number: str, *, signer: str | None = None) -> None:
        """Write the document's number; upwards, beside it who signs (签发人). A red line follows."""
        if signer is None:
            found = self.paragraph(number, align=WD_ALIGN_PARAGRAPH.CENTER)
        else:
            found = self.paragraph(f"{number}\t签发人：")
            found.paragraph_format.left_indent = THIRD
            found.paragraph_format.tab_stops.add_tab_stop(Mm(150), WD_TAB_ALIGNMENT.RIGHT)
            set_font(found.add_run(clean(signer)), SECOND_FONT, THIRD)
        line = self.paragraph(size=Pt(4))
        line.paragraph_format.line_spacing = Mm(4)
        border(line, side="bottom", colour="FF0000", eighths=18, space=0)
        self.paragraph()

    def title(self, text: str) -> None:
        """Write the title: two lines below the red one, centred."""
        self.paragraph()
        for line in title_lines(full_width(text)):
            found = self.paragraph(
                line, font=TITLE_FONT, size=SECOND, align=WD_ALIGN_PARAGRAPH.CENTER
            )
            found.paragraph_format.line_spacing = Pt(35)
        self.paragraph()

    def placeholder_note(self, text: str) -> None:
        """Note visibly what the document rests on."""
        found = self.paragraph(text, font=SECOND_FONT, size=FOURTH)
        found.runs[0].font.color.rgb = RED
        # A frame: a single line would be taken for the red one of the head.
        for side in ("top", "left", "bottom", "right"):
            border(found, side=side, colour="C00000", eighths=6, space=4)
        self.paragraph()

    def addressee(self, name: str) -> None:
        """Write to whom it goes (主送机关), from the edge."""
        self.paragraph(f"{name}：")

    # --- Text ----------------------------------------------------------------------------------

    def first(self, text: str) -> None:
        """Write a heading of the first level: 一、 in 黑体."""
        self.paragraph(text, font=FIRST_FONT, indent=2, keep=True)

    def second(self, heading: str, text: str) -> None:
        """Write a heading of the second level, （一） in 楷体, and its text after it."""
        found = self.paragraph(heading, font=SECOND_FONT, indent=2)
        set_font(found.add_run(full_width(text)), BODY_FONT, THIRD)

    def text(self, text: str) -> None:
        """Write a paragraph of the text."""
        self.paragraph(text, indent=2)

    def annex_note(self, names: Sequence[str]) -> None:
        """Write which annexes follow, one line below the text."""
        self.paragraph()
        if len(names) == 1:
            self.paragraph(f"附件：{names[0]}", indent=2)
            return
        for number, name in enumerate(names, 1):
            head = "附件：" if number == 1 else "　　　"
            self.paragraph(f"{head}{number}．{name}", indent=2)

    def signature(self, office: str, day: str) -> None:
        """Write who issues it above the day, centred on it, as for a seal.

        The day, still blank, ends four characters from the edge.
        """
        self.paragraph()
        self.paragraph()
        for text in (office, day):
            found = self.paragraph(text, align=WD_ALIGN_PARAGRAPH.CENTER, keep=text == office)
            # Both stand in the middle of what is left, whatever day is filled in.
            found.paragraph_format.left_indent = THIRD * (LINE_CHARACTERS - len(BLANK_DAY) - 2 * 4)

    def after_note(self, text: str) -> None:
        """Write the note below the day (附注), in round brackets."""
        self.paragraph(f"（{text}）", indent=2)

    # --- Annex and imprint ----------------------------------------------------------------------

    def annex(
        self,
        title: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
    ) -> None:
        """Add a table on a page of its own; its headings stand on each page again."""
        head = self.paragraph("附件", font=FIRST_FONT)
        head.paragraph_format.page_break_before = True
        self.paragraph()
        self.paragraph(title, font=TITLE_FONT, size=SECOND, align=WD_ALIGN_PARAGRAPH.CENTER)
        self.paragraph()
        table = self.word.add_table(rows=1, cols=len(headings))
        table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        self._fill(table.rows[0], headings, widths, font=FIRST_FONT)
        _repeat(table.rows[0])
        for row in rows:
            self._fill(table.add_row(), row, widths, font=BODY_FONT)

    def _fill(self, row: Any, texts: Sequence[str], widths: Sequence[float], *, font: str) -> None:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)  # noqa: SLF001 - the library has no name for it
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            form = paragraph.paragraph_format
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(15)
            if font == FIRST_FONT:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            set_font(paragraph.add_run(clean(text)), font, FIFTH)

    def imprint(self, copies: str, office: str, day: str) -> None:
        """Write the imprint (版记) at the foot of the last page: copies to, printed by and when."""
        anchor = self.paragraph()
        anchor.paragraph_format.line_spacing = Pt(1)
        box = at_the_foot(anchor, height=Pt(66))
        # 0.35 mm above and below, 0.25 mm between.
        upper = self._imprint_line(box, f"抄送：{copies}")
        border(upper, side="top", colour="000000", eighths=8, space=1)
        lower = self._imprint_line(box, f"{office}\t{day}印发")
        border(lower, side="top", colour="000000", eighths=6, space=1)
        border(lower, side="bottom", colour="000000", eighths=8, space=1)

    def _imprint_line(self, box: Any, text: str) -> Paragraph:
        found = self.paragraph(f"　{text}　", size=FOURTH)
        found.paragraph_format.tab_stops.add_tab_stop(Mm(154), WD_TAB_ALIGNMENT.RIGHT)
        box.append(found._p)  # noqa: SLF001 - the library has no boxes
        return found

    def save(self, file: IO[bytes]) -> None:
        """Write the document into ``file``."""
        self.word.save(file)


def title_lines(text: str) -> list[str]:
    """Return a title in lines that end where a word does: who, about what, in balanced lines."""
    if len(text) <= TITLE_CHARACTERS:
        return [text]
    office, about, rest = text.partition("关于")
    if about and len(office) >= TITLE_CHARACTERS // 3:
        return [office, *title_lines(about + rest)]
    number = -(-len(text) // TITLE_CHARACTERS)
    ideal = -(-len(text) // number)
    # A name ends with these; the end nearest to the even share is taken, the even share where none is.
    ends = [
        at
        for at in range(ideal - 5, min(ideal + 5, TITLE_CHARACTERS) + 1)
        if text[at - 1] in ")）》区市县动案的"
    ]
    at = min(ends, key=lambda end: abs(end - ideal), default=ideal)
    return [text[:at], *title_lines(text[at:])]


def _repeat(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - no name for it

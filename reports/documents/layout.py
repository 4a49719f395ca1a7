"""The sheet of GB/T 9704-2012: A4, 156 × 225 mm of text, 22 lines of 28 characters, its fonts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.section import Section
    from docx.shared import Length
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

TITLE_FONT, BODY_FONT, SECOND_FONT, FIRST_FONT = (
    "方正小标宋简体",
    "仿宋_GB2312",
    "楷体_GB2312",
    "黑体",
)
PAGE_NUMBER_FONT = "宋体"
FALLBACKS = {
    TITLE_FONT: ("华文中宋", "roman"),
    BODY_FONT: ("仿宋", "modern"),
    SECOND_FONT: ("楷体", "modern"),
    FIRST_FONT: ("Noto Sans CJK SC", "swiss"),
    PAGE_NUMBER_FONT: ("Noto Serif CJK SC", "roman"),
}
"""What stands in where a font is not installed; fonts are named, never embedded (they may not be)."""

SECOND, THIRD, FOURTH, FIFTH = Pt(22), Pt(16), Pt(14), Pt(10.5)
"""The Chinese sizes 2号 … 5号."""

LINE = Pt(28.95)
"""225 mm by 22 lines."""

_ORDER = {
    "pPr": (
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers "
        "pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE "
        "autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents "
        "suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle "
        "rPr sectPr pPrChange"
    ),
    "rPr": (
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint "
        "noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u "
        "effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath"
    ),
}
"""The order of the properties of a paragraph and of text (ISO/IEC 29500-1, 17.3.1.26 and 17.3.2.28)."""

_HAN = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_BRACKETS = re.compile(r"\(([^()]*)\)")

RED = RGBColor(0xFF, 0, 0)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: object) -> str:
    """Return ``text`` as a document can hold it; names are text and never markup or fields."""
    return _NOT_IN_XML.sub("", str(text))


def full_width(text: object) -> str:
    """Return ``text`` as prose is set: round brackets in or beside Chinese are full width."""
    return _BRACKETS.sub(_widened, clean(text))


def _widened(found: re.Match[str]) -> str:
    whole, start, end = found.string, found.start(), found.end()
    near = whole[max(0, start - 1) : end + 1]
    return f"（{found[1]}）" if _HAN.search(near) else found[0]


def set_font(target: Run | ParagraphStyle, name: str, size: Any = None) -> None:
    """Give ``target`` the font ``name``, for Chinese text too."""
    target.font.name = name
    if size is not None:
        target.font.size = size
    fonts = target.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:hAnsi", "w:ascii", "w:cs"):
        fonts.set(qn(script), name)


def official_document() -> WordDocument:
    """Return an empty document with the sheet, the grid, the fonts and the page numbers."""
    document = Document()
    normal: Any = document.styles["Normal"]
    set_font(normal, BODY_FONT, THIRD)
    _set_characters(normal)
    form = normal.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    set_page(document.sections[0])
    # The exact height of lines makes the 22; what is smaller (the annex) need not keep to the grid.
    free = OxmlElement("w:snapToGrid")
    free.set(qn("w:val"), "0")
    _in_order(normal.element.get_or_add_pPr(), free)
    _number_pages(document)
    _name_fallbacks(document)
    return document


def set_page(section: Section) -> None:
    """Set the sheet: 天头 37 mm, 订口 28 mm, so that 156 × 225 mm are left for the text."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(23)
    for old in section._sectPr.findall(qn("w:docGrid")):  # noqa: SLF001 - python-docx has no name for it
        section._sectPr.remove(old)  # noqa: SLF001 - the same
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")  # In twentieths of a point: 225 mm by 22.
    section._sectPr.append(grid)  # noqa: SLF001 - the same


def _in_order(parent: Any, element: Any) -> None:
    """Put ``element`` where the format wants it among the properties of a paragraph or of text.

    Word refuses a document whose elements stand in another order.
    """
    names = [f"w:{name}" for name in _ORDER[parent.tag.partition("}")[2]].split()]
    at = names.index(f"w:{element.tag.partition('}')[2]}")
    for old in parent.findall(element.tag):
        parent.remove(old)
    parent.insert_element_before(element, *names[at + 1 :])


def at_the_foot(anchor: Paragraph, *, height: Length) -> Any:
    """Return the inside of a box at the foot of the text on the page of ``anchor``."""
    box = parse_xml(
        f'<w:pict {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml">'
        '<v:rect stroked="f" filled="f" style="position:absolute;margin-left:0;margin-top:0;'
        f"width:442pt;height:{height.pt:.0f}pt;mso-position-horizontal:center;"
        "mso-position-horizontal-relative:margin;mso-position-vertical:bottom;"
        'mso-position-vertical-relative:margin">'
        '<v:textbox inset="0,0,0,0"><w:txbxContent/></v:textbox></v:rect></w:pict>'
    )
    anchor.runs[0]._r.append(box)  # noqa: SLF001 - the library has no boxes
    return box.find(f".//{qn('w:txbxContent')}")


def _set_characters(style: Any) -> None:
    """Let 28 characters of 16 points stand in 156 mm, and say that the text is Chinese.

    Each is set a quarter of a point closer. A grid of characters would do the same in Word, but in
    LibreOffice a character wider than its cell takes two.
    """
    closer = OxmlElement("w:spacing")
    closer.set(qn("w:val"), "-5")  # In twentieths of a point.
    _in_order(style.element.get_or_add_rPr(), closer)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")  # Numbers are not broken.
    language.set(qn("w:eastAsia"), "zh-CN")
    _in_order(style.element.get_or_add_rPr(), language)


def _number_pages(document: WordDocument) -> None:
    """Write “— 1 —” below the text: at the right of odd pages, at the left of even ones."""
    section = document.sections[0]
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        # One character from the edge.
        paragraph.paragraph_format.right_indent = paragraph.paragraph_format.left_indent = FOURTH
        for part in ("— ", None, " —"):
            run = paragraph.add_run(part or "")
            set_font(run, PAGE_NUMBER_FONT, FOURTH)
            if part is None:
                _field(run, "PAGE")


def _field(run: Run, instruction: str) -> None:
    for kind in ("begin", "", "separate", "text", "end"):
        if kind == "":
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = f" {instruction} "
        elif kind == "text":
            element = OxmlElement("w:t")
            element.text = "1"
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)  # noqa: SLF001 - the library has no fields


def _name_fallbacks(document: WordDocument) -> None:
    """Name for each font the one that stands in where it is not installed."""
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="auto"/></w:font>'
        for name, (other, family) in FALLBACKS.items()
    )
    table = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:fonts xmlns:w="{namespace}">{fonts}</w:fonts>'
    )
    for part in document.part.package.iter_parts():
        if str(part.partname).endswith("/fontTable.xml"):
            part._blob = table.encode()  # noqa: SLF001 - a part that the library keeps as it is


def border(paragraph: Paragraph, *, side: str, colour: str, eighths: int, space: int) -> None:
    """Draw a line below or above ``paragraph``, ``eighths`` of a point thick."""
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - the library has no borders
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        _in_order(properties, borders)
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", eighths), ("space", space), ("color", colour)):
        line.set(qn(f"w:{name}"), str(value))
    borders.append(line)

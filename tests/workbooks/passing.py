"""Sheets of offices that must be understood, in all the ways in which they are made."""

from __future__ import annotations

import datetime
from typing import Any

from tests.workbooks.writing import Case, Formula, Sheet, Shown, changed, parts_of, workbook, zipped

LEDGER = ["编号", "平台名称", "所属区县", "级别"]
ROWS: list[list[Any]] = [
    ["P330102-01", "望江智慧产业园", "上城区", "市级"],
    ["P330102-02", "玉皇山南基金小镇", "上城区", "省级"],
    ["P330105-01", "智慧网谷高新区", "拱墅区", "区县级"],
    ["P330109-01", "萧山经济技术开发区", "萧山区", "国家级"],
]
COLUMNS = {"A": "code", "B": "name", "C": "division", "D": "level"}
FIRST = {"code": "P330102-01", "name": "望江智慧产业园", "division": "上城区", "level": "municipal"}


def ledger(
    name: str,
    content: bytes,
    *,
    sheet: str = "平台",
    heading: tuple[int, int] = (1, 1),
    columns: dict[str, str] | None = None,
    certain: bool = True,
    template: str = "ledger",
    subject: str = "platforms",
    **more: Any,
) -> Case:
    """A file with one sheet that is found; ``more``: rows, cells, problems, skipped, doubts, warnings."""
    match = {
        "sheet": sheet,
        "subject": subject,
        "headings": list(heading),
        "columns": columns or COLUMNS,
        "certain": certain,
        "doubts": more.pop("doubts", []),
        "missing": more.pop("missing", []),
        "rows": more.pop("rows", len(ROWS)),
        "cells": more.pop("cells", {}),
        "problems": more.pop("problems", {}),
        "skipped": more.pop("skipped", {}),
    }
    return Case(name, content, {"template": template, "matches": [match], **more})


def _with(name: str, heading: str, values: list[Any], column: str, **more: Any) -> Case:
    """A ledger with one more column, whose cells are the case."""
    rows = [[*row, value] for row, value in zip(ROWS, values, strict=False)]
    content = workbook(Sheet("平台", [[*LEDGER, heading], *rows]), **more.pop("book", {}))
    return ledger(name, content, columns={**COLUMNS, "E": column}, rows=len(rows), **more)


def headings() -> list[Case]:
    """Where the headings stand, and how they are written."""
    banner = "杭州市开发区（园区）基本情况表"
    return [
        ledger("plain.xlsx", workbook(Sheet("平台", [LEDGER, *ROWS])), cells={"2": FIRST}),
        ledger(
            "english.xlsx",
            workbook(
                Sheet(
                    "Platforms",
                    [
                        ["Code of the platform", "Name of the platform", "Division", "Level"],
                        ["P330102-01", "望江智慧产业园", "330102", "municipal"],
                    ],
                )
            ),
            sheet="Platforms",
            rows=1,
            cells={"2": {**FIRST, "division": "330102"}},
        ),
        ledger(
            "banner_row.xlsx",
            workbook(
                Sheet(
                    "2018年底",
                    [
                        [banner],
                        ["单位：公顷"],
                        [*LEDGER, "批准面积"],
                        *([*row, 250] for row in ROWS),
                    ],
                    merges=("A1:E1", "A2:E2"),
                )
            ),
            sheet="2018年底",
            heading=(3, 3),
            columns={**COLUMNS, "E": "approved_area"},
            cells={"4": {**FIRST, "approved_area": "2.5"}},
            problems={"E4": ["area_converted"]},
        ),
        ledger(
            "two_rows.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [
                        [
                            "编号",
                            "平台名称",
                            "所属区县",
                            "级别",
                            "面积（平方公里）",
                            "",
                            "四至范围",
                        ],
                        ["", "", "", "", "批准", "建成", "北至", "南至"],
                        *([*row, 12.5, 7, "运河", "之江路"] for row in ROWS),
                    ],
                    merges=("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1", "G1:H1"),
                )
            ),
            heading=(1, 2),
            columns={
                **COLUMNS,
                "E": "approved_area",
                "F": "built_up_area",
                "G": "boundary_north",
                "H": "boundary_south",
            },
            cells={"3": {**FIRST, "approved_area": "12.5", "boundary_south": "之江路"}},
        ),
        ledger(
            "noisy_headings.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [
                        [
                            "１．编　号",
                            "*平台\n名称",
                            "（二）所属区县(市)：",
                            "级 别【必填】",
                            "批准面积\n（ｋｍ²）",
                        ],
                        *([*row, "3.5"] for row in ROWS),
                    ],
                )
            ),
            columns={**COLUMNS, "E": "approved_area"},
            cells={"2": {**FIRST, "approved_area": "3.5"}},
        ),
        ledger(
            "swapped_headings.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [[banner], ["平台名称", "编号", "所属区县", "级别"], *ROWS],
                    merges=("A1:D1",),
                )
            ),
            heading=(2, 2),
            certain=False,
            doubts=["A", "B"],
            cells={"3": FIRST},
        ),
        ledger(
            "row_numbers.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [
                        ["编号", "平台名称", "所属区县", "级别"],
                        *([at, *row[1:]] for at, row in enumerate(ROWS, start=1)),
                    ],
                )
            ),
            columns={"B": "name", "C": "division", "D": "level"},
            certain=False,
            doubts=["A"],
        ),
        ledger(
            "other_offices_columns.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [["序号", *LEDGER, "联系人", "联系电话"]]
                    + [[at, *row, "张三", "0571-1234567"] for at, row in enumerate(ROWS, 1)],
                )
            ),
            columns={"B": "code", "C": "name", "D": "division", "E": "level"},
        ),
        ledger(
            "heading_twice.xlsx",
            workbook(Sheet("平台", [[*LEDGER, "级别"], *([*row, "省级"] for row in ROWS)])),
            certain=False,
            doubts=["E"],
        ),
        ledger(
            "almost_a_heading.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [
                        ["编号", "平台名称", "所属区县", "批准日其"],
                        *([*row[:3], "2010-05-03"] for row in ROWS),
                    ],
                )
            ),
            columns={"A": "code", "B": "name", "C": "division", "D": "approved_on"},
            certain=False,
            doubts=["D"],
        ),
        ledger(
            "no_division.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [["编号", "平台名称", "级别"], *([row[0], row[1], row[3]] for row in ROWS)],
                )
            ),
            columns={"A": "code", "B": "name", "C": "level"},
            certain=False,
            missing=["division"],
        ),
    ]


def cells() -> list[Case]:
    """How values are written."""
    return [
        _with(
            "chinese_dates.xlsx",
            "设立日期",
            ["2010年5月3日", "二〇一〇年五月三日", "2010.5.3", datetime.date(2010, 5, 3)],
            "established_on",
            cells={str(row): {"established_on": "2010-05-03"} for row in range(2, 6)},
        ),
        _with(
            "more_dates.xlsx",
            "设立日期",
            ["２０１０／５／３", "20100503", 20100503, 40301],
            "established_on",
            cells={str(row): {"established_on": "2010-05-03"} for row in range(2, 6)},
            problems={"E5": ["serial_date"]},
        ),
        _with(
            "dates_from_1904.xlsx",
            "设立日期",
            [datetime.date(2010, 5, 3), Shown(38839, "yyyy/m/d"), 38839],
            "established_on",
            cells={str(row): {"established_on": "2010-05-03"} for row in range(2, 5)},
            problems={"E4": ["serial_date"]},
            book={"from_1904": True},
        ),
        _with(
            "areas_in_mu.xlsx",
            "批准面积（亩）",
            ["1,500", 3000, "１５０"],
            "approved_area",
            cells={
                "2": {"approved_area": "1"},
                "3": {"approved_area": "2"},
                "4": {"approved_area": "0.1"},
            },
            problems={"E2": ["area_converted"]},
        ),
        _with(
            "areas_with_units.xlsx",
            "批准面积",
            ["12.5平方公里", "250公顷", "3,000亩", 0.1 + 0.2],
            "approved_area",
            cells={
                "2": {"approved_area": "12.5"},
                "3": {"approved_area": "2.5"},
                "4": {"approved_area": "2"},
                "5": {"approved_area": "0.3"},
            },
            problems={"E2": ["unit_taken_off"], "E3": ["area_converted"]},
        ),
        _with(
            "yes_and_no.xlsx",
            "是否占位",
            ["是", "×", "Ｙ", "无"],
            "placeholder",
            cells={
                "2": {"placeholder": "yes"},
                "3": {"placeholder": "no"},
                "4": {"placeholder": "yes"},
                "5": {"placeholder": "no"},
            },
        ),
        _with(
            "dashes.xlsx",
            "批准面积",
            ["—", "/", "不详", 0],
            "approved_area",
            cells={
                "2": {"approved_area": None},
                "4": {"approved_area": None},
                "5": {"approved_area": "0"},
            },
            problems={"E2": ["taken_as_empty"]},
        ),
        _with(
            "lists.xlsx",
            "主导产业",
            ["电子信息；生物医药", "电子信息、生物医药", "电子信息;生物医药", "电子信息\n生物医药"],
            "industries",
            cells={str(row): {"industries": "电子信息;生物医药"} for row in range(2, 6)},
            problems={"E3": ["list_separated"]},
        ),
        _with(
            "formulas_with_values.xlsx",
            "批准面积",
            [Formula("=1+1", 2), Formula("=SUM(E2,1)", 3), 4],
            "approved_area",
            cells={
                "2": {"approved_area": "2"},
                "3": {"approved_area": "3"},
                "4": {"approved_area": "4"},
            },
            problems={"E2": ["formula_value"]},
        ),
        ledger(
            "text_numbers.xlsx",
            workbook(
                Sheet(
                    "人员",
                    [
                        ["机构编号", "机构名称", "人员类别", "核定编制（名）", "实有人数(人)"],
                        ["B330102-01", "上城管委会", "行政", "１２", "1,250"],
                        ["B330102-01", "上城管委会", "事业", " 8 ", "5人"],
                        ["B330102-01", "上城管委会", "编外", "0", "3.0"],
                    ],
                )
            ),
            template="staff",
            subject="staff",
            sheet="人员",
            columns={
                "A": "body",
                "B": "body_name",
                "C": "category",
                "D": "authorised",
                "E": "on_post",
            },
            rows=3,
            cells={
                "2": {
                    "body": "B330102-01",
                    "category": "administrative",
                    "authorised": "12",
                    "on_post": "1250",
                },
                "3": {"authorised": "8", "on_post": "5"},
                "4": {"category": "contract", "authorised": "0", "on_post": "3"},
            },
            problems={"E3": ["unit_taken_off"]},
        ),
        ledger(
            "months.xlsx",
            workbook(
                Sheet(
                    "月报",
                    [
                        ["机构编号", "人员类别", "统计月份", "编制数", "实有人数"],
                        ["B330102-01", "行政", "2020年6月", 12, 11],
                        ["B330102-01", "事业", "2020-06", 12, 11],
                        ["B330102-01", "编外", datetime.date(2020, 6, 1), 0, 3],
                    ],
                )
            ),
            template="head_counts",
            subject="head_counts",
            sheet="月报",
            columns={
                "A": "body",
                "B": "category",
                "C": "counted_on",
                "D": "authorised",
                "E": "on_post",
            },
            rows=3,
            cells={str(row): {"counted_on": "2020-06-30"} for row in range(2, 5)},
            problems={"C2": ["month_end"]},
        ),
        ledger(
            "by_name.xlsx",
            workbook(
                Sheet(
                    "处置",
                    [
                        ["平台名称", "处置方式", "整合目标", "计划完成时间", "理由"],
                        [
                            "望江智慧产业园",
                            "整合优化",
                            "智慧网谷高新区（筹）",
                            "2021年6月30日",
                            "同一区域",
                        ],
                        ["玉皇山南基金小镇", "转型提升", "", "2021-06-30", ""],
                    ],
                )
            ),
            template="plan",
            subject="dispositions",
            sheet="处置",
            columns={
                "A": "platform",
                "B": "kind",
                "C": "target",
                "D": "planned_on",
                "E": "reason",
            },
            rows=2,
            cells={
                "2": {"platform": "望江智慧产业园", "kind": "merge", "target": "智慧网谷高新区(筹)"}
            },
        ),
    ]


def rows() -> list[Case]:
    """Rows that are no records, and cells that belong to several."""
    return [
        ledger(
            "totals_and_notes.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [
                        [*LEDGER, "批准面积"],
                        *([*row, 2] for row in ROWS),
                        ["", "小 计", "", "", 8],
                        ["合计", "", "", "", 8],
                        ["注：面积以批复为准。"],
                        ["填表人：张三", "", "审核人：李四"],
                    ],
                )
            ),
            columns={**COLUMNS, "E": "approved_area"},
            skipped={"6": "totals_row", "7": "totals_row", "8": "note_row", "9": "note_row"},
        ),
        ledger(
            "sections.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [LEDGER, ["一、上城区"], *ROWS[:2], ["（二）其他区"], *ROWS[2:], ["萧山片"]],
                    merges=("A8:D8",),
                )
            ),
            skipped={"2": "section_row", "5": "section_row", "8": "section_row"},
        ),
        ledger(
            "column_numbers.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [
                        [*LEDGER, "批准面积"],
                        ["甲", "乙", "丙", "1", "2"],
                        *([*row, 2] for row in ROWS),
                    ],
                )
            ),
            columns={**COLUMNS, "E": "approved_area"},
            skipped={"2": "numbering_row"},
        ),
        ledger(
            "headings_again.xlsx",
            workbook(Sheet("平台", [LEDGER, *ROWS[:2], LEDGER, *ROWS[2:], ["# 以下待核"]])),
            skipped={"4": "repeated_headings", "7": "comment_row"},
        ),
        ledger(
            "blank_formatted_rows.xlsx",
            workbook(Sheet("平台", [LEDGER, *ROWS, ["", "　", " ", ""]], blank_rows=40)),
        ),
        ledger(
            "numbered_blank_rows.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [
                        ["序号", *LEDGER],
                        *([at, *row] for at, row in enumerate(ROWS, start=1)),
                        *([at, "", "", "", ""] for at in range(5, 25)),
                    ],
                )
            ),
            columns={"B": "code", "C": "name", "D": "division", "E": "level"},
            skipped={"6": "unused_row"},
        ),
        ledger(
            "merged_divisions.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [
                        ["所属区县", "平台名称", "级别"],
                        ["上城区", "望江智慧产业园", "市级"],
                        ["", "玉皇山南基金小镇", "省级"],
                        ["", "清波园区", "区县级"],
                        ["萧山区", "萧山经济技术开发区", "国家级"],
                    ],
                    merges=("A2:A4",),
                )
            ),
            columns={"A": "division", "B": "name", "C": "level"},
            cells={
                "3": {"division": "上城区"},
                "4": {"division": "上城区"},
                "5": {"division": "萧山区"},
            },
            problems={"A3": ["merged_value"]},
        ),
        ledger(
            "starts_below.xlsx",
            workbook(Sheet("平台", [["", *LEDGER], *(["", *row] for row in ROWS)], first_row=6)),
            heading=(7, 7),
            columns={"B": "code", "C": "name", "D": "division", "E": "level"},
            cells={"8": FIRST},
        ),
    ]


def files() -> list[Case]:
    """Kinds of files, and workbooks of several sheets."""
    text = "\n".join(",".join(row) for row in [LEDGER, *ROWS]) + "\n"
    names = ["code,name,division,level", *(",".join(row) for row in ROWS)]
    quoted = text.replace("望江智慧产业园", '"望江""智慧""\n产业园"')
    return [
        ledger("utf8.csv", "\n".join(names).encode(), sheet="utf8", cells={"2": FIRST}),
        ledger(
            "utf8_bom.csv", b"\xef\xbb\xbf" + text.encode(), sheet="utf8_bom", cells={"2": FIRST}
        ),
        ledger("gb18030.csv", text.encode("gb18030"), sheet="gb18030", cells={"2": FIRST}),
        ledger(
            "utf16_tab.csv",
            text.replace(",", "\t").encode("utf-16"),
            sheet="utf16_tab",
            cells={"2": FIRST},
        ),
        ledger(
            "semicolon.csv",
            text.replace(",", ";").replace("\n", "\r\n").encode(),
            sheet="semicolon",
            cells={"2": FIRST},
        ),
        ledger(
            "quoted.csv",
            quoted.encode(),
            sheet="quoted",
            cells={"2": {"name": '望江"智慧"产业园'}, "3": {"code": "P330102-02"}},
        ),
        ledger(
            "kept_digits.csv",
            text.replace("P330102-01", '="330102001"')
            .replace("P330102-02", "'-330102002")
            .encode(),
            sheet="kept_digits",
            cells={"2": {"code": "330102001"}, "3": {"code": "-330102002"}},
        ),
        ledger(
            "no_heading.xlsx",
            workbook(
                Sheet(
                    "平台",
                    [LEDGER, ROWS[0], [*ROWS[1], "待核"], [*ROWS[2], "待核"], *ROWS[3:]],
                )
            ),
            problems={"E3": ["no_heading"]},
        ),
        ledger("really_xlsx.xls", workbook(Sheet("平台", [LEDGER, *ROWS]))),
        ledger(
            "hidden_sheet.xlsx",
            workbook(Sheet("平台", [LEDGER, *ROWS]), Sheet("旧台账", [LEDGER, *ROWS], hidden=True)),
            warnings=["hidden_sheet"],
        ),
        ledger(
            "template.xlsx",
            workbook(
                Sheet(
                    "填表说明",
                    [["平台台账"], ["工作表", "列名", "必填"], ["平台", "平台名称", "是"]],
                ),
                Sheet("平台", [["平台编号", "平台名称*", "所属区县*", "级别"], *ROWS]),
                Sheet("选项", [["平台: 级别"], ["国家级"]], hidden=True),
                Sheet(
                    "_portal",
                    [
                        ["template", "ledger"],
                        ["version", "1"],
                        ["programme", "hangzhou"],
                        ["division", "330102"],
                        ["as_of", "2020-12-31"],
                        ["language", "zh-hans"],
                    ],
                    hidden=True,
                ),
            ),
            mark={"template": "ledger", "version": 1, "division": "330102"},
        ),
        Case("sheet_per_district.xlsx", *_districts()),
        Case("three_subjects.xlsx", *_bodies()),
    ]


def _districts() -> tuple[bytes, dict[str, Any]]:
    content = workbook(
        Sheet("汇总", [["所属区县", "平台名称"], ["合计", 4]]),
        Sheet("上城区", [LEDGER, *ROWS[:2]]),
        Sheet("萧山区", [["平台台账"], LEDGER, *ROWS[3:]]),
    )
    common = {
        "subject": "platforms",
        "columns": COLUMNS,
        "certain": True,
        "doubts": [],
        "missing": [],
        "cells": {},
        "problems": {},
        "skipped": {},
    }
    return content, {
        "template": "ledger",
        "matches": [
            {"sheet": "上城区", "headings": [1, 1], "rows": 2, **common},
            {"sheet": "萧山区", "headings": [2, 2], "rows": 1, **common},
        ],
    }


def _bodies() -> tuple[bytes, dict[str, Any]]:
    content = workbook(
        Sheet(
            "领导职数", [["管理机构编号", "职务", "核定职数", "实配"], ["B330102-01", "主任", 1, 1]]
        ),
        Sheet(
            "挂牌",
            [
                ["牌子编号", "牌子名称", "平台编号", "级别"],
                ["G33-101-004", "望江经开区", "P330102-01", "国家级"],
            ],
        ),
        Sheet(
            "机构",
            [
                ["机构编号", "机构名称", "区县", "统一社会信用代码", "机构性质", "机构规格"],
                [
                    "B330102-01",
                    "上城管委会",
                    "上城区",
                    "１１３３０１０２０００００００００Ｘ",
                    "事业单位",
                    "正处级",
                ],
            ],
        ),
    )
    common = {
        "headings": [1, 1],
        "rows": 1,
        "certain": True,
        "doubts": [],
        "missing": [],
        "problems": {},
        "skipped": {},
    }
    return content, {
        "template": "bodies",
        "matches": [
            {
                "sheet": "机构",
                "subject": "bodies",
                "columns": {
                    "A": "code",
                    "B": "name",
                    "C": "division",
                    "D": "uscc",
                    "E": "nature",
                    "F": "rank",
                },
                "cells": {
                    "2": {"uscc": "11330102000000000X", "nature": "public", "rank": "division"}
                },
                **common,
            },
            {
                "sheet": "领导职数",
                "subject": "posts",
                "columns": {"A": "body", "B": "title", "C": "authorised", "D": "filled"},
                "cells": {"2": {"body": "B330102-01", "title": "主任", "authorised": "1"}},
                **common,
            },
            {
                "sheet": "挂牌",
                "subject": "plates",
                "columns": {"A": "code", "B": "title", "C": "platform", "D": "level"},
                "cells": {"2": {"code": "G33-101-004", "level": "national"}},
                **common,
            },
        ],
    }


def strange() -> list[Case]:
    """What other programs write: allowed, and unlike what Excel writes."""
    plain = workbook(Sheet("平台", [LEDGER, *ROWS]))
    part = "xl/worksheets/sheet1.xml"
    return [
        ledger(
            "no_references.xlsx",
            changed(changed(plain, part, b' r="A2"', b""), part, b'<c r="B2"', b"<c  r='B2'"),
            cells={"2": FIRST},
        ),
        ledger(
            "link_to_a_file.xlsx",
            _linked(plain),
            cells={"2": FIRST},
            warnings=["external_links"],
        ),
    ]


def _linked(content: bytes) -> bytes:
    return zipped(
        parts_of(content)
        | {"xl/externalLinks/externalLink1.xml": b"<externalLink><externalBook/></externalLink>"}
    )


def cases() -> list[Case]:
    """Return every file that must be understood."""
    return [*headings(), *cells(), *rows(), *files(), *strange()]

"""Filled templates: what stands in their cells, what they refuse, and who may read them."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from consolidation.models import BodyDisposition, Disposition, MergePlan, Programme
from exchange.subjects import TEMPLATES, Kind, Template
from exchange.subjects.spec import TEMPLATE_VERSION
from exchange.templates_out.files import file_name, template_file
from exchange.templates_out.lists import Lists
from exchange.templates_out.styles import wide
from exchange.templates_out.words import heading_of
from exchange.templates_out.workbook import write_template
from tests import factories as make
from tests.libreoffice import convert
from zones.models import Division, Industry, LeadershipPost, LeadingIndustry, PlatformName

pytestmark = pytest.mark.django_db

DAY = datetime.date(2020, 12, 31)
TRICKY = ("=1+1", "+86", "-5", "@x", "007", "330110199001011234", "a&b<c>", " 甲 ")


def written(template: str, programme: Programme, division: Division | None) -> bytes:
    """The bytes of a template."""
    file = io.BytesIO()
    write_template(file, TEMPLATES[template], programme=programme, division=division, day=DAY)
    return file.getvalue()


def opened(template: str, programme: Programme, division: Division | None) -> Workbook:
    """A template as another library reads it."""
    return load_workbook(io.BytesIO(written(template, programme, division)))


def rows_of(sheet: Worksheet) -> list[dict[str, Any]]:
    """The rows below the headings, by heading without its star."""
    rows = sheet.iter_rows(values_only=True)
    headings = [str(heading).rstrip("*") for heading in next(rows)]
    return [dict(zip(headings, row, strict=True)) for row in rows]


def column_of(sheet: Worksheet, place: int) -> Any:
    """What holds for the cells of a column that nobody has filled yet; neighbours may share it."""
    return next(
        column
        for column in sheet.column_dimensions.values()
        if (column.min or 0) <= place <= (column.max or 0)
    )


def small_city() -> tuple[Programme, Division]:
    """A district with one of everything, real and placeholder."""
    programme = make.make_programme()
    division = make.make_division(programme)
    one = make.make_platform(
        programme,
        division,
        name="=SUM(A1)",
        gbt37028_code="007",
        approved_area=Decimal("12.3450"),
        established_on=datetime.date(1992, 4, 1),
        is_placeholder=True,
        note="+86 571",
    )
    make.make_platform(programme, division, established_on=datetime.date(1899, 1, 2))
    for name in ("数字经济", "生物医药"):
        industry = Industry.objects.create(name=name)
        LeadingIndustry.objects.create(platform=one, industry=industry)
    body = make.make_body(programme, division, one, uscc="", secretary_is_director=False)
    LeadershipPost.objects.create(body=body, title="主任", authorised=1, filled=0)
    make.make_plate(programme, one)
    make.count_heads(body, 10, 0, None)
    return programme, division


# --- What stands in the cells ---------------------------------------------------------------------


def test_the_ledger_is_filled_with_values_of_their_kind() -> None:
    """Text stays text whatever it looks like; areas and days are numbers and days."""
    programme, division = small_city()
    first, second = rows_of(opened("ledger", programme, division)["平台"])
    assert first["平台名称"] == "=SUM(A1)"
    assert first["GB/T 37028代码"] == "007"
    assert first["批准面积（平方公里）"] == pytest.approx(12.345)
    assert first["设立日期"] == datetime.datetime(1992, 4, 1)  # noqa: DTZ001 - a day
    assert first["主导产业"] == "数字经济;生物医药"
    assert first["占位数据"] == "是"
    assert first["备注"] == "+86 571"
    # A spreadsheet knows no day before 1900.
    assert second["设立日期"] == "1899-01-02"
    assert second["批准面积（平方公里）"] is None


def test_no_cell_is_a_formula() -> None:
    """Nothing that is written can compute or call anything."""
    programme, division = small_city()
    for template in TEMPLATES:
        for sheet in opened(template, programme, division).worksheets:
            kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
            assert "f" not in kinds, sheet.title


@pytest.mark.parametrize("text", TRICKY)
def test_text_is_never_read_as_anything_else(text: str) -> None:
    """A name comes back character by character, also the one with leading zeros or 18 digits."""
    programme = make.make_programme()
    division = make.make_division(programme)
    make.make_platform(programme, division, name=text)
    (row,) = rows_of(opened("ledger", programme, division)["平台"])
    assert row["平台名称"] == text


def test_empty_is_not_zero() -> None:
    """A count that is not known is an empty cell; zero is a zero."""
    programme, division = small_city()
    counts = {
        row["人员类别"]: row["实有人数（人）"]
        for row in rows_of(opened("staff", programme, division)["基期人员"])
    }
    assert counts == {"行政": 10, "事业": 0, "编外": None}


def test_the_plan_has_a_row_for_everything_to_decide() -> None:
    """Decided or not: the official only fills in."""
    programme, division = small_city()
    platforms = list(division.platforms.order_by("code"))
    target = make.make_platform(programme, division)
    make.make_retained(programme, target)
    plan = make.make_plan(programme, division, MergePlan.State.DRAFT)
    make.dispose(plan, platforms[0], Disposition.Kind.MERGE, target=target)
    book = opened("plan", programme, division)
    found = {row["平台编号"]: row for row in rows_of(book["平台处置"])}
    assert set(found) == {platform.code for platform in (*platforms, target)}
    assert found[platforms[0].code]["处置"] == "整合优化"
    assert found[platforms[0].code]["整合目标"] == target.name
    assert found[platforms[1].code]["处置"] is None
    assert len(rows_of(book["机构去留"])) == 1
    assert len(rows_of(book["牌子去留"])) == 1
    staff = rows_of(book["方案人数"])
    assert [row["人员类别"] for row in staff] == ["行政", "事业", "编外"]
    assert [row["基期实有人数（人）"] for row in staff] == [10, 0, None]


def test_the_open_draft_comes_before_what_was_submitted() -> None:
    """Else the newest version is shown; a variant never is."""
    programme, division = small_city()
    body = division.bodies.get()
    old = make.make_plan(programme, division, MergePlan.State.RETURNED, version=1)
    make.dispose_body(old, body, BodyDisposition.Fate.KEEP)
    assert rows_of(opened("plan", programme, division)["机构去留"])[0]["去留"] == "保留"
    draft = make.make_plan(programme, division, MergePlan.State.DRAFT, version=2)
    variant = make.make_plan(programme, division, MergePlan.State.DRAFT, version=2, variant="另案")
    make.dispose_body(variant, body, BodyDisposition.Fate.KEEP)
    make.dispose_body(draft, body, BodyDisposition.Fate.ABOLISH)
    assert rows_of(opened("plan", programme, division)["机构去留"])[0]["去留"] == "撤销"


def test_head_counts_show_the_count_before() -> None:
    """The bodies in being, with the figures last counted beside those asked for."""
    programme, division = small_city()
    body = division.bodies.get()
    make.count_heads(body, 9, day=DAY)
    rows = rows_of(opened("head_counts", programme, division)["月度人数报告"])
    assert [row["实有人数（人）"] for row in rows] == [9, None, None]
    assert [row["上次统计实有人数（人）"] for row in rows] == [10, 0, None]
    assert {row["统计日期"] for row in rows} == {datetime.datetime(2020, 12, 31)}  # noqa: DTZ001


def test_a_name_that_two_platforms_bore_is_written_as_a_code() -> None:
    """方案: the name 钱江经开区 went from one platform to another in 2019."""
    programme = make.make_programme()
    division = make.make_division(programme)
    one, other, third = (make.make_platform(programme, division) for _n in range(3))
    PlatformName.objects.create(platform=other, name=one.name)
    make.make_retained(programme, one)
    make.make_retained(programme, third)
    plan = make.make_plan(programme, division, MergePlan.State.DRAFT)
    make.dispose(plan, other, Disposition.Kind.MERGE, target=one)
    found = {
        row["平台编号"]: row for row in rows_of(opened("plan", programme, division)["平台处置"])
    }
    assert found[other.code]["整合目标"] == one.code
    choices = opened("plan", programme, division)["选项"]
    words = {cell.value for row in choices.iter_rows() for cell in row}
    assert {one.code, third.name} <= words


def test_only_the_division_asked_for() -> None:
    """Another division's records are in the city's workbook alone."""
    programme, division = small_city()
    other = make.make_division(programme)
    elsewhere = make.make_platform(programme, other)
    own = {row["平台编号"] for row in rows_of(opened("ledger", programme, division)["平台"])}
    city = {row["平台编号"] for row in rows_of(opened("ledger", programme, None)["平台"])}
    assert elsewhere.code not in own
    assert city == own | {elsewhere.code}


@pytest.mark.parametrize("template", ["plan", "head_counts"])
def test_some_templates_are_of_one_division(template: str) -> None:
    """A plan and a month's report belong to somebody."""
    programme, _division = small_city()
    with pytest.raises(ValueError, match="one division"):
        written(template, programme, None)


# --- How it helps and protects --------------------------------------------------------------------


@pytest.mark.parametrize("template", TEMPLATES)
def test_headings_are_protected_and_cells_are_not(template: str) -> None:
    """No password; the cells below, also those not filled yet, can be typed over."""
    programme, division = small_city()
    book = opened(template, programme, division)
    for subject in TEMPLATES[template].subjects:
        sheet = book[str(subject.label)]
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert sheet["A1"].protection.locked
        assert sheet["A1"].font.bold
        assert sheet["A1"].comment is not None
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        below = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.has_style]
        columns = [column_of(sheet, cell.column or 0) for cell in sheet[1]]
        assert not any(column.protection.locked for column in columns)
        assert not any(cell.protection.locked for cell in below)


def test_cells_offer_lists_and_refuse_what_is_wrong() -> None:
    """Choices are closed; a reference may be typed otherwise; numbers and days have their range."""
    programme, division = small_city()
    plan = TEMPLATES["plan"].subjects[0]
    sheet = opened("plan", programme, division)[str(plan.label)]
    rules = {
        min(rule.sqref.ranges, key=str).min_col: rule
        for rule in sheet.data_validations.dataValidation
    }
    places = {column.name: n for n, column in enumerate(plan.columns, start=1)}
    assert rules[places["kind"]].type == "list"
    assert rules[places["kind"]].showErrorMessage
    assert rules[places["platform"]].type == "list"
    assert not rules[places["platform"]].showErrorMessage
    assert rules[places["planned_on"]].type == "date"
    assert rules[places["kind"]].sqref.ranges.copy().pop().max_row > 1_000
    assert "platform_name" not in rules


def test_long_lists_stand_on_a_hidden_sheet() -> None:
    """A list written into the cell itself may have 255 characters only."""
    programme = make.make_programme()
    division = make.make_division(programme)
    platforms = [make.make_platform(programme, division) for _n in range(60)]
    make.make_plate(programme, platforms[0])
    book = opened("bodies", programme, division)
    assert book["选项"].sheet_state == "hidden"
    rules = book["牌子"].data_validations.dataValidation
    lists = [rule.formula1 for rule in rules if rule.type == "list"]
    assert lists
    assert all(source.startswith("'选项'!$") for source in lists)
    assert any(source.endswith("$61") for source in lists)


def test_a_list_is_left_out_where_nobody_would_look_through_it(monkeypatch: Any) -> None:
    """The cell is typed then."""
    monkeypatch.setattr("exchange.selectors.filled_lists.LONGEST", 3)
    programme = make.make_programme()
    division = make.make_division(programme)
    for _n in range(4):
        make.make_platform(programme, division)
    book = opened("bodies", programme, division)
    assert not [
        rule
        for rule in book["牌子"].data_validations.dataValidation
        if rule.type == "list" and not rule.showErrorMessage
    ]


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_first_sheet_explains_every_column(template: str) -> None:
    """Heading, whether required, kind, unit, what is allowed, and the note."""
    programme, division = small_city()
    book = opened(template, programme, division)
    guide = book.worksheets[0]
    assert guide.title == "填表说明"
    assert book.active is guide
    words = {cell.value for row in guide.iter_rows() for cell in row}
    for subject in TEMPLATES[template].subjects:
        for column in subject.columns:
            assert heading_of(column) in words
            assert not column.note or str(column.note) in words


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_hidden_sheet_says_what_the_workbook_is(template: str) -> None:
    """So that it is known by itself when it comes back."""
    programme, division = small_city()
    sheet = opened(template, programme, division)["_portal"]
    assert sheet.sheet_state == "hidden"
    assert {str(key): value for key, value in sheet.iter_rows(values_only=True)} == {
        "template": template,
        "version": str(TEMPLATE_VERSION),
        "programme": programme.code,
        "division": division.code,
        "as_of": "2020-12-31",
        "language": "zh-hans",
    }


def test_placeholders_are_said_by_colour_and_by_word() -> None:
    """A row that no source gives is coloured, and a column says so."""
    programme, division = small_city()
    body = division.bodies.get()
    body.is_placeholder = True
    body.save()
    book = opened("plan", programme, division)
    (row,) = rows_of(book["机构去留"])
    assert row["含占位数据"] == "占位数据"
    assert book["机构去留"]["A2"].fill.fgColor.rgb == "FFFFF2CC"
    ledger = opened("ledger", programme, division)["平台"]
    assert ledger["A2"].fill.fgColor.rgb == "FFFFF2CC"
    assert ledger["A3"].fill.fgColor.rgb != "FFFFF2CC"


def test_codes_are_text_also_in_rows_not_filled_yet() -> None:
    """Whoever types 007 or 18 digits below the last row keeps them."""
    programme, division = small_city()
    sheet = opened("bodies", programme, division)["管理机构"]
    texts = {Kind.CODE, Kind.TEXT, Kind.LIST}
    for place, column in enumerate(TEMPLATES["bodies"].subjects[0].columns, start=1):
        formats = column_of(sheet, place).number_format
        assert (formats == "@") == (column.kind in texts | {Kind.CHOICE, Kind.YES_NO})


def test_the_workbook_speaks_the_readers_language() -> None:
    """Stored values in English, words in Chinese; both are read back."""
    programme, division = small_city()
    with override("en"):
        book = opened("ledger", programme, division)
    assert book.sheetnames == ["How to fill in", "Platforms", "Choices", "_portal"]
    first = rows_of(book["Platforms"])[0]
    assert first["Level"] == "district"
    assert first["Placeholder"] == "yes"
    assert "Approved area (km²)" in first


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda template: template.key)
def test_headings_are_told_apart(template: Template) -> None:
    """No two columns of a sheet have one heading, in either language; no sheet's name is too long."""
    for language in ("zh-hans", "en"):
        with override(language):
            for subject in template.subjects:
                headings = [heading_of(column) for column in subject.columns]
                assert len(set(headings)) == len(headings)
                assert len(str(subject.label)) <= 31


# --- How it is sent -------------------------------------------------------------------------------


def test_the_file_has_a_chinese_name_and_a_plain_one() -> None:
    """RFC 6266: what cannot read the one takes the other."""
    programme, division = small_city()
    division.name = "余杭区"
    response = template_file(TEMPLATES["ledger"], programme=programme, division=division, day=DAY)
    header = response["Content-Disposition"]
    assert f'filename="ledger-{division.code}-2020-12-31.xlsx"' in header
    encoded = header.split("filename*=UTF-8''")[1]
    assert unquote(encoded) == "余杭区-平台台账-2020-12-31.xlsx"
    content = b"".join(response.streaming_content)  # type: ignore[arg-type]
    assert load_workbook(io.BytesIO(content)).sheetnames[1] == "平台"


def test_a_name_holds_nothing_that_a_file_may_not() -> None:
    """Slashes and quotes in a division's name make no folder and no header."""
    programme, division = small_city()
    division.name = 'a/b"c\n'
    assert file_name(TEMPLATES["staff"], programme, division, DAY).startswith("a_b_c_-")


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_number_of_queries_does_not_depend_on_the_rows(template: str) -> None:
    """One district with one of everything, and with three."""
    programme, division = small_city()
    with CaptureQueriesContext(
        connection,
    ) as first:
        written(template, programme, division)
    for _n in range(2):
        platform = make.make_platform(programme, division)
        body = make.make_body(programme, division, platform)
        make.make_plate(programme, platform)
        make.count_heads(body, 1, 2, 3)
        LeadershipPost.objects.create(body=body, title="主任")
    with CaptureQueriesContext(connection) as second:
        written(template, programme, division)
    assert len(first) == len(second) <= 30


def test_wide_characters_take_two_places() -> None:
    """Widths are made for Chinese."""
    assert wide("平台A1") == 6


def test_equal_lists_are_written_once() -> None:
    """Five sheets choose from the same bodies."""
    lists = Lists(TEMPLATES["plan"], {})
    kinds = (
        lists.sources_of("staff_plans")["category"],
        lists.sources_of("redeployments")["category"],
    )
    assert kinds[0] == kinds[1]


def test_libreoffice_opens_each_template_and_keeps_every_value(tmp_path: Path) -> None:
    """Without a complaint, and what it saves holds the same cells."""
    programme, division = small_city()
    make.make_retained(programme, division.platforms.order_by("code")[0])
    (tmp_path / "out").mkdir()
    for template in TEMPLATES:
        path = tmp_path / f"{template}.xlsx"
        path.write_bytes(written(template, programme, division))
        saved = load_workbook(convert(path, "xlsx", tmp_path / "out"))
        for sheet in load_workbook(path).worksheets:
            if sheet.title == "填表说明":
                continue
            before = [row for row in sheet.iter_rows(values_only=True) if any(row)]
            after = [row for row in saved[sheet.title].iter_rows(values_only=True) if any(row)]
            width = len(before[0])
            assert [row[:width] for row in after] == before, sheet.title

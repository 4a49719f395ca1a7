"""Any list as a workbook: what the CSV file says, with numbers, days and text as what they are."""

from __future__ import annotations

import csv
import datetime
import io
import tracemalloc
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from consolidation.models import MergePlan
from platforms_portal.access import Role
from platforms_portal.exports import FORMATS
from platforms_portal.listings import Listing, as_attachment, file_name
from platforms_portal.xlsx_files import CELL_MAX, cell_text, sheet_name, write_listing, xlsx_file
from tests import factories as make

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openpyxl.worksheet.worksheet import Worksheet

DAY = datetime.date(2021, 3, 31)


def listing(rows: Iterable[list[Any]], headings: list[str] | None = None) -> Listing:
    return Listing(
        name="平台",
        plain_name="platforms",
        title="平台",
        about=[["平台", "示例行动"], ["规划", "2021-03-31"]],
        headings=headings or ["甲", "乙"],
        chunks=[rows],
    )


def written(what: Listing) -> Worksheet:
    file = io.BytesIO()
    write_listing(file, what)
    (sheet,) = openpyxl.load_workbook(file).worksheets
    return sheet


def opened(answer: Any) -> Worksheet:
    assert answer.status_code == 200
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    content = b"".join(answer.streaming_content)
    (sheet,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    return sheet


def values(sheet: Worksheet) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


class TestCells:
    @pytest.mark.parametrize(
        ("value", "cell", "kind"),
        [
            (142, 142, "n"),
            (-1, -1, "n"),
            (0, 0, "n"),
            (Decimal("59.86"), 59.86, "n"),
            (10**15, str(10**15), "s"),
            (Decimal("NaN"), "NaN", "s"),
            (Decimal("1234567890.1234567"), "1234567890.1234567", "s"),
            ("330106", "330106", "s"),
            ("007", "007", "s"),
            ("=1+1", "=1+1", "s"),
            ("+86", "+86", "s"),
            ("@SUM(A1)", "@SUM(A1)", "s"),
            ("https://example.gov.cn", "https://example.gov.cn", "s"),
            ("mailto:a@b.cn", "mailto:a@b.cn", "s"),
            ("internal:Sheet1!A1", "internal:Sheet1!A1", "s"),
            ("<b>&\"'", "<b>&\"'", "s"),
            ("<r><t>=1+1</t></r>", "<r><t>=1+1</t></r>", "s"),
            ("_x0041_", "_x0041_", "s"),
            (Decimal("1E+3"), 1000, "n"),
            (True, "是", "s"),
            (datetime.date(1899, 12, 31), "1899-12-31", "s"),
        ],
    )
    def test_each_is_what_it_is(self, value: object, cell: object, kind: str) -> None:
        found = written(listing([[value, None]]))["A4"]
        shown = unescape(found.value) if kind == "s" else found.value
        assert (shown, found.data_type) == (cell, kind)
        assert found.hyperlink is None

    def test_days_are_days(self) -> None:
        moment = datetime.datetime(2021, 3, 30, 17, 30, tzinfo=datetime.UTC)
        sheet = written(listing([[DAY, moment]]))
        assert sheet["A4"].is_date
        assert sheet["A4"].value.date() == DAY
        # In the portal's own time, eight hours east.
        assert sheet["B4"].value == datetime.datetime(2021, 3, 31, 1, 30)  # noqa: DTZ001 - a sheet has no zone

    def test_what_is_not_known_is_empty(self) -> None:
        sheet = written(listing([[None, ""], [0, "x"]]))
        assert [sheet["A4"].value, sheet["B4"].value, sheet["A5"].value] == [None, None, 0]

    def test_decimals_keep_their_places(self) -> None:
        sheet = written(listing([[Decimal("0.50"), 1200]]))
        assert [sheet["A4"].number_format, sheet["B4"].number_format] == ["#,##0.00", "#,##0"]

    def test_text_that_no_cell_holds_says_that_it_was_cut(self) -> None:
        text = cell_text("长" * (CELL_MAX + 1))
        assert len(text) == CELL_MAX
        assert text.endswith("）")
        assert cell_text("长" * CELL_MAX) == "长" * CELL_MAX

    @given(st.text(max_size=60))
    def test_any_text_comes_back(self, text: str) -> None:
        found = written(listing([[text, "end"]]))["A4"].value
        # What XML cannot hold is replaced; control characters are escaped as Excel does it.
        assert unescape(found or "") == cell_text(text)


class TestSheet:
    def test_it_is_ready_to_read_and_to_print(self) -> None:
        sheet = written(listing([["甲" * 10, 1], ["乙", 2]]))
        assert [sheet["A1"].value, sheet["A2"].value] == ["平台 · 示例行动", "规划 · 2021-03-31"]
        assert [cell.value for cell in sheet[3]] == ["甲", "乙"]
        assert sheet.freeze_panes == "A4"
        assert sheet.auto_filter.ref == "A3:B5"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.print_title_rows == "$3:$3"
        assert sheet.page_setup.fitToHeight == 0
        # A Chinese character is as wide as two others.
        assert 20 <= sheet.column_dimensions["A"].width <= 24

    def test_an_empty_list_is_a_sheet_with_headings(self) -> None:
        sheet = written(listing([]))
        assert [cell.value for cell in sheet[3]] == ["甲", "乙"]
        assert sheet.auto_filter.ref == "A3:B3"

    @pytest.mark.parametrize(
        ("title", "name"),
        [
            ("a[b]:c*d?e/f\\g", "a b c d e f g"),
            ("'平台'", "平台"),
            ("x" * 40, "x" * 31),
            ("", "列表"),
            ("History", "列表"),
        ],
    )
    def test_its_name_is_legal(self, title: str, name: str) -> None:
        assert sheet_name(title) == name
        assert written(Listing("a", "a", title, [["a"]], ["b"], [[]])).title == name

    def test_nothing_is_kept_of_what_is_written(self) -> None:
        def rows(number: int) -> Iterator[list[Any]]:
            for n in range(number):
                yield [f"平台{n}", n]

        peaks = []
        for number in (1_000, 20_000):
            tracemalloc.start()
            with io.BytesIO() as file:
                write_listing(file, listing(rows(number)))
                size = file.getbuffer().nbytes
            peaks.append(tracemalloc.get_traced_memory()[1] - size)
            tracemalloc.stop()
        assert peaks[1] < 1.5 * peaks[0] + 2_000_000

    def test_the_file_is_gone_where_writing_fails(self) -> None:
        def rows() -> Iterator[list[Any]]:
            yield ["甲", 1]
            raise RuntimeError

        with pytest.raises(RuntimeError):
            xlsx_file(listing(rows()))


class TestNames:
    def test_chinese_with_a_fallback(self) -> None:
        header = as_attachment("杭州市-平台-规划", "hangzhou-platforms-planned", ".csv")
        plain, coded = header.split("; ")[1:]
        assert plain == 'filename="hangzhou-platforms-planned.csv"'
        assert coded.startswith("filename*=UTF-8''%E6%9D%AD")
        assert unquote(coded.removeprefix("filename*=UTF-8''")) == "杭州市-平台-规划.csv"
        assert header.isascii()

    def test_ascii_needs_no_second_name(self) -> None:
        assert as_attachment("a b", "x", ".csv") == 'attachment; filename="a b.csv"'

    @pytest.mark.parametrize(
        ("parts", "name"),
        [
            (["杭州市", "平台", "", "2020-12-31"], "杭州市-平台-2020-12-31"),
            (['a/b\\c:"d"', "e\r\nf"], "a b c d-e f"),
            (["\u202egpj.exe"], "gpj.exe"),
            (["..", ""], "file"),
        ],
    )
    def test_every_system_takes_it(self, parts: list[str], name: str) -> None:
        assert file_name(*parts) == name

    def test_a_long_one_is_cut_between_characters(self) -> None:
        assert file_name("杭" * 300) == "杭" * 80


@pytest.fixture
def plan(db: None) -> MergePlan:
    programme = make.make_programme()
    division = make.make_division(programme, name="=cmd|' /C calc'!A0")
    stays, goes = (make.make_platform(programme, division) for _ in range(2))
    make.make_retained(programme, stays)
    body = make.make_body(programme, division)
    make.count_heads(body, 10, 5, 3)
    plan = make.make_plan(programme, division, "submitted", submitted_on=DAY)
    make.dispose(plan, stays, "upgrade")
    make.dispose(plan, goes, "merge", target=stays, planned_on=DAY)
    return plan


@pytest.fixture
def reviewer(plan: MergePlan) -> Client:
    client = Client()
    client.force_login(make.make_user(Role.COMMISSION_REVIEWER))
    return client


LISTS = ["platforms", "bodies", "plates", "retained-list", "people", "plans", "tasks"]
PAGES = ["changes", "signals", "review", "plans-abreast", "follow-up", "follow-up-log"]
ASKED = {"as_of": DAY.isoformat(), "chosen": "1"}


def as_csv(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        day = cell.date().isoformat()
        return day if cell.time() == datetime.time.min else f"{cell:%Y-%m-%d %H:%M}"
    return str(cell)


@pytest.mark.parametrize(("name", "number"), [("tasks", "0 项"), ("retained-list", "1 个")])
def test_numbers_have_a_unit_and_not_a_name(
    plan: MergePlan, reviewer: Client, name: str, number: str
) -> None:
    answer = reviewer.get(reverse(name, args=[plan.programme.code]), {**ASKED, "export": "csv"})
    assert number in as_csv(answer)[1]


def same(client: Client, url: str, asked: dict[str, str], parameter: str = "export") -> None:
    """Compare the rows of both formats, cell by cell."""
    sheet = opened(client.get(url, {**asked, parameter: "xlsx"}))
    lines = as_csv(client.get(url, {**asked, parameter: "csv"}))
    found = values(sheet)
    frozen = sheet.freeze_panes
    assert isinstance(frozen, str)
    heading = int(frozen[1:]) - 2
    assert len(found) == len(lines)
    for row, line in zip(found[heading:], lines[heading:], strict=True):
        plain = [cell.removeprefix("'") for cell in line]
        assert [as_text(cell) for cell in row][: len(plain)] == plain
    for row, line in zip(found[:heading], lines[:heading], strict=True):
        assert row[0] == " · ".join(cell.removeprefix("'") for cell in line if cell)


class TestEveryPlace:
    @pytest.mark.parametrize("name", LISTS + PAGES)
    def test_offers_both_and_they_say_the_same(
        self, reviewer: Client, plan: MergePlan, name: str
    ) -> None:
        url = reverse(name, args=[plan.programme.code])
        same(reviewer, url, ASKED)
        sent = reviewer.get(url, {**ASKED, "export": "xlsx"})
        city = plan.programme.division.name
        name_sent = unquote(sent["Content-Disposition"].split("UTF-8''")[1])
        assert name_sent.startswith(f"{city}-")
        assert name_sent.endswith(".xlsx")

    @pytest.mark.parametrize("name", [*LISTS, "changes", "review", "plans-abreast"])
    def test_both_links_stand_on_the_page(
        self, reviewer: Client, plan: MergePlan, name: str
    ) -> None:
        url = reverse(name, args=[plan.programme.code])
        page = reviewer.get(url, ASKED).content.decode()
        empty = name in {"plates", "tasks"}
        for kind in FORMATS:
            assert (f"export={kind}" in page) is not empty

    def test_a_plan_in_three_columns(self, reviewer: Client, plan: MergePlan) -> None:
        url = reverse("plan-sides", args=[plan.programme.code, plan.pk])
        same(reviewer, url, ASKED)

    @pytest.mark.parametrize("table", ["rules", "flows", "divisions", "burn-down"])
    def test_the_tables_of_the_city(self, reviewer: Client, plan: MergePlan, table: str) -> None:
        url = reverse("city", args=[plan.programme.code])
        same(reviewer, url, {**ASKED, "export": table}, "file")
        assert reviewer.get(url, {"export": table, "file": "pdf"}).status_code == 400

    def test_a_code_stays_text_and_a_day_is_one(self, reviewer: Client, plan: MergePlan) -> None:
        url = reverse("platforms", args=[plan.programme.code])
        sheet = opened(reviewer.get(url, ASKED | {"export": "xlsx"}))
        heads = [cell.value for cell in sheet[3]]
        codes = [sheet.cell(row, heads.index("代码") + 1) for row in (4, 5)]
        assert {cell.data_type for cell in codes} == {"s"}
        days = [sheet.cell(row, heads.index("计划日期") + 1).value for row in (4, 5)]
        assert sorted(map(as_text, days)) == ["", "2021-03-31"]

    def test_no_formula_and_no_link_in_any_sheet(self, reviewer: Client, plan: MergePlan) -> None:
        for name in LISTS:
            url = reverse(name, args=[plan.programme.code])
            answer: Any = reviewer.get(url, {**ASKED, "export": "xlsx"})
            with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
                for part in archive.namelist():
                    assert b"<f>" not in archive.read(part), part
                    assert b"hyperlink" not in archive.read(part), part

    def test_a_list_too_long_is_refused_before(
        self, reviewer: Client, plan: MergePlan, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("consolidation.views.lists.EXPORT_LIMIT", 1)
        url = reverse("platforms", args=[plan.programme.code])
        assert reviewer.get(url, ASKED | {"export": "xlsx"}).status_code == 400
        assert "export=xlsx" not in reviewer.get(url).content.decode()

    def test_placeholders_are_told(self, reviewer: Client, plan: MergePlan) -> None:
        url = reverse("platforms", args=[plan.programme.code])
        assert "占位" not in str(opened(reviewer.get(url, ASKED | {"export": "xlsx"}))["A2"].value)
        platform = plan.dispositions.get(kind="merge").platform
        platform.is_placeholder = True
        platform.save()
        assert "占位" in str(opened(reviewer.get(url, ASKED | {"export": "xlsx"}))["A2"].value)

    def test_in_the_readers_language(self, reviewer: Client, plan: MergePlan) -> None:
        reviewer.cookies["django_language"] = "en"
        url = reverse("platforms", args=[plan.programme.code])
        assert opened(reviewer.get(url, ASKED | {"export": "xlsx"}))["A3"].value == "Platform"

    def test_as_many_queries_for_three_rows_as_for_one(
        self, reviewer: Client, plan: MergePlan
    ) -> None:
        url = reverse("platforms", args=[plan.programme.code])

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                opened(reviewer.get(url, ASKED | {"export": "xlsx"}))
            return len(captured)

        first = queries()
        for _ in range(3):
            make.make_platform(plan.programme, make.make_division(plan.programme))
        assert queries() == first


class TestHistory:
    def changed(self, plan: MergePlan) -> str:
        platform = plan.dispositions.get(kind="merge").platform
        platform.name = "=新名"
        platform.save()
        return reverse("platform", args=[plan.programme.code, platform.pk])

    def test_a_line_for_each_field(self, reviewer: Client, plan: MergePlan) -> None:
        url = self.changed(plan)
        same(reviewer, url, ASKED)
        lines = as_csv(reviewer.get(url, ASKED | {"export": "csv"}))
        (named,) = [line for line in lines if line[6:7] == ["'=新名"]]
        assert named[0].startswith(f"{timezone.localdate():%Y-%m}")

    def test_refused_to_who_may_not_read_it(self, plan: MergePlan, client: Client) -> None:
        url = self.changed(plan)
        client.force_login(make.make_user(Role.ANALYST))
        assert client.get(url, {"export": "xlsx"}).status_code == 403
        assert "export=xlsx" not in client.get(url).content.decode()

    @pytest.mark.parametrize("kind", ["body", "retained", "plan"])
    def test_of_other_records(self, reviewer: Client, plan: MergePlan, kind: str) -> None:
        record = {
            "body": plan.division.bodies.first(),
            "retained": plan.programme.retained.first(),
            "plan": plan,
        }[kind]
        assert record is not None
        same(reviewer, reverse(kind, args=[plan.programme.code, record.pk]), ASKED)


def test_the_months_head_counts(plan: MergePlan) -> None:
    client = Client()
    client.force_login(make.make_user(Role.DISTRICT_OFFICIAL, division=plan.division))
    url = reverse("head-counts", args=[plan.programme.code])
    same(client, url, {})
    sheet = opened(client.get(url, {"export": "xlsx"}))
    heads = [cell.value for cell in sheet[3]]
    assert heads[:2] == ["代码", "管理机构"]
    # Nobody has reported the month: empty, with the baseline's figure beside it.
    assert sheet.cell(4, 3).value is None
    assert isinstance(sheet.cell(4, 4).value, int)


def test_no_file_stays_behind(reviewer: Client, plan: MergePlan, tmp_path: Path) -> None:
    import tempfile  # noqa: PLC0415 - only this test looks at it

    before = tempfile.tempdir
    tempfile.tempdir = str(tmp_path)
    try:
        answer = reviewer.get(
            reverse("platforms", args=[plan.programme.code]), ASKED | {"export": "xlsx"}
        )
        opened(answer)
        answer.close()
    finally:
        tempfile.tempdir = before
    assert list(tmp_path.iterdir()) == []

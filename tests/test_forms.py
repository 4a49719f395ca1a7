"""The forms of departments: reopened, reckoned by LibreOffice, compared with the portal's counts."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from consolidation.checks.base import Ratio, percent
from consolidation.models import MergePlan, Programme
from consolidation.selectors.counts import by_owner, tallies
from consolidation.selectors.state import State, state_view
from platforms_portal.access import Countersigns, Role
from reports.forms_out.sheet import share
from reports.selectors.figures import figures_by_body, posts_by_owner
from staffing.models import HeadCount, StaffPlan
from tests import factories as make
from tests.libreoffice import convert, errors_in, recalculated
from zones.models import Division, LeadershipPost

pytestmark = pytest.mark.django_db

DAY = datetime.date(2021, 3, 31)


class City:
    """Two divisions: one merges, abolishes and transforms; the other has no plan."""

    def __init__(self) -> None:
        self.programme: Programme = make.make_programme()
        self.north: Division = make.make_division(self.programme, quota=1, name="北区")
        self.south: Division = make.make_division(self.programme, quota=1, name="南区")
        names = ["北开发区", "=1+1", "{{ x }}<b>&", "北三园"]
        self.platforms = [
            make.make_platform(self.programme, self.north, name=name) for name in names
        ]
        self.other = make.make_platform(self.programme, self.south, name="南园")
        self.retained = make.make_retained(self.programme, self.platforms[0])
        self.bodies = [
            make.make_body(self.programme, self.north, *self.platforms[:1], name="北管委会"),
            make.make_body(self.programme, self.north, *self.platforms[1:3], name="园管委会"),
        ]
        self.south_body = make.make_body(self.programme, self.south, self.other)
        self.plan: MergePlan = make.make_plan(self.programme, self.north)
        make.dispose(self.plan, self.platforms[0], "upgrade", planned_on=DAY)
        make.dispose(self.plan, self.platforms[1], "merge", target=self.platforms[0])
        make.dispose(self.plan, self.platforms[2], "abolish")
        make.dispose(self.plan, self.platforms[3], "transform")
        make.dispose_body(self.plan, self.bodies[0], "keep", serves=self.platforms[0])
        make.dispose_body(self.plan, self.bodies[1], "abolish")
        for body, people in zip([*self.bodies, self.south_body], (20, 10, 8), strict=True):
            make.count_heads(body, people, people, people)
        HeadCount.objects.update(authorised=7)
        make.plan_heads(self.plan, self.bodies[0], 15, 15, 15)
        StaffPlan.objects.update(authorised=6)

    def client(self, role: str = Role.COMMISSION_REVIEWER, **fields: Any) -> Client:
        client = Client()
        client.force_login(make.make_user(role, **fields))
        return client

    def form(self, name: str, client: Client | None = None, **asked: str) -> Any:
        url = reverse(f"form-{name}", args=[self.programme.code])
        answer = (client or self.client()).get(url, {"as_of": DAY.isoformat(), **asked})
        assert answer.status_code == 200
        return answer

    def sheet(self, name: str, client: Client | None = None, **asked: str) -> Any:
        content = b"".join(self.form(name, client, **asked).streaming_content)
        (sheet,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        return sheet


@pytest.fixture
def city() -> City:
    return City()


def texts(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def find(sheet: Any, text: str) -> tuple[int, int]:
    return next(
        (cell.row, cell.column) for row in sheet.iter_rows() for cell in row if cell.value == text
    )


class TestSummary:
    def test_it_says_what_the_counts_say(self, city: City) -> None:
        sheet = city.sheet("summary")
        view = state_view(city.programme, State.PLANNED, DAY)
        row, _column = find(sheet, "北区")
        for at, name in enumerate(["platforms", "bodies", "plates"]):
            tally = by_owner(tallies(view, name)).get(city.north.pk)
            shown = [sheet.cell(row, 3 + 4 * at + side).value for side in (0, 1)]
            assert shown == ([tally.baseline, tally.in_state] if tally else [0, 0])
        people = by_owner(tallies(view, "people"))[city.north.pk]
        assert [sheet.cell(row, column).value for column in (19, 20)] == [90, 45]
        assert (people.baseline, people.in_state) == (90, 45)
        # Posts are administrative and public ones alone: two categories of two bodies, then one.
        assert [sheet.cell(row, column).value for column in (15, 16)] == [28, 12]

    def test_the_formulas_come_to_the_same(self, city: City, tmp_path: Path) -> None:
        path = tmp_path / "form.xlsx"
        path.write_bytes(b"".join(city.form("summary").streaming_content))
        cells = recalculated(path)
        assert list(errors_in(cells)) == []
        (values,) = cells.values()
        sheet = openpyxl.load_workbook(path).worksheets[0]
        row, _column = find(sheet, "合计")
        view = state_view(city.programme, State.PLANNED, DAY)
        for letter, name in (("C", "platforms"), ("G", "bodies")):
            whole = list(tallies(view, name).values())
            assert values[f"{letter}{row}"] == sum(tally.baseline for tally in whole)
            after = f"{chr(ord(letter) + 1)}{row}"
            assert values[after] == sum(tally.in_state for tally in whole)
        # 5 platforms less 2 are 3; 3 of 5.
        assert [values[f"{letter}{row}"] for letter in "CDEF"] == [5, 2, -3, 0.6]

    def test_what_is_not_known_is_empty_and_so_is_its_sum(self, city: City) -> None:
        HeadCount.objects.filter(body=city.bodies[1], category="public").update(on_post=None)
        sheet = city.sheet("summary")
        row, _column = find(sheet, "北区")
        assert sheet.cell(row, 19).value is None
        assert "部分数据未填报" in sheet.cell(row, 24).value
        assert "COUNT(" in sheet.cell(find(sheet, "合计")[0], 19).value

    def test_who_may_not_see_people_gets_no_columns_of_them(self, city: City) -> None:
        department = make.make_department(city.programme, countersigns=Countersigns.BODIES)
        client = city.client(Role.COUNTERSIGNER, department=department)
        flat = [str(cell) for row in texts(city.sheet("summary", client)) for cell in row if cell]
        assert "实有人数（人）" not in flat
        assert "编制数（名）" not in flat
        assert any("无权查看人员数据" in cell for cell in flat)
        assert "管理机构数（个）" in flat

    def test_a_district_gets_its_own_row(self, city: City) -> None:
        client = city.client(Role.DISTRICT_OFFICIAL, division=city.south)
        flat = [str(cell) for row in texts(city.sheet("summary", client)) for cell in row if cell]
        assert "南区" in flat
        assert "北区" not in flat
        assert "方案未报" in " ".join(flat)
        url = reverse("form-summary", args=[city.programme.code])
        assert client.get(url, {"division": city.north.code}).status_code == 404

    def test_it_is_ready_to_print(self, city: City) -> None:
        sheet = city.sheet("summary")
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.print_title_rows
        merged = {str(area) for area in sheet.merged_cells.ranges}
        assert "A1:X1" in merged
        assert find(sheet, "审核人：")
        assert find(sheet, "填表人：")

    def test_placeholders_are_told(self, city: City) -> None:
        assert "占位" not in str(texts(city.sheet("summary")))
        HeadCount.objects.filter(body=city.bodies[0]).update(is_placeholder=True)
        make.make_platform(city.programme, city.north, is_placeholder=True)
        assert "占位" in str(texts(city.sheet("summary"))[2][0])

    def test_its_name_is_chinese(self, city: City) -> None:
        header = city.form("summary")["Content-Disposition"]
        name = unquote(header.split("UTF-8''")[1])
        city_name = city.programme.division.name
        assert name == f"{city_name}-开发平台整合情况汇总表-方案-2021-03-31.xlsx"
        # What is planned and what is done are two files, and not one over the other.
        header = city.form("summary", state="actual")["Content-Disposition"]
        assert unquote(header.split("UTF-8''")[1]) == name.replace("方案", "实际")
        assert "-summary-actual-2021-03-31" in header

    def test_its_targets_are_named_and_not_coded(self, city: City) -> None:
        flat = [str(row[0]) for row in texts(city.sheet("summary"))]
        assert not [text for text in flat if text.startswith("R0")]
        assert any(text.startswith("管理人员缩减") and "达标。" in text for text in flat)


@settings(max_examples=200)
@given(
    base=st.integers(1, 10_000_000),
    cut=st.integers(0, 10_000_000),
    limit=st.sampled_from([None, Ratio(60, 100), Ratio(30, 100), Ratio(1, 3)]),
)
def test_a_share_is_what_the_pages_show(base: int, cut: int, limit: Ratio | None) -> None:
    cut = min(base, cut)
    formula = share(0, 0, 1, (base, base - cut), limit)
    assert f"{formula.value * 100:.2f}%" == percent(cut, base, limit)


def test_the_formula_of_a_share_never_crosses_the_threshold(tmp_path: Path) -> None:
    import xlsxwriter  # noqa: PLC0415 - only this test writes a book of its own

    cases = [(142, 57), (142, 56), (10_000_000, 4_000_001), (10_000_000, 4_000_000), (3, 1)]
    path = tmp_path / "share.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("s")
    for row, (before, after) in enumerate(cases):
        sheet.write_row(row, 0, [before, after])
        made = share(row, 0, 1, (before, after), Ratio(60, 100))
        # Without its value, so that only what LibreOffice reckons counts.
        sheet.write_formula(row, 2, made.text)
    book.close()
    values = recalculated(path)["s"]
    shown = [f"{values[f'C{row}'] * 100:.2f}%" for row in range(1, len(cases) + 1)]
    assert shown == ["59.86%", "60.56%", "59.99%", "60.00%", "66.67%"]


class TestPlatforms:
    def test_each_platform_stands_by_what_it_goes_into(self, city: City) -> None:
        sheet = city.sheet("platforms")
        names = [row[1] for row in texts(sheet)]
        order = [names.index(platform.name) for platform in city.platforms[:2]]
        assert order[1] == order[0] + 1
        row = order[0] + 1
        # Each row says it again: on paper a box over several rows would leave the next page without.
        for each in (row, row + 1):
            assert sheet.cell(each, 8).value == "北开发区"
            assert sheet.cell(each, 9).value == "北管委会"
        assert not [area for area in sheet.merged_cells.ranges if area.min_row == row]
        assert sheet.cell(row, 10).value == datetime.datetime(2021, 3, 31)  # noqa: DTZ001 - a sheet has no zone

    def test_a_name_is_text(self, city: City) -> None:
        sheet = city.sheet("platforms")
        row, column = find(sheet, "=1+1")
        assert sheet.cell(row, column).data_type == "s"
        assert find(sheet, "{{ x }}<b>&")

    def test_a_body_of_two_platforms_is_counted_once(self, city: City) -> None:
        sheet = city.sheet("platforms")
        first, _column = find(sheet, "=1+1")
        second, _column = find(sheet, "{{ x }}<b>&")
        assert (sheet.cell(first, 5).value, sheet.cell(first, 6).value) == (14, 30)
        assert sheet.cell(second, 5).value == "—"
        assert "与序号2同" in sheet.cell(second, 4).value

    def test_its_sums_are_the_counts(self, city: City, tmp_path: Path) -> None:
        make.make_body(city.programme, city.north)  # It manages nothing, and so stands in no row.
        path = tmp_path / "form.xlsx"
        path.write_bytes(b"".join(city.form("platforms").streaming_content))
        (values,) = recalculated(path).values()
        row, _column = find(openpyxl.load_workbook(path).worksheets[0], "合计")
        assert (values[f"E{row}"], values[f"F{row}"]) == (42, 114)

    def test_without_people_or_bodies(self, city: City) -> None:
        department = make.make_department(city.programme)
        client = city.client(Role.COUNTERSIGNER, department=department)
        flat = [str(cell) for row in texts(city.sheet("platforms", client)) for cell in row]
        assert "管理机构" not in flat
        assert any("无权查看" in cell for cell in flat)
        url = reverse("form-bodies", args=[city.programme.code])
        assert client.get(url).status_code == 403

    def test_too_long_is_told(self, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("reports.views.forms.FORM_LIMIT", 2)
        url = reverse("form-platforms", args=[city.programme.code])
        assert city.client().get(url).status_code == 400


class TestBodies:
    def test_before_and_after(self, city: City) -> None:
        LeadershipPost.objects.create(body=city.bodies[0], title="主任", authorised=1)
        sheet = city.sheet("bodies")
        row, _column = find(sheet, "北管委会")
        cells = [cell.value for cell in sheet[row]]
        assert cells[2:8] == ["北管委会", None, 14, 60, 1, None]
        # The plan says nothing of leading posts: not known, and not none.
        assert cells[8:14] == ["北管委会", None, 12, 45, None, None]
        gone = [cell.value for cell in sheet[find(sheet, "园管委会")[0]]]
        assert gone[8:14] == ["撤销", None, 0, 0, 0, 0]
        assert find(sheet, "合计")

    def test_it_converts_without_an_error(self, city: City, tmp_path: Path) -> None:
        path = tmp_path / "form.xlsx"
        path.write_bytes(b"".join(city.form("bodies").streaming_content))
        assert list(errors_in(recalculated(path))) == []
        assert convert(path, "pdf", tmp_path).stat().st_size > 1000


def test_figures_are_those_of_the_tally(city: City) -> None:
    view = state_view(city.programme, State.PLANNED, DAY)
    keys = [body.pk for body in (*city.bodies, city.south_body)]
    before, after = figures_by_body(view, keys)
    people = by_owner(tallies(view, "people"))
    for owner, bodies in ((city.north, city.bodies), (city.south, [city.south_body])):
        assert people[owner.pk].baseline == sum(before[body.pk].people or 0 for body in bodies)
        now = sum(after[body.pk].people or 0 for body in bodies if body.pk in after)
        assert people[owner.pk].in_state == now
    posts = posts_by_owner(view, by_owner(tallies(view, "bodies")))
    assert posts[city.north.pk] == (28, 12)
    HeadCount.objects.filter(body=city.bodies[0], category="public").update(authorised=None)
    posts = posts_by_owner(view, by_owner(tallies(view, "bodies")))
    assert posts[city.north.pk] == (None, 12)


@pytest.mark.parametrize("name", ["summary", "platforms", "bodies"])
def test_as_many_queries_for_three_divisions_as_for_one(city: City, name: str) -> None:
    client = city.client()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            city.form(name, client)
        return len(captured)

    first = queries()
    for _ in range(3):
        division = make.make_division(city.programme)
        body = make.make_body(
            city.programme, division, make.make_platform(city.programme, division)
        )
        make.count_heads(body, 1, 1, 1)
    assert queries() <= first


def test_the_page_offers_what_the_reader_may_take(city: City) -> None:
    url = reverse("reports", args=[city.programme.code])
    page = city.client().get(url, {"as_of": "2021-03-31", "division": city.north.code})
    text = page.content.decode()
    for name in ("summary", "platforms", "bodies"):
        address = reverse(f"form-{name}", args=[city.programme.code])
        # As the workbook's, each button sends what is chosen, applied before or not.
        assert f'form="report-asked" formaction="{address}"' in text
    request = reverse("plan-request", args=[city.programme.code, city.plan.pk])
    assert f'form="report-asked" formaction="{request}"' in text
    chosen = {"state": "actual", "as_of": "2021-03-31", "division": "", "since": ""}
    assert city.client().get(request, chosen).status_code == 200
    assert reverse("plan-reply", args=[city.programme.code, city.plan.pk]) not in text

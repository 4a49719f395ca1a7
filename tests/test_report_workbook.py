"""The report workbook: reckoned by another program, it gives the portal's integers and no error."""

from __future__ import annotations

import datetime
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from django.core.management import call_command
from django.db import connection
from django.utils.translation import override
from openpyxl import load_workbook

from consolidation.checks.base import Ratio, percent
from consolidation.checks.base import least_for as base_least
from consolidation.models import MergePlan, Programme
from consolidation.models.programmes import Basis
from consolidation.selectors.counts import tallies, total
from consolidation.selectors.narrowing import owner_with_code
from consolidation.selectors.state import State, state_view
from platforms_portal.access import Countersigns, Right, Role
from reports.selectors.report import Reader
from reports.services import workbooks
from reports.services.workbooks import save_report
from reports.workbook import write
from reports.workbook.book import lines_needed
from reports.workbook.check import WRAPPED
from reports.workbook.errors import ReportError
from reports.workbook.formulas import least_for, shown_share
from tests import factories as make
from tests.libreoffice import errors_in, recalculated
from zones.models import Origin

if TYPE_CHECKING:
    from tests.libreoffice import Cells

ROOT = Path(__file__).parents[1]
FIRST = 5
"""The first line of the sheet “Check”."""

pytestmark = pytest.mark.django_db

EVERYTHING = Reader.system("tester")


def load(folder: str) -> Programme:
    call_command("load_programme", str(ROOT / folder), verbosity=0)
    return Programme.objects.get()


def report(programme: Programme, path: Path, **more: Any) -> Path:
    asked = {
        "state": State.PLANNED,
        "as_of": programme.opens_as_of,
        "reader": EVERYTHING,
        **more,
    }
    save_report(path, programme=programme, **asked)
    return path


def checked(cells: Cells) -> dict[str, list[str]]:
    """Return the figures of the check by their result."""
    sheet = list(cells.values())[-1]
    found: dict[str, list[str]] = {}
    row = FIRST
    while f"A{row}" in sheet:
        line = [sheet.get(f"{column}{row}") for column in "BCDEF"]
        found.setdefault(sheet.get(f"H{row}", ""), []).append(str(line))
        row += 1
    return found


def assert_proven(path: Path) -> Cells:
    """Assert that the formulas give no error and no figure other than the portal's."""
    cells = recalculated(path)
    assert list(errors_in(cells)) == []
    results = checked(cells)
    assert results.get("不一致", []) == []
    assert set(results) <= {"一致", "—"}
    assert len(results["一致"]) > len(results.get("—", []))
    cover = cells["封面"]
    assert "0 项不一致" in " ".join(str(value) for value in cover.values())
    return cells


def line_of(cells: dict[str, Any], label: str, *, column: str = "A", nth: int = 0) -> int:
    """Return the number of the row in which ``label`` stands for the nth time."""
    rows = sorted(
        int(place[1:])
        for place, value in cells.items()
        if place[0] == column and place[1:].isdigit() and value == label
    )
    return rows[nth]


# --- Reckoned by LibreOffice ----------------------------------------------------------------------
@pytest.mark.parametrize("state", list(State))
def test_the_formulas_of_hangzhou_give_the_portals_integers(state: State, tmp_path: Path) -> None:
    programme = load("fixtures/hangzhou")
    path = report(programme, tmp_path / "report.xlsx", state=state)
    cells = assert_proven(path)
    city = cells["全市"]
    # Counted once more, by none of what wrote the workbook.
    view = state_view(programme, state)
    for name, label in (("platforms", "平台"), ("bodies", "管理机构"), ("people", "管理人员")):
        tally = total(tallies(view, name))
        row = line_of(city, label)
        assert (city[f"C{row}"], city[f"D{row}"]) == (tally.baseline, tally.in_state)
    divisions = cells["分区县"]
    assert divisions[f"C{line_of(divisions, '合计', column='B')}"] == 142
    # The placeholders of people are told by division too, and come to those of the city.
    people = line_of(divisions, "管理人员 (人)")
    total_row = min(
        int(place[1:])
        for place, value in divisions.items()
        if value == "合计" and place[0] == "B" and int(place[1:]) > people
    )
    support = line_of(city, "管理人员", nth=1)
    assert divisions[f"L{total_row}"] == city[f"L{support}"] > 0
    # Parts of rules have words, and not the names that the code has for them.
    keys = [v for place, v in cells["问题记录"].items() if place[0] == "A" and str(v)[0] == "R"]
    assert not [key for key in keys if "_" in key or key.endswith(("plans", "posts"))]
    # What only advises the divisions is not told as a breach.
    assert any("不判为违规" in str(value) for value in divisions.values())


def test_another_programme_is_proven_too(tmp_path: Path) -> None:
    programme = load("tests/programmes/should_pass/sample_city")
    assert_proven(report(programme, tmp_path / "report.xlsx"))


def test_the_report_of_one_division_holds_it_alone(tmp_path: Path) -> None:
    programme = load("fixtures/hangzhou")
    division = owner_with_code(programme, "330110")
    since = datetime.date(2020, 12, 31)
    path = report(programme, tmp_path / "report.xlsx", division=division, since=since)
    cells = assert_proven(path)
    assert "整合进度" not in cells
    for sheet in ("平台台账", "管理机构", "牌子", "人员", "分流安置"):
        owners = {v for place, v in cells[sheet].items() if place[0] in "CD" and v in CODES}
        assert owners == {"330110"}, sheet
    # The city's figures are published, and written as they are.
    city = cells["全市"]
    assert city[f"C{line_of(city, '平台')}"] == 142


CODES = {f"3301{n:02}" for n in range(100)}


def test_what_is_not_known_stays_empty_and_its_number_is_told(tmp_path: Path) -> None:
    programme = make.make_programme()
    division = make.make_division(programme)
    known, unknown = (make.make_body(programme, division) for _ in range(2))
    make.count_heads(known, 10, 0, 5)
    make.count_heads(unknown, 4, None, 3)
    cells = assert_proven(report(programme, tmp_path / "report.xlsx", state=State.BASELINE))
    city = cells["全市"]
    row, support = line_of(city, "管理人员"), line_of(city, "管理人员", nth=1)
    assert city[f"C{row}"] == 22
    assert f"F{row}" not in city or city[f"F{row}"] == ""
    assert city[f"J{support}"] == 1
    assert city[f"J{row}"] == "未知"
    staff = cells["人员"]
    of_unknown = line_of(staff, unknown.code)
    figures = [staff.get(f"{column}{of_unknown}") for column in "JKLM"]
    assert figures in ([4, None, 3, None], [4, None, 3, ""])


def test_the_check_finds_a_list_that_was_tampered_with(tmp_path: Path) -> None:
    programme = make.make_programme()
    division = make.make_division(programme)
    for _ in range(3):
        make.make_platform(programme, division)
    path = report(programme, tmp_path / "report.xlsx", state=State.BASELINE)
    book = load_workbook(path)
    sheet = book["平台台账"]
    headings = [cell.value for cell in sheet[4]]
    sheet.cell(row=5, column=headings.index("基准在册") + 1, value=0)
    other = tmp_path / "tampered.xlsx"
    book.save(other)
    cells = recalculated(other)
    assert len(checked(cells)["不一致"]) >= 2
    cover = cells["封面"]
    assert cover[f"B{line_of(cover, '不一致项数')}"] >= 2


@pytest.mark.parametrize("state", [State.PLANNED, State.ACTUAL])
def test_a_city_with_everything_wrong_is_told_as_the_portal_tells_it(
    state: State, tmp_path: Path
) -> None:
    programme = make.make_programme(declared_bodies=9, bodies_basis=Basis.DECLARED)
    one, other = (make.make_division(programme, quota=1) for _ in range(2))
    without = make.make_division(programme, quota=None)
    plan = make.make_plan(programme, one, MergePlan.State.IN_EXECUTION)
    twice, kept, gone = (make.make_platform(programme, one) for _ in range(3))
    make.make_retained(programme, kept, is_sub_area=True)
    make.make_retained(programme, twice)
    day = datetime.date(2021, 1, 1)
    make.dispose(plan, twice, "abolish", confirmed_on=day)
    # A second disposition of the same platform can only come from another owner's plan.
    make.dispose(make.make_plan(programme, other), twice, "upgrade")
    make.dispose(plan, gone, "merge", target=twice, confirmed_on=day)
    make.make_plate(programme, twice)
    # More bodies and people than before: the cut is negative.
    body = make.make_body(programme, one, twice)
    make.count_heads(body, 1, 1, None)
    founded = make.make_body(programme, one, origin=Origin.FOUNDED)
    newer = make.make_body(programme, one, origin=Origin.FOUNDED)
    for new in (founded, newer):
        make.dispose_body(plan, new, "found", serves=kept, confirmed_on=day)
        make.plan_heads(plan, new, 30, 30, 30)
    make.dispose_body(plan, body, "abolish", confirmed_on=day)
    make.move(plan, body, "administrative", 1, to_body=founded)
    # An owner whose plan is in and says nothing of its own, and one without plan or quota.
    for owner in (other, without):
        platform = make.make_platform(programme, owner)
        make.make_retained(programme, make.make_platform(programme, owner))
        make.count_heads(make.make_body(programme, owner, platform), 5, 5, 5)
    assert_proven(report(programme, tmp_path / "report.xlsx", state=state))


def test_a_share_is_shown_as_the_portal_shows_it(tmp_path: Path) -> None:
    target = Ratio(60, 100)
    pairs = [
        *((85, 142), (86, 142), (5_999_999, 10_000_000), (6_000_000, 10_000_000), (0, 7)),
        *(
            (1, 32),
            (3, 32),
            (-1, 32),
            (-618, 72),
            (1, 3),
            (2, 3),
            (59_995, 100_000),
            (59_994, 100_000),
        ),
        *((n, 2_000) for n in range(1, 60, 7)),
    ]
    path = tmp_path / "shares.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("shares")
    for row, (cut, base) in enumerate(pairs, 1):
        formulas = (
            shown_share(f"A{row}", f"B{row}", ("60", "100")),
            shown_share(f"A{row}", f"B{row}", None),
            least_for(f"B{row}", ("60", "100")),
        )
        sheet.write_row(row - 1, 0, [cut, base])
        for column, formula in enumerate(formulas, 2):
            sheet.write_formula(row - 1, column, f"={formula}", None, "")
    book.close()
    cells = recalculated(path)["shares"]
    for row, (cut, base) in enumerate(pairs, 1):
        shown = [f"{round(cells[f'{c}{row}'] * 10_000) / 100:.2f}%" for c in "CD"]
        assert shown == [percent(cut, base, target), percent(cut, base)], (cut, base)
        assert cells[f"E{row}"] == base_least(target, base)


# --- The file itself ------------------------------------------------------------------------------


@pytest.fixture
def small() -> Programme:
    programme = make.make_programme()
    division = make.make_division(programme)
    stays = make.make_platform(programme, division, name='=HYPERLINK("http://x","y")')
    goes = make.make_platform(programme, division, name="+1+cmd|' /C calc'!A0")
    make.make_retained(programme, stays)
    body = make.make_body(programme, division, stays, goes, name="@SUM(A1:A9)")
    make.count_heads(body, 7, 2, 1)
    plan = make.make_plan(programme, division)
    make.dispose(plan, goes, "merge", target=stays)
    make.dispose(plan, stays, "upgrade")
    return programme


def test_text_that_looks_like_a_formula_is_text(small: Programme, tmp_path: Path) -> None:
    book = load_workbook(report(small, tmp_path / "report.xlsx"))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    dangerous = [c for c in cells if isinstance(c.value, str) and c.value[:1] in "+@"]
    assert {c.value for c in dangerous} == {"+1+cmd|' /C calc'!A0", "@SUM(A1:A9)"}
    assert {c.data_type for c in dangerous} == {"s"}
    assert [c for c in cells if c.data_type == "f" and "HYPERLINK" in str(c.value)] == []


def test_nothing_leads_out_of_the_workbook(small: Programme, tmp_path: Path) -> None:
    path = report(small, tmp_path / "report.xlsx")
    with zipfile.ZipFile(path) as parts:
        names = parts.namelist()
        assert [n for n in names if "externalLink" in n or n.endswith(".bin")] == []
        outside = [n for n in names if n.endswith(".rels") and b'"External"' in parts.read(n)]
        assert outside == []


def test_a_reader_that_does_not_reckon_sees_no_number(small: Programme, tmp_path: Path) -> None:
    path = report(small, tmp_path / "report.xlsx")
    formulas, values = load_workbook(path), load_workbook(path, data_only=True)
    shown = [
        values[sheet.title][cell.coordinate].value
        for sheet in formulas
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert shown
    assert set(shown) <= {None, ""}


def test_sheets_are_set_up_for_reading_and_for_paper(small: Programme, tmp_path: Path) -> None:
    book = load_workbook(report(small, tmp_path / "report.xlsx", since=datetime.date(2020, 1, 1)))
    assert book.sheetnames == [
        *("封面", "全市", "分区县", "图表", "整合进度", "平台台账", "保留平台", "管理机构"),
        *("牌子", "人员", "分流安置", "核查结果", "问题记录", "责任任务", "期间变化", "核对"),
    ]
    for sheet in book:
        assert str(sheet.page_setup.paperSize) == "9", sheet.title
    for name in ("平台台账", "管理机构", "牌子", "人员", "核查结果", "核对"):
        sheet = book[name]
        assert sheet.freeze_panes is not None, name
        assert sheet.auto_filter.ref, name
        assert sheet.print_title_rows, name
    assert {"ledger_in_state", "ledger_owner", "check_result", "division_places_left"} <= set(
        book.defined_names
    )
    # Between two days nothing was merged yet, or all: the columns are no “before and after the plan”.
    headings = [cell.value for cell in book["期间变化"][4]]
    assert {"变更前", "变更后"} <= set(headings)
    # A text that takes two lines has room for them: not every program finds the height itself.
    check = book["核对"]
    long = [
        row
        for row in range(5, check.max_row + 1)
        if any(
            lines_needed(str(check.cell(row, column + 1).value or ""), width) > 1
            for column, width in WRAPPED
        )
    ]
    assert long
    assert all((check.row_dimensions[row].height or 0) > 20 for row in long)
    links = [
        cell.hyperlink.location
        for row in book["封面"].iter_rows()
        for cell in row
        if cell.hyperlink
    ]
    assert {str(link).split("!")[0].strip("'") for link in links} == set(book.sheetnames) - {"封面"}


def test_the_workbook_speaks_english(small: Programme, tmp_path: Path) -> None:
    with override("en"):
        book = load_workbook(report(small, tmp_path / "report.xlsx"))
    assert book.sheetnames[:3] == ["Cover", "City", "Divisions"]


# --- Who sees what --------------------------------------------------------------------------------


def test_staff_is_left_out_for_who_may_not_see_it(small: Programme, tmp_path: Path) -> None:
    department = make.make_department(small, countersigns=Countersigns.BODIES)
    user = make.make_user(Role.COUNTERSIGNER, department=department)
    reader = Reader.of_user(user)
    assert not reader.may(Right.VIEW_PEOPLE)
    book = load_workbook(report(small, tmp_path / "report.xlsx", reader=reader))
    assert not {"人员", "分流安置"} & set(book.sheetnames)
    cover = " ".join(str(c.value) for row in book["封面"].iter_rows() for c in row if c.value)
    assert "未列管理人员的明细" in cover
    headings = [cell.value for cell in book["平台台账"][4]]
    assert not [heading for heading in headings if "人员" in str(heading)]


def test_a_districts_report_names_no_other_district(small: Programme, tmp_path: Path) -> None:
    other = make.make_division(small)
    foreign = make.make_platform(small, other, name="别区平台")
    make.make_body(small, other, foreign, name="别区管委会")
    own = small.ledger.platforms.exclude(pk=foreign.pk).first().division  # type: ignore[union-attr]
    reader = Reader.of_user(make.make_user(Role.DISTRICT_OFFICIAL, division=own))
    book = load_workbook(report(small, tmp_path / "report.xlsx", reader=reader))
    said = " ".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value
    )
    assert own.name in said
    assert "别区" not in said
    assert other.name not in said


# --- Whole or not at all --------------------------------------------------------------------------


def test_a_workbook_that_fails_leaves_the_old_one(
    small: Programme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"old")

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(write, "write_cover", fail)
    with pytest.raises(OSError, match="disk full"):
        report(small, path)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.xlsx"]


def test_data_that_move_are_never_reported(
    small: Programme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    marks = iter(str(number) for number in range(100))
    monkeypatch.setattr(workbooks, "data_version", lambda: next(marks))
    with pytest.raises(ReportError):
        report(small, tmp_path / "report.xlsx")
    assert not (tmp_path / "report.xlsx").exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite would keep others waiting")
@pytest.mark.django_db(transaction=True)
def test_what_is_saved_meanwhile_is_not_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme = make.make_programme()
    division = make.make_division(programme)
    make.make_platform(programme, division)
    write_it = write.write_workbook
    moments = []

    def save_meanwhile(asked: Any, path: Path) -> None:
        other = threading.Thread(target=lambda: save_elsewhere(programme, division))
        other.start()
        other.join()
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            moments.append(cursor.fetchone()[0])
        write_it(asked, path)

    monkeypatch.setattr(workbooks, "write_workbook", save_meanwhile)
    book = load_workbook(report(programme, tmp_path / "report.xlsx"))
    assert moments == ["repeatable read"]
    assert book["平台台账"].max_row == FIRST
    assert programme.ledger.platforms.count() == 2


def save_elsewhere(programme: Programme, division: Any) -> None:
    try:
        make.make_platform(programme, division)
    finally:
        connection.close()

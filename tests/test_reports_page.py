"""The page of tables and reports, the workbook by browser, by API and by command."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from platforms_portal.access import Role
from tests import factories as make

if TYPE_CHECKING:
    from consolidation.models import Programme

pytestmark = pytest.mark.django_db
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def programme() -> Programme:
    programme = make.make_programme()
    add_division(programme)
    return programme


def add_division(programme: Programme) -> Any:
    division = make.make_division(programme)
    stays, goes = (make.make_platform(programme, division) for _ in range(2))
    make.make_retained(programme, stays)
    make.make_plate(programme, goes)
    body = make.make_body(programme, division, stays, goes)
    make.count_heads(body, 5, 4, 3)
    plan = make.make_plan(programme, division)
    make.dispose(plan, stays, "upgrade")
    make.dispose(plan, goes, "merge", target=stays)
    make.dispose_body(plan, body, "keep", serves=stays)
    make.plan_heads(plan, body, 4, 3, 2)
    make.move(plan, body, "administrative", 1)
    return division


def signed_in(role: str = Role.ANALYST, **fields: Any) -> Client:
    client = Client()
    client.force_login(make.make_user(role, **fields))
    return client


def address(programme: Programme, name: str = "report-workbook") -> str:
    return reverse(name, args=[programme.code])


def book_of(response: Any) -> Any:
    assert response.status_code == 200
    assert response["Content-Type"] == XLSX
    return load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def test_the_page_hands_what_was_chosen_to_the_file(programme: Programme) -> None:
    client = signed_in()
    asked = {"state": "actual", "as_of": "2021-03-01", "since": "2021-01-01"}
    page = client.get(address(programme, "reports"), asked)
    shown = page.content.decode()
    # The button sends the form as it stands, whether or not the choice was applied before.
    assert f'form="report-asked" formaction="{address(programme)}"' in shown
    assert '<option value="actual" selected>' in shown
    assert 'name="since" value="2021-01-01"' in shown
    book = book_of(client.get(address(programme), asked))
    assert "期间变化" in book.sheetnames
    said = " ".join(str(c.value) for row in book["封面"].iter_rows() for c in row if c.value)
    assert "2021-03-01" in said
    assert "2021-01-01" in said


def test_the_file_has_a_chinese_name(programme: Programme) -> None:
    response = signed_in().get(address(programme))
    disposition = unquote(response["Content-Disposition"])
    # The plain name is for programs that know no other.
    plain = f'"{programme.code}-report-planned-2021-03-31.xlsx"'
    assert disposition.startswith(f"attachment; filename={plain}; filename*=UTF-8''")
    assert disposition.endswith(f"{programme.name}-报告-方案-2021-03-31.xlsx")
    book_of(response)


def test_the_name_of_the_file_is_one_that_every_system_takes(programme: Programme) -> None:
    type(programme).objects.filter(pk=programme.pk).update(name='=甲/乙\\:*?"<丙>')
    disposition = unquote(signed_in().get(address(programme))["Content-Disposition"])
    assert disposition.endswith("=甲 乙 丙-报告-方案-2021-03-31.xlsx")


@pytest.mark.parametrize("name", ["reports", "report-workbook"])
def test_an_earlier_day_that_is_not_earlier_is_refused(programme: Programme, name: str) -> None:
    page = signed_in().get(address(programme, name), {"as_of": "2021-03-01", "since": "2021-03-01"})
    assert page.status_code == 400
    assert "2020-12-31" in page.content.decode()


def test_another_districts_report_is_not_found(programme: Programme) -> None:
    other = add_division(programme)
    own = add_division(programme)
    client = signed_in(Role.DISTRICT_OFFICIAL, division=own)
    for name in ("report-workbook", "api-programme-report"):
        asked = {"division": other.code}
        assert client.get(address(programme, name), asked).status_code == 404
    book = book_of(client.get(address(programme), {"division": own.code}))
    assert book["平台台账"].max_row == 6


def test_the_number_of_queries_does_not_grow(programme: Programme) -> None:
    client = signed_in()
    numbers = []
    for _ in range(2):
        book_of(client.get(address(programme)))
        with CaptureQueriesContext(connection) as captured:
            book_of(client.get(address(programme)))
        numbers.append(len(captured))
        for _more in range(3):
            add_division(programme)
        cache.clear()
    assert numbers[0] == numbers[1]


def test_the_pages_queries_are_few(programme: Programme) -> None:
    client = signed_in()
    client.get(address(programme, "reports"))
    with CaptureQueriesContext(connection) as captured:
        client.get(address(programme, "reports"))
    assert len(captured) <= 15


# --- The API --------------------------------------------------------------------------------------


def test_the_api_gives_the_same_file(programme: Programme) -> None:
    client = signed_in()
    asked = {"state": "baseline", "as_of": "2020-01-01"}
    first = client.get(address(programme, "api-programme-report"), asked, headers={"Accept": XLSX})
    book = book_of(first)
    other = book_of(client.get(address(programme), asked))
    assert book.sheetnames == other.sheetnames
    ledger = [[cell.value for cell in row] for row in book["平台台账"].iter_rows()]
    assert ledger == [[cell.value for cell in row] for row in other["平台台账"].iter_rows()]


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"state": "wished"}, "state"),
        ({"as_of": "31.12.2020"}, "as_of"),
        ({"division": "000000"}, "division"),
        ({"as_of": "2020-01-01", "since": "2020-01-01"}, "since"),
        ({"states": "planned"}, "states"),
    ],
)
def test_the_api_says_what_is_wrong(
    programme: Programme, asked: dict[str, str], parameter: str
) -> None:
    response = signed_in().get(
        address(programme, "api-programme-report"), asked, headers={"Accept": XLSX}
    )
    assert response.status_code == 400
    assert parameter in response.content.decode()


# --- The command ----------------------------------------------------------------------------------


def export(programme: Programme, path: Path, *more: str) -> None:
    call_command("export_report", "--programme", programme.code, "--out", str(path), *more)


def test_the_command_writes_the_workbook_once(programme: Programme, tmp_path: Path) -> None:
    path = tmp_path / "报告.xlsx"
    export(programme, path, "--state", "actual", "--as-of", "2021-03-01", "--language", "en")
    before = path.read_bytes()
    assert load_workbook(path).sheetnames[0] == "Cover"
    with pytest.raises(CommandError) as refused:
        export(programme, path)
    assert refused.value.returncode == 2
    assert path.read_bytes() == before
    export(programme, path, "--force")
    assert load_workbook(path).sheetnames[0] == "封面"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "more",
    [
        ("--division", "000000"),
        ("--as-of", "2020-01-01", "--since", "2020-02-01"),
        ("--programme", "nowhere"),
        ("--out", "report.txt"),
        ("--out", "no/such/folder/report.xlsx"),
    ],
)
def test_the_command_refuses_what_cannot_be(
    programme: Programme, tmp_path: Path, more: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError) as refused:
        export(programme, tmp_path / "report.xlsx", *more)
    assert refused.value.returncode == 2
    assert list(tmp_path.iterdir()) == []

"""The pages of imports: what each role finds, each state of an upload, and what is refused."""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from accounts.models import User
from consolidation.models import Correction, Disposition, MergePlan, Programme
from exchange.models import ImportProblem, ImportRow, ImportRun
from exchange.subjects import TEMPLATES
from exchange.templates_out.workbook import write_template
from platforms_portal.access import Countersigns, Role
from staffing.models import HeadCount
from tests import factories as make
from zones.models import Division, Platform

pytestmark = pytest.mark.django_db

State = ImportRun.State
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFFICE = ("序号", "开发区名称", "所属区县", "级别", "批准面积（平方公里）")


@dataclass
class City:
    """A programme with two districts, its commission and an official of the first."""

    programme: Programme
    division: Division
    other: Division
    platforms: list[Platform]
    official: User
    reviewer: User

    def url(self, name: str, *more: Any) -> str:
        """The address of a page."""
        return reverse(name, args=[self.programme.code, *more])


@pytest.fixture
def city() -> City:
    programme = make.make_programme()
    division, other = make.make_division(programme), make.make_division(programme)
    platforms = [make.make_platform(programme, division) for _n in range(3)]
    make.make_platform(programme, other)
    return City(
        programme,
        division,
        other,
        platforms,
        make.make_user(Role.DISTRICT_OFFICIAL, division=division),
        make.make_user(Role.COMMISSION_REVIEWER),
    )


def client_of(user: User, **options: Any) -> Client:
    """A browser in which ``user`` is signed in."""
    client = Client(**options)
    client.force_login(user)
    return client


def template_bytes(
    city: City, template: str, division: Division | None, changes: dict[str, Any] | None = None
) -> bytes:
    """A filled template, with the cells of ``changes`` (by “sheet!cell”) typed over."""
    file = io.BytesIO()
    write_template(
        file,
        TEMPLATES[template],
        programme=city.programme,
        division=division,
        day=datetime.date(2020, 12, 31),
    )
    if not changes:
        return file.getvalue()
    book = load_workbook(file)
    for place, value in changes.items():
        sheet, cell = place.split("!")
        book[sheet][cell] = value
    typed = io.BytesIO()
    book.save(typed)
    return typed.getvalue()


def office_sheet(*rows: tuple[Any, ...], headings: tuple[str, ...] = OFFICE) -> bytes:
    """A sheet that an office keeps for itself."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "台账"
    for row in (headings, *rows):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def send(client: Client, city: City, content: bytes, name: str = "台账.xlsx", **fields: str) -> Any:
    """Upload a file on the page."""
    file = SimpleUploadedFile(name, content, content_type=XLSX)
    return client.post(city.url("imports"), {"file": file, **fields})


def uploaded(client: Client, city: City, content: bytes, **fields: str) -> ImportRun:
    """Upload a file that is taken, and return its run."""
    response = send(client, city, content, **fields)
    assert response.status_code == 302, response.content.decode()
    run = ImportRun.objects.latest("pk")
    assert response.url == city.url("import-run", run.pk)
    return run


def text_of(response: Any, status: int = 200) -> str:
    """The page's text."""
    assert response.status_code == status, response.status_code
    return str(response.content.decode())


def changed_ledger(city: City, reason_level: str = "省级") -> bytes:
    """The ledger with the level of the first platform changed."""
    return template_bytes(city, "ledger", city.division, {"平台!F2": reason_level})


# --- What there is to fill in ---------------------------------------------------------------------


def test_an_official_finds_every_template_of_the_own_division(city: City) -> None:
    """Plan and month first; no choice of divisions."""
    page = text_of(client_of(city.official).get(city.url("imports")))
    for template in TEMPLATES:
        assert city.url("import-template", template) in page
    assert 'name="division"' not in page
    assert 'name="month"' in page


def test_the_commission_finds_the_ledger_of_any_division(city: City) -> None:
    """Plans and monthly reports are the divisions' own."""
    page = text_of(client_of(city.reviewer).get(city.url("imports")))
    assert city.url("import-template", "ledger") in page
    assert city.url("import-template", "plan") not in page
    assert city.other.code in page


def test_the_template_that_the_address_names_is_chosen(city: City) -> None:
    """Plan, monthly report and ledger check lead here."""
    page = text_of(client_of(city.official).get(city.url("imports") + "?template=plan"))
    assert '<option value="plan" selected>' in page


def test_the_navigation_names_the_page_once(city: City) -> None:
    """Two rights open it; nobody sees it twice."""
    for user in (city.official, city.reviewer):
        page = text_of(client_of(user).get(city.url("imports")))
        assert page.count(f'href="{city.url("imports")}"') >= 1
    analyst = client_of(make.make_user(Role.ANALYST)).get(city.url("city"))
    assert city.url("imports") not in text_of(analyst)


@pytest.mark.parametrize(
    ("role", "template", "status"),
    [
        (Role.ANALYST, "ledger", 200),
        (Role.ANALYST, "staff", 200),
        (Role.ANALYST, "plan", 403),
        (Role.DISTRICT_LEADER, "bodies", 200),
        (Role.DISTRICT_LEADER, "head_counts", 403),
        (Role.COUNTERSIGNER, "ledger", 200),
        (Role.COUNTERSIGNER, "staff", 403),
        (Role.COMMISSION_REVIEWER, "plan", 403),
        (Role.DISTRICT_OFFICIAL, "plan", 200),
        (Role.DISTRICT_OFFICIAL, "head_counts", 200),
        (Role.DISTRICT_OFFICIAL, "nothing", 404),
    ],
)
def test_a_template_is_downloaded_by_who_may_see_what_is_in_it(
    city: City, role: str, template: str, status: int
) -> None:
    """The right is that of the records; a plan is the official's."""
    fields: dict[str, Any] = {}
    if role in {Role.DISTRICT_OFFICIAL, Role.DISTRICT_LEADER}:
        fields["division"] = city.division
    if role == Role.COUNTERSIGNER:
        fields["department"] = make.make_department(
            city.programme, countersigns=Countersigns.BODIES
        )
    client = client_of(make.make_user(role, **fields))
    assert client.get(city.url("import-template", template)).status_code == status


def test_a_district_downloads_its_own_records_alone(city: City) -> None:
    """Another division does not exist for it; the city's workbook holds all."""
    client = client_of(city.official)
    address = city.url("import-template", "ledger")
    assert client.get(f"{address}?division={city.other.code}").status_code == 404
    own = client.get(address)
    assert len(rows_in(own, "平台")) == 3
    everything = client_of(city.reviewer).get(address)
    assert len(rows_in(everything, "平台")) == 4
    assert "no-store" in own["Cache-Control"]


def rows_in(response: Any, sheet: str) -> list[Any]:
    """The rows of a downloaded workbook."""
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return list(book[sheet].iter_rows(min_row=2, values_only=True))


def test_a_month_that_cannot_be_reported_is_told(city: City) -> None:
    """With what may be written instead."""
    make.make_body(city.programme, city.division)
    client = client_of(city.official)
    address = city.url("import-template", "head_counts")
    assert client.get(f"{address}?month=2019-05").status_code == 200
    assert "2019-05" in text_of(client.get(f"{address}?month=1999-01"), 400)


# --- The upload -----------------------------------------------------------------------------------


def test_nothing_chosen_is_told_at_the_field(city: City) -> None:
    """And what was chosen beside it stays."""
    response = client_of(city.official).post(city.url("imports"), {"template": "plan"})
    page = text_of(response, 422)
    assert "请先选择文件" in page
    assert '<option value="plan" selected>' in page


def test_a_file_that_is_too_large_is_not_kept(city: City, settings: Any) -> None:
    """413, in words, on the page with the form; nothing of it is stored."""
    settings.IMPORT_MEGABYTES_MAX = 1
    response = send(client_of(city.official), city, b"x" * (1024 * 1024 + 70_000))
    assert "1MB" in text_of(response, 413)
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("旧表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("空.xlsx", b""),
        ("说明.pdf", b"%PDF-1.4\n%%EOF"),
        ("假.xlsx", b"PK\x03\x04 not a zip"),
    ],
)
@pytest.mark.parametrize("template", ["", "ledger"])
def test_a_wrong_file_is_told_on_the_form(
    city: City, name: str, content: bytes, template: str
) -> None:
    """What is wrong and what to do, at the field; what was chosen stays; never a traceback."""
    response = send(client_of(city.official), city, content, name, template=template)
    page = text_of(response, 422)
    assert 'class="pp-field-error"' in page
    assert f'<option value="{template}" selected>' in page


def test_a_template_of_another_division_is_refused(city: City) -> None:
    """It says itself whose it is."""
    content = template_bytes(city, "ledger", city.other)
    response = send(client_of(city.official), city, content, template="ledger")
    assert city.other.code in text_of(response, 422)


def test_what_the_file_holds_is_found_out(city: City) -> None:
    """Our own template says so itself; an office's sheet by its headings."""
    client = client_of(city.reviewer)
    run = uploaded(client, city, template_bytes(city, "staff", city.division))
    assert run.template == "staff"
    run = uploaded(client, city, office_sheet((1, "甲", city.division.name, "省级", 12.5)))
    assert run.template == "ledger"
    assert run.state == State.TO_CONFIRM


def test_what_fits_nothing_is_asked_about(city: City) -> None:
    """The reader chooses what it holds."""
    content = office_sheet(("x", "y"), headings=("菜名", "价格"))
    assert "请选择" in text_of(send(client_of(city.official), city, content), 422)


def test_an_upload_needs_the_token_of_the_form(city: City) -> None:
    """The size is looked at before anything is read, and the token all the same."""
    client = client_of(city.official, enforce_csrf_checks=True)
    assert send(client, city, b"x").status_code == 403
    assert not ImportRun.objects.exists()


# --- The columns ----------------------------------------------------------------------------------


def test_columns_of_an_office_are_shown_to_be_confirmed(city: City) -> None:
    """Heading, samples, what each is taken for; then the file is checked."""
    client = client_of(city.reviewer)
    rows = [(1, city.platforms[0].name, city.division.name, "省级", 12.5)]
    run = uploaded(
        client, city, office_sheet(*rows), template="ledger", division=city.division.code
    )
    page = text_of(client.get(city.url("import-run", run.pk)))
    assert "批准面积（平方公里）" in page
    assert "12.5" in page
    sent = {f"s0-c{found['place']}": found["name"] for found in run.matches[0]["found"]}
    assert sent["s0-c1"] == "name"
    response = client.post(city.url("import-columns", run.pk), sent)
    assert response.status_code == 302
    run.refresh_from_db()
    assert (run.state, run.changed) == (State.CHECKED, 1)


def test_a_column_chosen_twice_or_missing_is_told_at_its_field(city: City) -> None:
    """What was chosen stays on the form; nothing is checked yet."""
    client = client_of(city.reviewer)
    run = uploaded(client, city, office_sheet((1, "甲", "乙", "省级", 12.5)), template="ledger")
    sent = {f"s0-c{place}": "level" for place in range(5)}
    page = text_of(client.post(city.url("import-columns", run.pk), sent), 422)
    assert page.count('aria-invalid="true"') == 4
    assert "平台名称" in page
    assert page.count('<option value="level" selected>') == 5
    run.refresh_from_db()
    assert run.state == State.TO_CONFIRM
    page = text_of(client.post(city.url("import-columns", run.pk), {"s0-out": "on"}), 422)
    assert "没有可读取的内容" in page
    page = text_of(client.post(city.url("import-columns", run.pk), {"s0-c1": "nonsense"}), 422)
    assert "请从列表中选择" in page


def test_columns_can_be_chosen_again_after_the_check(city: City) -> None:
    """A preview that shows nonsense leads back to them."""
    client = client_of(city.reviewer)
    run = uploaded(client, city, changed_ledger(city), division=city.division.code)
    address = city.url("import-run", run.pk)
    assert "?columns" in text_of(client.get(address))
    page = text_of(client.get(address + "?columns"))
    assert city.url("import-columns", run.pk) in page
    assert city.url("import-commit", run.pk) not in page


# --- The preview ----------------------------------------------------------------------------------


def test_a_preview_says_what_would_change_and_errors_first(city: City) -> None:
    """Counts that open exactly their rows; each error with its cell, value, reason and remedy."""
    client = client_of(city.reviewer)
    content = template_bytes(
        city, "ledger", city.division, {"平台!F2": "省级", "平台!F3": "天级", "平台!F4": "市级"}
    )
    run = uploaded(client, city, content, division=city.division.code)
    assert (run.changed, run.errors, run.same) == (2, 1, 0)
    address = city.url("import-run", run.pk)
    page = text_of(client.get(address))
    assert "F3" in page
    assert "天级" in page
    assert city.url("import-marked", run.pk) in page
    changed = text_of(client.get(address + "?show=change"))
    assert changed.count("<del>区县级</del>") == 2
    assert "<ins>省级</ins>" in changed
    assert city.platforms[0].code in changed
    assert text_of(client.get(address + "?show=same")).count('<th scope="row">') == 0
    assert "errors" in text_of(client.get(address + "?show=nonsense"), 400)


def test_the_same_file_changes_nothing(city: City) -> None:
    """It says so, and offers nothing to press."""
    client = client_of(city.reviewer)
    content = template_bytes(city, "ledger", city.division)
    run = uploaded(client, city, content, division=city.division.code)
    page = text_of(client.get(city.url("import-run", run.pk)))
    assert run.same == 3
    assert "无需写入" in page
    assert city.url("import-commit", run.pk) not in page


def test_rows_are_shown_in_pages_and_by_sheet(city: City) -> None:
    """Fifty a page; a sheet alone where it is asked for."""
    run = make_run(city, State.CHECKED, same=60, matches=[match_of("甲"), match_of("乙")])
    for n in range(60):
        ImportRow.objects.create(
            run=run,
            sheet="甲" if n < 55 else "乙",
            row=n,
            subject="platforms",
            action="same",
            label=f"名{n}",
        )
    client = client_of(city.reviewer)
    address = city.url("import-run", run.pk)
    assert text_of(client.get(address)).count('<th scope="row">') == 50
    assert text_of(client.get(address + "?show=same&page=2")).count('<th scope="row">') == 10
    assert text_of(client.get(address + "?show=same&sheet=乙")).count('<th scope="row">') == 5


def match_of(sheet: str) -> dict[str, Any]:
    """A match as a run keeps it."""
    return {
        "sheet": sheet,
        "subject": "platforms",
        "heading_rows": [1, 1],
        "found": [],
        "missing": [],
    }


def make_run(city: City, state: str, user: User | None = None, **fields: Any) -> ImportRun:
    """An upload of the commission in a state, without a file."""
    now = timezone.now()
    return ImportRun.objects.create(
        **{
            "programme": city.programme,
            "division": None,
            "template": "ledger",
            "direct": True,
            "file_name": "台账.xlsx",
            "language": "zh-hans",
            "state": state,
            "uploaded_by": user or city.reviewer,
            "committed_at": now if state == State.COMMITTED else None,
            **fields,
        }
    )


# --- The commit -----------------------------------------------------------------------------------


def test_what_was_shown_is_written_with_its_reason(city: City) -> None:
    """Not without one; then exactly the previewed rows, and the way to see them."""
    client = client_of(city.reviewer)
    run = uploaded(client, city, changed_ledger(city), division=city.division.code)
    commit = city.url("import-commit", run.pk)
    page = text_of(client.post(commit, {"reason": "", "digest": run.data_digest}), 422)
    assert "请填写理由" in page
    sent = {"reason": "杭统〔2020〕15号", "digest": run.data_digest}
    assert client.post(commit, sent).status_code == 302
    assert Platform.objects.get(pk=city.platforms[0].pk).level == "provincial"
    page = text_of(client.get(city.url("import-run", run.pk)))
    assert "杭统〔2020〕15号" in page
    assert f"{city.url('platforms')}?division={city.division.code}" in page
    assert "<ins>省级</ins>" in page
    # What is over is over.
    assert client.post(commit, sent).status_code == 422
    assert client.post(city.url("import-cancel", run.pk)).status_code == 422


def test_only_the_mended_rows_come_again(city: City) -> None:
    """The right rows are written once it is said that the others are left out; those come back."""
    client = client_of(city.reviewer)
    content = template_bytes(city, "ledger", city.division, {"平台!F2": "省级", "平台!F3": "天级"})
    run = uploaded(client, city, content, division=city.division.code)
    commit = city.url("import-commit", run.pk)
    sent = {"reason": "示例", "digest": run.data_digest}
    assert "暂不写入" in text_of(client.post(commit, sent), 422)
    assert Platform.objects.get(pk=city.platforms[0].pk).level == "district"
    assert client.post(commit, sent | {"leave_faulty": "on"}).status_code == 302
    assert Platform.objects.get(pk=city.platforms[0].pk).level == "provincial"
    assert Platform.objects.get(pk=city.platforms[1].pk).level == "district"
    marked = client.get(city.url("import-marked", run.pk) + "?rows=faulty")
    book = load_workbook(io.BytesIO(b"".join(marked.streaming_content)))  # type: ignore[attr-defined]
    sheet = book["平台"]
    found = [cell for row in sheet.iter_rows() for cell in row if cell.value == "天级"]
    assert len(found) == 1
    assert city.platforms[0].code not in {cell.value for row in sheet.iter_rows() for cell in row}
    found[0].value = "市级"
    mended = io.BytesIO()
    book.save(mended)
    run = uploaded(client, city, mended.getvalue(), template="ledger", division=city.division.code)
    if run.state == State.TO_CONFIRM:
        (match,) = run.matches
        columns = {f"s0-c{found['place']}": found["name"] for found in match["found"]}
        client.post(city.url("import-columns", run.pk), columns)
        run.refresh_from_db()
    assert (run.changed, run.errors) == (1, 0)


def test_an_error_of_the_whole_file_is_never_left_out(city: City) -> None:
    """There is nothing to press, and no way around it."""
    run = make_run(city, State.CHECKED, errors=1, changed=1, data_digest="x")
    ImportProblem.objects.create(run=run, severity="error", sheet="平台", message="合计不符")
    client = client_of(city.reviewer)
    assert city.url("import-commit", run.pk) not in text_of(
        client.get(city.url("import-run", run.pk))
    )
    sent = {"reason": "示例", "digest": "x", "leave_faulty": "on"}
    assert client.post(city.url("import-commit", run.pk), sent).status_code == 422


def test_the_marked_workbook_is_downloaded(city: City) -> None:
    """The faulty cell with a comment, a list of errors before it, under the name that it was sent by."""
    client = client_of(city.reviewer)
    content = template_bytes(city, "ledger", city.division, {"平台!F3": "天级"})
    run = uploaded(client, city, content, division=city.division.code)
    response = client.get(city.url("import-marked", run.pk))
    assert "filename*=UTF-8''" in response["Content-Disposition"]
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    assert book.sheetnames[0] == "错误清单"
    assert book["平台"]["F3"].comment is not None
    assert book["平台"]["F2"].comment is None


def test_data_that_moved_is_told_and_checked_again(city: City) -> None:
    """Nothing is written; the file is checked on what stands there now."""
    client = client_of(city.reviewer)
    run = uploaded(client, city, changed_ledger(city), division=city.division.code)
    platform = city.platforms[0]
    platform.level = "municipal"
    platform.save()
    sent = {"reason": "示例", "digest": run.data_digest}
    client.post(city.url("import-commit", run.pk), sent)
    page = text_of(client.get(city.url("import-run", run.pk)))
    assert "系统数据已有变动" in page
    assert Platform.objects.get(pk=platform.pk).level == "municipal"
    assert client.post(city.url("import-again", run.pk)).status_code == 302
    page = text_of(client.get(city.url("import-run", run.pk)))
    assert "<del>市级</del>" in page


def test_an_upload_is_given_up(city: City) -> None:
    """Nothing of it is written, and the page says so."""
    client = client_of(city.reviewer)
    run = uploaded(client, city, changed_ledger(city), division=city.division.code)
    assert client.post(city.url("import-cancel", run.pk)).status_code == 302
    assert "未写入任何内容" in text_of(client.get(city.url("import-run", run.pk)))
    assert Platform.objects.get(pk=city.platforms[0].pk).level == "district"


def test_an_official_fills_in_the_own_plan(city: City) -> None:
    """Downloaded, one cell changed, uploaded, saved into the draft, seen at the desk."""
    plan = make.make_plan(city.programme, city.division, MergePlan.State.DRAFT)
    client = client_of(city.official)
    content = template_bytes(city, "plan", city.division, {"平台处置!C2": "淘汰撤销"})
    run = uploaded(client, city, content)
    page = text_of(client.get(city.url("import-run", run.pk)))
    assert "写入方案草稿" in page
    sent = {"reason": "示例", "digest": run.data_digest}
    assert client.post(city.url("import-commit", run.pk), sent).status_code == 302
    assert Disposition.objects.get(plan=plan).platform == city.platforms[0]
    page = text_of(client.get(city.url("import-run", run.pk)))
    assert city.url("plan-edit", plan.pk) in page


def test_a_district_asks_for_what_differs_in_the_ledger(city: City) -> None:
    """One request a record with the one reason; the ledger itself stays as it is."""
    client = client_of(city.official)
    run = uploaded(client, city, changed_ledger(city))
    page = text_of(client.get(city.url("import-run", run.pk)))
    assert "向市发改委报送1项更正申请" in page
    sent = {"reason": "杭统〔2020〕15号", "digest": run.data_digest}
    assert client.post(city.url("import-commit", run.pk), sent).status_code == 302
    assert Platform.objects.get(pk=city.platforms[0].pk).level == "district"
    correction = Correction.objects.get()
    assert correction.reason.startswith("杭统〔2020〕15号")
    page = text_of(client.get(city.url("import-run", run.pk)))
    assert "已向市发改委报送1项更正申请" in page
    assert "已报送市发改委" in page
    assert f"{city.url('corrections')}?correction_state=requested" in page


def test_a_month_is_filled_in_as_a_workbook(city: City) -> None:
    """The count of one body, saved into the month of the division's report."""
    body = make.make_body(city.programme, city.division, city.platforms[0])
    make.count_heads(body, 10, 5, 2)
    client = client_of(city.official)
    content = template_bytes(city, "head_counts", city.division, {"月度人数报告!H2": 9})
    run = uploaded(client, city, content)
    page = text_of(client.get(city.url("import-run", run.pk)))
    assert "写入月度人数报告" in page
    sent = {"reason": "示例", "digest": run.data_digest}
    assert client.post(city.url("import-commit", run.pk), sent).status_code == 302
    count = HeadCount.objects.get(counted_on=datetime.date(2020, 12, 31), on_post__isnull=False)
    assert (count.category, count.on_post) == ("administrative", 9)
    assert city.url("head-counts") in text_of(client.get(city.url("import-run", run.pk)))


# --- On its way -----------------------------------------------------------------------------------


def test_progress_moves_with_and_without_scripts(city: City) -> None:
    """The part alone for htmx; the page with a link to load it anew for everybody else."""
    run = make_run(city, State.CHECKING, rows_total=1000, rows_done=250, seen_at=timezone.now())
    client = client_of(city.reviewer)
    address = city.url("import-run", run.pk)
    part = client.get(address, headers={"hx-request": "true"})
    assert 'value="25"' in text_of(part)
    assert "HX-Refresh" not in part
    assert "<html" not in text_of(part)
    page = text_of(client.get(address))
    assert f'href="{address}"' in page
    run.state = State.CHECKED
    run.save()
    assert client.get(address, headers={"hx-request": "true"})["HX-Refresh"] == "true"


def test_a_worker_that_is_gone_is_told(city: City) -> None:
    """The file is not waited for, and can be checked anew."""
    run = make_run(city, State.CHECKING, rows_total=10, seen_at=None)
    client = client_of(city.reviewer)
    response = client.get(city.url("import-run", run.pk), headers={"hx-request": "true"})
    assert response["HX-Refresh"] == "true"
    assert "处理中断" in text_of(client.get(city.url("import-run", run.pk)))
    assert "中断" in text_of(client.get(city.url("imports")))


@pytest.mark.parametrize("state", State.values)
def test_every_state_has_a_page(city: City, state: str) -> None:
    """In both languages, also without anything found yet."""
    run = make_run(city, state, refusal="文件含宏。", remedy="另存后再上传。")
    client = client_of(city.reviewer)
    page = text_of(client.get(city.url("import-run", run.pk)))
    assert "台账.xlsx" in page
    if state in {State.REFUSED, State.FAILED}:
        assert "文件含宏。" in page
    client.cookies["django_language"] = "en"
    assert "What it holds" in text_of(client.get(city.url("import-run", run.pk)))


# --- Whose it is ----------------------------------------------------------------------------------


def test_another_divisions_upload_does_not_exist(city: City) -> None:
    """Nor the commission's for a district, nor a district's plan for the commission."""
    plan = make_run(
        city, State.CHECKED, city.official, division=city.division, template="plan", direct=False
    )
    ledger = make_run(city, State.CHECKED)
    stranger = make.make_user(Role.DISTRICT_OFFICIAL, division=city.other)
    colleague = make.make_user(Role.DISTRICT_OFFICIAL, division=city.division)
    answers = {
        (who, run.pk): client_of(user).get(city.url("import-run", run.pk)).status_code
        for who, user in (
            ("official", city.official),
            ("colleague", colleague),
            ("stranger", stranger),
            ("reviewer", city.reviewer),
        )
        for run in (plan, ledger)
    }
    assert [answers[who, plan.pk] for who in ("official", "colleague", "stranger", "reviewer")] == [
        *(200, 200, 404, 404)
    ]
    assert [answers[who, ledger.pk] for who in ("official", "stranger", "reviewer")] == [
        *(404, 404, 200)
    ]
    for name in ("import-columns", "import-commit", "import-cancel", "import-again"):
        assert client_of(stranger).post(city.url(name, plan.pk)).status_code == 404


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.DISTRICT_LEADER])
def test_who_uploads_nothing_is_refused(city: City, role: str) -> None:
    """403, with words."""
    fields = {"division": city.division} if role == Role.DISTRICT_LEADER else {}
    client = client_of(make.make_user(role, **fields))
    assert "上传" in text_of(client.get(city.url("imports")), 403)


def test_nothing_marked_is_no_file(city: City) -> None:
    """A file without a problem, or one that is no longer kept, is not found."""
    run = make_run(city, State.CHECKED, errors=1)
    client = client_of(city.reviewer)
    assert client.get(city.url("import-marked", run.pk)).status_code == 404
    run = uploaded(client, city, template_bytes(city, "ledger", None))
    assert client.get(city.url("import-marked", run.pk)).status_code == 404


# --- Where it is offered, and how much it asks of the database ------------------------------------


def test_the_upload_is_offered_where_the_work_is(city: City) -> None:
    """Plan desk, monthly report, ledger check; with the template chosen."""
    plan = make.make_plan(city.programme, city.division, MergePlan.State.DRAFT)
    make.make_body(city.programme, city.division, city.platforms[0])
    client = client_of(city.official)
    for address, template in (
        (city.url("plan-edit", plan.pk), "plan"),
        (city.url("head-counts"), "head_counts"),
        (city.url("ledger-check"), "ledger"),
    ):
        assert f"{city.url('imports')}?template={template}#upload" in text_of(client.get(address))


def test_the_number_of_queries_is_the_same_for_one_and_three(city: City) -> None:
    """The list and the page of an upload."""
    client = client_of(city.reviewer)

    def add(run: ImportRun) -> None:
        n = run.rows.count() + 1
        ImportRow.objects.create(
            run=run, sheet="甲", row=n, subject="platforms", action="change", label="名"
        )
        ImportProblem.objects.create(run=run, severity="error", sheet="甲", row=n, message="错")

    run = make_run(city, State.CHECKED, errors=1, changed=1, matches=[match_of("甲")])
    add(run)
    addresses = [
        city.url("imports"),
        city.url("import-run", run.pk),
        city.url("import-run", run.pk) + "?show=change",
    ]
    for address in addresses:
        client.get(address)
    first = [count(client, address) for address in addresses]
    for _n in range(2):
        add(run)
        make_run(city, State.CHECKED, division=city.division)
    assert [count(client, address) for address in addresses] == first
    assert max(first) <= 15


def count(client: Client, address: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)

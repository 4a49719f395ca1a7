"""Down and up again: a filled template changes nothing, and what is written in it comes back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import translation
from openpyxl import load_workbook

from consolidation.models import Correction, Disposition
from consolidation.services.corrections import confirm_correction
from exchange.models import ImportRun
from exchange.selectors.plan_records import stored_in
from exchange.selectors.runs import problems_of, rows_of
from exchange.services.importing import commit, receive
from exchange.subjects import TEMPLATES, subject_with
from exchange.templates_out.words import heading_of
from exchange.templates_out.workbook import write_template
from platforms_portal.access import Role
from staffing.models import HeadCount, Redeployment
from staffing.reporting import months_to_report
from tests import factories as make
from zones.models import LeadershipPost

if TYPE_CHECKING:
    from pathlib import Path

    from zones.models import Plate, Platform

pytestmark = pytest.mark.django_db

State = ImportRun.State


class City:
    """A district with a plan in all its parts, a ledger, and a month reported."""

    def __init__(self) -> None:
        self.programme = make.make_programme()
        self.division = make.make_division(self.programme, name="示例区")
        other = make.make_division(self.programme)
        make.make_adjacent(self.division, other)
        self.user = make.make_user(Role.DISTRICT_OFFICIAL, division=self.division)
        self.reviewer = make.make_user(Role.COMMISSION_REVIEWER)
        self.stays = self.platform("P1", name="甲开发区", approved_area="21.5", is_placeholder=True)
        self.goes = self.platform("P2", name="乙园区", kind="工业园", source="批文")
        self.undecided = self.platform("P3", name="丙园区", note="示意")
        self.platform("P4", name="早已撤销", closed_on=make.BASELINE)
        self.platform("P5", name="今属他区", current_division=other)
        make.make_retained(self.programme, self.stays)
        self.kept = make.make_body(self.programme, self.division, self.stays, code="B1", uscc="")
        self.gone = make.make_body(
            self.programme, self.division, self.goes, self.undecided, code="B2", rank="division"
        )
        make.make_body(self.programme, self.division, code="B3")
        LeadershipPost.objects.create(body=self.kept, title="主任", authorised=1, is_exempt=True)
        plates = [make.make_plate(self.programme, self.goes, code=f"G{n}") for n in (1, 2, 3)]
        make.count_heads(self.kept, 10, 5, 0, source="台账")
        make.count_heads(self.gone, 4, None, 2, is_placeholder=True)
        make.count_heads(self.kept, 9, day=months_to_report(self.programme)[0])
        self.plan = make.make_plan(self.programme, self.division, "draft")
        self.decide(plates)

    def platform(self, code: str, **more: Any) -> Platform:
        return make.make_platform(self.programme, self.division, code=code, **more)

    def decide(self, plates: list[Plate]) -> None:
        """Let the plan say something of every kind, and nothing of one record of each."""
        make.dispose(self.plan, self.stays, "upgrade", reason="保留")
        make.dispose(self.plan, self.goes, "merge", target=self.stays, planned_on=make.AS_OF)
        make.dispose_body(self.plan, self.kept, "keep", serves=self.stays)
        make.dispose_body(self.plan, self.gone, "abolish")
        founded = make.make_body(self.programme, self.division, code="N1", origin="founded")
        make.dispose_body(self.plan, founded, "found", serves=self.stays)
        make.dispose_plate(self.plan, plates[0], "keep", carrier=self.stays)
        make.dispose_plate(self.plan, plates[1], "drop")
        make.plan_heads(self.plan, self.kept, 12, None, 0)
        make.plan_heads(self.plan, self.gone, 1)
        make.move(self.plan, self.gone, "administrative", 3, to_body=self.kept)
        make.move(self.plan, self.gone, "contract", 2, destination="contract_end")

    def download(self, template: str) -> bytes:
        """Return the filled template, in Chinese as officials have it."""
        target = io.BytesIO()
        with translation.override("zh-hans"):
            write_template(
                target,
                TEMPLATES[template],
                programme=self.programme,
                division=self.division,
                day=months_to_report(self.programme)[0],
            )
        return target.getvalue()

    def upload(self, template: str, content: bytes) -> ImportRun:
        with translation.override("zh-hans"):
            return receive(
                programme=self.programme,
                division=self.division,
                template=template,
                upload=SimpleUploadedFile("上报表.xlsx", content),
                user=self.user,
                direct=False,
                reason="年度核对",
                at_once=True,
            )

    def write(self, run: ImportRun) -> ImportRun:
        return commit(
            run=run, digest=run.data_digest, reason="年度核对", user=self.user, at_once=True
        )


@pytest.fixture
def city(settings: Any, tmp_path: Path) -> City:
    settings.MEDIA_ROOT = tmp_path
    return City()


def edited(content: bytes, subject: str, key: str, **cells: Any) -> bytes:
    """Return the workbook with other values in the row whose first cell is ``key``."""
    book = load_workbook(io.BytesIO(content))
    with translation.override("zh-hans"):
        wanted = subject_with(subject)
        sheet = book[str(wanted.label)]
        places = {column.name: n for n, column in enumerate(wanted.columns, start=1)}
        assert heading_of(wanted.columns[0]) == sheet.cell(1, 1).value
    row = next(n for n in range(2, sheet.max_row + 1) if sheet.cell(n, 1).value == key)
    for name, value in cells.items():
        sheet.cell(row, places[name]).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def added(content: bytes, subject: str, **cells: Any) -> bytes:
    """Return the workbook with one more row."""
    book = load_workbook(io.BytesIO(content))
    with translation.override("zh-hans"):
        wanted = subject_with(subject)
        sheet = book[str(wanted.label)]
    row = next(
        n
        for n in range(2, sheet.max_row + 2)
        if all(sheet.cell(n, c).value in (None, "") for c in range(1, len(wanted.columns) + 1))
    )
    for n, column in enumerate(wanted.columns, start=1):
        if column.name in cells:
            sheet.cell(row, n).value = cells[column.name]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def told(run: ImportRun) -> list[tuple[str, int | None, str, str]]:
    return [(p.severity, p.row, p.column, p.message) for p in problems_of(run, "error")]


@pytest.mark.parametrize("template", ["plan", "head_counts", "ledger", "bodies", "staff"])
def test_a_filled_template_changes_nothing(city: City, template: str) -> None:
    run = city.upload(template, city.download(template))
    assert (run.state, told(run)) == (State.CHECKED, [])
    assert {row.action for row in rows_of(run)} == {"same"}
    assert (run.absent, run.to_write) == ({}, 0)


def test_what_is_written_into_a_plan_comes_back(city: City) -> None:
    content = city.download("plan")
    content = edited(
        content, "dispositions", "P3", kind="整合优化", target="甲开发区", reason="相邻"
    )
    content = edited(
        content, "dispositions", "P2", kind="转型提升", target=None, transform_into="特色小镇"
    )
    content = edited(content, "body_dispositions", "B3", fate="撤销")
    content = edited(content, "plate_dispositions", "G3", fate="保留", carrier="P1")
    content = edited(content, "staff_plans", "B1", on_post=13, authorised=14)
    content = edited(content, "redeployments", "B2", people=4)
    run = city.upload("plan", content)
    assert told(run) == []
    assert (run.added, run.changed) == (3, 3)
    before = stored_in(city.plan)
    assert city.write(run).state == State.COMMITTED
    after = stored_in(city.plan)
    changed = {key: after[key] for key in after if after[key] != before.get(key)}
    assert len(changed) == 6
    assert Disposition.objects.get(platform=city.undecided).target == city.stays
    again = city.upload("plan", city.download("plan"))
    assert {row.action for row in rows_of(again)} == {"same"}
    mine = city.upload("plan", content)
    assert {row.action for row in rows_of(mine)} == {"same"}


def test_a_move_can_be_added_in_the_template(city: City) -> None:
    content = added(
        city.download("plan"),
        "redeployments",
        body="B2",
        category="编外",
        destination="企业",
        people=1,
    )
    run = city.upload("plan", content)
    assert (told(run), run.added) == ([], 1)
    city.write(run)
    assert Redeployment.objects.get(destination="company").people == 1


def test_a_month_comes_back(city: City) -> None:
    content = edited(city.download("head_counts"), "head_counts", "B1", on_post=11, authorised=0)
    run = city.upload("head_counts", content)
    assert told(run) == []
    city.write(run)
    count = HeadCount.objects.get(
        body=city.kept, counted_on__gt=make.BASELINE, category="administrative"
    )
    assert (count.on_post, count.authorised) == (11, 0)
    again = city.upload("head_counts", city.download("head_counts"))
    assert {row.action for row in rows_of(again)} == {"same"}


def test_a_ledger_comes_back_once_it_is_confirmed(city: City) -> None:
    content = edited(city.download("ledger"), "platforms", "P1", approved_area=22.25, level="省级")
    content = added(content, "platforms", name="丁园区", division="示例区", level="区县级")
    run = city.upload("ledger", content)
    assert told(run) == []
    assert (run.added, run.changed) == (1, 1)
    city.write(run)
    for correction in Correction.objects.order_by("pk"):
        confirm_correction(correction=correction, answer="", user=city.reviewer)
    city.stays.refresh_from_db()
    assert (str(city.stays.approved_area), city.stays.level) == ("22.2500", "provincial")
    again = city.upload("ledger", city.download("ledger"))
    assert {row.action for row in rows_of(again)} == {"same"}


def test_staff_come_back_once_they_are_confirmed(city: City) -> None:
    content = edited(city.download("staff"), "staff", "B1", on_post=11)
    run = city.upload("staff", content)
    assert told(run) == []
    city.write(run)
    confirm_correction(correction=Correction.objects.get(), answer="", user=city.reviewer)
    assert HeadCount.objects.get(body=city.kept, on_post=11).counted_on == make.BASELINE
    again = city.upload("staff", city.download("staff"))
    assert {row.action for row in rows_of(again)} == {"same"}


def test_the_command_writes_a_plan_under_its_own_name(city: City, tmp_path: Path) -> None:
    path = tmp_path / "方案.xlsx"
    path.write_bytes(edited(city.download("plan"), "dispositions", "P3", kind="淘汰撤销"))
    where = ["--programme", city.programme.code, "--division", city.division.code]
    call_command("import_workbook", str(path), *where, "--dry-run", stdout=io.StringIO())
    assert not Disposition.objects.filter(platform=city.undecided).exists()
    call_command("import_workbook", str(path), *where, "--reason", "报送", stdout=io.StringIO())
    assert Disposition.objects.get(platform=city.undecided).kind == "abolish"
    entry = Disposition.history.first()  # type: ignore[attr-defined]
    assert (entry.actor, entry.history_user) == ("import_workbook", None)
    assert "报送" in entry.history_change_reason


def test_a_plan_on_its_way_refuses_the_file(city: City) -> None:
    content = city.download("plan")
    city.plan.state, city.plan.submitted_on = "submitted", make.SUBMITTED
    city.plan.save()
    run = city.upload("plan", content)
    assert (run.state, run.refusal_code) == (State.REFUSED, "plan_frozen")
    assert run.remedy


def test_a_plan_that_moved_is_stale(city: City) -> None:
    content = edited(city.download("plan"), "dispositions", "P3", kind="淘汰撤销")
    run = city.upload("plan", content)
    make.dispose(city.plan, city.undecided, "upgrade")
    assert city.write(run).state == State.STALE
    assert Disposition.objects.get(platform=city.undecided).kind == "upgrade"

"""The command import_workbook: its exit statuses, the marked workbook, and what it leaves behind."""

from __future__ import annotations

import datetime
import io
import json
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from exchange.models import HeadingMemory, ImportRun
from exchange.services.importing import SMALL
from tests import factories as make
from tests.importing import checked, workbook
from tests.test_import_commit import division, new, platform, programme, row
from zones.models import Platform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from consolidation.models import Programme
    from zones.models import Division

pytestmark = pytest.mark.django_db

__all__ = ["division", "platform", "programme"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def file_of(
    folder: Path, sheets: Mapping[str, Sequence[Mapping[str, Any]]], name: str = "台账.xlsx"
) -> Path:
    path = folder / name
    path.write_bytes(workbook(sheets))
    return path


def run_command(path: Path, programme: Programme | str, *options: str) -> tuple[int, str]:
    """Return the exit status and what was told on both streams."""
    code = programme if isinstance(programme, str) else programme.code
    told = io.StringIO()
    try:
        call_command("import_workbook", str(path), "--programme", code, *options, stdout=told)
    except CommandError as error:
        return error.returncode, f"{told.getvalue()}\n{error}"
    return 0, told.getvalue()


def test_a_clean_file_is_written_as_the_system(
    folder: Path, programme: Programme, platform: Platform
) -> None:
    path = file_of(folder, {"platforms": [row(platform, level="国家级")]})
    status, told = run_command(path, programme, "--template", "ledger")
    assert (status, "已写入" in told) == (0, True)
    platform.refresh_from_db()
    assert platform.level == "national"
    newest: Any = platform.history.latest()  # type: ignore[attr-defined]
    assert (newest.actor, newest.history_user) == ("import_workbook", None)
    assert list(folder.iterdir()) == [path]

    status, told = run_command(path, programme, "--template", "ledger")
    assert (status, "无需写入" in told) == (0, True)


def test_a_dry_run_writes_nothing(folder: Path, programme: Programme, platform: Platform) -> None:
    path = file_of(folder, {"platforms": [row(platform, level="国家级")]})
    status, told = run_command(
        path, programme, "--template", "ledger", "--dry-run", "--format", "json"
    )
    found = json.loads(told)
    assert status == 0
    assert (found["written"], found["dry_run"], found["changed"]) == (False, True, 1)
    platform.refresh_from_db()
    assert platform.level == "district"
    assert ImportRun.objects.get().state == ImportRun.State.CANCELLED


def test_errors_are_listed_and_marked_beside_the_file(
    folder: Path, programme: Programme, division: Division, platform: Platform
) -> None:
    rows = [row(platform, level="国家级"), new(division, "新设园区", level="甚高")]
    path = file_of(folder, {"platforms": rows})
    status, told = run_command(path, programme, "--template", "ledger")
    assert status == 1
    assert "D3" in told
    assert "甚高" in told
    marked = folder / "台账-错误标注.xlsx"
    sheets = openpyxl.load_workbook(marked).sheetnames
    assert len(sheets) == 2
    platform.refresh_from_db()
    assert platform.level == "district"

    status, told = run_command(path, programme, "--template", "ledger", "--format", "json")
    found = json.loads(told[: told.rindex("}") + 1])
    assert (status, found["marked"]) == (1, str(marked))
    assert [(error["cell"], error["value"]) for error in found["errors"]] == [("D3", "甚高")]


def test_the_template_is_found_out(folder: Path, programme: Programme, platform: Platform) -> None:
    path = file_of(folder, {"platforms": [row(platform, level="国家级")]})
    assert run_command(path, programme)[0] == 0
    assert ImportRun.objects.get().template == "ledger"


def test_staff_and_monthly_counts_look_alike_so_it_is_asked_which(
    folder: Path, programme: Programme, division: Division
) -> None:
    body = make.make_body(programme, division)
    rows = [{"body": body.code, "category": "行政", "on_post": 3}]
    path = file_of(folder, {"staff": rows})
    status, told = run_command(path, programme)
    if status:
        assert (status, "--template" in told) == (2, True)
    else:
        assert ImportRun.objects.get().template == "staff"


def test_uncertain_columns_are_shown_and_taken_only_if_accepted(
    folder: Path, programme: Programme, platform: Platform
) -> None:
    path = file_of(folder, {"platforms": [row(platform, level="国家级")]})
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["D1"] = "平台 级别 情况"
    book.save(path)
    status, told = run_command(path, programme, "--template", "ledger")
    assert status == 2
    assert "平台 级别 情况" in told
    assert ImportRun.objects.get().state == ImportRun.State.CANCELLED
    assert run_command(path, programme, "--template", "ledger", "--accept-match")[0] == 0
    assert not HeadingMemory.objects.exists()


def test_wrong_use(folder: Path, programme: Programme, platform: Platform) -> None:
    path = file_of(folder, {"platforms": [row(platform)]})
    assert run_command(folder / "none.xlsx", programme)[0] == 2
    assert run_command(path, "nowhere")[0] == 2
    assert run_command(path, programme, "--division", "000000")[0] == 2
    assert run_command(path, programme, "--template", "plan")[0] == 2
    with pytest.raises(CommandError):
        call_command("import_workbook", str(path))


def test_what_is_no_workbook_is_refused(folder: Path, programme: Programme) -> None:
    path = folder / "台账.xlsx"
    path.write_bytes(b"no workbook")
    for template in ((), ("--template", "ledger")):
        status, told = run_command(path, programme, *template)
        assert status == 1
        assert told.strip()


def test_a_long_file_needs_no_worker(
    folder: Path, programme: Programme, division: Division, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SMALL > 1
    monkeypatch.setattr("exchange.services.importing.SMALL", 1)
    rows = [new(division, f"新设园区{number}") for number in range(3)]
    assert run_command(file_of(folder, {"platforms": rows}), programme)[0] == 0
    assert Platform.objects.count() == 3


def test_files_are_kept_for_their_time(
    folder: Path, programme: Programme, division: Division, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    path = file_of(folder, {"platforms": [new(division, "新设园区")]})
    run_command(path, programme)
    run = ImportRun.objects.get()
    stored = tmp_path / "media" / str(run.file.name)
    assert stored.read_bytes() == path.read_bytes()

    told = io.StringIO()
    call_command("expired_imports", "--delete", stdout=told)
    assert stored.exists()

    old = timezone.now() - datetime.timedelta(days=settings.IMPORT_FILES_DAYS + 1)
    ImportRun.objects.update(uploaded_at=old)
    call_command("expired_imports", stdout=told)
    assert "台账.xlsx" in told.getvalue()
    assert stored.exists()
    call_command("expired_imports", "--delete", stdout=told)
    run.refresh_from_db()
    assert not run.file
    # What was written stays told, row by row.
    assert run.rows.count() == 1


def test_a_preview_that_nobody_wrote_goes_with_its_file(
    programme: Programme, division: Division, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    run = checked(programme, {"platforms": [new(division, "新设园区")]})
    old = timezone.now() - datetime.timedelta(days=settings.IMPORT_FILES_DAYS + 1)
    ImportRun.objects.update(uploaded_at=old)
    call_command("expired_imports", "--delete", stdout=io.StringIO())
    run.refresh_from_db()
    assert (run.state, run.rows.count()) == (ImportRun.State.CANCELLED, 0)

"""Preview is commit: what a check shows is what is written, all of it or nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from consolidation.loading import writing
from consolidation.models import Programme
from consolidation.selectors.findings import data_version
from exchange.models import LOST_AFTER, ImportRun
from exchange.services import checking, importing, keeping, ledger_writer
from exchange.services.importing import (
    cancel,
    check_again,
    check_now,
    commit,
    commit_now,
)
from exchange.services.writers import StaleError
from platforms_portal.access import Role
from tests import factories as make
from tests.importing import checked, committed
from zones.models import Division, Platform

pytestmark = pytest.mark.django_db

State = ImportRun.State


@pytest.fixture
def programme() -> Programme:
    return make.make_programme()


@pytest.fixture
def division(programme: Programme) -> Division:
    return make.make_division(programme)


@pytest.fixture
def platform(programme: Programme, division: Division) -> Platform:
    return make.make_platform(programme, division)


@pytest.fixture
def reviewer() -> User:
    return make.make_user(Role.COMMISSION_REVIEWER)


def row(platform: Platform, **given: Any) -> dict[str, Any]:
    return {
        "code": platform.code,
        "name": platform.name,
        "division": platform.division.code,
        **given,
    }


def new(division: Division, name: str, **given: Any) -> dict[str, Any]:
    return {"code": None, "name": name, "division": division.code, **given}


def history(record: Any) -> Any:
    return record.history


# --- What is shown is what is written -------------------------------------------------------------


def test_what_is_shown_is_written_with_its_history(
    programme: Programme, division: Division, platform: Platform, reviewer: User
) -> None:
    rows = [
        row(platform, level="国家级", approved_area="12.5", industries="生物医药;软件"),
        new(division, "新设园区", level="市级"),
    ]
    run = checked(programme, {"platforms": rows}, user=reviewer)

    assert (run.state, run.added, run.changed, run.same, run.errors) == (State.CHECKED, 1, 1, 0, 0)
    change, add = run.rows.order_by("row")
    assert change.before == {"level": "区县级", "approved_area": "", "industries": ""}
    assert change.after == {
        "level": "国家级",
        "approved_area": "12.5",
        "industries": "生物医药；软件",
    }
    assert (add.action, add.label, add.after["division"]) == ("add", "新设园区", division.name)
    platform.refresh_from_db()
    assert platform.level == "district"

    run = committed(run, reviewer)

    assert run.state == State.COMMITTED
    assert run.committed_by == reviewer
    platform.refresh_from_db()
    assert (platform.level, platform.approved_area) == ("national", Decimal("12.5"))
    names = platform.leading_industries.values_list("industry__name", flat=True)
    assert sorted(names) == ["生物医药", "软件"]
    founded = Platform.objects.get(code=add.key)
    assert (founded.name, founded.division, founded.level) == ("新设园区", division, "municipal")
    newest = history(platform).latest()
    assert newest.history_user == reviewer
    assert newest.history_change_reason == f"年度核对（导入{run.pk}，台账.xlsx）"


def test_the_same_file_twice_changes_nothing(
    programme: Programme, platform: Platform, reviewer: User
) -> None:
    rows = {"platforms": [row(platform, level="国家级")]}
    committed(checked(programme, rows, user=reviewer), reviewer)
    before = history(Platform).count()

    run = checked(programme, rows, user=reviewer)

    assert (run.same, run.to_write, run.can_be_committed) == (1, 0, False)
    with pytest.raises(ValidationError) as refused:
        committed(run, reviewer)
    assert refused.value.code == "same"
    assert history(Platform).count() == before


def test_kept_judgements_notice_the_commit(
    programme: Programme, platform: Platform, reviewer: User
) -> None:
    run = checked(programme, {"platforms": [row(platform, level="国家级")]}, user=reviewer)
    before = data_version()
    committed(run, reviewer)
    assert data_version() != before


def test_a_column_that_is_not_in_the_file_stays_and_an_empty_cell_empties(
    programme: Programme, division: Division, reviewer: User
) -> None:
    platform = make.make_platform(
        programme, division, kind="经济开发区", approved_area=Decimal(3), boundary_north="江"
    )
    run = checked(programme, {"platforms": [row(platform, kind=None)]}, user=reviewer)
    assert run.rows.get().before == {"kind": "经济开发区"}
    assert run.rows.get().after == {"kind": ""}
    committed(run, reviewer)
    platform.refresh_from_db()
    assert (platform.kind, platform.boundary_north) == ("", "江")
    assert platform.approved_area == Decimal(3)


def test_what_the_file_does_not_name_is_counted_and_left_alone(
    programme: Programme, division: Division, platform: Platform, reviewer: User
) -> None:
    make.make_platform(programme, division)
    make.make_platform(programme, make.make_division(programme))
    rows = {"platforms": [row(platform, level="国家级")]}
    assert checked(programme, rows, user=reviewer).absent == {"platforms": 2}
    run = checked(programme, rows, user=reviewer, division=division)
    assert run.absent == {"platforms": 1}
    committed(run, reviewer)
    assert Platform.objects.count() == 3


# --- All or nothing -------------------------------------------------------------------------------


def test_one_error_keeps_everything_back(
    programme: Programme, division: Division, platform: Platform, reviewer: User
) -> None:
    rows = [row(platform, level="国家级"), new(division, "新设园区", level="甚高")]
    run = checked(programme, {"platforms": rows}, user=reviewer)
    assert (run.changed, run.faulty, run.errors) == (1, 1, 1)
    problem = run.problems.get()
    assert (problem.cell, problem.value, problem.column) == ("D3", "甚高", "level")
    with pytest.raises(ValidationError) as refused:
        committed(run, reviewer)
    assert refused.value.code == "errors"
    platform.refresh_from_db()
    assert platform.level == "district"


def test_all_errors_are_told_at_once(
    programme: Programme, division: Division, reviewer: User
) -> None:
    rows = [
        new(division, "甲园区", established_on="去年", approved_area="很大"),
        {"code": None, "name": "乙园区", "division": "未知区", "established_on": None},
    ]
    run = checked(programme, {"platforms": rows}, user=reviewer)
    told = set(run.problems.values_list("row", "column"))
    assert told == {(2, "established_on"), (2, "approved_area"), (3, "division")}
    assert all(problem.message and problem.remedy for problem in run.problems.all())


def test_data_that_moved_makes_it_stale_and_one_click_checks_anew(
    programme: Programme, platform: Platform, reviewer: User
) -> None:
    run = checked(programme, {"platforms": [row(platform, level="国家级")]}, user=reviewer)
    # Not even the column that the file speaks of.
    Platform.objects.filter(pk=platform.pk).update(boundary_east="运河")

    run = committed(run, reviewer)

    assert run.state == State.STALE
    assert "未写入" in run.refusal
    assert run.remedy
    platform.refresh_from_db()
    assert platform.level == "district"

    run = check_again(run=run, user=reviewer)
    assert (run.state, run.changed, run.refusal) == (State.CHECKED, 1, "")
    assert committed(run, reviewer).state == State.COMMITTED
    platform.refresh_from_db()
    assert (platform.level, platform.boundary_east) == ("national", "运河")


def test_a_record_added_meanwhile_makes_it_stale(
    programme: Programme, division: Division, reviewer: User
) -> None:
    run = checked(programme, {"platforms": [new(division, "新设园区")]}, user=reviewer)
    make.make_platform(programme, division, name="新设园区")
    run = committed(run, reviewer)
    assert run.state == State.STALE
    assert Platform.objects.filter(name="新设园区").count() == 1


def test_other_records_may_change_meanwhile(
    programme: Programme, division: Division, platform: Platform, reviewer: User
) -> None:
    other = make.make_platform(programme, division)
    run = checked(programme, {"platforms": [row(platform, level="国家级")]}, user=reviewer)
    Platform.objects.filter(pk=other.pk).update(boundary_east="运河")
    assert committed(run, reviewer).state == State.COMMITTED


def test_of_two_imports_of_one_record_the_second_is_stale(
    programme: Programme, platform: Platform, reviewer: User
) -> None:
    first = checked(programme, {"platforms": [row(platform, level="国家级")]}, user=reviewer)
    second = checked(programme, {"platforms": [row(platform, level="省级")]}, user=reviewer)
    assert committed(first, reviewer).state == State.COMMITTED
    assert committed(second, reviewer).state == State.STALE
    platform.refresh_from_db()
    assert platform.level == "national"


def test_a_run_is_written_once(programme: Programme, division: Division, reviewer: User) -> None:
    run = checked(programme, {"platforms": [new(division, "新设园区")]}, user=reviewer)
    done = committed(run, reviewer)
    with pytest.raises(ValidationError):
        committed(run, reviewer)
    # A worker that comes late finds nothing to do.
    commit_now(done)
    assert Platform.objects.filter(name="新设园区").count() == 1


def test_what_breaks_in_the_middle_leaves_nothing(
    programme: Programme,
    division: Division,
    reviewer: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledger_writer, "CHUNK", 2)
    rows = [new(division, f"新设园区{number}") for number in range(5)]
    run = checked(programme, {"platforms": rows}, user=reviewer)
    real, calls = writing.write, []

    def broken(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 3:
            raise StaleError("昨夜有变。")
        real(*args)

    monkeypatch.setattr(ledger_writer, "write", broken)
    run = committed(run, reviewer)
    assert (run.state, Platform.objects.count()) == (State.STALE, 0)
    monkeypatch.setattr(ledger_writer, "write", real)
    assert committed(check_again(run=run, user=reviewer), reviewer).state == State.COMMITTED
    assert Platform.objects.count() == 5


def test_an_unforeseen_failure_is_told_and_leaves_nothing(
    programme: Programme,
    division: Division,
    reviewer: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = checked(programme, {"platforms": [new(division, "新设园区")]}, user=reviewer)

    def broken(*_args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ledger_writer, "write", broken)
    run = committed(run, reviewer)
    assert run.state == State.FAILED
    assert run.refusal
    assert not Platform.objects.exists()


def test_the_preview_that_was_seen_is_the_one_that_is_written(
    programme: Programme, platform: Platform, reviewer: User
) -> None:
    run = checked(programme, {"platforms": [row(platform, level="国家级")]}, user=reviewer)
    with pytest.raises(ValidationError) as refused:
        commit(run=run, digest="another", reason="核对", user=reviewer)
    assert refused.value.code == "moved"


def test_a_person_gives_a_reason(programme: Programme, platform: Platform, reviewer: User) -> None:
    run = checked(programme, {"platforms": [row(platform, level="国家级")]}, user=reviewer)
    ImportRun.objects.filter(pk=run.pk).update(reason="")
    with pytest.raises(ValidationError) as refused:
        commit(run=run, digest=run.data_digest, reason=" ", user=reviewer)
    assert "reason" in refused.value.message_dict


# --- Long files, workers and cancelling -----------------------------------------------------------


@pytest.fixture
def long_file(
    monkeypatch: pytest.MonkeyPatch, programme: Programme, division: Division, reviewer: User
) -> ImportRun:
    """A run that waits for a worker which never comes."""
    monkeypatch.setattr(importing, "SMALL", 1)
    monkeypatch.setattr(checking, "CHUNK", 2)
    monkeypatch.setattr(ledger_writer, "CHUNK", 2)
    rows = [new(division, f"新设园区{number}") for number in range(5)]
    run = checked(programme, {"platforms": rows}, user=reviewer)
    assert run.state == State.QUEUED
    return run


def test_a_long_file_is_checked_and_written_by_the_worker(
    long_file: ImportRun, reviewer: User
) -> None:
    check_now(long_file)
    long_file.refresh_from_db()
    assert (long_file.state, long_file.added, long_file.rows_done) == (State.CHECKED, 5, 5)
    run = committed(long_file, reviewer)
    assert run.state == State.COMMITTING
    commit_now(run)
    run.refresh_from_db()
    assert (run.state, Platform.objects.count()) == (State.COMMITTED, 5)


def test_one_that_waits_is_cancelled_at_once(long_file: ImportRun, reviewer: User) -> None:
    assert cancel(run=long_file, user=reviewer).state == State.CANCELLED
    check_now(long_file)
    long_file.refresh_from_db()
    assert long_file.state == State.CANCELLED
    with pytest.raises(ValidationError):
        cancel(run=long_file, user=reviewer)


def test_a_check_stops_at_the_next_chunk(
    long_file: ImportRun, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = keeping.keep_chunk, []

    def cancelled(*args: Any) -> None:
        calls.append(args)
        real(*args)
        cancel(run=long_file, user=reviewer)

    monkeypatch.setattr(checking, "keep_chunk", cancelled)
    check_now(long_file)
    long_file.refresh_from_db()
    assert (long_file.state, len(calls)) == (State.CANCELLED, 1)
    assert not long_file.rows.exists()


def test_a_commit_stops_at_the_next_chunk(
    long_file: ImportRun, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_now(long_file)
    long_file.refresh_from_db()
    run = committed(long_file, reviewer)
    ImportRun.objects.filter(pk=run.pk).update(cancel_asked=True)
    commit_now(run)
    run.refresh_from_db()
    assert (run.state, Platform.objects.count()) == (State.CANCELLED, 0)


def test_a_lost_check_is_taken_up_again(
    long_file: ImportRun, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    class WorkerGoneError(BaseException):
        """As when the process is killed: nobody cleans up."""

    real, calls = keeping.keep_chunk, []

    def killed(*args: Any) -> None:
        calls.append(args)
        real(*args)
        if len(calls) == 2:
            raise WorkerGoneError

    monkeypatch.setattr(checking, "keep_chunk", killed)
    with pytest.raises(WorkerGoneError):
        check_now(long_file)
    monkeypatch.setattr(checking, "keep_chunk", real)
    long_file.refresh_from_db()
    assert (long_file.state, long_file.rows.count()) == (State.CHECKING, 2)
    with pytest.raises(ValidationError):
        check_again(run=long_file, user=reviewer)

    ImportRun.objects.filter(pk=long_file.pk).update(seen_at=timezone.now() - 2 * LOST_AFTER)
    long_file.refresh_from_db()
    assert long_file.is_lost
    check_again(run=long_file, user=reviewer)
    check_now(long_file)
    long_file.refresh_from_db()
    assert (long_file.state, long_file.added, long_file.rows.count()) == (State.CHECKED, 5, 5)


def test_a_worker_that_was_thought_lost_adds_nothing(
    long_file: ImportRun, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = keeping.keep_chunk
    taken: list[bool] = []

    def slow(*args: Any) -> None:
        real(*args)
        if not taken:
            taken.append(True)
            ImportRun.objects.filter(pk=long_file.pk).update(
                seen_at=timezone.now() - 2 * LOST_AFTER
            )
            check_again(run=long_file, user=reviewer)
            check_now(long_file)

    monkeypatch.setattr(checking, "keep_chunk", slow)
    check_now(long_file)
    long_file.refresh_from_db()
    assert (long_file.state, long_file.added, long_file.rows.count()) == (State.CHECKED, 5, 5)


def test_a_lost_commit_is_taken_up_again(long_file: ImportRun, reviewer: User) -> None:
    check_now(long_file)
    long_file.refresh_from_db()
    run = committed(long_file, reviewer)
    ImportRun.objects.filter(pk=run.pk).update(seen_at=timezone.now() - 2 * LOST_AFTER)
    run = committed(run, reviewer)
    commit_now(run)
    run.refresh_from_db()
    assert (run.state, Platform.objects.count()) == (State.COMMITTED, 5)


def test_queries_grow_by_chunk_and_not_by_row(
    programme: Programme, division: Division, reviewer: User
) -> None:
    def queries(rows: int) -> int:
        sheet = [new(division, f"园区{rows}-{number}", level="市级") for number in range(rows)]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            run = checked(programme, {"platforms": sheet}, user=reviewer)
            assert committed(run, reviewer).state == State.COMMITTED
        return len(asked)

    queries(1)
    few = queries(3)
    assert queries(30) == few

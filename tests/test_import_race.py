"""Two commits at once: one is written, the other finds that the data moved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from exchange.models import ImportRun
from exchange.services import importing
from exchange.services.importing import commit_now
from platforms_portal.access import Role
from tests import factories as make
from tests.importing import checked, committed
from tests.test_import_commit import history, new, row
from zones.models import Platform

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time"
    ),
]

State = ImportRun.State


def at_once(*runs: ImportRun) -> list[str]:
    """Let a worker write each of ``runs`` at the same moment; return how they ended."""
    barrier = Barrier(len(runs))

    def work(run: ImportRun) -> str:
        try:
            barrier.wait(10)
            commit_now(run)
            return str(ImportRun.objects.get(pk=run.pk).state)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runs)) as pool:
        return sorted(pool.map(work, runs))


@pytest.fixture
def reviewer() -> User:
    return make.make_user(Role.COMMISSION_REVIEWER)


@pytest.fixture
def workers_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave every commit to the workers of the test."""
    monkeypatch.setattr(importing, "commit_now", lambda _run: None)


@pytest.mark.usefixtures("workers_come_later")
def test_of_two_imports_of_one_record_one_is_written(reviewer: User) -> None:
    programme = make.make_programme()
    platform = make.make_platform(programme, make.make_division(programme))
    before = history(Platform).count()
    runs = [
        committed(
            checked(programme, {"platforms": [row(platform, level=level)]}, user=reviewer), reviewer
        )
        for level in ("国家级", "省级")
    ]
    assert at_once(*runs) == [State.COMMITTED, State.STALE]
    assert history(Platform).count() == before + 1


@pytest.mark.usefixtures("workers_come_later")
def test_two_workers_write_one_run_once(reviewer: User) -> None:
    programme = make.make_programme()
    division = make.make_division(programme)
    rows = [new(division, f"新设园区{number}") for number in range(20)]
    run = committed(checked(programme, {"platforms": rows}, user=reviewer), reviewer)
    assert at_once(run, run) == [State.COMMITTED, State.COMMITTED]
    assert Platform.objects.count() == 20


@pytest.mark.usefixtures("workers_come_later")
def test_of_two_imports_that_add_one_name_one_is_written(reviewer: User) -> None:
    programme = make.make_programme()
    division = make.make_division(programme)
    runs = [
        committed(
            checked(programme, {"platforms": [new(division, "新设园区")]}, user=reviewer), reviewer
        )
        for _ in range(2)
    ]
    assert at_once(*runs) == [State.COMMITTED, State.STALE]
    assert Platform.objects.count() == 1

"""The migrations make the tables that the other tests have made straight from the models."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

if TYPE_CHECKING:
    from collections.abc import Iterator

EMPTY = "portal_migrated_from_nothing"


@pytest.fixture
def empty_database(tmp_path: Path, transactional_db: None) -> Iterator[str]:
    """Yield the address of a database with nothing in it, of the kind that the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {EMPTY}")
        cursor.execute(f"CREATE DATABASE {EMPTY}")
    yield f"{server}/{EMPTY}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {EMPTY}")


def test_from_nothing_they_make_every_table_and_a_programme_can_be_loaded(
    empty_database: str,
) -> None:
    environment = {**os.environ, "DATABASE_URL": empty_database}
    for arguments in (
        ["migrate", "--verbosity", "0"],
        ["migrate", "--check"],
        ["load_programme", "tests/programmes/should_pass/sample_city"],
    ):
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"


def test_no_app_has_two_ends() -> None:
    assert MigrationLoader(connection=None).detect_conflicts() == {}

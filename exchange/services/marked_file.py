"""The workbook as it was sent, with what is wrong marked in it."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import override

from exchange.marking import write_marked
from exchange.matching import Match
from exchange.problems import Problem, Severity
from exchange.selectors.runs import problems_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exchange.models import ImportRun

CHUNK = 2_000


def problems_as_found(run: ImportRun) -> Iterator[Problem]:
    """Yield the problems of ``run`` as the check found them."""
    for kept in problems_of(run).iterator(chunk_size=CHUNK):
        yield Problem(
            severity=Severity(kept.severity),
            sheet=kept.sheet,
            row=kept.row,
            place=kept.place,
            column=kept.column,
            heading=kept.heading,
            value=kept.value,
            message=kept.message,
            remedy=kept.remedy,
            code=kept.code,
        )


@contextmanager
def local_copy(run: ImportRun) -> Iterator[Path]:
    """Give the file of ``run`` as a file on this machine, wherever it is stored.

    Raises ``OSError`` or ``ValueError`` where it is no longer kept.
    """
    suffix = Path(run.file_name).suffix.lower()
    with run.file.open("rb") as stored, tempfile.NamedTemporaryFile(suffix=suffix) as copy:
        shutil.copyfileobj(stored, copy)
        copy.flush()
        yield Path(copy.name)


def mark(run: ImportRun, target: Path, *, only_faulty: bool) -> None:
    """Write the marked workbook of ``run`` to ``target``, in the language of its problems."""
    matches = [Match.from_json(match) for match in run.matches]
    with local_copy(run) as source, override(run.language or None):
        write_marked(
            source,
            run.file_name,
            matches,
            problems_as_found(run),
            target,
            only_faulty=only_faulty,
        )

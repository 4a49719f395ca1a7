"""What tests of imports share: workbooks made in memory, and runs through the services."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from exchange.matching import Found, How, Match
from exchange.models import ImportRun
from exchange.services.importing import commit, confirm, receive
from exchange.subjects import subject_with

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accounts.models import User
    from consolidation.models import Programme
    from zones.models import Division


def workbook(sheets: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    """Return a workbook with one sheet a subject: headings are the labels of its columns."""
    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for key, rows in sheets.items():
        subject = subject_with(key)
        names = list(dict.fromkeys(name for row in rows for name in row))
        sheet = book.create_sheet(str(subject.label)[:31])
        sheet.append([str(subject.column(name).label) for name in names])
        for row in rows:
            sheet.append([row.get(name) for name in names])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def upload(content: bytes, name: str = "台账.xlsx") -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def match_of(key: str, names: Sequence[str], sheet: str) -> Match:
    """Return the match of a sheet whose columns are ``names`` from A on."""
    found = [
        Found(place, str(subject_with(key).column(name).label), name, How.LABEL)
        for place, name in enumerate(names)
    ]
    return Match(sheet, key, (1, 1), found)


def checked(
    programme: Programme,
    sheets: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    template: str = "ledger",
    user: User | None = None,
    division: Division | None = None,
    name: str = "台账.xlsx",
) -> ImportRun:
    """Return the run of a workbook, received, confirmed and checked."""
    run = receive(
        programme=programme,
        division=division,
        template=template,
        upload=upload(workbook(sheets), name),
        user=user,
        direct=True,
        reason="年度核对",
    )
    if run.state == ImportRun.State.TO_CONFIRM:
        matches = [Match.from_json(data) for data in run.matches]
        run = confirm(run=run, matches=matches, user=user)
    return run


def committed(run: ImportRun, user: User | None = None) -> ImportRun:
    """Return ``run`` after its commit."""
    return commit(run=run, digest=run.data_digest, reason="年度核对", user=user)

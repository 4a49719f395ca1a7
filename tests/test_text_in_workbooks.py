"""Text in the ledger is no markup and no formula in any workbook that the portal writes."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from consolidation.models import Disposition
from tests import factories as make

if TYPE_CHECKING:
    from consolidation.models import Programme

MARKUP = "<r><t>x</t></r></si></c><c><f>1+1</f></c><r></r>"
FORMULA = '=HYPERLINK("http://example.org")'


@pytest.fixture
def programme(db: None) -> Programme:
    """A city whose names are an attack."""
    programme = make.make_programme()
    division = make.make_division(programme)
    stays = make.make_platform(programme, division, name=MARKUP)
    goes = make.make_platform(programme, division, name=FORMULA)
    make.make_retained(programme, stays, listed_name=MARKUP)
    make.make_body(programme, division, stays, name=MARKUP)
    make.make_plate(programme, stays, title=MARKUP)
    plan = make.make_plan(programme, division, "submitted")
    make.dispose(plan, stays, Disposition.Kind.UPGRADE, reason=MARKUP)
    make.dispose(plan, goes, Disposition.Kind.MERGE, target=stays, reason=FORMULA)
    return programme


def sheets_of(content: bytes) -> dict[str, str]:
    """Return the parts of a workbook in which cells and their texts stand."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {
            name: book.read(name).decode()
            for name in book.namelist()
            if name.startswith("xl/worksheets/sheet") or name == "xl/sharedStrings.xml"
        }


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("report-workbook", {}),
        ("import-template", {"template": "ledger"}),
        ("import-template", {"template": "bodies"}),
        ("platforms", {"export": "xlsx"}),
        ("form-platforms", {}),
        ("form-bodies", {}),
    ],
)
def test_names_stay_names(programme: Programme, name: str, asked: dict[str, str]) -> None:
    client = Client()
    client.force_login(make.make_user())
    given = dict(asked)
    of_template = {"template": given.pop("template")} if "template" in given else {}
    address = reverse(name, kwargs={"code": programme.code, **of_template})
    answer = client.get(address, given)
    assert answer.status_code == 200
    parts = sheets_of(b"".join(answer))
    assert any("&lt;r&gt;&lt;t&gt;x" in text for text in parts.values())
    assert not any("<f>1+1</f>" in text or "<f>HYPERLINK" in text for text in parts.values())

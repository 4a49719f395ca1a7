"""``judge_ahead``: what it judged is found again by the pages, and judged anew after a change."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consolidation.selectors import findings as findings_module
from consolidation.selectors.findings import findings_in
from consolidation.selectors.state import State, state_view
from platforms_portal.history import save_recorded
from tests import factories as make


def test_readers_find_what_was_judged_ahead(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(findings_module, "may_keep", lambda *_: True)
    programme = make.make_programme()
    division = make.make_division(programme)
    platform = make.make_platform(programme, division)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            for state in State:
                findings_in(state_view(programme, state))
        return len(captured)

    call_command("judge_ahead")
    assert capsys.readouterr().out.startswith(f"{programme.code}: ")
    kept = queries()
    assert kept <= 3 * 4
    platform.name = "改名"
    save_recorded(platform, user=make.make_user(), reason="更名")
    assert queries() > kept
    call_command("judge_ahead")
    assert queries() == kept

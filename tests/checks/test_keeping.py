"""What is kept of a judgement says the same as the judgement, in every language."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import override

from consolidation.checks.keeping import Judged, pack, unpack
from consolidation.checks.run import judge, report
from consolidation.models import MergePlan
from consolidation.selectors import findings as findings_module
from consolidation.selectors.findings import judged
from consolidation.selectors.plans import owners_of
from consolidation.selectors.state import State, StateView, state_view
from tests import factories as make


def _city() -> MergePlan:
    programme = make.make_programme()
    division = make.make_division(programme, name="东区", name_en="East")
    make.make_platform(programme, division, name="甲")
    make.make_body(programme, division, make.make_platform(programme, division, name="乙"))
    return make.make_plan(programme, division, MergePlan.State.SUBMITTED)


@pytest.mark.django_db
@pytest.mark.parametrize("state", list(State))
def test_what_is_kept_says_the_same_in_every_language(state: State) -> None:
    programme = _city().programme
    view = state_view(programme, state)
    found = judge(view)
    again = unpack(pack(found), owners_of(programme))
    assert again.counted == found.counted
    for language in ("zh-hans", "en"):
        with override(language):
            assert report(view, again.findings) == report(view, found.findings)
            assert [(str(one.message), bool(one.formula)) for one in again.findings] == [
                (str(one.message), bool(one.formula)) for one in found.findings
            ]


@pytest.mark.django_db(transaction=True)
class TestKeeping:
    @pytest.fixture(autouse=True)
    def _as_on_the_site(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()
        cache.clear()

    def test_a_judgement_is_kept_until_anything_changes(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plan = _city()
        ran: list[State] = []

        def judge_and_tell(view: StateView) -> Judged:
            ran.append(view.state)
            return judge(view)

        monkeypatch.setattr(findings_module, "judge", judge_and_tell)
        view = state_view(plan.programme, State.PLANNED)
        first, second = judged(view), judged(view)
        assert ran == [State.PLANNED]
        assert report(view, first.findings) == report(view, second.findings)
        make.make_platform(plan.programme, plan.division, name="丙")
        assert judged(view).counted != first.counted
        assert len(ran) == 2

    def test_nothing_is_kept_of_what_may_be_rolled_back(self) -> None:
        plan = _city()
        view = state_view(plan.programme, State.PLANNED)
        assert findings_module.may_keep(view, 0)
        with transaction.atomic():
            make.make_platform(plan.programme, plan.division, name="丙")
            tried = judged(view)
            transaction.set_rollback(True)
        after = judged(view)
        assert after.counted["platforms"] != tried.counted["platforms"]
        assert report(view, after.findings) == report(view, judge(view).findings)

    def test_a_draft_is_not_kept_where_it_was_judged_quickly(self) -> None:
        plan = _city()
        view = state_view(plan.programme, State.PLANNED, draft_of=plan.division)
        assert not findings_module.may_keep(view, 0.9)
        assert findings_module.may_keep(view, 1.1)

"""The page before a plan is submitted: what is shown there is what is checked and signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from consolidation.models import (
    BodyDisposition,
    BreachReason,
    Disposition,
    MergePlan,
    Opinion,
    Programme,
    Signature,
    Target,
)
from consolidation.selectors.counts import COUNTERS
from consolidation.selectors.opinions import seen_of
from consolidation.selectors.readiness import Readiness
from consolidation.services.reasons import save_reason
from consolidation.services.seen import ConflictError
from platforms_portal.access import Role
from tests import factories as f
from zones.models import Division, ManagementBody, Platform

pytestmark = pytest.mark.django_db

State = MergePlan.State


@dataclass
class Case:
    """A draft that breaks R10: the body of a platform that is merged goes on."""

    programme: Programme
    division: Division
    stays: Platform
    goes: Platform
    body: ManagementBody
    plan: MergePlan
    official: User

    def url(self, name: str, plan: MergePlan | None = None) -> str:
        """Return an address of the plan."""
        return reverse(name, args=[self.programme.code, (plan or self.plan).pk])

    def mend(self) -> None:
        """Let the plan break nothing."""
        decision = BodyDisposition.objects.get(body=self.body)
        decision.fate, decision.leadership_teams = BodyDisposition.Fate.ABOLISH, None
        decision.save()

    def form(self, client: Client, **changes: str) -> dict[str, str]:
        """Return the form as the page sends it, confirmed."""
        shown = client.get(self.url("plan-submit")).context["form"]
        hidden = {name: shown[name].value() for name in ("content", "ledger")}
        return {**hidden, "comment": "", "confirm": "on", **changes}


@pytest.fixture
def case() -> Case:
    programme = f.make_programme(targets=False)
    for rule in ("R06", "R10"):
        Target.objects.create(programme=programme, rule=rule, name="", clause="三")
    division = f.make_division(programme)
    stays, goes = (f.make_platform(programme, division) for _ in range(2))
    f.make_retained(programme, stays)
    plan = f.make_plan(programme, division, State.DRAFT)
    f.dispose(plan, stays, Disposition.Kind.UPGRADE)
    f.dispose(plan, goes, Disposition.Kind.MERGE, target=stays)
    f.dispose_body(plan, f.make_body(programme, division, stays), "keep", serves=stays)
    body = f.make_body(programme, division, goes)
    f.dispose_body(plan, body, "keep")
    official = f.make_user(Role.DISTRICT_OFFICIAL, division=division)
    return Case(programme, division, stays, goes, body, plan, official)


@pytest.fixture
def official(case: Case, client: Client) -> Client:
    client.force_login(case.official)
    return client


def text(response: Any) -> str:
    """Return the page as text."""
    content: str = response.content.decode()
    return content


class TestWhatStandsInTheWay:
    def test_a_breach_names_its_row_and_takes_a_reason(self, case: Case, official: Client) -> None:
        response = official.get(case.url("plan-submit"))
        obstacle, _ = response.context["obstacles"][0]
        assert obstacle.blocking.key == "R10"
        assert [cause.row for cause in obstacle.causes] == [case.goes.pk]
        shown = text(response)
        assert f"{case.url('plan-edit')}#row-{case.goes.pk}" in shown
        assert 'id="reason-R10"' in shown
        assert response.context["open_obstacles"] == 1

    def test_a_row_further_down_is_linked_with_its_page(
        self, case: Case, official: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("consolidation.views.submit.ROWS_ON_A_PAGE", 1)
        shown = text(official.get(case.url("plan-submit")))
        assert f"{case.url('plan-edit')}?page=2#row-{case.goes.pk}" in shown

    def test_an_incomplete_plan_takes_no_reason(self, case: Case, official: Client) -> None:
        Disposition.objects.get(platform=case.goes).delete()
        response = official.get(case.url("plan-submit"))
        keys = {found.blocking.key: found for found, _ in response.context["obstacles"]}
        assert not keys["R06"].blocking.may_be_excused
        assert 'id="reason-R06"' not in text(response)
        post = official.post(
            case.url("plan-reason"), {"breach": "R06", "reason": "来不及", "seen": seen_of("")}
        )
        assert post.status_code == 422
        assert not BreachReason.objects.exists()

    def test_what_the_page_says_is_what_the_submission_says(
        self, case: Case, official: Client
    ) -> None:
        response = official.post(case.url("plan-submit"), case.form(official))
        assert response.status_code == 422
        case.plan.refresh_from_db()
        assert case.plan.state == State.DRAFT
        assert "R10" in str(response.context["form"].non_field_errors())
        case.mend()
        assert official.get(case.url("plan-submit")).context["open_obstacles"] == 0
        response = official.post(case.url("plan-submit"), case.form(official))
        assert response.status_code == 302
        case.plan.refresh_from_db()
        assert case.plan.state == State.SUBMITTED


class TestReasons:
    def save(self, case: Case, **changes: Any) -> BreachReason | None:
        given = {"breach": "R10", "reason": "另有安排", "seen": seen_of(""), **changes}
        return save_reason(**{"plan": case.plan, "user": case.official, **given})

    def test_a_reason_opens_the_way_and_stands_in_the_document(
        self, case: Case, official: Client
    ) -> None:
        response = official.post(
            case.url("plan-reason"), {"breach": "R10", "reason": "另有安排", "seen": seen_of("")}
        )
        assert response.headers["Location"] == f"{case.url('plan-submit')}#breach-R10"
        page = official.get(case.url("plan-submit"))
        assert page.context["open_obstacles"] == 0
        assert "另有安排" in text(page)
        assert official.post(case.url("plan-submit"), case.form(official)).status_code == 302

    def test_an_empty_one_deletes_and_its_history_stays(self, case: Case) -> None:
        saved = self.save(case)
        assert saved is not None
        assert self.save(case) == saved  # Sent twice: nothing more, and no conflict.
        assert self.save(case, reason=" ", seen=seen_of("另有安排")) is None
        assert not BreachReason.objects.exists()
        assert BreachReason.history.count() == 2  # type: ignore[attr-defined]  # the history manager
        assert self.save(case, reason="", seen=seen_of("")) is None

    def test_a_colleagues_reason_is_not_overwritten_unseen(
        self, case: Case, official: Client
    ) -> None:
        self.save(case)
        with pytest.raises(ConflictError):
            self.save(case, reason="别的")
        response = official.post(
            case.url("plan-reason"), {"breach": "R10", "reason": "别的", "seen": seen_of("")}
        )
        assert response.status_code == 422
        assert "另有安排" in text(response)
        assert "别的" in text(response)
        seen = response.context["typed"].seen
        official.post(case.url("plan-reason"), {"breach": "R10", "reason": "别的", "seen": seen})
        assert BreachReason.objects.get().reason == "别的"

    @pytest.mark.parametrize("changes", [{"breach": "R01"}, {"breach": ""}, {"reason": "长" * 501}])
    def test_what_cannot_be_is_refused_and_kept(
        self, case: Case, official: Client, changes: dict[str, str]
    ) -> None:
        given = {"breach": "R10", "reason": "另有安排", "seen": seen_of(""), **changes}
        response = official.post(case.url("plan-reason"), given)
        assert response.status_code == 422
        assert response.context["typed"].text == given["reason"]
        assert not BreachReason.objects.exists()

    def test_only_in_a_draft_and_by_its_officials(self, case: Case, official: Client) -> None:
        with pytest.raises(PermissionDenied):
            self.save(case, user=f.make_user(Role.DISTRICT_LEADER, division=case.division))
        stranger = f.make_user(Role.DISTRICT_OFFICIAL, division=f.make_division(case.programme))
        with pytest.raises(PermissionDenied):
            self.save(case, user=stranger)
        MergePlan.objects.filter(pk=case.plan.pk).update(state=State.LEADER_REVIEW)
        with pytest.raises(ValidationError):
            self.save(case)
        response = official.post(case.url("plan-reason"), {"breach": "R10", "reason": "理由"})
        assert response.headers["Location"] == case.url("plan")


class TestSubmitting:
    def test_without_the_confirmation_nothing_happens_and_nothing_is_lost(
        self, case: Case, official: Client
    ) -> None:
        case.mend()
        response = official.post(
            case.url("plan-submit"), case.form(official, confirm="", comment="请审核")
        )
        assert response.status_code == 422
        assert set(response.context["form"].errors) == {"confirm"}
        assert "请审核" in text(response)
        assert not Signature.objects.exists()

    @pytest.mark.parametrize("first", [True, False])
    def test_to_the_leader_where_the_programme_says_so(
        self, case: Case, official: Client, first: bool
    ) -> None:
        case.mend()
        case.programme.leader_approves = first
        case.programme.save()
        response = official.post(
            case.url("plan-submit"), case.form(official, comment="请审核"), follow=True
        )
        case.plan.refresh_from_db()
        assert case.plan.state == (State.LEADER_REVIEW if first else State.SUBMITTED)
        signature = Signature.objects.get()
        assert (signature.comment, signature.user) == ("请审核", case.official)
        assert response.redirect_chain == [(case.url("plan"), 302)]
        assert signature.content_digest[:12] in text(response)

    def test_what_changed_after_it_was_shown_is_not_signed(
        self, case: Case, official: Client
    ) -> None:
        case.mend()
        form = case.form(official)
        Disposition.objects.filter(platform=case.goes).update(reason="改了")
        response = official.post(case.url("plan-submit"), form)
        assert response.status_code == 422
        assert "改了" in text(response)
        assert not Signature.objects.exists()
        # What was shown now can be signed.
        again = response.context["form"]
        fresh = {name: again[name].value() for name in ("content", "ledger")}
        assert official.post(case.url("plan-submit"), {**form, **fresh}).status_code == 302

    def test_what_changed_in_the_ledger_is_not_signed(self, case: Case, official: Client) -> None:
        case.mend()
        form = case.form(official)
        Platform.objects.filter(pk=case.goes.pk).update(name="新名称")
        assert official.post(case.url("plan-submit"), form).status_code == 422

    def test_sent_twice_it_is_submitted_once(self, case: Case, official: Client) -> None:
        case.mend()
        form = case.form(official)
        for _ in range(2):
            response = official.post(case.url("plan-submit"), form)
            assert response.headers["Location"] == case.url("plan")
        assert Signature.objects.count() == 1

    def test_a_plan_on_its_way_is_shown_instead(self, case: Case, official: Client) -> None:
        other = f.make_plan(case.programme, case.division, State.RETURNED, version=2)
        response = official.get(case.url("plan-submit", other))
        assert response.headers["Location"] == case.url("plan", other)

    def test_a_variant_is_not_submitted(self, case: Case, official: Client) -> None:
        variant = f.make_plan(case.programme, case.division, State.DRAFT, variant="另一种")
        assert official.get(case.url("plan-submit", variant)).status_code == 404
        assert official.post(case.url("plan-submit", variant)).status_code == 404

    @pytest.mark.parametrize("name", ["plan-submit", "plan-reason"])
    def test_for_its_own_officials_alone(self, case: Case, client: Client, name: str) -> None:
        assert client.post(case.url(name)).status_code == 302
        for role in (Role.DISTRICT_LEADER, Role.COMMISSION_REVIEWER, Role.ANALYST):
            division = case.division if role == Role.DISTRICT_LEADER else None
            client.force_login(f.make_user(role, division=division))
            assert client.post(case.url(name)).status_code == 403
        elsewhere = f.make_division(case.programme)
        client.force_login(f.make_user(Role.DISTRICT_OFFICIAL, division=elsewhere))
        assert client.post(case.url(name)).status_code == 404


class TestWhatIsShown:
    def test_the_figures_are_those_of_the_division(self, case: Case, official: Client) -> None:
        f.make_platform(case.programme, f.make_division(case.programme))
        figures = official.get(case.url("plan-submit")).context["figures"]
        told = {row.counter.name: (row.tally.baseline, row.tally.in_state) for row in figures}
        assert told["platforms"] == (2, 1)
        assert told["bodies"] == (2, 2)

    def test_a_figure_that_lacks_a_part_is_unknown_not_zero(
        self, case: Case, official: Client
    ) -> None:
        for body in ManagementBody.objects.all():
            f.count_heads(body, 4, 3, 2)
        page = text(official.get(case.url("plan-submit")))
        people = page.partition(str(COUNTERS["people"].title))[2].partition("</tr>")[0]
        cells = [cell.partition("</td>")[0] for cell in people.split('<td class="pp-number">')[1:]]
        assert cells == ["18", "未知", "—", "0", "6"]

    def test_what_differs_from_the_version_before_and_what_is_unanswered(
        self, case: Case, official: Client
    ) -> None:
        MergePlan.objects.filter(pk=case.plan.pk).update(
            state=State.RETURNED, submitted_on=f.SUBMITTED
        )
        case.plan.refresh_from_db()
        for answer in ("", "已改"):
            Opinion.objects.create(
                plan=case.plan,
                part="content",
                subject="platform",
                subject_id=case.goes.pk,
                label=case.goes.name,
                text=f"请说明{answer}",
                author=f.make_user(),
                is_sent=True,
                answer=answer,
            )
        official.post(case.url("plan-revise"))
        draft = MergePlan.objects.get(version=2)
        Disposition.objects.filter(plan=draft, platform=case.goes).update(reason="相邻")
        context = official.get(case.url("plan-submit", draft)).context
        changed = [
            row.line.subject_id
            for part in context["reading"].sections
            for row in part.rows
            if row.is_changed
        ]
        assert changed == [case.goes.pk]
        assert [opinion.text for opinion in context["unanswered"]] == ["请说明"]

    def test_as_many_queries_for_many_rows(self, case: Case, official: Client) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                official.get(case.url("plan-submit"))
            return len(captured)

        queries()
        few = queries()
        for _ in range(3):
            platform = f.make_platform(case.programme, case.division)
            f.dispose(case.plan, platform, Disposition.Kind.MERGE, target=case.stays)
            f.dispose_body(case.plan, f.make_body(case.programme, case.division, platform), "keep")
        assert queries() == few
        assert len(Readiness(case.plan).blocking[0].finding.breaking) == 4

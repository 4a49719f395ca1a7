"""The plan's page for whoever decides on it: opinions at rows, signatures, versions, the buttons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from consolidation.models import Disposition, MergePlan, Opinion, Programme, Signature
from consolidation.selectors import findings as findings_module
from consolidation.selectors.opinions import (
    opinions_for_draft,
    opinions_on,
    seen_of,
)
from consolidation.selectors.way import may_begin
from consolidation.services.opinions import answer_opinion, delete_opinion, write_opinion
from consolidation.services.seen import ConflictError
from consolidation.services.versions import copy_as_variant, revise
from consolidation.services.workflow import Seen, return_plan, submit
from platforms_portal.access import Countersigns, Role
from platforms_portal.history import save_recorded
from tests import factories as f
from zones.models import Division, ManagementBody, Platform

pytestmark = pytest.mark.django_db

State = MergePlan.State


@dataclass
class Case:
    """A submitted plan, and everybody who has to do with it."""

    programme: Programme
    division: Division
    stays: Platform
    goes: Platform
    body: ManagementBody
    plan: MergePlan
    users: dict[str, User] = field(default_factory=dict)

    def url(self, name: str, plan: MergePlan | None = None, *more: str) -> str:
        """Return an address of the plan."""
        return reverse(name, args=[self.programme.code, (plan or self.plan).pk, *more])

    def write(self, who: str, **changes: Any) -> Opinion:
        """Let somebody write an opinion on the platform that goes."""
        given = {"part": "content", "subject": "platform", "subject_id": self.goes.pk}
        return write_opinion(
            **{"plan": self.plan, "user": self.users[who], "text": "请说明", **given, **changes}
        )

    def on_body(self, who: str, part: str = "bodies") -> Opinion:
        """Let somebody write an opinion on the body."""
        return self.write(who, part=part, subject="body", subject_id=self.body.pk)

    def return_it(self, who: str = "reviewer") -> None:
        """Return the plan."""
        user = self.users[who]
        return_plan(plan=self.plan, user=user, seen=Seen.by(user, self.plan), reason="请核对")
        self.plan.refresh_from_db()

    def answer(
        self, opinion: Opinion, text: str = "已改", seen: str = "", who: str = "official"
    ) -> Opinion:
        """Let somebody answer."""
        return answer_opinion(
            opinion=opinion, user=self.users[who], answer=text, seen=seen_of(seen)
        )


@pytest.fixture
def case() -> Case:
    programme = f.make_programme(targets=False)
    division = f.make_division(programme)
    stays, goes = (f.make_platform(programme, division) for _ in range(2))
    f.make_retained(programme, stays)
    body = f.make_body(programme, division, stays)
    f.count_heads(body, 5, 5, 5)
    plan = f.make_plan(programme, division, State.DRAFT)
    f.dispose(plan, stays, Disposition.Kind.UPGRADE)
    f.dispose(plan, goes, Disposition.Kind.MERGE, target=stays)
    f.dispose_body(plan, body, "keep", serves=stays)
    f.plan_heads(plan, body, 3, 3, 3)
    f.make_plate(programme, stays)
    bodies = f.make_department(programme, countersigns=Countersigns.BODIES)
    people = f.make_department(programme, countersigns=Countersigns.PEOPLE)
    case = Case(programme, division, stays, goes, body, plan)
    case.users = {
        "official": f.make_user(Role.DISTRICT_OFFICIAL, division=division),
        "leader": f.make_user(Role.DISTRICT_LEADER, division=division),
        "reviewer": f.make_user(Role.COMMISSION_REVIEWER),
        "colleague": f.make_user(Role.COMMISSION_REVIEWER),
        "bodies": f.make_user(Role.COUNTERSIGNER, department=bodies),
        "people": f.make_user(Role.COUNTERSIGNER, department=people),
        "analyst": f.make_user(Role.ANALYST),
    }
    official = case.users["official"]
    submit(plan=plan, user=official, seen=Seen.by(official, plan))
    plan.refresh_from_db()
    return case


def text(response: Any) -> str:
    """Return the page as text."""
    content: str = response.content.decode()
    return content


def sign_form(client: Client, case: Case, choice: str = "consent", **more: str) -> dict[str, str]:
    """Return the form of the box “Your decision” as the page sends it."""
    form = getattr(client.get(case.url("plan")).context["decision"], choice).form
    return {name: form[name].value() for name in ("content", "ledger")} | more


def act(client: Client, case: Case, action: str, **given: str) -> Any:
    """Do ``action`` as the page offers it."""
    choice = "refusal" if "return" in action else "consent"
    form = sign_form(client, case, choice, **given)
    return client.post(case.url("plan-act", None, action), form)


class TestDecisions:
    def test_the_whole_way_over_the_pages(self, case: Case, client: Client) -> None:
        for who in ("bodies", "people"):
            client.force_login(case.users[who])
            assert act(client, case, "countersign").status_code == 302
            # Signed once: nothing more to consent to.
            assert (
                getattr(client.get(case.url("plan")).context["decision"], "consent", None) is None
            )
        client.force_login(case.users["reviewer"])
        page = client.get(case.url("plan"))
        assert [state.is_left for state in page.context["parts"]] == [False, False]
        assert act(client, case, "approve", comment="同意").status_code == 302
        case.plan.refresh_from_db()
        assert case.plan.state == State.APPROVED
        page = client.get(case.url("plan"))
        assert page.context["decided"]
        assert [s.action for s in page.context["signatures"]] == [
            "submit",
            "countersign",
            "countersign",
            "approve",
        ]

    def test_the_commission_waits_for_the_departments(self, case: Case, client: Client) -> None:
        client.force_login(case.users["reviewer"])
        decision = client.get(case.url("plan")).context["decision"]
        assert decision.consent is None
        assert len(decision.notes) == 1
        assert [state.is_left for state in client.get(case.url("plan")).context["parts"]] == [
            True,
            True,
        ]
        form = sign_form(client, case, "refusal")
        response = client.post(case.url("plan-act", None, "approve"), form)
        assert response.status_code == 422

    def test_the_leader_sends_back_with_a_reason(self, case: Case, client: Client) -> None:
        MergePlan.objects.filter(pk=case.plan.pk).update(
            state=State.LEADER_REVIEW, submitted_on=None
        )
        client.force_login(case.users["leader"])
        assert act(client, case, "leader_return", reason=" ").status_code == 422
        assert act(client, case, "leader_return", reason="缺一项").status_code == 302
        client.force_login(case.users["official"])
        page = client.get(case.url("plan"))
        assert "缺一项" in text(page)
        assert page.context["may_edit"]
        assert case.url("plan-edit") in text(page)

    def test_the_leader_approves(self, case: Case, client: Client) -> None:
        MergePlan.objects.filter(pk=case.plan.pk).update(
            state=State.LEADER_REVIEW, submitted_on=None
        )
        client.force_login(case.users["leader"])
        assert act(client, case, "leader_approve").status_code == 302
        case.plan.refresh_from_db()
        assert case.plan.state == State.SUBMITTED

    def test_what_passes_within_the_division_stays_there(self, case: Case, client: Client) -> None:
        Signature.objects.create(
            plan=case.plan,
            action="leader_return",
            user=case.users["leader"],
            signer="负责人",
            role=Role.DISTRICT_LEADER,
            day=f.AS_OF,
            comment="内部意见",
        )
        for who, seen in (("official", True), ("reviewer", False), ("analyst", False)):
            client.force_login(case.users[who])
            page = client.get(case.url("plan"))
            acts = {signature.action for signature in page.context["signatures"]}
            assert ("leader_return" in acts) is seen

    def test_a_refused_act_keeps_what_was_typed(self, case: Case, client: Client) -> None:
        client.force_login(case.users["bodies"])
        form = sign_form(client, case, comment="同意编制")
        Disposition.objects.filter(platform=case.goes).update(reason="后台改动")
        response = client.post(case.url("plan-act", None, "countersign"), form)
        assert response.status_code == 422
        assert "同意编制" in text(response)
        assert "后台改动" in text(response)
        assert not Signature.objects.filter(action="countersign").exists()
        shown = response.context["decision"].consent.form
        assert shown["content"].value() != form["content"]

    def test_signed_twice_it_counts_once(self, case: Case, client: Client) -> None:
        client.force_login(case.users["bodies"])
        form = sign_form(client, case)
        url = case.url("plan-act", None, "countersign")
        assert [client.post(url, form).status_code for _ in range(2)] == [302, 422]
        assert Signature.objects.filter(action="countersign").count() == 1

    def test_a_stale_page_is_told_that_the_plan_has_moved_on(
        self, case: Case, client: Client
    ) -> None:
        client.force_login(case.users["reviewer"])
        form = sign_form(client, case, "refusal", reason="请核对")
        case.return_it()
        response = client.post(case.url("plan-act", None, "return"), form)
        assert response.status_code == 422
        assert response.context["problems"]
        assert response.context["decision"] is None

    def test_a_department_sees_and_signs_its_own_parts(self, case: Case, client: Client) -> None:
        keys = {}
        for who in ("bodies", "people", "analyst"):
            client.force_login(case.users[who])
            context = client.get(case.url("plan")).context
            keys[who] = {part.section.key for part in context["reading"].sections}
            assert (context["decision"] is None) == (who == "analyst")
        assert keys["people"] - keys["bodies"] == {"staff", "redeployments"}

    @pytest.mark.parametrize(
        ("action", "may"),
        [
            ("leader_approve", {"leader"}),
            ("leader_return", {"leader"}),
            ("countersign", {"bodies", "people"}),
            ("countersigner_return", {"bodies", "people"}),
            ("approve", {"reviewer", "colleague"}),
            ("return", {"reviewer", "colleague"}),
        ],
    )
    def test_nobody_else_may(self, case: Case, client: Client, action: str, may: set[str]) -> None:
        for who, user in case.users.items():
            client.force_login(user)
            status = client.post(case.url("plan-act", None, action)).status_code
            assert status == (422 if who in may else 403), who

    def test_only_acts_of_the_table_and_only_by_post(self, case: Case, client: Client) -> None:
        client.force_login(case.users["reviewer"])
        for action in ("submit", "complete", "nothing"):
            assert client.post(case.url("plan-act", None, action)).status_code == 404
        assert client.get(case.url("plan-act", None, "approve")).status_code == 405

    def test_another_divisions_plan_is_not_found(self, case: Case, client: Client) -> None:
        elsewhere = f.make_division(case.programme)
        client.force_login(f.make_user(Role.DISTRICT_LEADER, division=elsewhere))
        assert client.post(case.url("plan-act", None, "leader_return")).status_code == 404
        client.force_login(f.make_user(Role.DISTRICT_OFFICIAL, division=elsewhere))
        for name in ("plan-withdraw", "plan-revise", "plan-compare"):
            method = client.get if name == "plan-compare" else client.post
            assert method(case.url(name)).status_code == 404

    def test_the_plan_says_that_plan_or_ledger_moved(self, case: Case, client: Client) -> None:
        client.force_login(case.users["analyst"])
        moved = client.get(case.url("plan")).context["moved"]
        assert (moved.content, moved.ledger) == (False, False)
        Platform.objects.filter(pk=case.goes.pk).update(name="改名")
        moved = client.get(case.url("plan")).context["moved"]
        assert (moved.content, moved.ledger) == (False, True)
        Disposition.objects.filter(platform=case.goes).update(reason="改")
        assert client.get(case.url("plan")).context["moved"].content


class TestWritingOpinions:
    def test_it_stands_at_its_row_for_its_own_side_alone(self, case: Case, client: Client) -> None:
        client.force_login(case.users["reviewer"])
        given = {"part": "content", "subject": "platform", "subject_id": str(case.goes.pk)}
        response = client.post(case.url("plan-opinion"), {**given, "text": "请说明"})
        opinion = Opinion.objects.get()
        assert response.headers["Location"] == f"{case.url('plan')}#opinion-{opinion.pk}"
        assert (opinion.label, opinion.is_sent) == (case.goes.name, False)
        for who, sees in (("colleague", True), ("bodies", False), ("official", False)):
            client.force_login(case.users[who])
            context = client.get(case.url("plan")).context
            at_row = [
                row.line.subject_id
                for part in context["reading"].sections
                for row in part.rows
                if row.opinions
            ]
            assert at_row == ([case.goes.pk] if sees else []), who

    def test_the_same_twice_is_one(self, case: Case) -> None:
        assert case.write("reviewer") == case.write("reviewer")
        assert case.write("colleague").pk
        assert Opinion.objects.count() == 2

    def test_of_the_whole_plan(self, case: Case, client: Client) -> None:
        client.force_login(case.users["people"])
        client.post(case.url("plan-opinion"), {"text": "总体意见"})
        opinion = Opinion.objects.get()
        assert (opinion.subject, opinion.part) == ("plan", "people")
        assert client.get(case.url("plan")).context["reading"].general == [opinion]

    def test_a_department_stays_in_its_part(self, case: Case) -> None:
        case.on_body("bodies")
        case.on_body("people", part="people")
        with pytest.raises(PermissionDenied):
            case.write("bodies")
        with pytest.raises(PermissionDenied):
            case.on_body("bodies", part="people")

    @pytest.mark.parametrize("who", ["official", "leader", "analyst"])
    def test_nobody_else_writes(self, case: Case, client: Client, who: str) -> None:
        with pytest.raises(PermissionDenied):
            case.write(who)
        client.force_login(case.users[who])
        assert client.post(case.url("plan-opinion"), {"text": "请说明"}).status_code == 403

    def test_a_department_of_another_city_does_not_either(self, case: Case) -> None:
        abroad = f.make_department(f.make_programme(), countersigns=Countersigns.BODIES)
        case.users["abroad"] = f.make_user(Role.COUNTERSIGNER, department=abroad)
        with pytest.raises(PermissionDenied):
            case.on_body("abroad")

    @pytest.mark.parametrize(
        "changes",
        [
            {"text": " "},
            {"text": "长" * 2001},
            {"subject_id": "0"},
            {"subject_id": "x"},
            {"subject": "plate"},
            {"subject": "nothing"},
            {"part": "nothing"},
            {"subject": "plan"},
        ],
    )
    def test_what_cannot_be_is_refused_and_kept(
        self, case: Case, client: Client, changes: dict[str, str]
    ) -> None:
        client.force_login(case.users["reviewer"])
        given = {"part": "content", "subject": "platform", "subject_id": str(case.goes.pk)}
        response = client.post(case.url("plan-opinion"), {**given, "text": "请说明", **changes})
        assert response.status_code == 422
        assert response.context["typed"].text == changes.get("text", "请说明")
        assert not Opinion.objects.exists()

    def test_what_was_typed_stands_in_its_row_again(self, case: Case, client: Client) -> None:
        client.force_login(case.users["reviewer"])
        given = {"part": "content", "subject": "platform", "subject_id": str(case.goes.pk)}
        long = "长" * 2001
        shown = text(client.post(case.url("plan-opinion"), {**given, "text": long}))
        assert f'id="text-content-platform-{case.goes.pk}-error"' in shown
        assert long in shown

    def test_only_as_long_as_the_plan_can_be_returned(self, case: Case) -> None:
        MergePlan.objects.filter(pk=case.plan.pk).update(state=State.COUNTERSIGNED)
        assert case.write("reviewer").pk
        with pytest.raises(ValidationError):
            case.on_body("bodies")
        case.return_it()
        with pytest.raises(ValidationError):
            case.write("reviewer")

    def test_an_unsent_opinion_keeps_its_side_from_signing(
        self, case: Case, client: Client
    ) -> None:
        case.on_body("bodies")
        client.force_login(case.users["bodies"])
        assert client.get(case.url("plan")).context["decision"].consent is None
        client.force_login(case.users["people"])
        assert client.get(case.url("plan")).context["decision"].consent is not None

    def test_taken_back_by_its_author_alone(self, case: Case, client: Client) -> None:
        opinion = case.write("reviewer")
        url = reverse("opinion-delete", args=[case.programme.code, opinion.pk])
        for who, status in (("official", 403), ("bodies", 404), ("colleague", 403)):
            client.force_login(case.users[who])
            assert client.post(url).status_code == status, who
        client.force_login(case.users["reviewer"])
        assert client.post(url).status_code == 302
        assert not Opinion.objects.exists()
        assert Opinion.history.count() == 2  # type: ignore[attr-defined]  # the history manager
        delete_opinion(opinion=opinion, user=case.users["reviewer"])  # Gone already.

    def test_what_was_sent_stays(self, case: Case, client: Client) -> None:
        opinion = case.write("reviewer")
        case.return_it()
        client.force_login(case.users["reviewer"])
        url = reverse("opinion-delete", args=[case.programme.code, opinion.pk])
        assert client.post(url).status_code == 422
        assert Opinion.objects.filter(pk=opinion.pk).exists()


class TestAnswering:
    def test_seen_by_everybody_once_sent_but_by_parts(self, case: Case) -> None:
        case.write("reviewer")
        case.on_body("reviewer", part="people")
        case.on_body("bodies")
        case.return_it()
        # The department's own was sent with the commission's return; parts are kept apart.
        told = {who: len(opinions_on(case.plan, user)) for who, user in case.users.items()}
        assert told == {
            "official": 3,
            "leader": 3,
            "reviewer": 3,
            "colleague": 3,
            "analyst": 3,
            "bodies": 2,
            "people": 3,
        }
        bodies = opinions_on(case.plan, case.users["bodies"])
        assert {opinion.part for opinion in bodies} == {"content", "bodies"}

    def test_over_the_page(self, case: Case, client: Client) -> None:
        opinion = case.write("reviewer")
        case.return_it()
        client.force_login(case.users["official"])
        page = client.get(case.url("plan"))
        assert page.context["may_answer"]
        assert page.context["may_revise"]
        url = reverse("opinion-answer", args=[case.programme.code, opinion.pk])
        response = client.post(url, {"answer": "已改", "seen": seen_of("")})
        assert response.headers["Location"] == f"{case.url('plan')}#opinion-{opinion.pk}"
        opinion.refresh_from_db()
        assert (opinion.answer, opinion.answered_by) == ("已改", case.users["official"])
        client.force_login(case.users["reviewer"])
        assert "已改" in text(client.get(case.url("plan")))

    def test_until_it_is_submitted_again(self, case: Case) -> None:
        opinion = case.write("reviewer")
        with pytest.raises(ValidationError):
            case.answer(opinion)
        case.return_it()
        case.answer(opinion)
        draft = revise(plan=case.plan, user=case.users["official"])
        assert case.answer(opinion, "再改", "已改").answer == "再改"
        assert case.answer(opinion, "再改", "已改").answer == "再改"  # Sent twice.
        told = opinions_for_draft(draft, case.users["official"])
        assert [found.answer for found in told] == ["再改"]
        variant = copy_as_variant(plan=draft, name="另一种", user=case.users["official"])
        assert opinions_for_draft(variant, case.users["official"]) == told
        official = case.users["official"]
        submit(plan=draft, user=official, seen=Seen.by(official, draft))
        with pytest.raises(ValidationError):
            case.answer(opinion, "太晚", "再改")

    def test_a_colleagues_answer_is_not_overwritten_unseen(
        self, case: Case, client: Client
    ) -> None:
        opinion = case.write("reviewer")
        case.return_it()
        case.answer(opinion)
        with pytest.raises(ConflictError):
            case.answer(opinion, "别的")
        client.force_login(case.users["official"])
        url = reverse("opinion-answer", args=[case.programme.code, opinion.pk])
        response = client.post(url, {"answer": "别的", "seen": seen_of("")})
        assert response.status_code == 422
        shown = text(response)
        assert "别的" in shown
        assert "已改" in shown
        seen = response.context["typed"].seen
        assert client.post(url, {"answer": "别的", "seen": seen}).status_code == 302

    def test_by_the_divisions_officials_alone(self, case: Case, client: Client) -> None:
        opinion = case.write("reviewer")
        url = reverse("opinion-answer", args=[case.programme.code, opinion.pk])
        client.force_login(case.users["official"])
        assert client.post(url, {"answer": "早"}).status_code == 404  # Not sent yet.
        case.return_it()
        for who in ("leader", "reviewer", "bodies", "analyst"):
            with pytest.raises(PermissionDenied):
                case.answer(opinion, who=who)
            client.force_login(case.users[who])
            assert client.post(url).status_code == 403
        elsewhere = f.make_division(case.programme)
        client.force_login(f.make_user(Role.DISTRICT_OFFICIAL, division=elsewhere))
        assert client.post(url).status_code == 404
        client.force_login(case.users["official"])
        assert client.post(url, {"answer": " "}).status_code == 422


class TestButtons:
    def test_begin(self, case: Case, client: Client) -> None:
        fresh = f.make_division(case.programme)
        official = f.make_user(Role.DISTRICT_OFFICIAL, division=fresh)
        client.force_login(official)
        start = reverse("plan-start", args=[case.programme.code])
        for name in ("plans", "programme"):
            assert start in text(client.get(reverse(name, args=[case.programme.code])))
        for _ in range(2):
            response = client.post(start)
            plan = MergePlan.objects.get(division=fresh)
            assert response.headers["Location"] == case.url("plan-edit", plan)
        for name in ("plans", "programme"):
            assert start not in text(client.get(reverse(name, args=[case.programme.code])))
        assert not may_begin(official, case.programme)
        assert not may_begin(case.users["reviewer"], case.programme)
        client.force_login(case.users["official"])
        assert client.post(start).headers["Location"] == reverse(
            "plans", args=[case.programme.code]
        )
        client.force_login(case.users["reviewer"])
        assert client.post(start).status_code == 403

    def test_take_up_again(self, case: Case, client: Client) -> None:
        client.force_login(case.users["official"])
        assert client.post(case.url("plan-revise")).status_code == 422
        case.return_it()
        response = client.post(case.url("plan-revise"))
        draft = MergePlan.objects.get(version=2)
        assert response.headers["Location"] == case.url("plan-edit", draft)
        assert (
            client.post(case.url("plan-revise")).headers["Location"] == response.headers["Location"]
        )
        assert not client.get(case.url("plan")).context["may_revise"]
        assert draft.first_submitted_on == case.plan.first_submitted_on

    def test_take_back(self, case: Case, client: Client) -> None:
        client.force_login(case.users["official"])
        assert client.post(case.url("plan-withdraw")).status_code == 422
        MergePlan.objects.filter(pk=case.plan.pk).update(
            state=State.LEADER_REVIEW, submitted_on=None
        )
        assert client.get(case.url("plan")).context["may_withdraw"]
        assert client.post(case.url("plan-withdraw")).status_code == 302
        case.plan.refresh_from_db()
        assert case.plan.state == State.DRAFT
        client.force_login(case.users["leader"])
        assert client.post(case.url("plan-withdraw")).status_code == 403


class TestVersions:
    @pytest.fixture
    def draft(self, case: Case) -> MergePlan:
        case.return_it()
        draft = revise(plan=case.plan, user=case.users["official"])
        Disposition.objects.filter(plan=draft, platform=case.goes).update(reason="相邻")
        return draft

    def changed(self, response: Any) -> list[tuple[str, int]]:
        """Return the rows that differ."""
        return [
            (part.section.key, row.line.subject_id)
            for part in response.context["reading"].sections
            for row in part.rows
            if row.is_changed
        ]

    def test_two_versions_differ_by_rows_whichever_way(
        self, case: Case, draft: MergePlan, client: Client
    ) -> None:
        client.force_login(case.users["official"])
        for plan, other in ((draft, case.plan), (case.plan, draft)):
            page = client.get(case.url("plan-compare", plan), {"with": other.pk})
            assert self.changed(page) == [("platforms", case.goes.pk)]
            assert (page.context["old"], page.context["new"]) == (case.plan, draft)
            assert "相邻" in text(page)
        assert client.get(case.url("plan-compare", draft)).context["other"] == case.plan

    def test_rows_that_came_and_went(self, case: Case, draft: MergePlan, client: Client) -> None:
        added = f.make_platform(case.programme, f.make_division(case.programme))
        f.dispose(draft, added, Disposition.Kind.ABOLISH)
        client.force_login(case.users["official"])
        page = client.get(case.url("plan-compare", draft))
        assert ("platforms", added.pk) in self.changed(page)
        Disposition.objects.filter(plan=draft, platform=added).delete()
        f.dispose(case.plan, added, Disposition.Kind.ABOLISH)
        page = client.get(case.url("plan-compare", draft))
        gone = [
            row.line.subject_id
            for part in page.context["reading"].sections
            for row in part.rows
            if row.is_gone
        ]
        assert gone == [added.pk]

    def test_a_draft_and_variants_are_the_officials(
        self, case: Case, draft: MergePlan, client: Client
    ) -> None:
        variant = copy_as_variant(plan=draft, name="另一种", user=case.users["official"])
        url = case.url("plan-compare", draft)
        client.force_login(case.users["official"])
        page = client.get(url, {"with": variant.pk})
        assert page.status_code == 200
        assert self.changed(page) == []
        assert client.get(case.url("plan-compare", variant)).status_code == 200
        client.force_login(case.users["leader"])
        assert client.get(url).status_code == 200
        assert client.get(url, {"with": variant.pk}).status_code == 404
        client.force_login(case.users["reviewer"])
        assert client.get(url).status_code == 404
        assert client.get(case.url("plan-compare")).context["reading"] is None

    @pytest.mark.usefixtures("draft")
    def test_only_plans_of_one_owner(self, case: Case, client: Client) -> None:
        foreign = f.make_plan(case.programme, f.make_division(case.programme))
        client.force_login(case.users["reviewer"])
        url = case.url("plan-compare")
        assert client.get(url, {"with": foreign.pk}).status_code == 404
        assert client.get(url, {"with": "x"}).status_code == 400

    @pytest.mark.usefixtures("draft")
    def test_the_page_lists_those_that_the_reader_sees(self, case: Case, client: Client) -> None:
        for who, versions in (("official", [2, 1]), ("reviewer", [1])):
            client.force_login(case.users[who])
            shown = client.get(case.url("plan")).context["versions"]
            assert [plan.version for plan in shown] == versions


@pytest.mark.parametrize("who", ["reviewer", "official"])
@pytest.mark.parametrize("state", [State.SUBMITTED, State.RETURNED, State.APPROVED])
def test_as_many_queries_for_many_rows_and_opinions(
    case: Case, client: Client, monkeypatch: pytest.MonkeyPatch, who: str, state: str
) -> None:
    # Each test is a transaction that is rolled back, in which nothing would be kept.
    monkeypatch.setattr(findings_module, "in_trial", lambda: False)
    monkeypatch.setattr(findings_module, "may_keep", lambda *_: True)
    client.force_login(case.users[who])

    def add(number: int) -> None:
        for _ in range(number):
            platform = f.make_platform(case.programme, case.division)
            body = f.make_body(case.programme, case.division, platform)
            f.dispose(case.plan, platform, Disposition.Kind.MERGE, target=case.stays)
            f.dispose_body(case.plan, body, "abolish")
            f.count_heads(body, 1, 1, 1)
            f.move(case.plan, body, "administrative", 1)
            Opinion.objects.create(
                plan=case.plan,
                part="content",
                subject="platform",
                subject_id=platform.pk,
                text="请说明",
                author=f.make_user(department=f.make_department(case.programme)),
                is_sent=True,
            )

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(case.url("plan")).status_code == 200
        return len(captured)

    MergePlan.objects.filter(pk=case.plan.pk).update(state=state)
    add(1)
    queries()
    few = queries()
    add(3)
    queries()
    assert queries() == few
    assert few <= 15


def test_what_is_kept_of_a_plan_is_read_anew_once_a_record_changes(
    case: Case, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings_module, "in_trial", lambda: False)
    client.force_login(case.users["reviewer"])
    url = case.url("plan")

    def names() -> list[str]:
        sections = client.get(url).context["reading"].sections
        return [row.line.label for section in sections for row in section.rows]

    assert "改了名的平台" not in names()
    decided = Disposition.objects.filter(plan=case.plan).first()
    assert decided is not None
    decided.platform.name = "改了名的平台"
    save_recorded(decided.platform, user=case.users["reviewer"], reason="更名")
    assert any("改了名的平台" in name for name in names())


def test_a_long_plan_is_shown_in_pieces_and_signed_as_a_whole(
    case: Case, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consolidation.views.pieces.ROWS_SHOWN", 2)
    added = [f.make_platform(case.programme, case.division) for _ in range(3)]
    for platform in added:
        f.dispose(case.plan, platform, Disposition.Kind.ABOLISH)
    client.force_login(case.users["reviewer"])
    for name in ("plan", "plan-sides"):
        shown = []
        for page in (1, 2, 3):
            answer = client.get(case.url(name), {"page": str(page)})
            content = answer.content.decode()
            main = content[content.index("<main") : content.index("</main>")]
            shown += [one for one in added if f">{one.name}<" in main]
            assert "内容较长" in main
        assert shown == added
    # Whichever piece is open, the whole is what is returned or signed.
    form = client.get(case.url("plan"), {"page": "2"}).context["decision"].refusal.form
    assert form["content"].value() == Seen.by(case.users["reviewer"], case.plan).content
    last = client.get(case.url("plan"), {"page": "99"})
    assert last.context["page_obj"].number == 3


def test_a_refused_opinion_is_shown_on_the_page_of_its_row(
    case: Case, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consolidation.views.pieces.ROWS_SHOWN", 1)
    client.force_login(case.users["reviewer"])
    second = client.get(case.url("plan"), {"page": "2"}).context["reading"].sections[0].rows[1]
    shown = client.get(case.url("plan"), {"page": "2"}).content.decode()
    assert f'id="{second.anchor}"' in shown
    assert f'id="{second.anchor}"' not in client.get(case.url("plan")).content.decode()
    sent = {
        "part": "content",
        "subject": "platform",
        "subject_id": str(second.line.subject_id),
        "place": second.anchor,
        "text": "",
    }
    refused = client.post(case.url("plan-opinion"), sent)
    assert refused.status_code == 422
    assert f'id="{second.anchor}"' in refused.content.decode()

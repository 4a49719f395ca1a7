"""The way of a plan where it is narrow: stale pages, colleagues, what was loaded, what fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from consolidation.models import (
    Arrangement,
    Attachment,
    Disposition,
    MergePlan,
    Notice,
    Opinion,
    Signature,
)
from consolidation.selectors.document import content_digest
from consolidation.selectors.opinions import opinions_on
from consolidation.services import workflow
from consolidation.services.versions import revise
from consolidation.services.workflow import Seen
from platforms_portal.access import Countersigns, Role
from tests import factories as f

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

pytestmark = pytest.mark.django_db

State = MergePlan.State


class Case:
    """One district's plan in a city with one department that countersigns."""

    def __init__(self) -> None:
        self.programme = f.make_programme(targets=False, leader_approves=True)
        self.division = f.make_division(self.programme)
        self.platform = f.make_platform(self.programme, self.division)
        self.department = f.make_department(self.programme, countersigns=Countersigns.BODIES)
        self.official = f.make_user(
            Role.DISTRICT_OFFICIAL, division=self.division, email="jingban@example.cn"
        )
        self.leader = f.make_user(
            Role.DISTRICT_LEADER, division=self.division, email="lingdao@example.cn"
        )
        self.reviewer, self.colleague = f.make_user(), f.make_user()
        self.signer, self.second = (
            f.make_user(Role.COUNTERSIGNER, department=self.department) for _ in range(2)
        )

    def plan(self, state: str = State.DRAFT) -> MergePlan:
        """Return a plan in ``state`` that was brought there by loading, not by signing."""
        plan = f.make_plan(self.programme, self.division, state)
        f.dispose(plan, self.platform, Disposition.Kind.ABOLISH)
        return plan

    def opine(self, plan: MergePlan, author: User) -> Opinion:
        """Return an opinion of ``author`` that is not sent."""
        return Opinion.objects.create(
            plan=plan,
            part="bodies",
            subject="plan",
            text="请说明",
            author=author,
            department=author.department,
        )


@pytest.fixture
def case() -> Case:
    return Case()


def do(act: Callable[..., MergePlan], plan: MergePlan, user: User, **given: Any) -> MergePlan:
    """Act on ``plan`` as whoever has just read it."""
    return act(**{"plan": plan, "user": user, "seen": Seen.by(user, plan), **given})


class TestStale:
    def test_a_plan_in_memory_is_read_again_under_the_lock(self, case: Case) -> None:
        plan = do(workflow.submit, case.plan(), case.official)
        stale = MergePlan.objects.get(pk=plan.pk)
        workflow.withdraw(plan=plan, user=case.official)
        with pytest.raises(ValidationError) as refused:
            do(workflow.leader_approve, stale, case.leader)
        assert refused.value.code == "state"

    def test_a_leader_does_not_send_back_what_was_not_shown(self, case: Case) -> None:
        plan = do(workflow.submit, case.plan(), case.official)
        seen = Seen.by(case.leader, plan)
        plan = workflow.withdraw(plan=plan, user=case.official)
        Disposition.objects.filter(plan=plan).update(reason="改了")
        plan = do(workflow.submit, plan, case.official)
        with pytest.raises(ValidationError) as refused:
            do(workflow.leader_return, plan, case.leader, seen=seen, reason="请改")
        assert refused.value.code == "moved"
        plan.refresh_from_db()
        assert plan.state == State.LEADER_REVIEW

    def test_nor_does_the_commission(self, case: Case) -> None:
        plan = case.plan(State.SUBMITTED)
        seen = Seen.by(case.reviewer, plan)
        Disposition.objects.filter(plan=plan).update(reason="改了")
        with pytest.raises(ValidationError):
            do(workflow.return_plan, plan, case.reviewer, seen=seen, reason="请改")


class TestTold:
    def test_mail_goes_out_after_the_commit_alone(
        self, case: Case, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=False) as callbacks:
            do(workflow.submit, case.plan(), case.official)
            assert mail.outbox == []
        for callback in callbacks:
            callback()
        assert [message.to for message in mail.outbox] == [["lingdao@example.cn"]]
        (sent,) = mail.outbox
        # The site was not told its own name: a bare path would lead nowhere.
        assert "/programmes/" not in sent.body
        assert sent.body.endswith("请登录系统，在“通知”页面中打开。")

    def test_a_mail_links_to_the_site_that_knows_its_name(
        self, case: Case, settings: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        settings.PORTAL_URL = "https://portal.example.gov.cn"
        with django_capture_on_commit_callbacks(execute=True):
            plan = do(workflow.submit, case.plan(), case.official)
        (sent,) = mail.outbox
        page = reverse("plan", args=[case.programme.code, plan.pk])
        assert sent.body.endswith(f"在系统中打开：https://portal.example.gov.cn{page}")
        assert sent.subject.endswith(f"：{case.programme.name}")

    def test_a_mail_server_that_is_down_undoes_nothing(
        self,
        case: Case,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        def down(*_args: Any, **_kwargs: Any) -> None:
            raise ConnectionRefusedError

        monkeypatch.setattr("consolidation.services.notices.get_connection", down)
        with django_capture_on_commit_callbacks(execute=True):
            plan = do(workflow.submit, case.plan(), case.official)
        assert plan.state == State.LEADER_REVIEW
        assert Notice.objects.get().user == case.leader

    def test_a_refused_act_leaves_nothing_behind(self, case: Case) -> None:
        plan = case.plan(State.SUBMITTED)
        before = plan.history.count()  # type: ignore[attr-defined]  # the history manager
        with pytest.raises(ValidationError):
            do(workflow.approve, plan, case.reviewer)
        assert plan.history.count() == before  # type: ignore[attr-defined]  # the same
        assert not Signature.objects.exists()
        assert not Notice.objects.exists()

    def test_who_acts_is_not_told(self, case: Case) -> None:
        plan = do(workflow.submit, case.plan(), case.official)
        do(workflow.leader_approve, plan, case.leader)
        told = set(Notice.objects.filter(kind=Notice.Kind.SUBMITTED).values_list("user", flat=True))
        assert told == {
            user.pk for user in (case.reviewer, case.colleague, case.signer, case.second)
        }


class TestOneVoice:
    def test_a_colleagues_opinion_keeps_from_signing_and_every_one_is_sent_with_the_return(
        self, case: Case
    ) -> None:
        plan = case.plan(State.SUBMITTED)
        opinion = case.opine(plan, case.second)
        with pytest.raises(ValidationError):
            do(workflow.countersign, plan, case.signer)
        others = case.opine(plan, case.reviewer)
        do(workflow.return_plan, plan, case.signer, reason="请核对")
        opinion.refresh_from_db()
        others.refresh_from_db()
        assert (opinion.is_sent, others.is_sent) == (True, True)

    def test_a_departments_draft_goes_with_the_commissions_return(self, case: Case) -> None:
        plan = case.plan(State.SUBMITTED)
        opinion = case.opine(plan, case.signer)
        with pytest.raises(ValidationError):
            do(workflow.return_plan, plan, case.reviewer, reason=" ")
        assert not Opinion.objects.get(pk=opinion.pk).is_sent
        do(workflow.return_plan, plan, case.reviewer, reason="请核对")
        assert Opinion.objects.get(pk=opinion.pk).is_sent
        told = opinion.history.first()  # type: ignore[attr-defined]  # the history manager
        assert told.history_user == case.reviewer
        # The division sees it under its author and department, and may answer it.
        (shown,) = opinions_on(plan, case.official)
        assert (shown.author, shown.department) == (case.signer, case.department)

    def test_the_commission_is_one_side_wherever_its_reviewers_sit(self, case: Case) -> None:
        plan = case.plan(State.COUNTERSIGNED)
        sits = f.make_user(department=f.make_department(case.programme))
        opinion = case.opine(plan, sits)
        with pytest.raises(ValidationError):
            do(workflow.approve, plan, case.reviewer)
        do(workflow.return_plan, plan, case.reviewer, reason="请核对")
        opinion.refresh_from_db()
        assert opinion.is_sent

    def test_a_part_is_signed_by_one_for_its_department(self, case: Case) -> None:
        plan = do(workflow.countersign, case.plan(State.SUBMITTED), case.signer)
        assert plan.state == State.COUNTERSIGNED
        with pytest.raises(ValidationError):
            do(workflow.countersign, plan, case.second)


class TestVersions:
    def test_the_first_day_is_kept_and_the_new_version_is_signed_anew(self, case: Case) -> None:
        plan = case.plan(State.SUBMITTED)
        first = plan.first_submitted_on
        plan = do(workflow.return_plan, plan, case.reviewer, reason="请核对")
        draft = revise(plan=plan, user=case.official)
        assert (draft.version, draft.return_reason) == (2, "请核对")
        draft = do(workflow.submit, draft, case.official)
        draft = do(workflow.leader_approve, draft, case.leader)
        assert draft.first_submitted_on == first
        assert draft.submitted_on == case.programme.opens_as_of
        assert draft.return_reason == ""
        assert do(workflow.countersign, draft, case.signer).state == State.COUNTERSIGNED
        plan.refresh_from_db()
        assert plan.state == State.RETURNED

    def test_a_first_day_that_is_not_known_is_not_made_up_later(self, case: Case) -> None:
        plan = case.plan(State.SUBMITTED)
        MergePlan.objects.filter(pk=plan.pk).update(first_submitted_on=None)
        plan.refresh_from_db()
        plan = do(workflow.return_plan, plan, case.reviewer, reason="请核对")
        draft = do(workflow.submit, revise(plan=plan, user=case.official), case.official)
        draft = do(workflow.leader_approve, draft, case.leader)
        assert draft.submitted_on == case.programme.opens_as_of
        assert draft.first_submitted_on is None


class TestApproval:
    def test_what_was_countersigned_on_paper_and_loaded_can_be_approved(self, case: Case) -> None:
        plan = do(workflow.approve, case.plan(State.COUNTERSIGNED), case.reviewer)
        assert plan.state == State.APPROVED

    def test_a_platform_that_left_the_list_is_told(self, case: Case) -> None:
        plan = case.plan(State.COUNTERSIGNED)
        Arrangement.objects.create(plan=plan, platform=case.platform, parcels=1)
        with pytest.raises(ValidationError, match=case.platform.name):
            do(workflow.approve, plan, case.reviewer)
        plan.refresh_from_db()
        assert plan.state == State.COUNTERSIGNED


def test_a_file_attached_under_two_names_is_signed_twice(case: Case) -> None:
    plan = case.plan()
    digests = []
    for name in ("请示.pdf", "批复.pdf"):
        Attachment.objects.create(
            plan=plan, name=name, size=1, sha256="0" * 64, uploaded_by=case.official
        )
        digests.append(content_digest(plan))
    assert digests[0] != digests[1]

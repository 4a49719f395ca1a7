"""The way of a plan: who may do what in which state, what a signature is bound to, who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from consolidation.models import (
    Arrangement,
    Disposition,
    ExecutionStep,
    MergePlan,
    Notice,
    Opinion,
    Programme,
    RetainedPlatform,
    Signature,
)
from consolidation.selectors.shown import Moved
from consolidation.selectors.signing import parts_left
from consolidation.services import workflow
from consolidation.services.workflow import Seen
from consolidation.transitions import TRANSITIONS, allowed
from platforms_portal.access import Countersigns, Role
from tests import factories as make

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User
    from zones.models import Division

pytestmark = pytest.mark.django_db

State, Action = MergePlan.State, Signature.Action

STEPS: dict[str, Callable[[MergePlan, User], MergePlan]] = {
    Action.SUBMIT: lambda plan, user: workflow.submit(
        plan=plan, user=user, seen=Seen.by(user, plan)
    ),
    Action.WITHDRAW: lambda plan, user: workflow.withdraw(plan=plan, user=user),
    Action.LEADER_APPROVE: lambda plan, user: workflow.leader_approve(
        plan=plan, user=user, seen=Seen.by(user, plan)
    ),
    Action.LEADER_RETURN: lambda plan, user: workflow.leader_return(
        plan=plan, user=user, seen=Seen.by(user, plan), reason="请核对"
    ),
    Action.COUNTERSIGN: lambda plan, user: workflow.countersign(
        plan=plan, user=user, seen=Seen.by(user, plan)
    ),
    Action.COUNTERSIGNER_RETURN: lambda plan, user: workflow.return_plan(
        plan=plan, user=user, seen=Seen.by(user, plan), reason="请核对"
    ),
    Action.RETURN: lambda plan, user: workflow.return_plan(
        plan=plan, user=user, seen=Seen.by(user, plan), reason="请核对"
    ),
    Action.APPROVE: lambda plan, user: workflow.approve(
        plan=plan, user=user, seen=Seen.by(user, plan)
    ),
}


class Case:
    """A city with two departments that countersign, one district, and everybody who acts."""

    def __init__(self) -> None:
        self.programme: Programme = make.make_programme(targets=False)
        self.division: Division = make.make_division(self.programme)
        self.stays = make.make_platform(self.programme, self.division)
        self.goes = make.make_platform(self.programme, self.division)
        make.make_retained(self.programme, self.stays)
        self.bodies = make.make_department(self.programme, countersigns=Countersigns.BODIES)
        self.people = make.make_department(self.programme, countersigns=Countersigns.PEOPLE)
        self.users = {
            "official": make.make_user(
                Role.DISTRICT_OFFICIAL, division=self.division, email="a@x.cn"
            ),
            "leader": make.make_user(Role.DISTRICT_LEADER, division=self.division),
            "other official": make.make_user(
                Role.DISTRICT_OFFICIAL, division=make.make_division(self.programme)
            ),
            "reviewer": make.make_user(Role.COMMISSION_REVIEWER, email="b@x.cn"),
            "signs bodies": make.make_user(Role.COUNTERSIGNER, department=self.bodies),
            "signs people": make.make_user(Role.COUNTERSIGNER, department=self.people),
            "analyst": make.make_user(Role.ANALYST),
            "auditor": make.make_user(Role.AUDITOR),
            "administrator": make.make_user(Role.ADMINISTRATOR),
        }

    def plan(self, state: str = State.DRAFT) -> MergePlan:
        internal = state in MergePlan.INTERNAL_STATES
        plan = make.make_plan(self.programme, self.division, state)
        if internal:
            plan.submitted_on = plan.first_submitted_on = None
            plan.save()
        make.dispose(plan, self.stays, Disposition.Kind.UPGRADE)
        make.dispose(plan, self.goes, Disposition.Kind.MERGE, target=self.stays)
        return plan


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.mark.parametrize("action", STEPS)
@pytest.mark.parametrize("state", State.values)
def test_an_act_is_done_by_whom_the_table_names_and_only_in_its_states(
    case: Case, action: str, state: str
) -> None:
    for name, user in case.users.items():
        plan = case.plan(state)
        may = allowed(plan, action, user)
        # A department's return and the commission's are one service, told apart by its user.
        if action == Action.RETURN and user.role == Role.COUNTERSIGNER:
            may = allowed(plan, Action.COUNTERSIGNER_RETURN, user)
        elif action == Action.COUNTERSIGNER_RETURN and user.role == Role.COMMISSION_REVIEWER:
            may = allowed(plan, Action.RETURN, user)
        # Departments must sign first; of a submitted plan none has.
        blocked = action == Action.APPROVE and state == State.SUBMITTED
        if may and not blocked:
            done = STEPS[action](plan, user)
            assert done.state in TRANSITIONS[action].targets, (name, done.state)
            assert Signature.objects.filter(plan=plan).exists()
        else:
            with pytest.raises((PermissionDenied, ValidationError)):
                STEPS[action](plan, user)
            plan.refresh_from_db()
            assert plan.state == state, name
            assert not Signature.objects.filter(plan=plan).exists()
        Notice.objects.all().delete()
        Signature.objects.all().delete()
        ExecutionStep.objects.all().delete()
        plan.delete()


def test_the_whole_way_up(
    case: Case, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    plan, users = case.plan(), case.users
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        plan = STEPS[Action.SUBMIT](plan, users["official"])
    assert plan.state == State.SUBMITTED
    assert plan.first_submitted_on == plan.submitted_on == case.programme.opens_as_of
    told = {notice.user for notice in Notice.objects.filter(kind=Notice.Kind.SUBMITTED)}
    assert told == {users["reviewer"], users["signs bodies"], users["signs people"]}
    assert [message.to for message in mail.outbox] == [["b@x.cn"]]
    plan = STEPS[Action.COUNTERSIGN](plan, users["signs people"])
    assert plan.state == State.SUBMITTED
    assert parts_left(plan) == ["bodies"]
    with pytest.raises(ValidationError):
        STEPS[Action.COUNTERSIGN](plan, users["signs people"])
    with pytest.raises(ValidationError):
        STEPS[Action.APPROVE](plan, users["reviewer"])
    plan = STEPS[Action.COUNTERSIGN](plan, users["signs bodies"])
    assert plan.state == State.COUNTERSIGNED
    Arrangement.objects.create(
        plan=plan, platform=case.stays, operator_company="示例集团", parcels=2
    )
    plan = STEPS[Action.APPROVE](plan, users["reviewer"])
    assert plan.decided_on == case.programme.opens_as_of
    retained = RetainedPlatform.objects.get(platform=case.stays)
    assert (retained.operator_company, retained.parcels) == ("示例集团", 2)
    titles = ExecutionStep.objects.filter(disposition__platform=case.goes)
    assert [step.title for step in titles.order_by("pk")] == ["整合批文", "资产移交"]
    order = list(Signature.objects.filter(plan=plan).values_list("action", flat=True))
    assert order == ["submit", "countersign", "countersign", "approve"]


def test_the_leader_comes_first_where_the_programme_says_so(case: Case) -> None:
    Programme.objects.filter(pk=case.programme.pk).update(leader_approves=True)
    users, plan = case.users, case.plan()
    plan = STEPS[Action.SUBMIT](plan, users["official"])
    assert plan.state == State.LEADER_REVIEW
    assert plan.submitted_on is None
    assert [n.user for n in Notice.objects.all()] == [users["leader"]]
    plan = STEPS[Action.LEADER_RETURN](plan, users["leader"])
    assert (plan.state, plan.return_reason) == (State.DRAFT, "请核对")
    plan = STEPS[Action.SUBMIT](plan, users["official"])
    plan = STEPS[Action.LEADER_APPROVE](plan, users["leader"])
    assert plan.state == State.SUBMITTED
    assert plan.submitted_on == case.programme.opens_as_of


class TestSignature:
    def test_is_bound_to_what_the_signer_was_shown(self, case: Case) -> None:
        plan, user = case.plan(), case.users["official"]
        seen = Seen.by(user, plan)
        Disposition.objects.filter(plan=plan, platform=case.goes).update(reason="改过")
        with pytest.raises(ValidationError) as refused:
            workflow.submit(plan=plan, user=user, seen=seen)
        assert refused.value.code == "moved"
        plan.refresh_from_db()
        assert plan.state == State.DRAFT

    def test_is_refused_where_the_ledger_moved(self, case: Case) -> None:
        plan, user = case.plan(), case.users["official"]
        seen = Seen.by(user, plan)
        case.goes.level = "provincial"
        case.goes.save()
        with pytest.raises(ValidationError):
            workflow.submit(plan=plan, user=user, seen=seen)

    def test_tells_when_plan_or_ledger_move_afterwards(self, case: Case) -> None:
        plan = STEPS[Action.SUBMIT](case.plan(), case.users["official"])
        moved = Moved(plan)
        assert (moved.content, moved.ledger) == (False, False)
        case.goes.name = "另一个名称"
        case.goes.save()
        moved = Moved(plan)
        assert (moved.content, moved.ledger) == (False, True)

    def test_of_a_department_holds_its_own_part_alone(self, case: Case) -> None:
        plan = STEPS[Action.SUBMIT](case.plan(), case.users["official"])
        reader = case.users["signs bodies"]
        seen = Seen.by(reader, plan)
        body = make.make_body(case.programme, case.division)
        # Who signs for bodies is not shown the people, so their figures do not unsettle it …
        make.plan_heads(plan, body, 7)
        with pytest.raises(ValidationError):
            # … but a body that came into the ledger does.
            workflow.countersign(plan=plan, user=reader, seen=seen)
        seen = Seen.by(reader, plan)
        plan.staff_plans.all().delete()
        assert workflow.countersign(plan=plan, user=reader, seen=seen).state == State.SUBMITTED

    def test_sent_twice_does_nothing_twice(self, case: Case) -> None:
        plan, user = case.plan(), case.users["official"]
        seen = Seen.by(user, plan)
        workflow.submit(plan=plan, user=user, seen=seen)
        with pytest.raises(ValidationError) as refused:
            workflow.submit(plan=plan, user=user, seen=seen)
        assert refused.value.code == "state"
        assert Signature.objects.count() == 1


class TestWhatBlocks:
    @pytest.fixture
    def strict(self, case: Case) -> Case:
        case.programme.targets.create(rule="R06", clause="三")
        case.programme.targets.create(rule="R04", clause="二")
        return case

    def test_an_incomplete_plan_is_refused_and_no_reason_helps(self, strict: Case) -> None:
        plan = strict.plan()
        plan.breach_reasons.create(rule="R06", reason="来不及")
        Disposition.objects.filter(platform=strict.goes).delete()
        with pytest.raises(ValidationError) as refused:
            STEPS[Action.SUBMIT](plan, strict.users["official"])
        assert "R06" in refused.value.messages[0]

    def test_another_breach_is_mended_or_carries_a_reason(self, strict: Case) -> None:
        plan, user = strict.plan(), strict.users["official"]
        second = make.make_platform(strict.programme, strict.division)
        make.make_retained(strict.programme, second)
        make.dispose(plan, second, Disposition.Kind.UPGRADE)
        with pytest.raises(ValidationError) as refused:
            STEPS[Action.SUBMIT](plan, user)
        assert [message[:3] for message in refused.value.messages] == ["R04"]
        plan.breach_reasons.create(rule="R04", reason="申请认定分片区")
        assert STEPS[Action.SUBMIT](plan, user).state == State.SUBMITTED


def test_a_return_sends_the_opinions_and_says_why(case: Case) -> None:
    plan = STEPS[Action.SUBMIT](case.plan(), case.users["official"])
    reviewer = case.users["reviewer"]
    opinion = Opinion.objects.create(
        plan=plan,
        part="content",
        subject="platform",
        subject_id=case.goes.pk,
        text="去向不明",
        author=reviewer,
    )
    for name in ("signs bodies", "signs people"):
        plan = STEPS[Action.COUNTERSIGN](plan, case.users[name])
    with pytest.raises(ValidationError):
        # What was written and not sent would be lost on the way.
        STEPS[Action.APPROVE](plan, reviewer)
    plan.refresh_from_db()
    plan = STEPS[Action.RETURN](plan, reviewer)
    opinion.refresh_from_db()
    assert opinion.is_sent
    assert (plan.state, plan.return_reason) == (State.RETURNED, "请核对")
    notice = Notice.objects.get(kind=Notice.Kind.RETURNED)
    assert notice.user == case.users["official"]
    assert "请核对" in notice.detail


def test_a_return_needs_a_reason(case: Case) -> None:
    plan = STEPS[Action.SUBMIT](case.plan(), case.users["official"])
    user = case.users["reviewer"]
    with pytest.raises(ValidationError) as refused:
        workflow.return_plan(plan=plan, user=user, seen=Seen.by(user, plan), reason="  ")
    assert set(refused.value.message_dict) == {"reason"}


def test_a_department_of_another_city_signs_nothing_here(case: Case) -> None:
    plan = STEPS[Action.SUBMIT](case.plan(), case.users["official"])
    elsewhere = make.make_department(make.make_programme(), countersigns=Countersigns.BODIES)
    stranger = make.make_user(Role.COUNTERSIGNER, department=elsewhere)
    with pytest.raises(PermissionDenied):
        STEPS[Action.COUNTERSIGN](plan, stranger)


def test_without_departments_a_submitted_plan_can_be_approved(case: Case) -> None:
    case.users["signs bodies"].delete()
    case.users["signs people"].delete()
    case.bodies.delete()
    case.people.delete()
    plan = STEPS[Action.SUBMIT](case.plan(), case.users["official"])
    assert STEPS[Action.APPROVE](plan, case.users["reviewer"]).state == State.APPROVED

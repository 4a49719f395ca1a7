"""Carrying out: reported with evidence, confirmed by the commission, counted only then."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consolidation.models import Disposition, ExecutionStep, MergePlan, Notice
from consolidation.selectors.counts import tallies, total
from consolidation.selectors.state import State, state_view
from consolidation.services.execution import prepare_steps
from consolidation.services.stepping import confirm_step, object_to_step, report_step, seen_of
from platforms_portal.access import Role
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = datetime.date(2021, 3, 1)


class Work:
    """An approved plan that abolishes one platform in three steps."""

    def __init__(self) -> None:
        self.programme = make.make_programme()
        self.division = make.make_division(self.programme)
        self.platform = make.make_platform(self.programme, self.division)
        self.plan = make.make_plan(self.programme, self.division, MergePlan.State.APPROVED)
        self.decision = make.dispose(self.plan, self.platform, Disposition.Kind.ABOLISH)
        self.official = make.make_user(Role.DISTRICT_OFFICIAL, division=self.division)
        self.reviewer = make.make_user(Role.COMMISSION_REVIEWER)
        self.steps = prepare_steps(plan=self.plan, user=self.reviewer)

    def report(self, step: ExecutionStep, **given: object) -> ExecutionStep:
        step.refresh_from_db()
        values = {
            "planned_on": None,
            "carried_out_on": DAY,
            "document_number": "杭政〔2021〕1号",
            "seen": seen_of(step),
            **given,
        }
        return report_step(step=step, user=self.official, **values)  # type: ignore[arg-type]

    def confirm(self, step: ExecutionStep) -> ExecutionStep:
        step.refresh_from_db()
        return confirm_step(step=step, user=self.reviewer, seen=seen_of(step))

    def platforms(self) -> int:
        view = state_view(self.programme, State.ACTUAL)
        return total(tallies(view, "platforms")).in_state


@pytest.fixture
def work() -> Work:
    return Work()


def test_steps_are_those_that_the_programme_asks_for(work: Work) -> None:
    assert [step.title for step in work.steps] == ["撤销批文", "摘牌", "资产移交"]
    assert prepare_steps(plan=work.plan, user=work.reviewer) == []
    other = Work()
    ExecutionStep.objects.filter(disposition=other.decision).delete()
    other.programme.step_templates.create(subject="abolish", title="公告撤销")
    made = prepare_steps(plan=other.plan, user=other.reviewer)
    assert [step.title for step in made] == ["公告撤销"]


def test_only_what_is_confirmed_counts_and_the_last_step_completes_the_plan(work: Work) -> None:
    for step in work.steps:
        work.report(step)
    work.plan.refresh_from_db()
    assert work.plan.state == MergePlan.State.IN_EXECUTION
    assert work.platforms() == 1
    for step in work.steps[:2]:
        work.confirm(step)
    assert work.platforms() == 1
    work.confirm(work.steps[2])
    assert work.platforms() == 0
    work.plan.refresh_from_db()
    assert work.plan.state == MergePlan.State.COMPLETED
    assert work.plan.completed_on == work.programme.opens_as_of
    kinds = set(Notice.objects.values_list("kind", flat=True))
    assert kinds == {"step_reported", "step_confirmed", "completed"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"carried_out_on": make.AS_OF + datetime.timedelta(days=1)}, "carried_out_on"),
        ({"carried_out_on": make.BASELINE - datetime.timedelta(days=1)}, "carried_out_on"),
        ({"document_number": "  "}, "document_number"),
        ({"document_number": "字" * 121}, "document_number"),
    ],
)
def test_a_report_is_refused_at_its_field(work: Work, given: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        work.report(work.steps[0], **given)
    assert set(refused.value.message_dict) == {field}


def test_today_and_the_baseline_date_are_days_like_others(work: Work) -> None:
    work.report(work.steps[0], carried_out_on=make.AS_OF)
    work.report(work.steps[1], carried_out_on=make.BASELINE)


def test_a_step_that_somebody_changed_is_not_overwritten(work: Work) -> None:
    seen = seen_of(work.steps[0])
    work.report(work.steps[0])
    with pytest.raises(ValidationError) as refused:
        work.report(work.steps[0], document_number="杭政〔2021〕2号", seen=seen)
    assert "杭政〔2021〕1号" in " ".join(refused.value.messages)
    # The same report again does nothing.
    work.report(work.steps[0], seen=seen)


def test_the_commission_confirms_only_what_it_has_seen_reported(work: Work) -> None:
    step = work.steps[0]
    with pytest.raises(ValidationError):
        work.confirm(step)
    work.report(step)
    step.refresh_from_db()
    seen = seen_of(step)
    work.report(step, document_number="杭政〔2021〕3号")
    with pytest.raises(ValidationError):
        confirm_step(step=step, user=work.reviewer, seen=seen)
    work.confirm(step)
    work.confirm(step)
    with pytest.raises(ValidationError):
        work.report(step, document_number="杭政〔2021〕4号")


def test_an_objection_sends_the_step_back_with_its_reason(work: Work) -> None:
    step = work.report(work.steps[0])
    with pytest.raises(ValidationError):
        object_to_step(step=step, user=work.reviewer, seen=seen_of(step), reason=" ")
    step = object_to_step(step=step, user=work.reviewer, seen=seen_of(step), reason="批文不清")
    assert (step.objection, step.carried_out_on) == ("批文不清", None)
    assert work.report(step).objection == ""


def test_each_keeps_to_its_own_part(work: Work) -> None:
    step = work.report(work.steps[0])
    with pytest.raises(PermissionDenied):
        confirm_step(step=step, user=work.official, seen=seen_of(step))
    stranger = make.make_user(Role.DISTRICT_OFFICIAL, division=make.make_division(work.programme))
    with pytest.raises(PermissionDenied):
        report_step(
            step=work.steps[1],
            user=stranger,
            planned_on=None,
            carried_out_on=DAY,
            document_number="1",
            seen=seen_of(work.steps[1]),
        )
    MergePlan.objects.update(state=MergePlan.State.SUBMITTED)
    with pytest.raises(ValidationError):
        work.report(work.steps[1])


class TestThePage:
    def address(self, work: Work, name: str = "plan-execution", key: int = 0) -> str:
        return reverse(name, args=[work.programme.code, key or work.plan.pk])

    def test_takes_a_report_and_a_confirmation(self, work: Work, client: Client) -> None:
        step = work.steps[0]
        client.force_login(work.official)
        page = client.get(self.address(work))
        assert page.status_code == 200
        sent = {
            f"s{step.pk}-carried_out_on": "2021-03-01",
            f"s{step.pk}-document_number": "杭政〔2021〕9号",
            f"s{step.pk}-seen": seen_of(step),
        }
        assert client.post(self.address(work, "step-report", step.pk), sent).status_code == 302
        client.force_login(work.reviewer)
        step.refresh_from_db()
        page = client.get(self.address(work) + "?show=reported")
        assert "杭政〔2021〕9号" in page.content.decode()
        answer = client.post(self.address(work, "step-confirm", step.pk), {"seen": seen_of(step)})
        assert answer.status_code == 302
        step.refresh_from_db()
        assert step.confirmed_on == make.AS_OF

    def test_keeps_what_was_typed_and_refused(self, work: Work, client: Client) -> None:
        client.force_login(work.official)
        step = work.steps[0]
        sent = {
            f"s{step.pk}-carried_out_on": "2031-03-01",
            f"s{step.pk}-document_number": "杭政〔2031〕9号",
            f"s{step.pk}-seen": seen_of(step),
        }
        page = client.post(self.address(work, "step-report", step.pk), sent)
        assert page.status_code == 422
        assert "杭政〔2031〕9号" in page.content.decode()
        client.force_login(work.reviewer)
        work.report(step)
        sent = {"seen": "old", "reason": "看不清"}
        page = client.post(self.address(work, "step-object", step.pk), sent)
        assert page.status_code == 422
        assert "看不清" in page.content.decode()

    def test_asks_the_same_for_three_as_for_one(self, work: Work, client: Client) -> None:
        client.force_login(work.official)
        body = make.make_body(work.programme, work.division, work.platform)
        make.dispose_body(work.plan, body, "abolish")
        prepare_steps(plan=work.plan, user=work.reviewer)
        numbers = []
        for _ in range(2):
            client.get(self.address(work))
            with CaptureQueriesContext(connection) as queries:
                client.get(self.address(work))
            numbers.append(len(queries))
            for _more in range(2):
                platform = make.make_platform(work.programme, work.division)
                body = make.make_body(work.programme, work.division, platform)
                make.dispose(work.plan, platform, Disposition.Kind.ABOLISH)
                make.dispose_body(work.plan, body, "abolish")
            prepare_steps(plan=work.plan, user=work.reviewer)
        assert numbers[0] == numbers[1]

    def test_does_not_exist_for_a_plan_that_is_not_approved(
        self, work: Work, client: Client
    ) -> None:
        MergePlan.objects.update(state=MergePlan.State.SUBMITTED)
        client.force_login(work.official)
        assert client.get(self.address(work)).status_code == 404

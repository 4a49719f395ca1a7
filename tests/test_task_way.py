"""The way of a task: the table, who acts, reports by month with files, and who is told."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as site
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consolidation.models import Attachment, Notice, Task, TaskNote
from consolidation.services.attachments import attach
from followup.forms import ReportForm
from followup.models import TaskAct
from followup.services.acting import WITH_A_DAY, WITH_A_REASON, Report, act, report, seen_of
from followup.transitions import TRANSITIONS, allowed
from platforms_portal.access import Right, Role
from tests import factories as make
from tests.followup_city import DAY, City, build, in_days

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from accounts.models import User

Action = TaskAct.Action
State = Task.State
MARCH = datetime.date(2021, 3, 1)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def city(db: None) -> City:
    return build()


def history(of: Any) -> Any:
    """Return the history of a record."""
    return of.history


def do(city: City, task: Task, action: str, user: User, **more: Any) -> None:
    """Do an act as somebody who gives all that it asks for."""
    if action in {Action.REPORT, Action.SUBMIT}:
        said = Report(MARCH, "进展")
        report(task=task, user=user, said=said, for_review=action == Action.SUBMIT)
        return
    given: dict[str, Any] = {}
    if action in WITH_A_DAY:
        given["due_on"] = in_days(30)
    if action in WITH_A_REASON:
        given["comment"] = "理由"
    act(task=task, action=action, user=user, **given | more)


class TestTheTable:
    def test_stands_in_the_document_and_no_other(self) -> None:
        document = (Path(site.BASE_DIR) / "docs" / "follow-up.md").read_text(encoding="utf-8")
        section = document.split("## The way of a task\n", 1)[1].split("\n## ", 1)[0]
        found = {}
        for line in section.splitlines():
            if not line.startswith("| `"):
                continue
            action, sources, target, right, _who = (
                cell.strip() for cell in line.strip("|").split("|")
            )
            found[action.strip("`")] = (
                tuple(sources.replace("`", "").split(", ")),
                "" if target == "stays" else target.strip("`"),
                right.strip("`"),
            )
        assert found == {
            str(action): (step.sources, step.target, step.right.value)
            for action, step in TRANSITIONS.items()
        }

    @pytest.mark.parametrize("action", TRANSITIONS)
    def test_is_what_the_services_do(self, city: City, action: str) -> None:
        step = TRANSITIONS[action]
        holder = "department" if step.right == Right.ANSWER_TASKS else "reviewer"
        for state in State.values:
            task = city.task(5, state=state, handed_out_on=in_days(-1))
            user = city.people[holder]
            if state in step.sources:
                do(city, task, action, user)
                task.refresh_from_db()
                assert task.state == (step.target or state)
                done = TaskAct.objects.filter(task=task).get()
                assert (done.action, done.led_to, done.user) == (action, task.state, user)
                assert history(task).latest().actor == user.username
            else:
                with pytest.raises(ValidationError):
                    do(city, task, action, user)

    @pytest.mark.parametrize("action", TRANSITIONS)
    @pytest.mark.parametrize("name", ["official", "leader", "analyst", "foreign"])
    def test_refuses_everybody_else(self, city: City, action: str, name: str) -> None:
        step = TRANSITIONS[action]
        task = city.task(5, state=step.sources[0])
        foreign = make.make_user(
            Role.COUNTERSIGNER, department=make.make_department(city.programme)
        )
        user = (city.people | {"foreign": foreign})[name]
        assert not allowed(task, action, user)
        with pytest.raises(PermissionDenied):
            do(city, task, action, user)


class TestActs:
    def test_handing_out_needs_a_day_that_is_not_past(self, city: City) -> None:
        task, reviewer = city.task(), city.people["reviewer"]
        for due_on in (None, in_days(-1)):
            with pytest.raises(ValidationError) as refused:
                act(task=task, action=Action.HAND_OUT, user=reviewer, due_on=due_on)
            assert set(refused.value.message_dict) == {"due_on"}
        saved = act(task=task, action=Action.HAND_OUT, user=reviewer, due_on=DAY)
        assert (saved.due_on, saved.handed_out_on) == (DAY, DAY)

    @pytest.mark.parametrize("action", sorted(WITH_A_REASON))
    def test_what_sends_back_or_stops_needs_a_reason(self, city: City, action: str) -> None:
        task = city.task(5, state=TRANSITIONS[action].sources[-1])
        with pytest.raises(ValidationError) as refused:
            act(
                task=task,
                action=action,
                user=city.people["reviewer"],
                comment="  ",
                due_on=in_days(9),
            )
        assert "comment" in refused.value.message_dict

    def test_nobody_closes_what_they_reported_themselves(self, city: City) -> None:
        own = make.make_user(Role.COMMISSION_REVIEWER, department=city.department)
        task = city.task(5, state=State.UNDER_WAY)
        do(city, task, Action.SUBMIT, own)
        with pytest.raises(ValidationError):
            do(city, task, Action.CLOSE, own)
        do(city, task, Action.CLOSE, city.people["reviewer"])
        task.refresh_from_db()
        assert (task.state, task.closed_on) == (State.DONE, DAY)

    def test_those_who_come_next_are_told(self, city: City) -> None:
        task = city.task()
        way = [
            (Action.HAND_OUT, "reviewer", "department", "task_handed_out"),
            (Action.ACCEPT, "department", "reviewer", "task_accepted"),
            (Action.SUBMIT, "department", "reviewer", "task_reported"),
            (Action.SEND_BACK, "reviewer", "department", "task_returned"),
            (Action.SUBMIT, "department", "reviewer", "task_reported"),
            (Action.CLOSE, "reviewer", "department", "task_closed"),
        ]
        for action, by, to, kind in way:
            do(city, task, action, city.people[by])
            notice = Notice.objects.latest("pk")
            assert (notice.user, notice.kind) == (city.people[to], kind)
            assert notice.url == city.url("task", task.pk)
        assert not Notice.objects.filter(user=city.people["official"]).exists()

    def test_a_day_that_the_commission_sets_is_no_placeholder(self, city: City) -> None:
        task = city.task(5, state=State.UNDER_WAY, is_placeholder=True)
        do(city, task, Action.RESCHEDULE, city.people["reviewer"])
        task.refresh_from_db()
        assert (task.is_placeholder, task.due_on, task.state) == (
            False,
            in_days(30),
            State.UNDER_WAY,
        )


class TestReports:
    def test_one_a_month_the_later_in_place_of_the_earlier(self, city: City) -> None:
        task, user = city.task(5, state=State.UNDER_WAY), city.people["department"]
        first = report(task=task, user=user, said=Report(MARCH, "一", "难", "下"), for_review=False)
        anew = Report(DAY, "二", seen=seen_of(first))
        note = report(task=task, user=user, said=anew, for_review=False)
        assert TaskNote.objects.get() == note
        assert (note.period, note.text, note.problems, note.written_by) == (MARCH, "二", "", user)
        assert [row.text for row in history(note).order_by("history_id")] == ["一", "二"]

    def test_a_colleagues_report_is_not_replaced_unseen(self, city: City, client: Client) -> None:
        task, user = city.task(5, state=State.UNDER_WAY), city.people["department"]
        client.force_login(user)
        shown = client.get(city.url("task", task.pk)).context["report_form"]
        theirs = report(task=task, user=user, said=Report(MARCH, "同事所写"), for_review=False)
        sent = {"period": "2021-03", "progress": "我写的", "seen": shown["seen"].value() or ""}
        refused = client.post(city.url("task-report", task.pk), sent)
        assert refused.status_code == 422
        assert "同事所写" in refused.content.decode()
        assert "我写的" in refused.content.decode()
        theirs.refresh_from_db()
        assert theirs.text == "同事所写"
        again = sent | {"seen": refused.context["report_form"]["seen"].value()}
        for _ in range(2):  # A second click changes nothing.
            assert client.post(city.url("task-report", task.pk), again).status_code == 302
        theirs.refresh_from_db()
        assert theirs.text == "我写的"

    def test_a_month_to_come_and_an_empty_report_are_refused_together(self, city: City) -> None:
        task, user = city.task(5, state=State.UNDER_WAY), city.people["department"]
        said = Report(datetime.date(2021, 4, 1), " ")
        with pytest.raises(ValidationError) as refused:
            report(task=task, user=user, said=said, for_review=False)
        assert set(refused.value.message_dict) == {"period", "progress"}

    def test_from_the_page_with_a_file(
        self, city: City, client: Client, settings: Settings, tmp_path: Path
    ) -> None:
        settings.MEDIA_ROOT = str(tmp_path)
        task = city.task(5, state=State.UNDER_WAY)
        client.force_login(city.people["department"])
        sent = {
            "period": "2021-03",
            "progress": "已完成",
            "for_review": "1",
            "files": SimpleUploadedFile("证明.pdf", PDF),
        }
        assert client.post(city.url("task-report", task.pk), sent).status_code == 302
        task.refresh_from_db()
        assert task.state == State.FOR_REVIEW
        file = Attachment.objects.get()
        assert file.task_note == TaskNote.objects.get()
        # While it awaits its review the files stay; whoever sees the task may open them.
        removed = client.post(city.url("detach-from-note", task.pk, file.key))
        assert removed.status_code == 302
        assert Attachment.objects.exists()
        assert client.get(city.url("attachment", file.key)).status_code == 200
        client.force_login(city.people["reviewer"])
        assert client.get(city.url("attachment", file.key)).status_code == 200
        foreign = make.make_user(
            Role.COUNTERSIGNER, department=make.make_department(city.programme)
        )
        client.force_login(foreign)
        assert client.get(city.url("attachment", file.key)).status_code == 404

    def test_a_file_that_is_refused_leaves_everything_as_it_was(
        self, city: City, client: Client
    ) -> None:
        task = city.task(5, state=State.UNDER_WAY, handed_out_on=in_days(-1))
        client.force_login(city.people["department"])
        sent = {
            "period": "2021-03",
            "progress": "已完成",
            "for_review": "1",
            "files": SimpleUploadedFile("证明.pdf", b"MZ no document"),
        }
        refused = client.post(city.url("task-report", task.pk), sent)
        assert refused.status_code == 422
        assert "证明.pdf" in refused.content.decode()
        assert "已完成" in refused.content.decode()
        task.refresh_from_db()
        assert task.state == State.UNDER_WAY
        assert not TaskNote.objects.filter(task=task).exists()

    def test_files_are_added_and_removed_while_it_is_under_way(
        self, city: City, client: Client, settings: Settings, tmp_path: Path
    ) -> None:
        settings.MEDIA_ROOT = str(tmp_path)
        task, user = city.task(5, state=State.UNDER_WAY), city.people["department"]
        note = report(task=task, user=user, said=Report(MARCH, "一"), for_review=False)
        client.force_login(user)
        address = city.url("attach-to-note", task.pk, note.pk)
        client.post(address, {"files": SimpleUploadedFile("证明.pdf", PDF)})
        file = Attachment.objects.get()
        client.post(city.url("detach-from-note", task.pk, file.key))
        assert not Attachment.objects.exists()
        client.force_login(city.people["reviewer"])
        assert client.post(address, {}).status_code == 404

    def test_what_was_typed_stays_where_it_is_refused(self, city: City, client: Client) -> None:
        task = city.task(5, state=State.UNDER_WAY)
        client.force_login(city.people["department"])
        for month in ("0001-01", "2021-13"):
            assert set(ReportForm({"period": month, "progress": "一"}).errors) == {"period"}
        sent = {"period": "March", "progress": "", "problems": "缺人"}
        page = client.post(city.url("task-report", task.pk), sent)
        assert page.status_code == 422
        assert set(page.context["report_form"].errors) == {"period", "progress"}
        assert "缺人" in page.content.decode()


class TestThePage:
    def test_a_department_finds_only_its_own(self, city: City, client: Client) -> None:
        own, foreign = city.task(), city.task()
        foreign.departments.set([make.make_department(city.programme)])
        client.force_login(city.people["department"])
        assert client.get(city.url("task", own.pk)).status_code == 200
        for name in ("task", "task-report"):
            address = city.url(name, foreign.pk)
            answered = client.get(address) if name == "task" else client.post(address, {})
            assert answered.status_code == 404

    @pytest.mark.parametrize("state", State.values)
    def test_offers_each_reader_what_the_table_allows(
        self, city: City, client: Client, state: str
    ) -> None:
        task = city.task(5, state=state)
        for name in ("reviewer", "department", "official", "analyst"):
            client.force_login(city.people[name])
            page = client.get(city.url("task", task.pk))
            offered = {one.action for one in page.context["offered"]}
            if page.context["report_form"] is not None:
                offered |= {Action.REPORT, Action.SUBMIT}
            user = city.people[name]
            assert offered == {action for action in TRANSITIONS if allowed(task, action, user)}

    def test_an_act_and_a_second_click(self, city: City, client: Client) -> None:
        task = city.task()
        client.force_login(city.people["reviewer"])
        address = city.url("task-act", task.pk, "hand_out")
        assert client.post(address, {"due_on": ""}).status_code == 422
        sent = {"due_on": "2021-05-01", "comment": "请于五月前办结"}
        assert client.post(address, sent).status_code == 302
        assert client.post(address, sent).status_code == 422
        assert TaskAct.objects.filter(task=task).count() == 1
        assert client.post(city.url("task-act", task.pk, "report"), {}).status_code == 404
        assert client.post(city.url("task-act", task.pk, "accept"), {}).status_code == 403

    def test_shows_what_was_said_and_done(self, city: City, client: Client) -> None:
        task, user = city.task(-3, state=State.HANDED_OUT, handed_out_on=in_days(-30)), city.people
        do(city, task, Action.ACCEPT, user["department"])
        said = Report(MARCH, "进展一二", "问题三四", "举措五六")
        report(task=task, user=user["department"], said=said, for_review=False)
        client.force_login(user["official"])
        page = client.get(city.url("task", task.pk)).content.decode()
        for text in ("进展一二", "问题三四", "举措五六", city.department.name):
            assert text in page


@pytest.mark.parametrize("more", [0, 3])
def test_a_tasks_page_needs_few_queries(city: City, client: Client, more: int) -> None:
    task = city.task(5, state=State.HANDED_OUT, handed_out_on=in_days(-1))
    act(task=task, action=Action.ACCEPT, user=city.people["department"])
    task.refresh_from_db()
    for month in range(1, 1 + more):
        said = Report(datetime.date(2021, month, 1), "进展")
        report(task=task, user=city.people["department"], said=said, for_review=False)
        note = TaskNote.objects.latest("pk")
        upload = SimpleUploadedFile("进展.pdf", PDF)
        attach(uploaded=upload, user=city.people["department"], task_note=note)
    client.force_login(city.people["reviewer"])
    client.get(city.url("task", task.pk))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(city.url("task", task.pk)).status_code == 200
    assert len(captured) <= 15

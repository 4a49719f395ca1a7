"""Reminders: by hand once a day, automatic once per offset, escalation, and the log of it all."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consolidation.models import Notice
from followup.models import FollowUpSettings, Reminder
from followup.services.automatic import Sent, send_due
from followup.services.reminding import remind
from platforms_portal.access import Role
from tests import factories as make
from tests.followup_city import DAY, City, build, in_days

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

Occasion = Reminder.Occasion


@pytest.fixture
def city(db: None) -> City:
    return build()


def told(city: City, name: str) -> list[str]:
    """Return the kinds of the notices of one of the city's people."""
    notices = Notice.objects.filter(user=city.people[name]).order_by("pk")
    return list(notices.values_list("kind", flat=True))


class TestByHand:
    def test_tells_whoever_is_responsible_and_keeps_it(self, city: City) -> None:
        step, task = city.step(-4), city.task(2)
        reviewer = city.people["reviewer"]
        outcome = remind(
            programme=city.programme,
            items=[("step", step.pk), ("task", task.pk)],
            user=reviewer,
            message="请抓紧办理",
        )
        assert (outcome.sent, outcome.already, outcome.closed, outcome.nobody) == (2, 0, 0, 0)
        assert told(city, "official") == told(city, "department") == ["reminder"]
        assert told(city, "other") == told(city, "leader") == []
        row = Reminder.objects.get(kind="step")
        assert (row.item, row.due_on, row.day) == (step.pk, in_days(-4), DAY)
        assert (row.occasion, row.sent_by, row.message) == (Occasion.MANUAL, reviewer, "请抓紧办理")
        assert (row.told, row.people) == (str(city.people["official"]), 1)
        assert "请抓紧办理" in Notice.objects.get(user=city.people["official"]).detail

    def test_the_same_day_does_nothing_twice(self, city: City) -> None:
        step, reviewer = city.step(-4), city.people["reviewer"]
        asked: Any = {"programme": city.programme, "items": [("step", step.pk)], "user": reviewer}
        assert remind(**asked).sent == 1
        again = remind(**asked)
        assert (again.sent, again.already) == (0, 1)
        assert told(city, "official") == ["reminder"]
        city.programme.as_of_default = in_days(1)
        city.programme.save()
        assert remind(**asked).sent == 1

    def test_forty_items_of_one_division_are_one_notice(self, city: City) -> None:
        items = [("step", city.step(-n).pk) for n in range(1, 6)]
        assert remind(programme=city.programme, items=items, user=city.people["reviewer"]).sent == 5
        assert told(city, "official") == ["reminder"]
        notice = Notice.objects.get(user=city.people["official"])
        assert notice.url == city.url("follow-up", division=city.divisions[0].code)
        assert Reminder.objects.count() == 5

    def test_what_needs_none_is_left_out(self, city: City) -> None:
        done = city.step(-4, carried_out_on=DAY, confirmed_on=DAY)
        waiting = city.step(-4, carried_out_on=DAY)
        items = [("step", done.pk), ("step", waiting.pk), ("task", 10**9)]
        outcome = remind(programme=city.programme, items=items, user=city.people["reviewer"])
        assert (outcome.sent, outcome.closed) == (0, 3)
        assert not Reminder.objects.exists()

    def test_nobody_to_tell_is_said_and_kept(self, city: City) -> None:
        task = city.task(-1)
        task.departments.set([make.make_department(city.programme)])
        outcome = remind(
            programme=city.programme, items=[("task", task.pk)], user=city.people["reviewer"]
        )
        assert (outcome.sent, outcome.nobody) == (0, 1)
        assert Reminder.objects.get().people == 0

    @pytest.mark.parametrize("name", ["official", "leader", "department", "analyst"])
    def test_is_the_commissions_alone(self, city: City, client: Client, name: str) -> None:
        step = city.step(-1)
        with pytest.raises(PermissionDenied):
            remind(programme=city.programme, items=[("step", step.pk)], user=city.people[name])
        client.force_login(city.people[name])
        sent = client.post(city.url("remind"), {"only": f"step:{step.pk}"})
        assert sent.status_code == 403

    def test_from_the_page(self, city: City, client: Client) -> None:
        first, second = city.step(-1), city.task(-1)
        client.force_login(city.people["reviewer"])
        here = city.url("follow-up", light="overdue")
        sent = client.post(city.url("remind"), {"only": f"step:{first.pk}", "next": here})
        assert sent.headers["Location"] == here
        ticked = {"item": [f"step:{first.pk}", f"task:{second.pk}", "nonsense"], "next": "//evil"}
        sent = client.post(city.url("remind"), ticked, follow=True)
        assert sent.redirect_chain[0][0] == city.url("follow-up")
        # One of each click is sent; the second time the step had been reminded of already.
        assert len(list(sent.context["messages"])) == 3
        assert Reminder.objects.count() == 2
        client.post(city.url("remind"), {})
        assert Reminder.objects.count() == 2

    def test_mail_follows_the_commit(
        self,
        city: City,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        official = city.people["official"]
        official.email = "official@example.org"
        official.save()
        step = city.step(-1)
        with django_capture_on_commit_callbacks(execute=True):
            remind(
                programme=city.programme, items=[("step", step.pk)], user=city.people["reviewer"]
            )
            assert not mail.outbox
        assert [letter.to for letter in mail.outbox] == [["official@example.org"]]


class TestAutomatic:
    @pytest.mark.parametrize(
        ("days", "offset"), [(8, None), (7, 7), (2, 7), (1, 1), (0, 0), (-2, 0), (-3, -3), (-9, -3)]
    )
    def test_the_latest_offset_that_has_come_is_sent(
        self, city: City, days: int, offset: int | None
    ) -> None:
        city.step(days)
        send_due(programme=city.programme, day=DAY)
        sent = list(Reminder.objects.values_list("occasion", "offset"))
        assert sent == ([] if offset is None else [("scheduled", offset)])

    def test_each_offset_is_sent_once_however_often_it_runs(self, city: City) -> None:
        city.step(8)
        offsets = []
        for day in range(14):
            for _ in range(2):
                send_due(programme=city.programme, day=in_days(day))
            offsets = list(Reminder.objects.order_by("pk").values_list("offset", flat=True))
        assert offsets == [7, 1, 0, -3]
        assert told(city, "official") == ["reminder"] * 4

    def test_another_due_day_begins_anew(self, city: City) -> None:
        step = city.step(0)
        send_due(programme=city.programme, day=DAY)
        step.planned_on = in_days(6)
        step.save()
        assert send_due(programme=city.programme, day=DAY) == Sent(1, 0, 0)

    def test_what_is_done_waits_or_is_suspended_is_left_alone(self, city: City) -> None:
        city.step(-20, carried_out_on=DAY)
        city.step(None)
        city.task(-20, state="suspended")
        city.task(-20, state="for_review")
        assert send_due(programme=city.programme, day=DAY) == Sent(0, 0, 0)

    @pytest.mark.parametrize(("days", "escalated"), [(-10, 0), (-11, 1)])
    def test_long_overdue_goes_to_the_leader_and_the_commission_once(
        self, city: City, days: int, escalated: int
    ) -> None:
        city.step(days)
        for _ in range(2):
            send_due(programme=city.programme, day=DAY)
        expected = ["escalation"] * escalated
        assert told(city, "leader") == told(city, "reviewer") == expected
        assert Reminder.objects.filter(occasion="escalation").count() == escalated

    def test_a_late_task_goes_to_the_commission(self, city: City) -> None:
        city.task(-11)
        send_due(programme=city.programme, day=DAY)
        assert told(city, "reviewer") == ["escalation"]
        assert told(city, "department") == ["reminder"]
        assert told(city, "leader") == []

    def test_settings_can_switch_it_off(self, city: City) -> None:
        FollowUpSettings.objects.create(
            programme=city.programme, reminder_days="", escalation_days=None
        )
        city.step(-30)
        assert send_due(programme=city.programme, day=DAY) == Sent(0, 0, 0)

    def test_a_dry_run_counts_and_sends_nothing(self, city: City) -> None:
        city.step(-30)
        city.task(1)
        counted = send_due(programme=city.programme, day=DAY, dry_run=True)
        assert counted == Sent(2, 1, 0)
        assert not Reminder.objects.exists()
        assert not Notice.objects.exists()
        assert send_due(programme=city.programme, day=DAY) == counted

    def test_a_run_needs_a_number_of_queries_that_does_not_grow_with_items(
        self, city: City
    ) -> None:
        numbers = []
        for items in (1, 30):
            for _ in range(items):
                city.step(-20)
            with CaptureQueriesContext(connection) as captured:
                send_due(programme=city.programme, day=DAY)
            numbers.append(len(captured))
        assert numbers[0] == numbers[1]


class TestTheCommand:
    def test_says_what_it_did(self, city: City) -> None:
        city.step(-20)
        out = io.StringIO()
        call_command("send_reminders", programme=city.programme.code, dry_run=True, stdout=out)
        assert not Reminder.objects.exists()
        call_command("send_reminders", stdout=out)
        assert Reminder.objects.count() == 2
        assert out.getvalue().count(city.programme.code) == 2

    def test_runs_for_another_day(self, city: City) -> None:
        city.step(20)
        call_command("send_reminders", "--as-of", in_days(13).isoformat(), stdout=io.StringIO())
        assert Reminder.objects.get().day == in_days(13)

    @pytest.mark.django_db
    def test_tells_what_is_wrong(self) -> None:
        with pytest.raises(CommandError):
            call_command("send_reminders", programme="nowhere")
        with pytest.raises(CommandError):
            call_command("send_reminders", "--as-of", "soon")


class TestTheLog:
    @pytest.fixture
    def logged(self, city: City) -> City:
        reviewer = city.people["reviewer"]
        items = [("step", city.step(-1).pk), ("step", city.step(-1, of=1).pk)]
        items.append(("task", city.task(-1).pk))
        remind(programme=city.programme, items=items, user=reviewer, message="抓紧")
        send_due(programme=city.programme, day=DAY)
        return city

    @pytest.mark.parametrize(
        ("name", "number"), [("reviewer", 6), ("analyst", 6), ("official", 2), ("department", 2)]
    )
    def test_each_sees_what_is_theirs(
        self, logged: City, client: Client, name: str, number: int
    ) -> None:
        client.force_login(logged.people[name])
        assert client.get(logged.url("follow-up-log")).context["total"] == number

    @pytest.mark.parametrize(
        ("asked", "number"),
        [
            ({"occasion": "manual"}, 3),
            ({"occasion": "scheduled", "kind": "task"}, 1),
            ({"q": "抓紧"}, 3),
            ({"since": "2021-04-01"}, 0),
            ({"until": "2021-03-31"}, 6),
            ({"occasion": "never"}, 0),
        ],
    )
    def test_filters(
        self, logged: City, client: Client, asked: dict[str, str], number: int
    ) -> None:
        client.force_login(logged.people["reviewer"])
        address = logged.url("follow-up-log", **asked)
        assert client.get(address).context["total"] == number
        sent: Any = client.get(f"{address}&export=csv")
        text = b"".join(sent.streaming_content).decode("utf-8-sig")
        assert len(list(csv.reader(io.StringIO(text)))) == 3 + number

    def test_by_division(self, logged: City, client: Client) -> None:
        client.force_login(logged.people["reviewer"])
        code = logged.divisions[0].code
        assert client.get(logged.url("follow-up-log", division=code)).context["total"] == 2

    def test_another_citys_department_sees_nothing(self, logged: City, client: Client) -> None:
        stranger = make.make_user(
            Role.COUNTERSIGNER, department=make.make_department(make.make_programme())
        )
        client.force_login(stranger)
        assert client.get(logged.url("follow-up-log")).context["total"] == 0

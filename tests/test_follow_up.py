"""What is due: lights at their thresholds, one count for list, numbers and file, who sees what."""

from __future__ import annotations

import csv
import datetime
import io
from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from consolidation.models import BodyDisposition, ExecutionStep, MergePlan, Task, TaskNote
from consolidation.selectors.stepping import step_counts
from followup.models import FollowUpSettings
from followup.models.settings import offsets_in
from followup.selectors.items import items_of
from followup.selectors.lights import Clock, Light, clock_of
from followup.selectors.monthly import period_due
from followup.selectors.parts import parts, rows, tallied
from followup.selectors.shape import Reach, Wanted, reach_of
from platforms_portal.access import Role, Scope
from tests import factories as make
from tests.followup_city import DAY, City, add_division, build, in_days

EVERYTHING = Reach(scope=Scope())


@pytest.fixture
def city(db: None) -> City:
    return build()


def lights(city: City, day: datetime.date = DAY, **wanted: Any) -> dict[tuple[str, int], str]:
    """Return the light of everything that is due, by kind and key."""
    clock = clock_of(city.programme, day)
    found = rows(parts(city.programme, clock, EVERYTHING, Wanted(**wanted)), ["rank", "due_key"])
    return {(row["item_kind"], row["item_pk"]): row["light"] for row in found}


class TestLights:
    @pytest.mark.parametrize(
        ("days", "light"),
        [(-1, "red"), (0, "red"), (3, "red"), (4, "amber"), (15, "amber"), (16, "green")],
    )
    def test_turn_at_the_days_of_the_settings(self, city: City, days: int, light: str) -> None:
        step, task = city.step(days), city.task(days)
        found = lights(city)
        assert found["step", step.pk] == found["task", task.pk] == light

    def test_follow_the_programmes_own_settings(self, city: City) -> None:
        FollowUpSettings.objects.create(programme=city.programme, amber_days=40, red_days=20)
        red, amber = city.step(20), city.step(40)
        found = lights(city)
        assert (found["step", red.pk], found["step", amber.pk]) == ("red", "amber")

    def test_a_step_without_a_day_has_no_light_of_its_own(self, city: City) -> None:
        step = city.step(None)
        assert lights(city)["step", step.pk] == "no_date"

    def test_what_was_reported_awaits_review_and_what_was_confirmed_is_done(
        self, city: City
    ) -> None:
        reported = city.step(-9, carried_out_on=in_days(-9))
        done = city.step(-9, carried_out_on=in_days(-9), confirmed_on=DAY)
        found = lights(city)
        assert (found["step", reported.pk], found["step", done.pk]) == ("waiting", "done")
        # The day before it was confirmed, it still waited.
        assert lights(city, in_days(-1))["step", done.pk] == "waiting"
        assert lights(city, in_days(-10))["step", done.pk] == "red"

    @pytest.mark.parametrize(
        ("state", "light"),
        [
            ("open", "red"),
            ("handed_out", "red"),
            ("under_way", "red"),
            ("returned", "red"),
            ("for_review", "waiting"),
            ("suspended", "suspended"),
            ("done", "done"),
        ],
    )
    def test_of_a_task_follow_its_state(self, city: City, state: str, light: str) -> None:
        task = city.task(-1, state=state)
        assert lights(city)["task", task.pk] == light

    @given(due=st.dates(), day=st.dates(datetime.date(1900, 1, 1), datetime.date(2200, 1, 1)))
    def test_get_no_calmer_as_the_day_comes(self, due: datetime.date, day: datetime.date) -> None:
        order = [Light.GREEN, Light.AMBER, Light.RED]
        settings = FollowUpSettings()
        today, tomorrow = (
            order.index(Clock(on, settings).light_of(due))
            for on in (day, day + datetime.timedelta(days=1))
        )
        assert today <= tomorrow

    @pytest.mark.parametrize("day", ["1900-01-01", "2999-12-31"])
    def test_are_told_on_any_day(self, city: City, client: Client, day: str) -> None:
        city.step(1)
        city.task(1, state="under_way", handed_out_on=in_days(-90))
        client.force_login(city.people["reviewer"])
        for name in ("follow-up", "programme"):
            assert client.get(city.url(name, as_of=day)).status_code == 200


class TestPlans:
    def test_a_plan_is_due_until_it_is_in_and_again_once_it_was_returned(self, city: City) -> None:
        late = add_division(city, MergePlan.State.DRAFT)
        back = add_division(city, MergePlan.State.RETURNED)
        MergePlan.objects.filter(division=back).update(decided_on=in_days(-5))
        found = lights(city)
        assert found["plan", city.divisions[0].pk] == "done"
        assert found["plan", late.pk] == found["plan", back.pk] == "red"
        assert lights(city, in_days(-6))["plan", back.pk] == "done"

    def test_the_municipal_plan_has_its_own_day(self, city: City) -> None:
        make.make_platform(city.programme, city.programme.division)
        day = datetime.date(2020, 9, 25)
        found = lights(city, day)
        assert found["plan", city.programme.division_id] == "amber"
        # No plan was in yet on that day, and those of the divisions were due at the end of the year.
        assert found["plan", city.divisions[0].pk] == "green"

    def test_an_owner_without_platforms_owes_no_plan(self, city: City) -> None:
        bare = make.make_division(city.programme)
        assert ("plan", bare.pk) not in lights(city)


class TestOneCount:
    def build_all(self, city: City) -> None:
        for days in (-20, -1, 2, 9, 30, None):
            city.step(days)
            city.step(days, of=1)
            city.task(days, also_responsible="各区县")
        city.task(5, state="for_review")
        body = make.make_body(city.programme, city.divisions[0])
        fate = make.dispose_body(city.plans[0], body, BodyDisposition.Fate.ABOLISH)
        ExecutionStep.objects.create(body_disposition=fate, title="撤销", planned_on=in_days(-2))
        platform = make.make_platform(city.programme, city.divisions[1])
        make.dispose(city.plans[1], platform, "transform", planned_on=in_days(-3))

    def test_numbers_and_list_are_the_same(self, city: City) -> None:
        self.build_all(city)
        clock = clock_of(city.programme, DAY)
        found = parts(city.programme, clock, EVERYTHING, Wanted())
        counted: Counter[str] = Counter()
        for row in tallied(found):
            counted[row["light"]] += row["n"]
        assert counted == Counter(lights(city).values())
        assert counted["red"] == 3 * 3 + 1 + 1

    def test_the_steps_are_those_of_the_page_of_carrying_out(self, city: City) -> None:
        self.build_all(city)
        counts = step_counts(Scope(), city.programme, DAY)
        steps = {key: light for key, light in lights(city).items() if key[0] == "step"}
        assert len(steps) == counts.total
        overdue = lights(city, kind="step", lights=("red",), overdue_only=True)
        assert len(overdue) == counts.late

    def test_the_page_its_links_and_its_file_agree(self, city: City, client: Client) -> None:
        self.build_all(city)
        client.force_login(city.people["reviewer"])
        page = client.get(city.url("follow-up"))
        for light, number, url in page.context["cards"]:
            there = client.get(city.url("follow-up") + url)
            assert there.context["total"] == number, light
            assert all(item.light == light for item in there.context["items"])
        overdue = client.get(city.url("follow-up", light="overdue"))
        assert overdue.context["total"] == page.context["summary"].numbers.overdue
        sent: Any = client.get(city.url("follow-up", light="red", export="csv"))
        text = b"".join(sent.streaming_content).decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text)))
        assert len(lines) - 3 == page.context["summary"].numbers.by_light["red"]

    @pytest.mark.parametrize("placeholder", [True, False])
    def test_a_file_says_that_it_rests_on_placeholders(
        self, city: City, client: Client, *, placeholder: bool
    ) -> None:
        city.step(-1)
        city.step(1, is_placeholder=placeholder)
        client.force_login(city.people["reviewer"])
        sent: Any = client.get(city.url("follow-up", kind="step", export="csv"))
        text = b"".join(sent.streaming_content).decode("utf-8-sig")
        assert ("数字依据占位数据" in text.splitlines()[1]) is placeholder

    def test_every_party_has_its_own(self, city: City, client: Client) -> None:
        self.build_all(city)
        client.force_login(city.people["reviewer"])
        summary = client.get(city.url("follow-up")).context["summary"]
        by_owner = {line.value: line.numbers.overdue for line in summary.divisions}
        # Two late steps each; a body's more in the first, a disposition without steps in the other.
        assert by_owner == {city.divisions[0].code: 3, city.divisions[1].code: 3}
        assert [(line.name, line.numbers.overdue) for line in summary.departments] == [
            (city.department.name, 2)
        ]

    @pytest.mark.parametrize(
        ("asked", "number"),
        [
            ({"kind": "task"}, 7),
            ({"kind": "step", "light": "red"}, 7),
            ({"kind": "disposition"}, 1),
            ({"q": "撤销批文"}, 12),
            ({"q": "任务1"}, 1),
            ({"due_from": "2021-04-01", "due_to": "2021-04-10"}, 7),
            ({"light": "no_date"}, 3),
            ({"light": "all", "kind": "plan"}, 2),
        ],
    )
    def test_filters(self, city: City, client: Client, asked: dict[str, str], number: int) -> None:
        self.build_all(city)
        client.force_login(city.people["reviewer"])
        assert client.get(city.url("follow-up", **asked)).context["total"] == number

    def test_a_filter_that_cannot_be_is_told_and_lists_nothing(
        self, city: City, client: Client
    ) -> None:
        self.build_all(city)
        client.force_login(city.people["reviewer"])
        for asked in ({"light": "purple"}, {"due_from": "2021-05-01", "due_to": "2021-04-01"}):
            page = client.get(city.url("follow-up", **asked))
            assert page.status_code == 200
            assert page.context["total"] == 0
            assert page.context["form"].errors

    @pytest.mark.parametrize("more", [0, 2])
    def test_the_page_needs_few_queries(self, city: City, client: Client, more: int) -> None:
        for _ in range(more):
            add_division(city)
        for of in range(2 + more):
            for days in (-5, 5):
                city.step(days, of=of)
        self.build_all(city)
        client.force_login(city.people["reviewer"])
        client.get(city.url("follow-up"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(city.url("follow-up")).status_code == 200
        assert len(captured) <= 15

    def test_sorted_by_division_what_no_division_owns_comes_last(
        self, city: City, client: Client
    ) -> None:
        city.task(-1)
        city.step(5)
        city.step(5, of=1)
        client.force_login(city.people["reviewer"])
        items = client.get(city.url("follow-up", sort="owner")).context["items"]
        owners = [item.owner.pk for item in items[:-1]]
        assert items[-1].owner is None
        assert owners == sorted(owners)
        (only,) = client.get(city.url("follow-up", sort="owner", kind="task")).context["items"]
        assert only.kind == "task"


class TestWhoSeesWhat:
    def shown(self, client: Client, city: City, name: str, **asked: str) -> set[tuple[str, int]]:
        client.force_login(city.people[name])
        items = client.get(city.url("follow-up", light="all", **asked)).context["items"]
        return {(item.kind.value, item.pk) for item in items}

    def test_a_district_its_own_and_what_concerns_divisions(
        self, city: City, client: Client
    ) -> None:
        own, other = city.step(1), city.step(1, of=1)
        common, foreign = city.task(1, also_responsible="各区县"), city.task(1)
        seen = self.shown(client, city, "official")
        assert ("step", own.pk) in seen
        assert ("step", other.pk) not in seen
        assert ("task", common.pk) in seen
        assert ("task", foreign.pk) not in seen
        assert client.get(city.url("follow-up", division=city.divisions[1].code)).status_code == 404

    def test_a_department_its_own_tasks_alone(self, city: City, client: Client) -> None:
        own, foreign = city.task(1), city.task(1)
        foreign.departments.set([make.make_department(city.programme)])
        city.step(1)
        assert self.shown(client, city, "department") == {("task", own.pk)}

    @pytest.mark.parametrize("reader", ["department", "reviewer"])
    def test_a_task_of_several_counts_once_with_each(
        self, city: City, client: Client, reader: str
    ) -> None:
        shared, own = city.task(-1), city.task(1)
        shared.departments.add(*(make.make_department(city.programme) for _ in range(2)))
        client.force_login(city.people[reader])
        summary = client.get(city.url("follow-up")).context["summary"]
        numbers = {line.name: line.numbers for line in summary.departments}
        of_own = numbers[city.department.name]
        assert (of_own.total, of_own.overdue) == (2, 1)
        assert {shared.pk, own.pk} == {
            pk for _kind, pk in self.shown(client, city, reader, kind="task")
        }
        others = [one.total for name, one in numbers.items() if name != city.department.name]
        assert others == ([] if reader == "department" else [1, 1])

    def test_the_analyst_everything(self, city: City, client: Client) -> None:
        expected = {("step", city.step(1).pk), ("task", city.task(1).pk)}
        assert expected <= self.shown(client, city, "analyst")

    def test_steps_of_bodies_need_their_right(self, city: City) -> None:
        reader = make.make_user(Role.ANALYST)
        assert reach_of(reader).bodies
        assert not reach_of(city.people["department"]).bodies


class TestAnswering:
    def test_taking_up_late_is_told_from_the_day_after(self, city: City) -> None:
        settings = FollowUpSettings(programme=city.programme)
        for days, late in ((5, 0), (6, 1), (9, 4)):
            task = city.task(state="handed_out", handed_out_on=in_days(-days))
            clock = Clock(DAY, settings)
            found = parts(city.programme, clock, EVERYTHING, Wanted(items=(("task", task.pk),)))
            item = items_of(city.programme, clock, rows(found, ["rank"]))[0]
            assert item.answering is not None
            assert item.answering.accept_late == late

    @pytest.mark.parametrize(
        ("day", "month"),
        [
            ("2021-03-25", "2021-02-01"),
            ("2021-03-26", "2021-03-01"),
            ("2021-01-10", "2020-12-01"),
        ],
    )
    def test_a_month_is_due_from_the_day_after_its_own(self, day: str, month: str) -> None:
        due = period_due(datetime.date.fromisoformat(day), 25)
        assert due == datetime.date.fromisoformat(month)
        assert period_due(datetime.date.fromisoformat(day), None) is None

    def test_who_has_not_reported_is_named(self, city: City) -> None:
        task = city.task(30, state="under_way", handed_out_on=in_days(-90))
        silent = make.make_department(city.programme)
        task.departments.add(silent)
        TaskNote.objects.create(
            task=task,
            department=city.department,
            period=datetime.date(2021, 3, 1),
            written_on=DAY,
            text="进展",
        )
        clock = clock_of(city.programme, DAY)
        found = parts(city.programme, clock, EVERYTHING, Wanted(kind="task"))
        item = items_of(city.programme, clock, rows(found, ["rank"]))[0]
        assert item.answering is not None
        assert item.answering.unreported == (silent,)


class TestSettings:
    def test_are_changed_by_the_commission_alone(self, city: City, client: Client) -> None:
        sent = {
            "amber_days": "20",
            "red_days": "5",
            "reminder_days": "10,0",
            "escalation_days": "",
            "accept_days": "3",
            "report_day": "",
        }
        address = city.url("follow-up-settings")
        client.force_login(city.people["official"])
        assert client.post(address, sent).status_code == 403
        client.force_login(city.people["reviewer"])
        assert client.post(address, sent).status_code == 302
        stored: Any = FollowUpSettings.objects.get(programme=city.programme)
        assert (stored.amber_days, stored.red_days, stored.offsets) == (20, 5, [10, 0])
        assert stored.escalation_days is stored.report_day is None
        assert stored.history.count() == 1
        client.post(address, sent)
        assert stored.history.count() == 1

    def test_all_errors_are_told_at_once(self, city: City, client: Client) -> None:
        client.force_login(city.people["reviewer"])
        sent = {
            "amber_days": "2",
            "red_days": "5",
            "reminder_days": "7,x",
            "escalation_days": "400",
            "accept_days": "3",
            "report_day": "31",
        }
        page = client.post(city.url("follow-up-settings"), sent)
        assert page.status_code == 422
        assert {"reminder_days", "escalation_days", "report_day"} <= set(
            page.context["form"].errors
        )
        assert not FollowUpSettings.objects.exists()
        page = client.post(
            city.url("follow-up-settings"),
            sent | {"reminder_days": "", "escalation_days": "1", "report_day": "5"},
        )
        assert page.status_code == 422
        assert page.context["form"].non_field_errors()

    @pytest.mark.parametrize("text", ["7,,x", "1.5", "7,7", "400", ",".join(map(str, range(13)))])
    def test_days_that_cannot_be_are_refused(self, text: str) -> None:
        with pytest.raises(ValidationError):
            offsets_in(text)

    def test_days_are_read_in_both_commas(self) -> None:
        assert offsets_in(" 0，7, -3 ") == [7, 0, -3]
        assert offsets_in("") == []


class TestOverview:
    def test_the_commission_is_told_what_is_overdue(self, city: City, client: Client) -> None:
        city.step(-1)
        client.force_login(city.people["reviewer"])
        page = client.get(city.url("programme"))
        assert city.url("follow-up", light="overdue") in page.content.decode()

    @pytest.mark.parametrize(("days", "overdue"), [(0, 1), (2, 1), (3, 2)])
    def test_the_number_opens_its_items_of_the_same_day(
        self, city: City, client: Client, days: int, overdue: int
    ) -> None:
        city.step(-1)
        city.step(2)
        client.force_login(city.people["reviewer"])
        day = city.programme.opens_as_of + datetime.timedelta(days)
        page = client.get(city.url("programme", as_of=day.isoformat()))
        told = next(item for item in page.context["waiting"] if "light=overdue" in item.url)
        assert str(overdue) in told.text
        assert client.get(told.url).context["total"] == overdue

    def test_steps_to_be_confirmed_open_just_these(self, city: City, client: Client) -> None:
        day = city.programme.opens_as_of
        city.step(-1)
        for number in range(2):
            city.step(-2 - number, carried_out_on=day)
        client.force_login(city.people["reviewer"])
        waiting = client.get(city.url("programme")).context["waiting"]
        told = next(item for item in waiting if "light=waiting" in item.url)
        desk = city.url("follow-up", kind="step", light="waiting")
        assert "2" in told.text
        assert told.url == desk
        assert client.get(desk).context["total"] == 2
        assert desk.replace("&", "&amp;") in client.get(city.url("review")).content.decode()

    def test_nothing_is_told_where_nothing_is(self, city: City, client: Client) -> None:
        client.force_login(city.people["reviewer"])
        page = client.get(city.url("programme")).content.decode()
        assert city.url("follow-up", light="overdue") not in page
        assert Task.objects.count() == 0

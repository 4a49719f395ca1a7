"""Lists and records: whom they open for, what they list, and that a list is what its number says."""

import csv
import datetime
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from consolidation.models import (
    Disposition,
    ExecutionStep,
    MergePlan,
    Programme,
    RetainedPlatform,
    Task,
    TaskNote,
)
from consolidation.panels import PANELS, register
from consolidation.selectors.counts import by_owner, by_today, tallies, total
from consolidation.selectors.narrowing import Counted, today_q
from consolidation.selectors.plans import owners_of
from consolidation.selectors.state import State, state_view
from platforms_portal.access import Countersigns, Role
from platforms_portal.csv_files import harmless
from staffing.people import COUNTED_PEOPLE, people_visible_to, sums_of
from tests import factories as f
from zones.models import Division, DivisionSuccession, ManagementBody, Plate, Platform, PlatformName

pytestmark = pytest.mark.django_db

MERGE, ABOLISH = Disposition.Kind.MERGE, Disposition.Kind.ABOLISH
TRANSFORM, UPGRADE = Disposition.Kind.TRANSFORM, Disposition.Kind.UPGRADE
LISTS = ["platforms", "bodies", "plates", "people", "retained-list", "plans", "tasks"]
RECORDS = ["platform", "body", "plate", "retained", "plan"]


@dataclass
class City:
    """A city of two divisions, with a bit of everything."""

    programme: Programme
    north: Division
    south: Division
    platforms: list[Platform]
    retained: RetainedPlatform
    body: ManagementBody
    plate: Plate
    plan: MergePlan
    draft: MergePlan
    foreign: dict[str, int]

    def key(self, name: str) -> int:
        """Return the key of the northern record that the page ``name`` shows."""
        records = {
            "platform": self.platforms[1],
            "body": self.body,
            "plate": self.plate,
            "retained": self.retained,
            "plan": self.plan,
        }
        key: int = records[name].pk
        return key

    def url(self, name: str, *, foreign: bool = False) -> str:
        """Return the address of a list, or of a record of the north (or the south)."""
        if name not in RECORDS:
            return reverse(name, args=[self.programme.code])
        key = self.foreign[name] if foreign else self.key(name)
        return reverse(name, args=[self.programme.code, key])


@pytest.fixture
def city() -> City:  # noqa: PLR0915 - a bit of everything is many lines
    programme = f.make_programme()
    north, south = (f.make_division(programme) for _ in range(2))
    stays, merged, gone, twice, open_one = (
        f.make_platform(programme, north, is_placeholder=i % 2 == 0) for i in range(5)
    )
    founded = f.make_founded(programme, programme.division)
    other = f.make_platform(programme, south, name="南方园区")
    retained = f.make_retained(programme, stays, listed_name="北方经开区", is_provisional=True)
    f.make_retained(programme, founded, founding_confirmed_on=datetime.date(2021, 1, 5))
    foreign = f.make_retained(programme, other)
    plan = f.make_plan(programme, north, MergePlan.State.IN_EXECUTION)
    southern = f.make_plan(programme, south)
    f.dispose(plan, stays, UPGRADE)
    decision = f.dispose(
        plan,
        merged,
        MERGE,
        target=stays,
        confirmed_on=datetime.date(2021, 2, 1),
        is_placeholder=True,
    )
    ExecutionStep.objects.create(
        disposition=decision,
        title="印发文件",
        carried_out_on=datetime.date(2021, 1, 30),
        confirmed_on=datetime.date(2021, 2, 1),
        document_number="杭发〔2021〕1号",
    )
    f.dispose(plan, gone, TRANSFORM)
    f.dispose(plan, twice, ABOLISH)
    f.dispose(southern, twice, MERGE, target=founded)
    f.dispose(southern, other, UPGRADE)
    body, left, new = (
        f.make_body(programme, north, stays),
        f.make_body(programme, north, merged),
        f.make_body(programme, north, founded, origin="founded"),
    )
    f.make_body(programme, north, open_one)
    south_body = f.make_body(programme, south, other)
    f.dispose_body(plan, body, "keep", serves=stays)
    f.dispose_body(plan, left, "abolish", confirmed_on=datetime.date(2021, 2, 1))
    f.dispose_body(plan, new, "found", serves=founded, confirmed_on=datetime.date(2021, 2, 2))
    for counted in ManagementBody.objects.filter(origin="ledger"):
        f.count_heads(counted, 10, 20, 5)
    f.count_heads(body, 8, 18, None, day=datetime.date(2021, 3, 1))
    f.plan_heads(plan, body, 12, 22, 3)
    f.plan_heads(plan, new, 4, None, 1)
    f.move(plan, left, "administrative", 6, to_body=body)
    f.move(plan, left, "contract", 5, destination="contract_end")
    plates = [f.make_plate(programme, platform) for platform in (merged, stays, twice, other)]
    f.dispose_plate(plan, plates[0], "keep", carrier=stays)
    f.dispose_plate(plan, plates[2], "drop")
    return City(
        programme=programme,
        north=north,
        south=south,
        platforms=[stays, merged, gone, twice, open_one],
        retained=retained,
        body=body,
        plate=plates[0],
        plan=plan,
        draft=f.make_plan(programme, north, MergePlan.State.DRAFT, version=2),
        foreign={
            "platform": other.pk,
            "body": south_body.pk,
            "plate": plates[3].pk,
            "retained": foreign.pk,
            "plan": southern.pk,
        },
    )


SignIn = Callable[..., tuple[Client, User]]


@pytest.fixture
def sign_in(client: Client) -> SignIn:
    def in_as(role: str = Role.COMMISSION_REVIEWER, **fields: Any) -> tuple[Client, User]:
        user = f.make_user(role, **fields)
        client.force_login(user)
        return client, user

    return in_as


def listed(response: Any) -> int:
    """Return the number that the line above a list tells."""
    number: int = response.context["total"]
    return number


class TestDoors:
    @pytest.mark.parametrize("name", [*LISTS, *RECORDS])
    def test_a_stranger_is_sent_to_sign_in(self, city: City, client: Client, name: str) -> None:
        response = client.get(city.url(name))
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("login"))

    @pytest.mark.parametrize("name", [*LISTS, *RECORDS])
    @pytest.mark.parametrize(
        "role", [Role.COMMISSION_REVIEWER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR]
    )
    def test_roles_of_the_city_see_everything(
        self, city: City, sign_in: SignIn, name: str, role: str
    ) -> None:
        client, _ = sign_in(role)
        assert client.get(city.url(name)).status_code == 200

    @pytest.mark.parametrize("role", [Role.DISTRICT_OFFICIAL, Role.DISTRICT_LEADER])
    @pytest.mark.parametrize("name", RECORDS)
    def test_another_divisions_records_are_not_found(
        self, city: City, sign_in: SignIn, name: str, role: str
    ) -> None:
        client, _ = sign_in(role, division=city.north)
        assert client.get(city.url(name)).status_code == 200
        assert client.get(city.url(name, foreign=True)).status_code == 404

    @pytest.mark.parametrize(
        ("signs", "refused"),
        [
            (Countersigns.NOTHING, {"bodies", "body", "people"}),
            (Countersigns.BODIES, {"people"}),
            (Countersigns.PEOPLE, set()),
        ],
    )
    def test_a_department_sees_what_it_signs(
        self, city: City, sign_in: SignIn, signs: str, refused: set[str]
    ) -> None:
        department = f.make_department(city.programme, countersigns=signs)
        client, _ = sign_in(Role.COUNTERSIGNER, department=department)
        answers = {name: client.get(city.url(name)).status_code for name in [*LISTS, *RECORDS]}
        assert {name for name, status in answers.items() if status == 403} == refused
        assert {status for name, status in answers.items() if name not in refused} == {200}

    def test_what_a_department_may_not_see_is_on_no_other_page(
        self, city: City, sign_in: SignIn
    ) -> None:
        department = f.make_department(city.programme, countersigns=Countersigns.BODIES)
        client, _ = sign_in(Role.COUNTERSIGNER, department=department)
        assert 'id="people-title"' not in client.get(city.url("body")).content.decode()
        assert 'id="people-title"' not in client.get(city.url("plan")).content.decode()
        department.countersigns = Countersigns.NOTHING
        department.save()
        assert 'id="bodies-title"' not in client.get(city.url("platform")).content.decode()

    @pytest.mark.parametrize("name", RECORDS)
    def test_a_record_of_another_programme_is_not_found(
        self, city: City, sign_in: SignIn, name: str
    ) -> None:
        client, _ = sign_in()
        other = f.make_programme()
        assert client.get(reverse(name, args=[other.code, city.key(name)])).status_code == 404

    def test_history_is_for_those_who_may_see_it(self, city: City, sign_in: SignIn) -> None:
        client, _ = sign_in(Role.ANALYST)
        assert 'id="history-title"' not in client.get(city.url("platform")).content.decode()
        client, _ = sign_in(Role.AUDITOR)
        assert 'id="history-title"' in client.get(city.url("platform")).content.decode()

    def test_only_the_owner_sees_its_draft(self, city: City, sign_in: SignIn) -> None:
        draft = reverse("plan", args=[city.programme.code, city.draft.pk])
        everything = {"chosen": "1"}
        client, _ = sign_in(Role.COMMISSION_REVIEWER)
        assert client.get(draft).status_code == 404
        assert listed(client.get(city.url("plans"), everything)) == 2
        client, _ = sign_in(Role.DISTRICT_OFFICIAL, division=city.south)
        assert client.get(draft).status_code == 404
        client, _ = sign_in(Role.DISTRICT_OFFICIAL, division=city.north)
        assert client.get(draft).status_code == 200
        assert listed(client.get(city.url("plans"))) == 2

    def test_a_district_is_told_that_it_sees_its_own(self, city: City, sign_in: SignIn) -> None:
        client, _ = sign_in(Role.DISTRICT_OFFICIAL, division=city.south)
        response = client.get(city.url("platforms"))
        assert listed(response) == 1
        assert response.context["own_records_only"]
        assert city.south.name in response.context["described"]
        offered = response.context["filters"].form.fields["division"].choices
        assert [code for code, _ in offered] == [city.south.code]
        assert client.get(city.url("platforms"), {"division": city.north.code}).status_code == 404


class TestCounted:
    """A list opened from a number is as long as the number is high."""

    @pytest.mark.parametrize("state", State.values)
    @pytest.mark.parametrize("name", ["platforms", "bodies", "plates"])
    def test_lists_are_as_long_as_the_tallies_say(
        self, city: City, sign_in: SignIn, name: str, state: str
    ) -> None:
        client, _ = sign_in()
        tally = by_owner(tallies(state_view(city.programme, state), name))
        numbers = {
            Counted.BASELINE: "baseline",
            Counted.STATE: "in_state",
            Counted.WENT: "went",
            Counted.CAME: "came",
            Counted.UNDECIDED: "undecided",
            Counted.PLACEHOLDERS: "placeholders",
        }
        for counted, number in numbers.items():
            asked = {"state": state, "counted": counted.value}
            everywhere = total(tallies(state_view(city.programme, state), name))
            assert listed(client.get(city.url(name), asked)) == getattr(everywhere, number)
            for owner in owners_of(city.programme):
                response = client.get(city.url(name), {**asked, "division": owner.code})
                of_owner = getattr(tally[owner.pk], number) if owner.pk in tally else 0
                assert listed(response) == of_owner, (counted, owner)
                shown = len(list(response.context["table"].rows))
                assert shown == of_owner, "each record once"

    @pytest.mark.parametrize("state", State.values)
    def test_the_people_of_a_list_sum_up_to_the_tally(
        self, city: City, sign_in: SignIn, state: str
    ) -> None:
        client, _ = sign_in()
        tally = by_owner(tallies(state_view(city.programme, state), "people"))
        for owner in owners_of(city.programme):
            expected = tally.get(owner.pk)
            for counted in COUNTED_PEOPLE:
                asked = {"state": state, "counted": counted.value, "division": owner.code}
                response = client.get(city.url("people"), asked)
                sums = response.context["summary"]["sums"]
                before = {Counted.BASELINE: "baseline", Counted.UNDECIDED: "undecided"}
                if counted in before:
                    number = getattr(expected, before[counted], 0)
                    assert sums.people_before == number, (counted, owner)
                else:
                    assert sums.people_after == getattr(expected, "in_state", 0)
                    assert sums.missing_after == getattr(expected, "missing_in_state", 0)
                columns = [record.before for record in response.context["table"].data]
                assert sum(columns) == sums.people_before

    def test_people_who_went_are_not_followed_one_by_one(self, city: City, sign_in: SignIn) -> None:
        client, _ = sign_in()
        response = client.get(city.url("people"), {"counted": "went"})
        assert listed(response) == 0
        assert response.context["filters"].form.errors

    def test_lists_follow_the_divisions_of_today(self, city: City, sign_in: SignIn) -> None:
        day = datetime.date(2021, 3, 1)
        new = f.make_division(city.programme, quota=None, valid_from=day)
        for old in (city.north, city.south):
            DivisionSuccession.objects.create(predecessor=old, successor=new, effective_on=day)
        client, _ = sign_in()
        view = state_view(city.programme, State.PLANNED)
        number = by_today(tallies(view, "platforms"), view.as_of)[new.pk].baseline
        asked = {"today": new.code, "counted": "baseline"}
        response = client.get(city.url("platforms"), asked)
        assert listed(response) == number == 6
        assert response.context["chips"][-1].value == new.label
        people = people_visible_to(response.context["scope"], view, today_q(new, view.as_of), "")
        assert sums_of(view, people).people_before == 4 * 35


class TestFilters:
    @pytest.mark.parametrize(
        ("asked", "number"),
        [
            ({"q": "北方经开"}, 1),
            ({"q": "旧名"}, 1),
            ({"q": "  南方园区 "}, 1),
            ({"disposition": "merge"}, 2),
            ({"disposition": "abolish"}, 1),
            ({"disposition": "none"}, 2),
            ({"is_retained": "yes"}, 3),
            ({"placeholder": "yes"}, 3),
            ({"placeholder": "no", "level": "district"}, 4),
            ({"level": "national"}, 0),
        ],
    )
    def test_platforms(
        self, city: City, sign_in: SignIn, asked: dict[str, str], number: int
    ) -> None:
        PlatformName.objects.create(platform=city.platforms[2], name="旧名园区")
        client, _ = sign_in()
        response = client.get(city.url("platforms"), asked)
        assert listed(response) == number
        assert {chip.label for chip in response.context["chips"]} == {
            response.context["filters"].form[name].label for name in asked
        }
        if number == 0:
            assert "清除筛选" in response.content.decode()

    @pytest.mark.parametrize(
        ("name", "asked", "number"),
        [
            ("bodies", {"fate": "abolish"}, 1),
            ("bodies", {"fate": "none"}, 2),
            ("bodies", {"q": "南方园区"}, 1),
            ("plates", {"fate": "keep"}, 1),
            ("plates", {"fate": "none"}, 2),
            ("plates", {"q": "南方园区"}, 1),
            ("retained-list", {"is_provisional": "yes"}, 1),
            ("retained-list", {"sub_area": "yes"}, 0),
            ("retained-list", {"q": "北方", "counted": "state"}, 1),
            ("retained-list", {"is_high_level": "no", "level": "district"}, 3),
            ("plans", {"plan_state": "submitted"}, 1),
            ("plans", {"plan_state": ["submitted", "in_execution"]}, 2),
            ("people", {"q": "南方园区"}, 1),
        ],
    )
    def test_other_lists(
        self, city: City, sign_in: SignIn, name: str, asked: dict[str, str], number: int
    ) -> None:
        client, _ = sign_in()
        assert listed(client.get(city.url(name), asked)) == number

    def test_a_chip_drops_its_own_choice_only(self, city: City, sign_in: SignIn) -> None:
        client, _ = sign_in()
        asked = {"disposition": "merge", "placeholder": "no", "page": "2"}
        chips = client.get(city.url("platforms"), asked).context["chips"]
        assert [chip.url for chip in chips] == ["?placeholder=no", "?disposition=merge"]

    def test_a_choice_that_cannot_be_is_told(self, city: City, sign_in: SignIn) -> None:
        client, _ = sign_in()
        response = client.get(city.url("platforms"), {"level": "cosmic"})
        assert response.status_code == 200
        assert listed(response) == 0
        assert "cosmic" in response.content.decode()
        assert client.get(city.url("platforms"), {"as_of": "2021-02-30"}).status_code == 400
        assert client.get(city.url("platforms"), {"counted": "all"}).status_code == 400

    def test_plans_open_on_what_waits(self, city: City, sign_in: SignIn) -> None:
        client, _ = sign_in(Role.COMMISSION_REVIEWER)
        response = client.get(city.url("plans"))
        assert [plan.state for plan in response.context["table"].data] == ["submitted"]
        assert response.context["waiting_only"]
        assert listed(client.get(city.url("plans"), {"chosen": "1"})) == 2
        client, _ = sign_in(Role.ANALYST)
        assert listed(client.get(city.url("plans"))) == 2

    def test_sorting_and_pages(self, city: City, sign_in: SignIn) -> None:
        for _ in range(50):
            f.make_platform(city.programme, city.north)
        client, _ = sign_in()
        url = city.url("platforms")
        first = client.get(url, {"sort": "-name"}).context["table"]
        second = client.get(url, {"sort": "-name", "page": "2"}).context["table"]
        names = [row.record.name for table in (first, second) for row in table.paginated_rows]
        assert len(names) == len(set(names)) == 57
        assert names == sorted(names, reverse=True)
        assert client.get(url, {"page": "99"}).context["page_obj"].number == 2
        assert client.get(url, {"page": "x", "sort": "nonsense"}).status_code == 200

    def test_htmx_gets_only_the_part_with_the_table(self, city: City, sign_in: SignIn) -> None:
        client, _ = sign_in()
        url = city.url("platforms")
        part = client.get(url, headers={"HX-Request": "true"})
        assert "<html" not in part.content.decode()
        assert "pp-records" in part.content.decode()
        assert "HX-Request" in part.headers["Vary"]
        again = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
        assert "<html" in client.get(url, headers=again).content.decode()

    def test_tasks(self, city: City, sign_in: SignIn) -> None:
        mine, other = (f.make_department(city.programme) for _ in range(2))
        late = Task.objects.create(
            programme=city.programme, clause="三", title="精简", due_on=datetime.date(2021, 1, 1)
        )
        late.departments.add(mine, other)
        TaskNote.objects.create(
            task=late, department=mine, written_on=datetime.date(2021, 2, 1), text="已开展"
        )
        Task.objects.create(
            programme=city.programme, clause="四", title="机构", state="done"
        ).departments.add(other)
        client, _ = sign_in(Role.COUNTERSIGNER, department=mine)
        response = client.get(city.url("tasks"))
        assert listed(response) == 1
        assert "已开展" in response.content.decode()
        client, _ = sign_in()
        assert listed(client.get(city.url("tasks"))) == 2
        assert listed(client.get(city.url("tasks"), {"late": "yes"})) == 1
        assert listed(client.get(city.url("tasks"), {"late": "yes", "as_of": "2020-12-31"})) == 0
        assert listed(client.get(city.url("tasks"), {"department": str(mine.pk)})) == 1
        assert listed(client.get(city.url("tasks"), {"q": "机构", "task_state": "done"})) == 1


def exported(client: Client, url: str, asked: dict[str, str] | None = None) -> list[list[str]]:
    """Return the rows of a list's export, opened as a spreadsheet would."""
    response: Any = client.get(url, {**(asked or {}), "export": "csv"})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


class TestExport:
    def test_exactly_what_is_listed(self, city: City, sign_in: SignIn) -> None:
        client, _ = sign_in()
        asked = {"state": "actual", "counted": "went", "division": city.north.code, "sort": "-code"}
        response = client.get(city.url("platforms"), asked)
        rows = exported(client, city.url("platforms"), asked)
        assert city.programme.name in rows[0]
        assert "2021-03-31" in rows[1]
        assert any(city.north.name in cell for cell in rows[1])
        shown = [row.record.code for row in response.context["table"].rows]
        assert [row[1] for row in rows[3:]] == shown == [city.platforms[1].code]
        assert rows[3][0] == city.platforms[1].name
        assert rows[3][6] == city.platforms[0].name

    @pytest.mark.parametrize("name", LISTS)
    def test_every_list(self, city: City, sign_in: SignIn, name: str) -> None:
        client, _ = sign_in()
        rows = exported(client, city.url(name), {"chosen": "1"})
        number = listed(client.get(city.url(name), {"chosen": "1"}))
        assert len(rows) == 3 + number
        assert not any("<" in cell for row in rows for cell in row)
        assert {len(row) for row in rows[2:]} == {len(rows[2])}

    def test_speaks_the_readers_language_to_the_end(self, city: City, sign_in: SignIn) -> None:
        client, _ = sign_in()
        client.cookies["django_language"] = "en"
        rows = exported(client, city.url("platforms"))
        assert rows[2][0] == "Platform"
        assert "Merge" in {row[5].split(",")[0] for row in rows[3:]}

    def test_no_cell_is_a_formula(self, city: City, sign_in: SignIn) -> None:
        f.make_platform(city.programme, city.north, name="=HYPERLINK(1)", code="P0")
        client, _ = sign_in()
        assert exported(client, city.url("platforms"))[3][0] == "'=HYPERLINK(1)"

    @pytest.mark.parametrize(
        ("value", "cell"),
        [
            ("@a", "'@a"),
            ("-a", "'-a"),
            ("+1", "'+1"),
            ("\ta", "'\ta"),
            (-3, -3),
            (None, ""),
            ("a", "a"),
        ],
    )
    def test_harmless(self, value: object, cell: object) -> None:
        assert harmless(value) == cell

    def test_a_list_too_long_is_refused(
        self, city: City, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("consolidation.views.lists.EXPORT_LIMIT", 2)
        client, _ = sign_in()
        assert client.get(city.url("platforms"), {"export": "csv"}).status_code == 400
        assert "export=csv" not in client.get(city.url("platforms")).content.decode()


def queries(client: Client, url: str) -> int:
    """Return how many queries a page takes, the second time it is opened."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
        assert response.status_code == 200
    return len(captured)


class TestQueries:
    """As many for three rows as for one."""

    def add(self, city: City, number: int) -> None:
        for _ in range(number):
            platform = f.make_platform(city.programme, city.north)
            f.make_plate(city.programme, platform)
            f.dispose(city.plan, platform, MERGE, target=city.platforms[0])
            ExecutionStep.objects.create(
                disposition=Disposition.objects.get(platform=platform), title="一"
            )
            body = f.make_body(city.programme, city.north, city.platforms[1], platform)
            f.count_heads(body, 1, 2, 3)
            f.dispose_body(city.plan, body, "abolish")
            f.move(city.plan, body, "public", 1, to_body=city.body)
            f.make_retained(city.programme, platform)
            PlatformName.objects.create(platform=city.platforms[1], name=platform.code)
            task = Task.objects.create(programme=city.programme, clause="三", title=platform.code)
            task.departments.add(f.make_department(city.programme))
            f.make_plan(
                city.programme,
                f.make_division(city.programme),
                MergePlan.State.SUBMITTED,
            )

    @pytest.mark.parametrize("name", [*LISTS, *RECORDS])
    def test_constant(self, city: City, sign_in: SignIn, name: str) -> None:
        client, _ = sign_in()
        self.add(city, 1)
        few = queries(client, city.url(name))
        self.add(city, 3)
        assert queries(client, city.url(name)) == few


class TestRecords:
    def test_a_platform_tells_where_it_came_from_and_went(
        self, city: City, sign_in: SignIn
    ) -> None:
        client, _ = sign_in()
        target, merged = city.platforms[0], city.platforms[1]
        page = client.get(reverse("platform", args=[city.programme.code, merged.pk]))
        text = page.content.decode()
        assert reverse("platform", args=[city.programme.code, target.pk]) in text
        assert "杭发〔2021〕1号" in text
        assert page.context["on_day"].presence.word == "gone"
        before = client.get(page.request["PATH_INFO"], {"as_of": "2021-01-31"})
        assert before.context["on_day"].presence.word == "presumed"
        kept = client.get(reverse("platform", args=[city.programme.code, target.pk]))
        assert [d.platform for d in kept.context["incoming"].decisions] == [merged]

    @pytest.mark.parametrize(
        ("fields", "day", "word"),
        [
            ({"established_on": datetime.date(2020, 1, 1)}, "2019-12-31", "not_yet"),
            ({"established_on": datetime.date(2020, 1, 1)}, "2020-01-01", "there"),
            ({"closed_on": datetime.date(2018, 1, 1)}, "2018-01-01", "closed"),
            ({}, "2017-01-01", "unknown"),
            ({"origin": "founded"}, "2021-01-01", "not_founded"),
        ],
    )
    def test_what_it_was_on_a_day(
        self, city: City, sign_in: SignIn, fields: dict[str, Any], day: str, word: str
    ) -> None:
        platform = f.make_platform(city.programme, city.north, **fields)
        client, _ = sign_in()
        url = reverse("platform", args=[city.programme.code, platform.pk])
        assert client.get(url, {"as_of": day}).context["on_day"].presence.word == word

    def test_its_name_on_a_day(self, city: City, sign_in: SignIn) -> None:
        platform, change = city.platforms[0], datetime.date(2019, 5, 15)
        PlatformName.objects.create(platform=platform, name="旧名", valid_to=change)
        PlatformName.objects.create(platform=platform, name="新名", valid_from=change)
        client, _ = sign_in()
        url = reverse("platform", args=[city.programme.code, platform.pk])
        for day, name in (("2019-05-14", "旧名"), ("2019-05-15", "新名")):
            assert client.get(url, {"as_of": day}).context["on_day"].name == name

    def test_its_record_on_a_day(self, city: City, sign_in: SignIn) -> None:
        platform = city.platforms[0]
        url = reverse("platform", args=[city.programme.code, platform.pk])
        client, user = sign_in()
        platform.history.update(history_date="2021-01-01T00:00:00Z")  # type: ignore[attr-defined]  # the history manager
        platform.kind = "经济开发区"
        platform._history_user = user  # type: ignore[attr-defined]  # simple-history's own name
        platform._change_reason = "补录"  # type: ignore[attr-defined]  # the same
        platform.save()
        context = client.get(url, {"as_of": "2021-01-02"}).context
        assert [(c.before, c.after) for c in context["then"]] == [("—", "经济开发区")]
        assert client.get(url, {"as_of": "2020-12-31"}).context["on_day"].record is None
        newest = context["changes"][0]
        assert (newest.kind, newest.actor, newest.reason) == ("~", user.username, "补录")
        assert [(field.before, field.after) for field in newest.fields] == [("—", "经济开发区")]
        assert newest.request_id == "" or newest.request_id

    def test_a_district_learns_how_many_come_from_elsewhere(
        self, city: City, sign_in: SignIn
    ) -> None:
        southern = MergePlan.objects.get(division=city.south)
        f.dispose(
            southern, f.make_platform(city.programme, city.south), MERGE, target=city.platforms[0]
        )
        client, _ = sign_in(Role.DISTRICT_OFFICIAL, division=city.north)
        url = reverse("platform", args=[city.programme.code, city.platforms[0].pk])
        incoming = client.get(url).context["incoming"]
        assert (len(incoming.decisions), incoming.elsewhere) == (1, 1)

    def test_what_is_not_known_is_said(self, city: City, sign_in: SignIn) -> None:
        client, _ = sign_in()
        for name in ("platform", "body", "retained"):
            assert "未知" in client.get(city.url(name)).content.decode()

    def test_people_of_a_body(self, city: City, sign_in: SignIn) -> None:
        client, _ = sign_in()
        panel = client.get(city.url("body")).context["panels"][0].context
        first, *_, last = panel["figures"]
        figures = (first.before.on_post, first.planned.on_post, first.latest.on_post)
        assert figures == (10, 12, 8)
        assert last.latest.on_post is None
        assert [move.people for move in panel["arriving"]] == [6]
        assert panel["balance"].value == "not_met"

    def test_people_of_a_plan(self, city: City, sign_in: SignIn) -> None:
        client, _ = sign_in()
        response = client.get(city.url("plan"))
        panels = {panel.template: panel.context for panel in response.context["panels"]}
        figures = panels["staffing/plan.html"]["figures"]
        assert [row.before for row in figures] == [30, 60, 15]
        view = state_view(city.programme, State.PLANNED)
        tally = by_owner(tallies(view, "people"))[city.north.pk]
        assert sum(row.before for row in figures) == tally.baseline
        assert sum(row.after for row in figures) == tally.in_state
        assert [row.left for row in figures] == [0, 0, 5]
        assert {finding.scope.division.pk for finding, _ in response.context["findings"]} == {
            city.north.pk
        }

    def test_a_long_plan_is_shown_in_part(
        self, city: City, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("consolidation.views.plans.SHOWN", 2)
        client, _ = sign_in()
        part = client.get(city.url("plan")).context["dispositions"]
        assert (len(part.rows), part.total) == (2, 4)

    def test_a_returned_or_older_version_says_so(self, city: City, sign_in: SignIn) -> None:
        old = city.plan
        old.state, old.return_reason = MergePlan.State.RETURNED, "去向不明"
        old.save()
        city.draft.delete()
        newer = f.make_plan(city.programme, city.north, version=2)
        client, _ = sign_in()
        response = client.get(city.url("plan"))
        assert response.context["newer"] == newer
        assert "去向不明" in response.content.decode()
        assert not response.context["is_counted"]

    def test_a_panel_is_registered_once(self) -> None:
        panel = next(iter(PANELS.values()))
        with pytest.raises(ValueError, match="registered twice"):
            register(panel)

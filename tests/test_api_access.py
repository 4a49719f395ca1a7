"""Who may read what by the API: every endpoint as every role, scope, drafts, sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings as site
from django.core.cache import cache
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from platforms_portal.access import Right, Role
from platforms_portal.api_urls import router
from tests import api_city, factories
from tests.api_city import API, City, answer_to, client_of

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from accounts.models import User

RIGHTS = {
    "programmes": Right.VIEW_CITY,
    "divisions": Right.VIEW_CITY,
    "platforms": Right.VIEW_LEDGER,
    "retained-platforms": Right.VIEW_LEDGER,
    "bodies": Right.VIEW_BODIES,
    "plates": Right.VIEW_LEDGER,
    "plans": Right.VIEW_LEDGER,
    "dispositions": Right.VIEW_LEDGER,
    "plate-dispositions": Right.VIEW_LEDGER,
    "body-dispositions": Right.VIEW_BODIES,
    "tasks": Right.VIEW_TASKS,
    "reminders": Right.VIEW_TASKS,
    "staffing/head-counts": Right.VIEW_PEOPLE,
    "staffing/staff-plans": Right.VIEW_PEOPLE,
    "staffing/redeployments": Right.VIEW_PEOPLE,
    "programmes/CODE/checks": Right.VIEW_CITY,
    "programmes/CODE/counts": Right.VIEW_CITY,
    "programmes/CODE/due": Right.VIEW_TASKS,
    "programmes/CODE/flows": Right.VIEW_CITY,
    "programmes/CODE/burn-down": Right.VIEW_CITY,
    "solver-runs": Right.SOLVE,
}
EVERYBODY = {
    "official", "leader", "reviewer", "signs nothing", "signs bodies", "signs people", "analyst",
    "auditor", "administrator",
}  # fmt: skip
HOLDERS = {
    Right.VIEW_CITY: EVERYBODY,
    Right.VIEW_LEDGER: EVERYBODY,
    Right.VIEW_TASKS: EVERYBODY,
    Right.SOLVE: {"official", "reviewer"},
    Right.VIEW_BODIES: EVERYBODY - {"signs nothing"},
    Right.VIEW_PEOPLE: EVERYBODY - {"signs nothing", "signs bodies"},
}
OF_A_DIVISION = [
    "platforms", "retained-platforms", "bodies", "plates", "plans", "dispositions",
    "plate-dispositions", "body-dispositions", "staffing/head-counts", "staffing/staff-plans",
    "staffing/redeployments",
]  # fmt: skip
IN_PLANS = [
    "plans", "dispositions", "plate-dispositions", "body-dispositions", "staffing/staff-plans",
    "staffing/redeployments",
]  # fmt: skip


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Forget kept findings: the next test's records may have the keys of the last one's."""
    cache.clear()


@pytest.fixture
def city(db: None) -> City:
    return api_city.build()


@pytest.fixture
def people(city: City) -> dict[str, User]:
    return api_city.people(city)


def test_the_table_names_every_list() -> None:
    assert {prefix for prefix, _view, _name in router.registry} == {
        name for name in RIGHTS if "CODE" not in name
    }


@pytest.mark.parametrize("path", RIGHTS)
def test_every_role_gets_what_its_rights_say(
    path: str, city: City, people: dict[str, User]
) -> None:
    address = f"{API}{path.replace('CODE', city.programme.code)}/"
    got = {name: client_of(user).get(address).status_code for name, user in people.items()}
    holders = HOLDERS[RIGHTS[path]]
    assert got == {name: 200 if name in holders else 403 for name in people}


@pytest.mark.parametrize("path", [*RIGHTS, "", "schema", "no-such-thing"])
def test_a_stranger_is_asked_to_sign_in(path: str, city: City) -> None:
    address = f"{API}{path.replace('CODE', city.programme.code)}/".replace("//", "/")
    response = client_of().get(address)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Token"
    assert response.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("path", [*RIGHTS, "", "schema"])
def test_nothing_can_be_written(path: str, city: City, people: dict[str, User]) -> None:
    address = f"{API}{path.replace('CODE', city.programme.code)}/".replace("//", "/")
    holders = HOLDERS.get(RIGHTS.get(path, Right.VIEW_CITY), EVERYBODY)
    client = client_of(people["administrator" if "administrator" in holders else "reviewer"])
    for method in (client.post, client.put, client.patch, client.delete):
        response = method(address, {})
        assert response.status_code == 405
        assert response.json()["code"] == "method_not_allowed"


class TestScope:
    @pytest.mark.parametrize("path", OF_A_DIVISION)
    def test_another_divisions_record_is_not_found(
        self, path: str, city: City, people: dict[str, User]
    ) -> None:
        own, other = city.own.keys[path], city.other.keys[path]
        official, reviewer = client_of(people["official"]), client_of(people["reviewer"])
        assert official.get(f"{API}{path}/{own}/").status_code == 200
        assert official.get(f"{API}{path}/{other}/").status_code == 404
        assert reviewer.get(f"{API}{path}/{other}/").status_code == 200

    @pytest.mark.parametrize("path", OF_A_DIVISION)
    def test_a_districts_list_is_narrowed_and_says_so(
        self, path: str, city: City, people: dict[str, User]
    ) -> None:
        whole = answer_to(people["reviewer"], f"{path}/")
        part = answer_to(people["official"], f"{path}/")
        assert whole["narrowed_to"] is None
        assert part["narrowed_to"]["code"] == city.own.division.code
        ids = {row["id"] for row in part["results"]}
        assert city.own.keys[path] in ids
        assert city.other.keys[path] not in ids
        assert city.other.keys[path] in {row["id"] for row in whole["results"]}

    @pytest.mark.parametrize("path", [*OF_A_DIVISION, "programmes/CODE/checks"])
    def test_asking_for_another_division_finds_nothing(
        self, path: str, city: City, people: dict[str, User]
    ) -> None:
        address = f"{API}{path.replace('CODE', city.programme.code)}/"
        asked = {"division": city.other.division.code}
        assert client_of(people["official"]).get(address, asked).status_code == 404
        assert client_of(people["reviewer"]).get(address, asked).status_code == 200

    def test_another_citys_programme_is_not_found_by_a_district(
        self, city: City, people: dict[str, User]
    ) -> None:
        elsewhere = factories.make_programme()
        listed = answer_to(people["official"], "programmes/")
        assert [row["code"] for row in listed["results"]] == [city.programme.code]
        official = client_of(people["official"])
        for path in ("", "checks/", "counts/"):
            address = f"{API}programmes/{elsewhere.code}/{path}"
            assert official.get(address).status_code == 404
            assert client_of(people["analyst"]).get(address).status_code == 200
        named = official.get(f"{API}platforms/", {"programme": elsewhere.code})
        assert named.status_code == 400
        assert [error["parameter"] for error in named.json()["errors"]] == ["programme"]

    def test_a_districts_findings_are_the_citys_and_its_own(
        self, city: City, people: dict[str, User]
    ) -> None:
        path = f"programmes/{city.programme.code}/checks/"
        whole = answer_to(people["reviewer"], path)["findings"]
        part = answer_to(people["official"], path)["findings"]
        own = city.own.division.code
        wanted = [
            (finding["rule"], finding["aspect"], finding["scope"])
            for finding in whole
            if finding["scope"]["kind"] == "city" or finding["scope"]["code"] == own
        ]
        got = [(finding["rule"], finding["aspect"], finding["scope"]) for finding in part]
        assert got == wanted

    def test_a_finding_about_the_city_names_a_district_its_own_records_only(
        self, city: City, people: dict[str, User]
    ) -> None:
        """Both districts keep a body for a platform without an operator: R16 lists both."""
        path = f"programmes/{city.programme.code}/checks/"
        for district in (city.own, city.other):
            district.retained.operator_is_separate = False
            district.retained.operator_company = "示例公司"
            district.retained.save()

        def named(user: str) -> tuple[set[str], int]:
            found = answer_to(people[user], path, rule="R16")["findings"]
            about = next(finding for finding in found if finding["scope"]["kind"] == "city")
            return {record["name"] for record in about["breaking"]}, about["breaking_total"]

        assert named("reviewer") == ({city.own.stays.name, city.other.stays.name}, 2)
        assert named("official") == ({city.own.stays.name}, 2)

    def test_a_districts_counts_are_the_citys_totals_and_its_own_part(
        self, city: City, people: dict[str, User]
    ) -> None:
        path = f"programmes/{city.programme.code}/counts/"
        for by in ("owner", "today"):
            whole = answer_to(people["reviewer"], path, by=by)
            part = answer_to(people["official"], path, by=by)
            assert part["narrowed_to"]["code"] == city.own.division.code
            for all_of_it, own in zip(whole["counts"], part["counts"], strict=True):
                assert own["total"] == all_of_it["total"]
                assert own["divisions"] == [
                    row for row in all_of_it["divisions"] if row["code"] == city.own.division.code
                ]

    def test_a_department_sees_its_own_tasks(self, city: City, people: dict[str, User]) -> None:
        department = city.task.departments.get()
        own = factories.make_user(Role.COUNTERSIGNER, department=department)
        listed = answer_to(own, "tasks/")
        assert [row["id"] for row in listed["results"]] == [city.task.pk]
        assert listed["narrowed_to"]["name"] == department.name
        assert client_of(own).get(f"{API}tasks/{city.foreign_task.pk}/").status_code == 404
        assert answer_to(people["reviewer"], "tasks/")["count"] == 2
        assert answer_to(people["official"], "tasks/")["narrowed_to"] is None


class TestDrafts:
    @pytest.mark.parametrize("path", IN_PLANS)
    def test_a_draft_is_for_its_own_division_only(
        self, path: str, city: City, people: dict[str, User]
    ) -> None:
        own, other = city.own.draft_keys[path], city.other.draft_keys[path]
        seen = {
            name: [
                client_of(people[name]).get(f"{API}{path}/{key}/").status_code
                for key in (own, other)
            ]
            for name in ("official", "leader", "reviewer", "analyst", "auditor", "administrator")
        }
        assert seen.pop("official") == [200, 404]
        assert seen.pop("leader") == [200, 404]
        assert set(map(tuple, seen.values())) == {(404, 404)}

    @pytest.mark.parametrize("path", IN_PLANS)
    def test_lists_hide_drafts_too(self, path: str, city: City, people: dict[str, User]) -> None:
        listed = answer_to(people["reviewer"], f"{path}/")
        ids = {row["id"] for row in listed["results"]}
        assert not ids & {city.own.draft_keys[path], city.other.draft_keys[path]}
        asked = {"state" if path == "plans" else "plan_state": "draft"}
        assert answer_to(people["reviewer"], f"{path}/", **asked)["count"] == 0
        assert answer_to(people["official"], f"{path}/", **asked)["count"] > 0

    def test_an_analyst_with_a_division_is_no_district(self, city: City) -> None:
        analyst = factories.make_user(Role.ANALYST, division=city.own.division)
        assert answer_to(analyst, "plans/", state="draft")["count"] == 0

    def test_no_figure_rests_on_a_draft(self, city: City, people: dict[str, User]) -> None:
        """The draft of the own division does not move the planned state, not even for itself."""
        city.own.plan.delete()
        listed = answer_to(people["official"], "platforms/", state="planned")
        assert {row["fate"] for row in listed["results"]} == {None}


class TestSignIn:
    def test_a_token_opens_the_api(self, people: dict[str, User]) -> None:
        credentials = {"username": people["analyst"].username, "password": factories.PASSWORD}
        response = client_of().post(f"{API}token/", credentials)
        assert response.status_code == 200
        assert "no-store" in response.headers["Cache-Control"]
        token = response.json()["token"]
        assert Token.objects.get().user == people["analyst"]
        client = APIClient(headers={"authorization": f"Token {token}"})
        assert client.get(f"{API}platforms/").status_code == 200
        people["analyst"].refresh_from_db()
        assert people["analyst"].last_login is not None

    def test_a_session_opens_the_api(self, people: dict[str, User]) -> None:
        client = APIClient()
        client.force_login(people["analyst"], site.AUTHENTICATION_BACKENDS[-1])
        assert client.get(f"{API}platforms/").status_code == 200

    def test_a_closed_account_stays_outside(self, people: dict[str, User]) -> None:
        token = Token.objects.create(user=people["analyst"])
        people["analyst"].is_active = False
        people["analyst"].save()
        client = APIClient(headers={"authorization": f"Token {token.key}"})
        assert client.get(f"{API}platforms/").status_code == 401
        credentials = {"username": people["analyst"].username, "password": factories.PASSWORD}
        assert client_of().post(f"{API}token/", credentials).status_code == 400

    @pytest.mark.django_db
    def test_every_missing_field_is_named(self) -> None:
        response = client_of().post(f"{API}token/", {})
        assert response.status_code == 400
        assert {error["parameter"] for error in response.json()["errors"]} == {
            "username",
            "password",
        }

    def test_too_many_wrong_passwords_close_the_door_for_a_while(
        self, people: dict[str, User], settings: Settings
    ) -> None:
        settings.AXES_ENABLED = True
        wrong = {"username": people["analyst"].username, "password": "guessed"}
        right = wrong | {"password": factories.PASSWORD}
        codes = [client_of().post(f"{API}token/", wrong).status_code for _ in range(10)]
        assert codes[:9] == [400] * 9
        assert codes[9] == 429
        response = client_of().post(f"{API}token/", right)
        assert response.status_code == 429
        assert response.json()["code"] == "throttled"
        assert int(response.headers["Retry-After"]) > 0
        elsewhere = right | {"username": people["auditor"].username}
        assert client_of().post(f"{API}token/", elsewhere).status_code == 200

    def test_the_right_password_starts_the_count_anew(
        self, people: dict[str, User], settings: Settings
    ) -> None:
        settings.AXES_ENABLED = True
        wrong = {"username": people["analyst"].username, "password": "guessed"}
        right = wrong | {"password": factories.PASSWORD}
        for _ in range(2):
            for _ in range(9):
                assert client_of().post(f"{API}token/", wrong).status_code == 400
            assert client_of().post(f"{API}token/", right).status_code == 200

"""What the API's lists answer: filters, pages, errors, figures, provenance, numbers of queries."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connections
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from consolidation.models import Disposition, MergePlan, Task
from consolidation.selectors.counts import COUNTERS, by_owner, by_today, tallies, total
from consolidation.selectors.state import State, state_view
from platforms_portal.access import Right, Role
from platforms_portal.api.errors import handle
from platforms_portal.api.rendering import ExactJSONRenderer
from platforms_portal.api.views import RightRequired
from platforms_portal.api_urls import router
from tests import api_city, factories
from tests.api_city import API, City, answer_to, client_of
from zones.models import DivisionSuccession

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from accounts.models import User

# An auditor does not ask the solver; its runs are counted in tests/test_solver_pages.py.
LISTS = [
    prefix for prefix, view, _name in router.registry if getattr(view, "right", None) != Right.SOLVE
]
IN_A_STATE = ["platforms", "bodies", "plates"]


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Forget kept findings: the next test's records may have the keys of the last one's."""
    cache.clear()


@pytest.fixture
def city(db: None) -> City:
    return api_city.build()


@pytest.fixture
def reader(db: None) -> User:
    return factories.make_user(Role.AUDITOR)


def codes(answer: Any) -> list[str]:
    return [row["code"] for row in answer["results"]]


class TestFilters:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({}, "stays goes stays goes"),
            ({"disposition": "merge"}, "goes goes"),
            ({"disposition": ["merge", "upgrade"]}, "stays goes stays goes"),
            ({"disposition": "none"}, ""),
            ({"fate": "merge"}, "goes goes"),
            ({"fate": "none", "state": "actual"}, "stays goes stays goes"),
            ({"retained": "true"}, "stays stays"),
            ({"placeholder": "yes"}, "goes goes"),
            ({"placeholder": "0"}, "stays stays"),
            ({"sub_area": "true"}, ""),
            ({"level": "national"}, ""),
            ({"level": "district"}, "stays goes stays goes"),
            ({"counted": "went"}, "goes goes"),
            ({"counted": "state"}, "stays stays"),
        ],
    )
    def test_platforms(self, asked: dict[str, Any], found: str, city: City, reader: User) -> None:
        names = {
            getattr(district, kind).code: kind
            for district in (city.own, city.other)
            for kind in ("stays", "goes")
        }
        answer = answer_to(reader, "platforms/", **asked)
        assert [names[code] for code in codes(answer)] == found.split()
        assert answer["count"] == len(found.split())

    def test_division_search_target_and_former_name(self, city: City, reader: User) -> None:
        own = city.own
        by_division = answer_to(reader, "platforms/", division=own.division.code)
        assert codes(by_division) == [own.stays.code, own.goes.code]
        by_target = answer_to(reader, "platforms/", target=own.stays.code)
        assert codes(by_target) == [own.goes.code]
        assert by_target["results"][0]["target"] == {
            "id": own.stays.pk,
            "name": own.stays.name,
        }
        own.goes.names.create(name="从前的名字")
        assert codes(answer_to(reader, "platforms/", search="从前")) == [own.goes.code]
        assert codes(answer_to(reader, "platforms/", search=own.stays.code)) == [own.stays.code]

    def test_by_the_divisions_of_the_day(self, city: City, reader: User) -> None:
        day = factories.AS_OF
        both = factories.make_division(city.programme, quota=None, valid_from=day)
        for district in (city.own, city.other):
            DivisionSuccession.objects.create(
                predecessor=district.division, successor=both, effective_on=day
            )
        listed = answer_to(reader, "platforms/", today=both.code)
        assert listed["count"] == 4
        path = f"programmes/{city.programme.code}/counts/"
        counted = answer_to(reader, path, by="today")["counts"][0]
        assert [(row["code"], row["baseline"]) for row in counted["divisions"]] == [(both.code, 4)]

    @pytest.mark.parametrize("state", State.values)
    @pytest.mark.parametrize("path", IN_A_STATE)
    def test_counted_lists_exactly_what_a_tally_counted(
        self, path: str, state: str, city: City, reader: User
    ) -> None:
        """Also where a platform is disposed of twice, which the tally counts once."""
        factories.dispose(city.other.plan, city.own.goes, Disposition.Kind.ABOLISH)
        view = state_view(city.programme, state)
        owners = by_owner(tallies(view, path))
        for division in (None, city.own.division, city.other.division):
            tally = total(tallies(view, path)) if division is None else owners[division.pk]
            numbers = {
                "baseline": tally.baseline,
                "state": tally.in_state,
                "went": tally.went,
                "came": tally.came,
                "undecided": tally.undecided,
                "placeholders": tally.placeholders,
            }
            where = {} if division is None else {"division": division.code}
            listed = {
                counted: answer_to(reader, f"{path}/", state=state, counted=counted, **where)
                for counted in numbers
            }
            assert {name: answer["count"] for name, answer in listed.items()} == numbers
            for answer in listed.values():
                assert len(codes(answer)) == len(set(codes(answer))) == answer["count"]

    @pytest.mark.parametrize("state", State.values)
    def test_the_people_behind_a_count_add_up_to_it(
        self, state: str, city: City, reader: User
    ) -> None:
        undecided = factories.make_body(city.programme, city.own.division)
        factories.count_heads(undecided, 7, 7, 7)
        tally = total(tallies(state_view(city.programme, state), "people"))
        listed = answer_to(reader, "staffing/head-counts/", counted=state)["results"]
        if state == State.PLANNED:
            listed += answer_to(reader, "staffing/staff-plans/", counted=state)["results"]
        assert sum(row["on_post"] for row in listed) == tally.in_state > 0

    @pytest.mark.parametrize(
        ("path", "asked", "number"),
        [
            ("plans/", {"effective": "true"}, 2),
            ("plans/", {"effective": "false"}, 0),
            ("plans/", {"effective": "true", "as_of": "2019-01-01"}, 0),
            ("dispositions/", {"kind": "merge"}, 2),
            ("dispositions/", {"confirmed": "true"}, 0),
            ("dispositions/", {"confirmed": "false"}, 4),
            ("dispositions/", {"effective": "true", "as_of": "2019-01-01"}, 0),
            ("dispositions/", {"effective": "false"}, 0),
            ("body-dispositions/", {"fate": ["keep", "abolish"]}, 4),
            ("plate-dispositions/", {"fate": "drop"}, 0),
            ("staffing/head-counts/", {"category": "contract"}, 4),
            ("staffing/head-counts/", {"counted_on": "2018-12-31"}, 12),
            ("staffing/staff-plans/", {"category": "public"}, 2),
            ("staffing/redeployments/", {"destination": "body"}, 2),
            ("retained-platforms/", {"provisional": "false", "sub_area": "no"}, 2),
            ("retained-platforms/", {"high_level": "true"}, 0),
            ("tasks/", {"late": "true"}, 1),
            ("tasks/", {"late": "true", "as_of": "2021-01-01"}, 0),
            ("tasks/", {"state": Task.State.OPEN.value, "search": "编制"}, 1),
            ("divisions/", {"level": "municipal"}, 1),
            ("divisions/", {"search": "示例区"}, 2),
            ("divisions/", {"valid_on": "1949-10-01"}, 3),
        ],
    )
    def test_other_lists(
        self, path: str, asked: dict[str, Any], number: int, city: City, reader: User
    ) -> None:
        assert city.task.pk
        assert answer_to(reader, path, **asked)["count"] == number

    def test_lists_narrow_by_the_codes_of_what_they_are_about(
        self, city: City, reader: User
    ) -> None:
        own = city.own
        for path, asked, number in (
            ("dispositions/", {"platform": own.goes.code}, 1),
            ("dispositions/", {"target": own.stays.code}, 1),
            ("dispositions/", {"plan": own.plan.pk}, 2),
            ("plate-dispositions/", {"plate": own.plate.code}, 1),
            ("body-dispositions/", {"body": own.body.code}, 1),
            ("staffing/head-counts/", {"body": own.body.code}, 3),
            ("staffing/head-counts/", {"division": own.division.code}, 6),
            ("staffing/staff-plans/", {"body": own.body.code}, 3),
            ("staffing/redeployments/", {"to_body": own.body.code}, 1),
            ("bodies/", {"search": own.stays.name}, 1),
            ("plates/", {"search": own.stays.name}, 1),
            ("retained-platforms/", {"search": own.stays.name}, 1),
            ("divisions/", {"owner_in": city.programme.code}, 3),
            ("divisions/", {"code": own.division.code}, 1),
            ("tasks/", {"department": city.task.departments.get().pk}, 1),
        ):
            assert answer_to(reader, path, **asked)["count"] == number, (path, asked)


class TestPages:
    def test_pages_hold_fifty_unless_asked_and_a_thousand_at_most(
        self, city: City, reader: User
    ) -> None:
        for _ in range(60):
            factories.make_platform(city.programme, city.own.division)
        first = answer_to(reader, "platforms/")
        assert (first["count"], first["pages"], len(first["results"])) == (64, 2, 50)
        assert first["previous"] is None
        second = client_of(reader).get(first["next"]).json()
        assert len(second["results"]) == 14
        assert second["next"] is None
        assert not {row["id"] for row in first["results"]} & {
            row["id"] for row in second["results"]
        }
        assert len(answer_to(reader, "platforms/", page_size=1000)["results"]) == 64
        beyond = client_of(reader).get(f"{API}platforms/", {"page": 3})
        assert beyond.status_code == 404

    def test_pages_are_stable_where_records_are_equal(self, city: City, reader: User) -> None:
        found: list[int] = []
        for page in range(1, 5):
            answer = answer_to(reader, "platforms/", ordering="-level", page_size=1, page=page)
            found += [row["id"] for row in answer["results"]]
        assert found == sorted(found)
        assert len(set(found)) == 4
        assert city.own.stays.pk in found

    @pytest.mark.parametrize("ordering", ["approved_area", "-approved_area"])
    def test_what_is_not_known_comes_last(self, ordering: str, city: City, reader: User) -> None:
        listed = answer_to(reader, "platforms/", ordering=ordering)["results"]
        assert [row["approved_area"] for row in listed] == ["12.3400", "12.3400", None, None]
        assert city.task.pk

    def test_orders_of_several_fields(self, city: City, reader: User) -> None:
        listed = answer_to(reader, "platforms/", ordering="-division,-code")
        other, own = city.other, city.own
        wanted = [other.goes, other.stays, own.goes, own.stays]
        assert codes(listed) == [platform.code for platform in wanted]


class TestErrors:
    def test_everything_that_is_wrong_is_told_at_once(self, city: City, reader: User) -> None:
        asked = {
            "state": "someday", "as_of": "31.12.2018", "divsion": "330110", "division": "999999",
            "level": "galactic", "placeholder": "maybe", "counted": "all", "ordering": "colour",
            "page": "0", "page_size": "1001", "search": "\0",
        }  # fmt: skip
        response = client_of(reader).get(f"{API}platforms/", asked)
        assert response.status_code == 400
        body = response.json()
        assert body["code"] == "invalid_parameters"
        assert {error["parameter"] for error in body["errors"]} == set(asked)
        assert all(error["message"] and error["code"] for error in body["errors"])
        assert city.task.pk

    @pytest.mark.parametrize(
        ("language", "answered", "words"),
        [
            (None, "zh-hans", "选择"),
            ("zh-CN", "zh-hans", "选择"),
            ("en-GB,en", "en", "Select"),
            ("fr", "zh-hans", "选择"),
        ],
    )
    def test_errors_speak_the_requesters_language(
        self, language: str | None, answered: str, words: str, city: City, reader: User
    ) -> None:
        headers = {"accept-language": language} if language else {}
        response = client_of(reader).get(f"{API}platforms/", {"state": "x"}, headers=headers)
        assert response.headers["Content-Language"] == answered
        assert "Accept-Language" in response.headers["Vary"]
        assert words in response.json()["errors"][0]["message"]
        assert city.task.pk

    @pytest.mark.parametrize(
        ("path", "asked", "parameter"),
        [
            ("platforms/", {"today": "999999"}, "today"),
            ("platforms/", {"programme": "nowhere"}, "programme"),
            ("platforms/", {"state": ["actual", "planned"]}, "state"),
            ("plans/", {"plan": "1"}, "plan"),
            ("dispositions/", {"plan": "first"}, "plan"),
            ("dispositions/", {"plan": str(2**70)}, "plan"),
            ("tasks/", {"division": "330110"}, "division"),
            ("divisions/", {"owner_in": "nowhere"}, "owner_in"),
            ("programmes/CODE/checks/", {"rule": "R99"}, "rule"),
            ("programmes/CODE/checks/", {"division": "999999"}, "division"),
            ("programmes/CODE/checks/", {"page": "1"}, "page"),
            ("programmes/CODE/counts/", {"by": "moon"}, "by"),
            ("programmes/CODE/", {"state": "planned"}, "state"),
        ],
    )
    def test_the_parameter_is_named(
        self, path: str, asked: dict[str, Any], parameter: str, city: City, reader: User
    ) -> None:
        address = API + path.replace("CODE", city.programme.code)
        response = client_of(reader).get(address, asked)
        assert response.status_code == 400
        assert [error["parameter"] for error in response.json()["errors"]] == [parameter]

    def test_one_of_several_programmes_must_be_named(self, city: City, reader: User) -> None:
        factories.make_programme()
        response = client_of(reader).get(f"{API}platforms/")
        assert response.status_code == 400
        assert response.json()["errors"][0]["code"] == "required"
        listed = answer_to(reader, "platforms/", programme=city.programme.code)
        assert listed["programme"] == city.programme.code
        # A record leads to its own programme.
        one = answer_to(reader, f"platforms/{city.own.stays.pk}/")
        assert one["programme"] == city.programme.code

    @pytest.mark.django_db
    def test_without_a_programme_there_is_nothing_to_list(self) -> None:
        response = client_of(factories.make_user(Role.AUDITOR)).get(f"{API}platforms/")
        assert response.status_code == 404

    @pytest.mark.parametrize(
        "path", ["nothing/", "platforms/0/", "platforms/99999999999/", "programmes/nowhere/",
                 "programmes/nowhere/checks/", "platforms/1/2/"],
    )  # fmt: skip
    def test_what_is_not_there_has_the_same_envelope(
        self, path: str, city: City, reader: User
    ) -> None:
        for method in (client_of(reader).get, client_of(reader).head):
            assert method(API + path).status_code == 404
        body = client_of(reader).get(API + path).json()
        assert set(body) == {"code", "message", "errors", "request_id"}
        assert body["request_id"]
        assert city.task.pk

    def test_an_address_without_its_slash_leads_to_the_right_one(self, reader: User) -> None:
        response = client_of(reader).get("/api/v1/platforms")
        assert response.status_code == 301
        assert response.headers["Location"] == "/api/v1/platforms/"

    def test_what_nobody_foresaw_shows_no_trace(
        self, city: City, reader: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_args: object, **_kwargs: object) -> None:
            raise RuntimeError("the secret inside")

        monkeypatch.setattr("consolidation.api.ledger.platforms_visible_to", fail)
        response = client_of(reader).get(f"{API}platforms/")
        assert response.status_code == 500
        assert response.json()["code"] == "server_error"
        assert "secret" not in response.content.decode()
        assert city.task.pk


class TestFigures:
    @pytest.mark.parametrize("state", State.values)
    def test_the_findings_are_the_commands(self, state: str, city: City, reader: User) -> None:
        for options in ({}, {"rule": "R02"}, {"division": city.own.division.code}):
            out = StringIO()
            named = {f"--{name}={value}" for name, value in options.items()}
            arguments = [f"--programme={city.programme.code}", f"--state={state}", *named]
            with pytest.raises(SystemExit):
                call_command("check_targets", *arguments, "--format=json", stdout=out)
            path = f"programmes/{city.programme.code}/checks/"
            assert answer_to(reader, path, state=state, **options) == json.loads(out.getvalue())

    def test_the_municipal_level_shares_its_code_with_the_city(
        self, city: City, reader: User
    ) -> None:
        path = f"programmes/{city.programme.code}/checks/"
        found = answer_to(reader, path, division=city.programme.division.code)["findings"]
        assert {finding["scope"]["kind"] for finding in found} == {"city", "owner"}

    @pytest.mark.parametrize("by", ["owner", "today"])
    @pytest.mark.parametrize("state", State.values)
    def test_the_counts_are_the_tallies(
        self, state: str, by: str, city: City, reader: User
    ) -> None:
        view = state_view(city.programme, state)
        path = f"programmes/{city.programme.code}/counts/"
        answer = answer_to(reader, path, state=state, by=by)
        assert [count["count"] for count in answer["counts"]] == list(COUNTERS)
        assert answer["placeholders"] is True
        for count in answer["counts"]:
            places = tallies(view, count["count"])
            city_sum = total(places)
            assert count["total"]["baseline"] == city_sum.baseline
            assert count["total"]["in_state"] == city_sum.in_state
            assert count["total"]["cut"] == city_sum.cut
            parts = by_owner(places) if by == "owner" else by_today(places, view.as_of)
            shown = {row["code"]: row["in_state"] for row in count["divisions"]}
            assert sum(shown.values()) == city_sum.in_state
            assert shown[city.own.division.code] == parts[city.own.division.pk].in_state

    def test_a_count_that_is_not_known_is_null(self, city: City, reader: User) -> None:
        factories.make_body(city.programme, city.own.division)
        path = f"programmes/{city.programme.code}/counts/"
        counts = {count["count"]: count for count in answer_to(reader, path)["counts"]}
        people = counts["people"]["total"]
        assert (people["baseline"], people["in_state"], people["cut"]) == (None, None, None)
        assert people["missing_baseline"] == 3
        assert counts["bodies"]["total"]["cut"] == 2

    def test_the_columns_of_the_state(self, city: City, reader: User) -> None:
        own = city.own
        stays = answer_to(reader, f"platforms/{own.stays.pk}/", state="planned")
        goes = answer_to(reader, f"platforms/{own.goes.pk}/", state="planned")
        columns = ("in_baseline", "in_state", "fate", "is_retained", "sub_area")
        assert [stays[name] for name in columns] == [True, True, "upgrade", True, False]
        assert [goes[name] for name in columns] == [True, False, "merge", False, False]
        assert (goes["target"]["id"], goes["rests_on_placeholder"]) == (own.stays.pk, True)
        assert (goes["state"], goes["as_of"]) == ("planned", "2021-03-31")
        # Decided, and not carried out yet.
        actual = answer_to(reader, f"platforms/{own.goes.pk}/", state="actual")
        assert (actual["in_state"], actual["fate"], actual["target"]) == (True, None, None)
        assert actual["decided"] == "merge"
        body = answer_to(reader, f"bodies/{own.body.pk}/", state="planned")
        assert body["serves"] == {"id": own.stays.pk, "name": own.stays.name}
        plate = answer_to(reader, f"plates/{own.plate.pk}/", state="planned")
        assert (plate["carrier"]["id"], plate["settled"]) == (own.stays.pk, True)

    def test_a_platform_disposed_of_twice_is_one_row_that_says_so(
        self, city: City, reader: User
    ) -> None:
        factories.dispose(city.other.plan, city.own.goes, Disposition.Kind.ABOLISH)
        listed = answer_to(reader, "platforms/", division=city.own.division.code)
        assert [row["dispositions"] for row in listed["results"]] == [1, 2]

    def test_areas_are_texts(self, city: City, reader: User) -> None:
        response = client_of(reader).get(f"{API}platforms/{city.own.stays.pk}/")
        assert b'"approved_area":"12.3400"' in response.content

    def test_a_programme_tells_all_that_its_document_fixes(self, city: City, reader: User) -> None:
        answer = answer_to(reader, f"programmes/{city.programme.code}/")
        share = next(line for line in answer["targets"] if line["rule"] == "R02")
        assert (share["numerator"], share["denominator"]) == (60, 100)
        assert len(answer["quotas"]) == 2
        assert answer["opens_as_of"] == "2021-03-31"
        assert answer["counted_categories"] == ["administrative", "public", "contract"]


class TestPlaceholders:
    @pytest.mark.parametrize("path", IN_A_STATE)
    def test_a_list_says_whether_any_of_it_is_one(
        self, path: str, city: City, reader: User
    ) -> None:
        records: dict[str, Any] = {
            "platforms": city.own.stays,
            "bodies": city.own.body,
            "plates": city.own.plate,
        }
        record = records[path]
        where = {"division": city.own.division.code, "search": record.code}
        assert answer_to(reader, f"{path}/", **where)["placeholders"] is False
        record.is_placeholder = True
        record.save()
        answer = answer_to(reader, f"{path}/", **where)
        assert answer["placeholders"] is True
        assert answer["results"][0]["is_placeholder"] is True
        assert answer["results"][0]["rests_on_placeholder"] is True

    def test_what_a_record_shows_beside_itself_counts_too(self, city: City, reader: User) -> None:
        own = city.own
        own.body.leadership_posts.create(title="主任", is_placeholder=True)
        assert answer_to(reader, "bodies/", search=own.body.code)["placeholders"] is True
        assert answer_to(reader, "dispositions/", platform=own.goes.code)["placeholders"] is True
        assert answer_to(reader, "dispositions/", platform=own.stays.code)["placeholders"] is False

    def test_a_plan_rests_on_what_it_decides(self, city: City, reader: User) -> None:
        assert answer_to(reader, f"plans/{city.own.plan.pk}/")["rests_on_placeholder"] is False
        city.own.plan.body_dispositions.update(is_placeholder=True)
        assert answer_to(reader, f"plans/{city.own.plan.pk}/")["rests_on_placeholder"] is True
        assert answer_to(reader, "plans/", placeholder="true")["count"] == 1


class TestQueries:
    @pytest.mark.parametrize("path", LISTS)
    def test_their_number_does_not_grow_with_the_list(
        self, path: str, reader: User, django_assert_max_num_queries: Any
    ) -> None:
        programme = factories.make_programme()
        api_city.add_district(programme)
        department = factories.make_department(programme)
        Task.objects.create(programme=programme, clause="一", title="一").departments.add(
            department
        )
        with django_assert_max_num_queries(20) as few:
            answer_to(reader, f"{path}/")
        for number in range(3):
            api_city.add_district(programme)
            task = Task.objects.create(programme=programme, clause="一", title=f"{number}")
            task.departments.add(department)
        cache.clear()
        with django_assert_max_num_queries(20) as many:
            answer_to(reader, f"{path}/")
        assert len(many) == len(few)

    @pytest.mark.parametrize("path", ["checks", "counts"])
    def test_nor_that_of_the_figures(
        self, path: str, reader: User, connection: BaseDatabaseWrapper
    ) -> None:
        programme = factories.make_programme()
        numbers = []
        for _ in range(3):
            api_city.add_district(programme)
            cache.clear()
            with CaptureQueriesContext(connection) as context:
                answer_to(reader, f"programmes/{programme.code}/{path}/")
            numbers.append(len(context))
        assert numbers[1] == numbers[2]


@pytest.fixture
def connection() -> BaseDatabaseWrapper:
    """Return the database of the tests."""
    return connections["default"]


def test_plans_say_which_of_them_count(city: City, reader: User) -> None:
    """A returned plan still says what was asked for, until a new version comes in."""
    city.own.draft.state = MergePlan.State.SUBMITTED
    city.own.draft.submitted_on = factories.AS_OF
    city.own.draft.save()
    listed = answer_to(reader, "plans/", division=city.own.division.code)["results"]
    assert [(row["version"], row["effective"]) for row in listed] == [(2, True), (1, False)]


class TestPieces:
    """What no endpoint of today reaches, and one of tomorrow will."""

    def test_a_view_that_names_no_right_lets_nobody_in(self, reader: User) -> None:
        request = APIRequestFactory().get("/")
        request.user = reader
        assert RightRequired().has_permission(Request(request), APIView()) is False

    @pytest.mark.parametrize(
        ("problem", "code"),
        [(Http404("secret"), "not_found"), (PermissionDenied("secret"), "permission_denied")],
    )
    def test_what_the_site_raises_becomes_the_envelope(self, problem: Exception, code: str) -> None:
        response = handle(problem, {})
        assert response.data["code"] == code
        assert "secret" not in response.data["message"]

    def test_exact_figures_are_texts_and_nothing_is_guessed(self) -> None:
        written = ExactJSONRenderer().render(
            {"area": Decimal("12.3400"), "word": gettext_lazy("Met")}
        )
        assert json.loads(written)["area"] == "12.3400"
        assert isinstance(json.loads(written)["word"], str)
        assert ExactJSONRenderer().render(None) == b""
        with pytest.raises(TypeError):
            ExactJSONRenderer().render({"what": object()})

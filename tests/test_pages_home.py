"""The overview, the page of a rule, the choice of a programme, and the pages that say no."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from consolidation.checks.base import Finding, Ratio, Status
from consolidation.models import (
    BodyDisposition,
    Deadline,
    Disposition,
    MergePlan,
    Programme,
    Target,
    Task,
)
from consolidation.selectors import findings as findings_module
from consolidation.selectors.counts import COUNTERS, tallies, total
from consolidation.selectors.findings import findings_in
from consolidation.selectors.state import State, state_view
from consolidation.selectors.visible import findings_visible_to
from consolidation.templatetags.findings import figure, limit, share, signed, target
from platforms_portal.access import RIGHTS, Countersigns, Right, Role, Scope
from tests import factories as make
from zones.models import Division, DivisionSuccession

pytestmark = pytest.mark.django_db

KIND, FATE = Disposition.Kind, BodyDisposition.Fate
MAY_2021 = datetime.date(2021, 5, 1)


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep findings within a test, as the site does; between tests the keys repeat."""
    cache.clear()
    monkeypatch.setattr(findings_module, "may_keep", lambda *_: True)
    yield
    cache.clear()


# --- A city of two districts ----------------------------------------------------------------------


@dataclass
class City:
    programme: Programme
    one: Division
    other: Division
    plan: MergePlan
    official: User
    reviewer: User


def fill(programme: Programme, division: Division, plan: MergePlan | None, records: int) -> None:
    """Give a district ``records`` platforms that go beside one that stays, each with a body."""
    stays = make.make_platform(programme, division)
    make.make_retained(programme, stays)
    make.make_plate(programme, stays)
    keeps = make.make_body(programme, division, stays)
    make.count_heads(keeps, 10, 10, 10)
    if plan is not None:
        make.dispose(plan, stays, KIND.UPGRADE)
        make.dispose_body(plan, keeps, FATE.KEEP, serves=stays)
        make.plan_heads(plan, keeps, 5, 5, 5)
    for _ in range(records):
        goes = make.make_platform(programme, division, is_placeholder=True)
        body = make.make_body(programme, division, goes)
        make.count_heads(body, 4, 4, 4)
        if plan is not None:
            make.dispose(plan, goes, KIND.MERGE, target=stays)
            make.dispose_body(plan, body, FATE.ABOLISH)


FEW = {"R01", "R02", "R03", "R04", "R05", "R06", "R17"}


def switch_on_every_rule(city: City) -> None:
    """Give the city the rules that most tests do without, for each of them takes its time."""
    for (code, name), (numerator, denominator) in make.RULE_LINES.items():
        Target.objects.get_or_create(
            programme=city.programme,
            rule=code,
            name=name,
            defaults={"numerator": numerator, "denominator": denominator},
        )


def make_city(records: int = 2) -> City:
    """A city whose first district has a plan in, and whose other one has none."""
    programme = make.make_programme(declared_platforms=2 * records + 5)
    Target.objects.filter(programme=programme).exclude(rule__in=FEW).delete()
    one = make.make_division(programme)
    other = make.make_division(programme, quota=None)
    plan = make.make_plan(programme, one)
    fill(programme, one, plan, records)
    fill(programme, other, None, records)
    return City(
        programme=programme,
        one=one,
        other=other,
        plan=plan,
        official=make.make_user(Role.DISTRICT_OFFICIAL, division=one),
        reviewer=make.make_user(),
    )


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def reviewer(city: City, client: Client) -> Client:
    client.force_login(city.reviewer)
    return client


@pytest.fixture
def official(city: City, client: Client) -> Client:
    client.force_login(city.official)
    return client


def overview(city: City, **asked: str) -> str:
    return f"{reverse('programme', args=[city.programme.code])}?{urlencode(asked)}"


def rule(city: City, code: str, **asked: str) -> str:
    return f"{reverse('rule', args=[city.programme.code, code])}?{urlencode(asked)}"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self._open: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open, self._text = dict(attrs).get("href") or "", ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open is not None:
            self.links.append((self._open, " ".join(self._text.split())))
            self._open = None


def links(page: Any) -> list[tuple[str, str]]:
    parser = _Links()
    parser.feed(page.content.decode())
    return parser.links


def words(page: Any) -> str:
    """The text that a reader sees in the body of the page, with single spaces."""
    main = page.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def counted_links(page: Any) -> list[tuple[str, dict[str, str], str]]:
    """Every link to a list with ``counted``: name of the list, parameters, and the number."""
    found = []
    for href, text in links(page):
        parts = urlsplit(href)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if "counted" in asked:
            found.append((parts.path.rstrip("/").rsplit("/", 1)[1], asked, text))
    return found


# --- Who may open what ----------------------------------------------------------------------------


class TestDoors:
    @pytest.mark.parametrize("name", ["home", "programmes"])
    def test_a_stranger_is_sent_to_sign_in(self, client: Client, name: str) -> None:
        response = client.get(reverse(name))
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("login"))

    def test_a_stranger_does_not_learn_which_programmes_exist(
        self, city: City, client: Client
    ) -> None:
        real = client.get(overview(city))
        none = client.get(reverse("programme", args=["no-such"]))
        assert real.status_code == none.status_code == 302

    @pytest.mark.parametrize("role", sorted(Role.values))
    def test_every_role_may_see_the_city(self, city: City, client: Client, role: str) -> None:
        department = make.make_department(city.programme, countersigns=Countersigns.PEOPLE)
        client.force_login(make.make_user(role, division=city.one, department=department))
        for state in State.values:
            assert client.get(overview(city, state=state)).status_code == 200
            assert client.get(rule(city, "R01", state=state)).status_code == 200
        assert client.get(reverse("home")).status_code == 200

    def test_who_has_no_right_is_told_which_one(self, city: City, client: Client) -> None:
        client.force_login(make.make_user("visitor"))
        response = client.get(overview(city))
        assert response.status_code == 403
        with override(settings.LANGUAGE_CODE):
            assert str(Right.VIEW_CITY.label) in response.content.decode()

    def test_another_citys_programme_is_not_found(self, official: Client) -> None:
        foreign = make.make_programme()
        assert official.get(reverse("programme", args=[foreign.code])).status_code == 404
        assert official.get(reverse("rule", args=[foreign.code, "R01"])).status_code == 404

    def test_another_divisions_findings_are_not_found(self, city: City, official: Client) -> None:
        assert official.get(rule(city, "R02", division=city.one.code)).status_code == 200
        assert official.get(rule(city, "R02", division=city.other.code)).status_code == 404

    def test_the_page_of_what_is_not_found_is_friendly(
        self, reviewer: Client, settings: Any
    ) -> None:
        settings.DEBUG = False
        response = reviewer.get(reverse("programme", args=["no-such"]))
        assert response.status_code == 404
        assert 'class="pp-header"' in response.content.decode()

    def test_the_pages_for_when_nothing_works_need_nothing(self) -> None:
        for name in ("400.html", "500.html"):
            assert "<main" in get_template(name).render()


class TestHome:
    def test_the_only_programme_is_shown_at_once(self, city: City, reviewer: Client) -> None:
        response = reviewer.get(reverse("home"))
        assert response.context["programme"] == city.programme

    def test_of_several_programmes_the_reader_chooses(self, city: City, reviewer: Client) -> None:
        other = make.make_programme()
        addresses = [href for href, _ in links(reviewer.get(reverse("home")))]
        for programme in (city.programme, other):
            assert reverse("programme", args=[programme.code]) in addresses
        # And switches from one to the other on every page.
        addresses = [href for href, _ in links(reviewer.get(overview(city)))]
        assert reverse("programme", args=[other.code]) in addresses

    def test_a_district_goes_straight_to_its_own_city(self, city: City, official: Client) -> None:
        make.make_programme()
        assert official.get(reverse("home")).context["programme"] == city.programme

    @pytest.mark.parametrize(
        ("day", "words"), [("2020-12-30", "剩余1天"), ("2021-01-05", "逾期5天")]
    )
    def test_a_district_reads_how_far_off_its_own_plan_is(
        self, city: City, official: Client, day: str, words: str
    ) -> None:
        Deadline.objects.get_or_create(
            programme=city.programme,
            kind=Deadline.Kind.DIVISION_PLAN,
            defaults={"due_on": datetime.date(2020, 12, 31)},
        )

        def due() -> str:
            page = official.get("/", {"as_of": day}, follow=True).content.decode()
            return page.partition("本区县方案报送时限")[2].partition("</div>")[0]

        MergePlan.objects.filter(division=city.one).update(
            first_submitted_on="2020-12-01", submitted_on="2020-12-01"
        )
        assert "2020-12-31" in due()
        assert "已提交" in due()
        MergePlan.objects.filter(division=city.one).delete()
        assert words in due()

    def test_an_empty_site_says_how_to_fill_it(self, client: Client) -> None:
        client.force_login(make.make_user(Role.ADMINISTRATOR))
        response = client.get(reverse("home"))
        assert response.status_code == 200
        assert "load_programme" in response.content.decode()


# --- The numbers ----------------------------------------------------------------------------------


class TestNumbers:
    @pytest.mark.parametrize("name", sorted(COUNTERS))
    def test_a_card_shows_the_tallies(self, city: City, reviewer: Client, name: str) -> None:
        page = reviewer.get(overview(city))
        shown = {
            (asked["state"], asked["counted"]): number
            for listed, asked, number in counted_links(page)
            if listed == name and "division" not in asked
        }
        planned = total(tallies(state_view(city.programme, State.PLANNED), name))
        actual = total(tallies(state_view(city.programme, State.ACTUAL), name))
        assert shown == {
            ("baseline", "baseline"): str(planned.baseline),
            ("planned", "state"): str(planned.in_state),
            ("actual", "state"): str(actual.in_state),
        }

    @pytest.mark.parametrize("map_of", ["baseline", "today"])
    def test_every_number_opens_exactly_its_records(
        self, city: City, reviewer: Client, map_of: str
    ) -> None:
        found = counted_links(reviewer.get(overview(city, map=map_of)))
        assert len(found) >= 24
        for listed, asked, number in found:
            address = f"{reverse(listed, args=[city.programme.code])}?{urlencode(asked)}"
            context = reviewer.get(address).context
            if listed == "people":
                sums = context["summary"]["sums"]
                people = sums.before if asked["counted"] == "baseline" else sums.after
                assert str(sum(people.values())) == number, address
            else:
                assert str(context["total"]) == number, address

    def test_the_city_is_the_sum_of_its_divisions(self, city: City, reviewer: Client) -> None:
        for map_of in ("baseline", "today"):
            context = reviewer.get(overview(city, map=map_of)).context
            for column, whole in enumerate(context["total"].cells):
                cells = [row.cells[column].figures for row in context["rows"]]
                assert sum(one.baseline for one in cells) == whole.figures.baseline
                assert sum(one.planned.in_state for one in cells) == whole.figures.planned.in_state
                assert sum(one.actual.in_state for one in cells) == whole.figures.actual.in_state

    def test_what_was_declared_stands_beside_the_ledger(self, city: City, reviewer: Client) -> None:
        card = reviewer.get(overview(city)).context["overview"].cards[0]
        assert (card.declared, card.figures.baseline, card.declared_difference) == (9, 6, -3)
        reviewer.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        assert "in the ledger 6, difference −3" in words(reviewer.get(overview(city)))

    def test_a_figure_that_nobody_gave_is_shown_as_missing(
        self, city: City, reviewer: Client
    ) -> None:
        body = make.make_body(city.programme, city.other)
        make.count_heads(body, 3)
        reviewer.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        assert "2 missing" in words(reviewer.get(overview(city)))

    def test_a_page_on_placeholders_says_so(self, city: City, reviewer: Client) -> None:
        assert "pp-note--placeholder" in reviewer.get(overview(city)).content.decode()
        clean = make.make_programme()
        page = reviewer.get(reverse("programme", args=[clean.code]))
        assert "pp-note--placeholder" not in page.content.decode()

    def test_plates_have_no_target_and_say_so(self, city: City, reviewer: Client) -> None:
        cards = {c.counter.name: c for c in reviewer.get(overview(city)).context["overview"].cards}
        assert cards["plates"].target is None
        assert cards["platforms"].target == Ratio(17)
        assert cards["bodies"].target == Ratio(60, 100)
        assert cards["people"].target == Ratio(30, 100)


class TestBoard:
    def test_the_board_shows_the_findings_of_the_city(self, city: City, reviewer: Client) -> None:
        switch_on_every_rule(city)
        shown = {
            (row.rule, row.aspect, cell.state): cell.finding.status
            for row in reviewer.get(overview(city)).context["board"]
            for cell in row.cells
            if cell.finding is not None
        }
        assert shown == {
            (finding.rule, finding.aspect, state): finding.status
            for state in State
            for finding in findings_in(state_view(city.programme, state))
            if finding.scope.is_city
        }

    def test_a_rule_that_the_programme_leaves_out_is_absent(
        self, city: City, reviewer: Client
    ) -> None:
        Target.objects.filter(programme=city.programme, rule__in=["R01", "R02"]).delete()
        response = reviewer.get(overview(city))
        assert not {row.rule for row in response.context["board"]} & {"R01", "R02"}
        assert response.context["overview"].cards[0].target is None
        assert reviewer.get(rule(city, "R02")).status_code == 404

    def test_the_board_narrows_to_what_needs_attention(self, city: City, reviewer: Client) -> None:
        everything = reviewer.get(overview(city)).context["board"]
        narrowed = reviewer.get(overview(city, show="attention")).context["board"]
        assert [row.rule for row in narrowed] == [row.rule for row in everything if row.fails]
        assert 0 < len(narrowed) < len(everything)

    def test_an_owner_without_platforms_is_asked_for_no_plan(
        self, city: City, reviewer: Client
    ) -> None:
        empty = make.make_division(city.programme)
        page = reviewer.get(overview(city))
        due = {row.scope.division.pk: row.owes_plan for row in page.context["rows"]}
        assert (due[city.one.pk], due[city.other.pk], due[empty.pk]) == (True, True, False)
        assert sum(due.values()) == page.context["overview"].plans_due == 2

    def test_what_is_broken_is_listed_with_its_sentence(self, city: City, reviewer: Client) -> None:
        # As planned, the other district has no plan in and no quota, and its plan is late.
        page = reviewer.get(overview(city))
        text = words(page)
        for finding in findings_in(state_view(city.programme, State.PLANNED)):
            if finding.fails and finding.status == Status.NOT_MET and finding.scope.is_city:
                with override(settings.LANGUAGE_CODE):
                    assert " ".join(str(finding.message).split()) in text
        assert {row.rule for row, _ in page.context["overview"].breaches} >= {"R17"}

    def test_a_programme_in_order_says_so(self, city: City, reviewer: Client) -> None:
        Target.objects.filter(programme=city.programme).exclude(rule="R05").delete()
        page = reviewer.get(overview(city))
        assert page.context["overview"].breaches == []
        assert "pp-status--good" in page.content.decode()


class TestDates:
    @pytest.mark.parametrize(
        ("day", "said"),
        [
            ("2021-06-20", "10 days left"),
            ("2021-06-29", "1 day left"),
            ("2021-07-10", "10 days overdue"),
        ],
    )
    def test_the_deadline_counts_from_the_day_shown(
        self, city: City, reviewer: Client, day: str, said: str
    ) -> None:
        reviewer.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        text = words(reviewer.get(overview(city, as_of=day)))
        assert said in text
        assert "1 of 2 owners" in text

    def test_what_was_carried_out_is_not_overdue(self, reviewer: Client) -> None:
        programme = make.make_programme()
        division = make.make_division(programme)
        plan = make.make_plan(programme, division)
        platform = make.make_platform(programme, division)
        make.dispose(plan, platform, KIND.ABOLISH, confirmed_on=datetime.date(2021, 6, 1))
        reviewer.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        address = reverse("programme", args=[programme.code])
        assert "Carried out in time" in words(reviewer.get(address, {"as_of": "2022-01-01"}))

    def test_the_day_stays_while_the_reader_moves_on(self, city: City, reviewer: Client) -> None:
        page = reviewer.get(overview(city, as_of="2020-01-01"))
        plans = reverse("plans", args=[city.programme.code])
        assert f"{plans}?as_of=2020-01-01" in [href for href, _ in links(page)]
        # Nobody had submitted anything by then.
        assert page.context["overview"].plans == {}


# --- Divisions and districts ----------------------------------------------------------------------


class TestDivisions:
    def test_the_municipal_level_comes_first(self, city: City, reviewer: Client) -> None:
        rows = reviewer.get(overview(city)).context["rows"]
        assert [row.scope.division for row in rows] == [
            city.programme.division,
            city.one,
            city.other,
        ]
        assert [row.plan for row in rows] == [None, city.plan, None]

    def test_todays_map_moves_records_and_no_total(self, city: City, reviewer: Client) -> None:
        before = reviewer.get(overview(city, as_of="2021-05-01"))
        follower = make.make_division(city.programme, quota=None, valid_from=MAY_2021)
        for gone in (city.one, city.other):
            Division.objects.filter(pk=gone.pk).update(valid_to=MAY_2021)
            DivisionSuccession.objects.create(
                predecessor=gone, successor=follower, effective_on=MAY_2021
            )
        page = reviewer.get(overview(city, as_of="2021-05-01", map="today"))
        assert [row.scope.division for row in page.context["rows"]] == [follower]
        assert page.context["total"].cells == before.context["total"].cells

    def test_a_district_sees_the_city_and_its_own_line(self, city: City, official: Client) -> None:
        page = official.get(overview(city))
        assert [row.scope.division for row in page.context["rows"]] == [city.one]
        assert page.context["total"].cells[0].figures.baseline == 6
        assert city.other.name not in page.content.decode()
        # Its lists hold its own records only, so only its own numbers lead to them.
        assert {asked.get("division") for _, asked, _ in counted_links(page)} == {city.one.code}

    def test_todays_map_shows_a_district_its_own_share(self, city: City, official: Client) -> None:
        rows = official.get(overview(city, map="today")).context["rows"]
        assert [row.cells[0].figures.baseline for row in rows] == [3]

    def test_a_countersigner_sees_its_part(self, city: City, client: Client) -> None:
        department = make.make_department(city.programme, countersigns=Countersigns.BODIES)
        client.force_login(make.make_user(Role.COUNTERSIGNER, department=department))
        page = client.get(overview(city))
        columns = [cell.counter.name for cell in page.context["total"].cells]
        assert columns == ["platforms", "bodies", "plates"]
        assert not [one for one in counted_links(page) if one[0] == "people"]
        staff = client.get(rule(city, "R03"))
        assert [finding.scope.is_city for finding, _ in staff.context["findings"]] == [True]
        assert not staff.context["may_list"]


# --- What waits -----------------------------------------------------------------------------------


class TestWaiting:
    def waiting(self, client: Client, user: User, city: City) -> list[tuple[str, str]]:
        client.force_login(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        page = client.get(overview(city))
        items = page.context["waiting"]
        for item in items:
            # Only addresses that answer.
            if item.url.startswith("/"):
                assert client.get(item.url).status_code == 200, item.url
        return [(item.text, item.detail) for item in items]

    def test_plans_wait_for_the_reviewer(self, city: City, client: Client) -> None:
        texts = [text for text, _ in self.waiting(client, city.reviewer, city)]
        assert "1 plan awaits review" in texts
        assert "1 owner has not submitted its plan" in texts
        assert any("broken" in text for text in texts)

    def test_sub_areas_wait_until_they_are_designated(self, city: City, client: Client) -> None:
        extra = make.make_platform(city.programme, city.one)
        entry = make.make_retained(city.programme, extra)
        make.dispose(city.plan, extra, KIND.UPGRADE)
        sentence = "2 sub-areas are not designated yet"
        assert sentence in [text for text, _ in self.waiting(client, city.reviewer, city)]
        # What waits opens where it is decided.
        items = client.get(overview(city)).context["waiting"]
        [address] = [item.url for item in items if item.text == sentence]
        assert address == reverse("rule", args=[city.programme.code, "R04"])
        entry.is_sub_area = True
        entry.designated_on = make.SUBMITTED
        entry.save()
        assert sentence not in [text for text, _ in self.waiting(client, city.reviewer, city)]

    def test_a_district_is_told_why_its_plan_came_back(self, city: City, client: Client) -> None:
        MergePlan.objects.update(state=MergePlan.State.RETURNED, return_reason="名额超出")
        text, detail = self.waiting(client, city.official, city)[0]
        assert text == "Your plan, version 1: Returned"
        assert "名额超出" in detail

    def test_a_district_sees_its_own_draft(self, city: City, client: Client) -> None:
        MergePlan.objects.update(state=MergePlan.State.RETURNED)
        make.make_plan(city.programme, city.one, MergePlan.State.DRAFT, version=2)
        text, _ = self.waiting(client, city.official, city)[0]
        assert text == "Your plan, version 2: Draft"

    def test_a_district_without_a_plan_is_told(self, city: City, client: Client) -> None:
        user = make.make_user(Role.DISTRICT_LEADER, division=city.other)
        assert self.waiting(client, user, city)[0][0] == "Your division has no plan yet"

    def test_a_department_has_plans_to_sign_and_tasks(self, city: City, client: Client) -> None:
        department = make.make_department(city.programme, countersigns=Countersigns.PEOPLE)
        late = Task.objects.create(
            programme=city.programme, clause="六", title="a", due_on=make.BASELINE
        )
        late.departments.add(department)
        done = Task.objects.create(
            programme=city.programme, clause="六", title="b", state=Task.State.DONE
        )
        done.departments.add(department)
        user = make.make_user(Role.COUNTERSIGNER, department=department)
        assert self.waiting(client, user, city) == [
            ("1 plan awaits your department", ""),
            ("1 task of your department is open", "1 overdue"),
        ]
        tasks = next(
            item.url
            for item in client.get(overview(city)).context["waiting"]
            if "tasks" in item.url
        )
        assert client.get(tasks).context["total"] == 1

    def test_who_only_reads_finds_where_to_read(self, city: City, client: Client) -> None:
        texts = [text for text, _ in self.waiting(client, make.make_user(Role.ANALYST), city)]
        assert texts == ["Filter the ledger", "The same figures by the API"]
        texts = [text for text, _ in self.waiting(client, make.make_user(Role.AUDITOR), city)]
        assert texts == [
            "Plans and their versions",
            "The ledger",
            "Records, accounts and their history",
        ]

    def test_an_administrator_finds_the_administration(self, city: City, client: Client) -> None:
        user = make.make_user(Role.ADMINISTRATOR)
        assert self.waiting(client, user, city)[0][0] == "Records, accounts and their history"


# --- The page of a rule ---------------------------------------------------------------------------


class TestRule:
    @pytest.mark.parametrize("state", State.values)
    def test_it_shows_the_findings_of_the_rule(
        self, city: City, reviewer: Client, state: str
    ) -> None:
        switch_on_every_rule(city)
        findings = findings_in(state_view(city.programme, state))
        for code in sorted({finding.rule for finding in findings}):
            page = reviewer.get(rule(city, code, state=state))
            expected = [finding for finding in findings if finding.rule == code]
            assert [finding for finding, _ in page.context["findings"]] == expected
            text = words(page)
            for finding in expected:
                assert figure(finding.actual, finding.limit) in text
                assert limit(finding) in text

    def test_the_records_add_up_to_the_finding(self, city: City, reviewer: Client) -> None:
        # As planned: three platforms of the other district have no disposition, three are in order.
        finding = reviewer.get(rule(city, "R06")).context["findings"][0][0]
        assert (finding.counted, finding.breaking_total) == (6, 3)
        for verdict, number in [("all", 6), ("not_met", 3), ("unknown", 0), ("met", 3)]:
            page = reviewer.get(rule(city, "R06", verdict=verdict))
            assert page.context["page_obj"].paginator.count == number

    def test_those_that_break_the_rule_come_first_with_the_reason(
        self, city: City, reviewer: Client
    ) -> None:
        records = reviewer.get(rule(city, "R06")).context["records"]
        assert [record.status for record in records] == [Status.NOT_MET] * 3 + [Status.MET] * 3
        assert all(record.why for record in records[:3])
        assert {record.division_id for record in records[:3]} == {city.other.pk}

    def test_a_division_narrows_findings_and_records(self, city: City, reviewer: Client) -> None:
        page = reviewer.get(rule(city, "R06", division=city.one.code))
        assert {f.scope.division for f, _ in page.context["findings"]} == {city.one}
        assert {r.division_id for r in page.context["records"]} == {city.one.pk}

    def test_a_long_list_has_pages(self, reviewer: Client, city: City) -> None:
        for _ in range(50):
            make.make_platform(city.programme, city.one)
        first = reviewer.get(rule(city, "R06"))
        last = reviewer.get(rule(city, "R06", page="2"))
        assert len(first.context["records"]) == 50
        assert len(last.context["records"]) == 6
        assert reviewer.get(rule(city, "R06", page="99")).status_code == 200

    def test_a_platform_decided_twice_is_one_record(self, city: City, reviewer: Client) -> None:
        plan = make.make_plan(city.programme, city.other)
        platform = city.plan.dispositions.first()
        assert platform is not None
        make.dispose(plan, platform.platform, KIND.ABOLISH)
        page = reviewer.get(rule(city, "R06"))
        finding = page.context["findings"][0][0]
        assert page.context["page_obj"].paginator.count == finding.counted

    def test_a_rule_of_several_aspects_lists_one_of_them(
        self, city: City, reviewer: Client
    ) -> None:
        plans = reviewer.get(rule(city, "R17", state="actual", aspect="plans"))
        assert not plans.context["judged"]
        assert [record.type for record in plans.context["records"]] == ["division"]
        done = reviewer.get(rule(city, "R17", state="actual", aspect="completion"))
        assert done.context["judged"]
        assert len(done.context["records"]) == 6

    def test_a_district_sees_the_citys_figure_without_others_names(
        self, city: City, official: Client
    ) -> None:
        page = official.get(rule(city, "R06"))
        assert page.context["own_records_only"]
        findings = [finding for finding, _ in page.context["findings"]]
        assert [finding.scope.is_city for finding in findings] == [True, False]
        assert findings[0].breaking_total == 3
        assert {record.division_id for record in page.context["records"]} == {city.one.pk}
        others = city.programme.ledger.platforms.filter(division=city.other)
        text = words(page)
        assert not any(platform.name in text.split() for platform in others)

    @pytest.mark.parametrize("code", ["R01", "R02"])
    def test_a_rule_on_a_count_leads_to_what_it_counts(
        self, city: City, reviewer: Client, code: str
    ) -> None:
        name = {"R01": "platforms", "R02": "bodies"}[code]
        whole = total(tallies(state_view(city.programme, State.PLANNED), name))
        page = reviewer.get(rule(city, code))
        numbers = [reviewer.get(address).context["total"] for _, address in page.context["lists"]]
        assert numbers == [whole.baseline, whole.in_state]

    def test_a_rule_on_some_records_leads_to_their_list(self, city: City, reviewer: Client) -> None:
        switch_on_every_rule(city)
        for code, aspect in (("R05", "sub_areas_max"), ("R17", "plans"), ("R20", "high_level_min")):
            page = reviewer.get(rule(city, code, aspect=aspect))
            ((_, address),) = page.context["lists"]
            assert reviewer.get(address).status_code == 200

    def test_the_api_gives_the_same_answer(self, city: City, reviewer: Client) -> None:
        page = reviewer.get(rule(city, "R02", state="actual", as_of="2021-02-01"))
        answer = reviewer.get(page.context["api_url"]).json()
        assert answer["as_of"] == "2021-02-01"
        assert [found["status"] for found in answer["findings"]] == [
            finding.status.value for finding, _ in page.context["findings"]
        ]

    def test_an_unknown_rule_is_not_found(self, city: City, reviewer: Client) -> None:
        assert reviewer.get(rule(city, "R99")).status_code == 404


# --- Wrong addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        (overview, {"as_of": "2021-02-30"}),
        (overview, {"as_of": "20210228"}),
        (overview, {"as_of": "yesterday"}),
        (overview, {"state": "future"}),
        (overview, {"division": "000000"}),
        (overview, {"today": "000000"}),
        (overview, {"counted": "many"}),
        (overview, {"show": "some"}),
        (overview, {"map": "mars"}),
        (lambda city, **asked: rule(city, "R06", **asked), {"verdict": "guilty"}),
        (lambda city, **asked: rule(city, "R06", **asked), {"aspect": "none"}),
        (lambda city, **asked: rule(city, "R01", **asked), {"state": "now"}),
    ],
)
def test_a_wrong_choice_is_told(
    city: City, reviewer: Client, address: Callable[..., str], asked: dict[str, str]
) -> None:
    response = reviewer.get(address(city, **asked))
    assert response.status_code == 400
    (value,) = asked.values()
    assert f"“{value}”" in words(response)
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize(
    "name", ["programme", "city", "changes", "signals", "follow-up", "goals", "tasks", "solver"]
)
def test_a_day_far_from_the_programme_can_be_shown(city: City, reviewer: Client, name: str) -> None:
    address = reverse(name, args=[city.programme.code])
    asked = {"1899-12-31": 400, "1900-01-01": 200, "2999-12-31": 200, "3000-01-01": 400}
    answered = {day: reviewer.get(address, {"as_of": day}).status_code for day in asked}
    assert answered == asked


def test_english_is_one_click_away(city: City, reviewer: Client) -> None:
    page = reviewer.get(overview(city, state="actual")).content.decode()
    assert '<html lang="zh-hans"' in page
    reviewer.post(reverse("set_language"), {"language": "en", "next": overview(city)})
    page = reviewer.get(overview(city)).content.decode()
    assert '<html lang="en"' in page
    assert "Board of rules" in page
    assert str(city.programme.name_en) in page


def test_signing_in_leads_to_the_overview(city: City, client: Client) -> None:
    page = client.get(reverse("login"))
    assert page.status_code == 200
    asked = {"username": city.reviewer.username, "password": make.PASSWORD, "next": ""}
    response = client.post(reverse("login"), asked, follow=True)
    assert response.context["programme"] == city.programme
    wrong = Client().post(reverse("login"), {**asked, "password": "no"})
    assert 'role="alert"' in wrong.content.decode()


def test_the_password_can_be_changed(city: City, reviewer: Client) -> None:
    new = "long-enough-to-be-good-1"
    asked = {"old_password": make.PASSWORD, "new_password1": new, "new_password2": new}
    response = reviewer.post(reverse("password_change"), asked, follow=True)
    assert response.redirect_chain[-1][0] == reverse("password_change_done")
    city.reviewer.refresh_from_db()
    assert city.reviewer.check_password(new)


# --- Speed ----------------------------------------------------------------------------------------


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("map_of", ["baseline", "today"])
def test_the_overview_needs_as_many_queries_for_more_records(
    client: Client, map_of: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings_module, "may_keep", lambda *_: False)
    few, many = make_city(1), make_city(3)
    for city in (few, many):
        switch_on_every_rule(city)
    client.force_login(few.reviewer)
    asked = {"map": map_of, "state": "actual"}
    assert queries(client, overview(few, **asked)) == queries(client, overview(many, **asked))


OVERVIEW_QUERIES = 15


@pytest.mark.parametrize("role", ["reviewer", "official"])
@pytest.mark.parametrize("records", [1, 3])
@pytest.mark.parametrize("map_of", ["baseline", "today"])
def test_the_overview_of_what_was_judged_needs_few_queries(
    client: Client, role: str, records: int, map_of: str
) -> None:
    city = make_city(records)
    switch_on_every_rule(city)
    client.force_login(getattr(city, role))
    assert queries(client, overview(city, map=map_of)) <= OVERVIEW_QUERIES


@pytest.mark.parametrize("code", ["R01", "R04", "R06", "R09", "R14", "R17"])
def test_a_rule_needs_as_many_queries_for_more_records(
    client: Client, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings_module, "may_keep", lambda *_: False)
    few, many = make_city(1), make_city(3)
    for city in (few, many):
        switch_on_every_rule(city)
    client.force_login(few.reviewer)
    assert queries(client, rule(few, code)) == queries(client, rule(many, code))


# --- Figures for the eye --------------------------------------------------------------------------


def test_a_share_is_never_rounded_over_its_limit() -> None:
    sixty = Ratio(60, 100)
    assert figure(Ratio(85, 142), sixty) == "85/142 (59.86%)"
    assert share(Ratio(5_999_999, 10_000_000), sixty) == "59.99%"
    assert figure(Ratio(1234)) == "1,234"
    # A baseline of one body: a share as any other, not a count.
    assert figure(Ratio(0, 1), sixty) == "0/1 (0.00%)"
    assert figure(Ratio(2, 1), Ratio(3)) == "2"
    assert figure(Ratio(None)) == figure(Ratio(None, None)) == share(Ratio(None)) == "—"
    assert figure(Ratio(0, 0)) == "0/—"
    assert target(sixty) == "60.00%"
    assert target(Ratio(None)) == "—"


def test_a_margin_carries_its_sign() -> None:
    assert [signed(number) for number in (1234, 0, -56, None)] == ["+1,234", "0", "−56", "—"]


def test_a_sentence_on_the_city_keeps_quiet_about_foreign_records(city: City) -> None:
    found = findings_in(state_view(city.programme, State.PLANNED))
    rights = RIGHTS[Role.DISTRICT_OFFICIAL]

    def of(findings: list[Finding], code: str) -> Finding:
        return next(f for f in findings if f.rule == code and f.scope.is_city)

    seen = findings_visible_to(Scope(division_id=city.one.pk), rights, found)
    assert str(of(seen, "R06").message) != str(of(found, "R06").message)
    assert of(seen, "R06").breaking == ()
    # Its own records are the only ones that break the rule: nothing to keep quiet about.
    theirs = findings_visible_to(Scope(division_id=city.other.pk), rights, found)
    assert of(theirs, "R06") == of(found, "R06")
    assert findings_visible_to(Scope(), rights, found) == found

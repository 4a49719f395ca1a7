"""The review desk: what waits, in which order; two plans abreast; what a plan does if approved."""

from __future__ import annotations

import datetime
import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consolidation.models import MergePlan
from consolidation.selectors import findings as findings_module
from consolidation.selectors.state import State, state_view
from dashboards.selectors.queue import queue_for
from dashboards.selectors.sides import SideSection
from dashboards.selectors.weighing import weigh
from platforms_portal.access import Countersigns, Right, Role
from tests import factories as make

if TYPE_CHECKING:
    from accounts.models import User
    from consolidation.models import Programme

pytestmark = pytest.mark.django_db

DAY = datetime.date(2021, 3, 31)
EVERYTHING = frozenset(Right)


@dataclass
class City:
    """Districts that merge one platform into another, their plans in."""

    programme: Programme
    plans: list[MergePlan]
    reviewer: User

    def url(self, name: str, *more: int, **asked: str) -> str:
        query = "&".join(f"{key}={value}" for key, value in asked.items())
        return f"{reverse(name, args=[self.programme.code, *more])}?{query}"


def add_division(programme: Programme, submitted: datetime.date, state: str) -> MergePlan:
    division = make.make_division(programme)
    stays, goes = (make.make_platform(programme, division) for _ in range(2))
    make.make_retained(programme, stays)
    bodies = [make.make_body(programme, division, platform) for platform in (stays, goes)]
    plan = make.make_plan(programme, division, state, submitted_on=submitted)
    make.dispose(plan, stays, "upgrade")
    make.dispose(plan, goes, "merge", target=stays)
    make.dispose_body(plan, bodies[0], "keep")
    make.dispose_body(plan, bodies[1], "abolish")
    return plan


@pytest.fixture
def city() -> City:
    programme = make.make_programme()
    states = [
        (datetime.date(2021, 3, 1), MergePlan.State.SUBMITTED),
        (datetime.date(2021, 1, 1), MergePlan.State.SUBMITTED),
        (datetime.date(2021, 3, 30), MergePlan.State.COUNTERSIGNED),
        (datetime.date(2021, 1, 1), MergePlan.State.APPROVED),
    ]
    plans = [add_division(programme, day, state) for day, state in states]
    return City(programme, plans, make.make_user(Role.COMMISSION_REVIEWER))


class TestQueue:
    def test_what_only_the_commission_can_move_on_comes_first_then_the_longest_waiting(
        self, city: City
    ) -> None:
        queue = queue_for(city.reviewer, city.programme, DAY)
        assert [item.plan for item in queue.plans] == [city.plans[2], city.plans[1], city.plans[0]]
        assert [item.days for item in queue.plans] == [1, 89, 30]

    def test_a_department_sees_its_unsigned_plans_first(self, city: City) -> None:
        department = make.make_department(city.programme, countersigns=Countersigns.BODIES)
        signer = make.make_user(Role.COUNTERSIGNER, department=department)
        plan = city.plans[1]
        plan.signatures.create(
            user=signer, action="submit", part="", day=DAY, content_digest="", ledger_digest=""
        )
        plan.signatures.create(
            user=signer,
            action="countersign",
            part="bodies",
            department=department,
            day=DAY,
            content_digest="",
            ledger_digest="",
        )
        queue = queue_for(signer, city.programme, DAY)
        assert [(item.plan, item.is_mine) for item in queue.plans] == [
            (city.plans[0], True),
            (plan, False),
        ]

    def test_breaches_of_the_division_are_counted(self, city: City) -> None:
        lost = make.make_platform(city.programme, city.plans[0].division)
        queue = queue_for(city.reviewer, city.programme, DAY)
        found = {item.plan.pk: item.breaches for item in queue.plans}
        assert found[city.plans[0].pk] > found[city.plans[1].pk], lost

    def test_every_link_of_the_desk_answers(self, city: City, client: Client) -> None:
        client.force_login(city.reviewer)
        page = client.get(city.url("review")).content.decode()
        content = page[page.index("<main") : page.index("</main>")]
        links = {html.unescape(link) for link in re.findall(r'href="(/[^"#]*)', content)}
        assert any("corrections" in link for link in links)
        assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)

    @pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
    def test_who_never_reviews_is_refused(self, city: City, client: Client, role: Role) -> None:
        client.force_login(make.make_user(role))
        assert client.get(city.url("review")).status_code == 403

    @pytest.mark.parametrize("more", [0, 2])
    def test_the_pages_need_few_queries(
        self, city: City, client: Client, monkeypatch: pytest.MonkeyPatch, more: int
    ) -> None:
        monkeypatch.setattr(findings_module, "may_keep", lambda *_: True)
        for _ in range(more):
            add_division(city.programme, DAY, MergePlan.State.SUBMITTED)
        client.force_login(city.reviewer)
        for name in ("review", "plans-abreast"):
            client.get(city.url(name))
            with CaptureQueriesContext(connection) as captured:
                assert client.get(city.url(name)).status_code == 200
            assert len(captured) <= 15


class TestAbreast:
    def test_both_plans_are_told_by_the_same_questions(self, city: City, client: Client) -> None:
        one, other = city.plans[0].division, city.plans[3].division
        make.make_platform(city.programme, other)
        client.force_login(city.reviewer)
        page = client.get(city.url("plans-abreast", a=one.code, b=other.code))
        counts = {line.counter.name: line.tallies for line in page.context["counts"]}
        assert [(t.baseline, t.in_state) for t in counts["platforms"]] == [(2, 1), (3, 1)]
        kinds = {line.kind.value: line.numbers for line in page.context["kinds"]}
        assert kinds == {"abolish": [0, 0], "transform": [0, 0], "merge": [1, 1], "upgrade": [1, 1]}
        differing = [line.rule for line in page.context["rules"] if line.differs]
        assert "R06" in differing

    def test_a_district_sees_no_other_plan(self, city: City, client: Client) -> None:
        client.force_login(make.make_user(Role.DISTRICT_OFFICIAL, division=city.plans[0].division))
        assert client.get(city.url("plans-abreast")).status_code == 403

    def test_a_code_that_is_no_owner_is_told(self, city: City, client: Client) -> None:
        client.force_login(city.reviewer)
        assert client.get(city.url("plans-abreast", a="999999")).status_code == 400


class TestIfApproved:
    def test_a_first_plan_is_weighed_against_its_baseline(self, city: City) -> None:
        plan = city.plans[1]
        weighing = weigh(plan, state_view(city.programme, State.PLANNED, DAY), EVERYTHING)
        assert weighing.previous is None
        platforms = next(row for row in weighing.counts if row.counter.name == "platforms")
        # Four divisions keep one of two each; without this plan its second one stays.
        assert (platforms.own_before.in_state, platforms.own_now.in_state) == (2, 1)
        assert (platforms.city_before.in_state, platforms.city_now.in_state) == (5, 4)
        assert platforms.difference == -1

    def test_a_later_version_is_weighed_against_the_one_before(self, city: City) -> None:
        first = city.plans[0]
        MergePlan.objects.filter(pk=first.pk).update(state=MergePlan.State.RETURNED)
        again = make.make_plan(
            city.programme, first.division, MergePlan.State.SUBMITTED, version=2, submitted_on=DAY
        )
        weighing = weigh(again, state_view(city.programme, State.PLANNED, DAY), EVERYTHING)
        assert weighing.previous == first
        bodies = next(row for row in weighing.counts if row.counter.name == "bodies")
        # Version 2 says nothing of its bodies, so both remain: the city has one more again.
        assert (bodies.city_before.in_state, bodies.city_now.in_state) == (4, 5)
        worse = {row.now.rule for row in weighing.rules if row.is_worse}
        assert "R06" in worse

    def test_only_who_decides_is_shown_it(self, city: City, client: Client) -> None:
        for role, shown in ((Role.COMMISSION_REVIEWER, True), (Role.ANALYST, False)):
            client.force_login(make.make_user(role))
            page = client.get(city.url("plan", city.plans[0].pk)).content.decode()
            assert ('id="effect-title"' in page) is shown


class TestSides:
    """A plan in three columns: the baseline, the version before, this one."""

    @pytest.fixture
    def reviewer(self, city: City) -> Client:
        client = Client()
        client.force_login(city.reviewer)
        return client

    @pytest.fixture
    def versions(self, city: City) -> tuple[MergePlan, MergePlan]:
        """A returned version that merges a platform, and a later one that abolishes it."""
        old = city.plans[0]
        old.state = MergePlan.State.RETURNED
        old.decided_on = DAY
        old.save()
        new = make.make_plan(
            city.programme, old.division, "submitted", version=old.version + 1, submitted_on=DAY
        )
        stays, goes = old.dispositions.order_by("pk")
        make.dispose(new, stays.platform, "upgrade")
        make.dispose(new, goes.platform, "abolish")
        for decided in old.body_dispositions.all():
            make.dispose_body(new, decided.body, decided.fate)
        return old, new

    def read(self, client: Client, city: City, plan: MergePlan, **asked: str) -> list[SideSection]:
        answer = client.get(city.url("plan-sides", plan.pk, **asked))
        assert answer.status_code == 200
        sections: list[SideSection] = answer.context["sections"]
        return sections

    def test_each_column_says_its_own(
        self, city: City, reviewer: Client, versions: tuple[MergePlan, MergePlan]
    ) -> None:
        platforms = self.read(reviewer, city, versions[1])[0]
        merged = next(side for side in platforms.rows if side.row.is_changed)
        target = versions[0].dispositions.get(kind="merge").target
        assert target is not None
        assert [said.shown for said in merged.before][:2] == ["整合优化", target.name]
        assert [said.shown for said in merged.now] == ["淘汰撤销"]
        assert merged.baseline.startswith(
            str(versions[0].dispositions.get(kind="merge").platform.get_level_display())
        )
        assert (platforms.total, platforms.changed) == (2, 1)

    def test_what_both_say_alike_can_be_left_out(
        self, city: City, reviewer: Client, versions: tuple[MergePlan, MergePlan]
    ) -> None:
        sections = self.read(reviewer, city, versions[1], only="changed")
        assert [len(part.rows) for part in sections][:1] == [1]
        assert all(side.row.is_changed for part in sections for side in part.rows)

    def test_the_first_version_stands_beside_the_baseline_alone(
        self, city: City, reviewer: Client
    ) -> None:
        for part in self.read(reviewer, city, city.plans[1]):
            assert all(not side.before and side.now and side.baseline for side in part.rows)

    def test_as_many_queries_for_more_rows(
        self,
        city: City,
        reviewer: Client,
        versions: tuple[MergePlan, MergePlan],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(findings_module, "in_trial", lambda: False)

        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                self.read(reviewer, city, versions[1])
            return len(queries)

        asked()
        few = asked()
        for _ in range(2):
            platform = make.make_platform(city.programme, versions[1].division)
            make.dispose(versions[1], platform, "abolish")
        asked()
        assert asked() == few
        assert few <= 15

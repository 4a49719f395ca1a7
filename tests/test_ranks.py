"""National ranks: entered with their source, one of them counts, and the goals of 2025 agree."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from consolidation.models import NationalRank, Programme, RankGoal, RetainedPlatform
from consolidation.selectors.findings import findings_in
from consolidation.selectors.state import State, state_view
from evaluation.models import RankReport
from evaluation.selectors.ranks import high_level_by_class, rankings
from evaluation.serializers import RanksSerializer
from evaluation.services.ranks import let_count, report_rank, withdraw
from platforms_portal.access import Role
from tests import factories as make
from tests.evaluation_city import client_of, history_of
from zones.models import Division

pytestmark = pytest.mark.django_db

GOALS = (("high_tech", 10, 1), ("economic", 10, 1), ("economic", 60, 2))


@dataclass
class City:
    programme: Programme
    division: Division
    zones: list[RetainedPlatform]
    reviewer: User

    def url(self, name: str, *more: object) -> str:
        return reverse(name, args=[self.programme.code, *more])


def build(zones: int = 2) -> City:
    programme = make.make_programme()
    for kind, rank, number in GOALS:
        RankGoal.objects.create(
            programme=programme, zone_kind=kind, rank_max=rank, zones_min=number, clause="方案(二)"
        )
    city = City(
        programme, make.make_division(programme), [], make.make_user(Role.COMMISSION_REVIEWER)
    )
    for _number in range(zones):
        division = make.make_division(programme)
        platform = make.make_platform(programme, division)
        city.zones.append(
            make.make_retained(programme, platform, listed_name=f"经开区{len(city.zones)}")
        )
    return city


@pytest.fixture
def city() -> City:
    return build()


def report(city: City, rank: int, source: str, *, zone: int = 0, year: int = 2019) -> RankReport:
    return report_rank(
        retained=city.zones[zone],
        zone_kind="economic",
        year=year,
        rank=rank,
        source=source,
        published_on=datetime.date(2020, 1, 15),
        user=city.reviewer,
    )


def counting(city: City, zone: int = 0) -> list[tuple[int, str]]:
    ranks = NationalRank.objects.filter(retained=city.zones[zone])
    return list(ranks.values_list("rank", "source"))


def r20(city: City) -> dict[str, tuple[str, int | None]]:
    findings = findings_in(state_view(city.programme, State.PLANNED))
    return {
        finding.aspect: (finding.status.value, finding.actual.numerator)
        for finding in findings
        if finding.rule == "R20" and finding.aspect.startswith("rank_")
    }


class TestSources:
    def test_without_a_rank_every_goal_is_unknown(self, city: City) -> None:
        assert set(r20(city).values()) == {("unknown", None)}

    def test_the_first_figure_counts_and_a_further_one_stands_beside_it(self, city: City) -> None:
        report(city, 10, "商务部通报")
        other = report(city, 11, "年鉴")
        assert counting(city) == [(10, "商务部通报")]
        assert r20(city)["rank_economic_10"] == ("met", 1)
        let_count(report=other, user=city.reviewer, reason="以年鉴为准")
        assert counting(city) == [(11, "年鉴")]
        # One beside the threshold.
        assert r20(city)["rank_economic_10"] == ("not_met", 0)
        assert r20(city)["rank_economic_60"] == ("not_met", 1)
        report(city, 60, "商务部通报", zone=1)
        assert r20(city)["rank_economic_60"] == ("met", 2)
        history = history_of(NationalRank.objects.get(retained=city.zones[0])).latest()
        assert history.history_change_reason == "以年鉴为准"

    def test_a_figure_that_was_loaded_is_kept_beside_the_one_that_counts_now(
        self, city: City
    ) -> None:
        NationalRank.objects.create(
            retained=city.zones[0], zone_kind="economic", year=2019, rank=20, is_placeholder=True
        )
        other = report(city, 19, "年鉴")
        assert counting(city) == [(20, "")]
        let_count(report=other, user=city.reviewer, reason="有来源")
        assert counting(city) == [(19, "年鉴")]
        kept = RankReport.objects.get(rank=20)
        assert kept.is_placeholder
        assert kept.source
        let_count(report=kept, user=city.reviewer, reason="改回")
        assert NationalRank.objects.get(retained=city.zones[0]).is_placeholder

    def test_without_the_figure_that_counts_the_rank_is_unknown(self, city: City) -> None:
        first = report(city, 10, "商务部通报")
        other = report(city, 11, "年鉴")
        withdraw(report=other, user=city.reviewer, reason="录错")
        assert counting(city) == [(10, "商务部通报")]
        withdraw(report=first, user=city.reviewer, reason="录错")
        assert counting(city) == []
        assert history_of(RankReport).filter(history_type="-").count() == 2

    @pytest.mark.parametrize("act", [let_count, withdraw])
    def test_a_reason_is_needed(self, city: City, act: Any) -> None:
        first = report(city, 10, "商务部通报")
        for reason in (" ", "长" * 401):
            with pytest.raises(ValidationError):
                act(report=first, user=city.reviewer, reason=reason)

    @pytest.mark.parametrize("act", [let_count, withdraw])
    def test_a_figure_that_a_colleague_has_withdrawn_meanwhile_does_not_count(
        self, city: City, act: Any
    ) -> None:
        report(city, 10, "商务部通报")
        seen = report(city, 11, "年鉴")
        withdraw(report=RankReport.objects.get(pk=seen.pk), user=city.reviewer, reason="录错")
        with pytest.raises(ValidationError):
            act(report=seen, user=city.reviewer, reason="以年鉴为准")
        assert counting(city) == [(10, "商务部通报")]

    def test_what_counts_is_not_chosen_again(self, city: City) -> None:
        first = report(city, 10, "商务部通报")
        with pytest.raises(ValidationError):
            let_count(report=first, user=city.reviewer, reason="再次")

    def test_every_error_is_told_at_once(self, city: City) -> None:
        report(city, 10, "商务部通报")
        ahead = timezone.localdate()
        with translation.override("en"), pytest.raises(ValidationError) as caught:
            report_rank(
                retained=city.zones[0],
                zone_kind="economic",
                year=ahead.year + 1,
                rank=0,
                source=" ",
                published_on=ahead + datetime.timedelta(days=1),
                user=city.reviewer,
            )
        assert set(caught.value.message_dict) >= {"year", "rank", "published_on"}
        with pytest.raises(ValidationError):
            report(city, 12, "商务部通报")

    def test_the_database_keeps_no_figure_without_a_source(self, city: City) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            RankReport.objects.create(
                retained=city.zones[0], zone_kind="economic", year=2019, rank=1, source=""
            )

    def test_only_the_commission_enters_and_chooses(self, city: City) -> None:
        first = report(city, 10, "商务部通报")
        analyst = make.make_user(Role.ANALYST)
        for act in (let_count, withdraw):
            with pytest.raises(PermissionDenied):
                act(report=first, user=analyst, reason="x")
        city.reviewer = analyst
        with pytest.raises(PermissionDenied):
            report(city, 1, "x")


class TestPages:
    def test_a_rank_is_entered_and_chosen_by_form(self, city: City) -> None:
        browser = client_of(city.reviewer)
        sent = {
            "retained": city.zones[0].pk,
            "zone_kind": "economic",
            "year": "2019",
            "rank": "9",
            "source": "商务部通报",
            "published_on": "",
        }
        assert browser.post(city.url("ranks"), sent).status_code == 302
        again = browser.post(city.url("ranks"), sent | {"rank": "zero", "source": ""})
        assert again.status_code == 422
        assert set(again.context["form"].errors) == {"rank", "source"}
        assert browser.post(city.url("ranks"), sent | {"rank": "8"}).status_code == 422
        other = report(city, 12, "年鉴")
        browser.post(city.url("rank-count", other.pk), {"reason": ""})
        assert counting(city) == [(9, "商务部通报")]
        browser.post(city.url("rank-count", other.pk), {"reason": "以年鉴为准"})
        assert counting(city) == [(12, "年鉴")]
        browser.post(city.url("rank-withdraw", other.pk), {"reason": "录错"})
        assert counting(city) == []
        foreign = report(build(1), 1, "x")
        address = city.url("rank-count", foreign.pk)
        assert browser.post(address, {"reason": "x"}).status_code == 404

    def test_the_page_shows_what_the_rule_says_and_sources_that_differ(self, city: City) -> None:
        report(city, 12, "商务部通报", year=2018)
        report(city, 9, "商务部通报")
        report(city, 11, "年鉴")
        page = client_of(make.make_user(Role.ANALYST)).get(city.url("goals"))
        [high_tech, economic] = page.context["rankings"]
        shown = {
            f"rank_{goal.zone_kind}_{goal.rank_max}": (
                finding.status.value,
                finding.actual.numerator,
            )
            for ranking in (high_tech, economic)
            for goal, finding in ranking.goals
        }
        assert shown == r20(city)
        [line] = economic.lines
        assert [cell.counts.rank for cell in line.cells] == [12, 9]
        assert line.cells[1].change == 3
        assert [other.rank for other in line.cells[1].others] == [11]
        text = page.content.decode()
        assert "另一来源：第11名（年鉴）" in text
        assert "+3" in text

    def test_a_later_ranking_is_not_known_on_an_earlier_day(self, city: City) -> None:
        report(city, 9, "商务部通报", year=2020)
        assert rankings(city.programme, 2019)[1].lines == []
        page = client_of(city.reviewer).get(city.url("goals"), {"as_of": "2019-12-31"})
        assert page.context["rankings"][1].lines == []

    def test_the_api_gives_every_figure_with_its_source(self, city: City) -> None:
        report(city, 9, "商务部通报")
        report(city, 11, "年鉴")
        browser = client_of(make.make_user(Role.DISTRICT_OFFICIAL, division=city.division))
        address = city.url("api-programme-ranks")
        answer = browser.get(address).json()
        shape = RanksSerializer(data=answer)
        assert set(answer) == set(shape.fields)
        [rank] = answer["ranks"]
        assert (rank["rank"], rank["source"], rank["year"]) == (9, "商务部通报", 2019)
        assert [(f["rank"], f["counts"]) for f in rank["figures"]] == [(9, True), (11, False)]
        goals = {(goal["zone_kind"], goal["rank_max"]): goal["status"] for goal in answer["goals"]}
        assert goals == {
            ("high_tech", 10): "unknown",
            ("economic", 10): "met",
            ("economic", 60): "not_met",
        }
        only = browser.get(address, {"zone_kind": "high_tech"}).json()
        assert (only["ranks"], len(only["goals"])) == ([], 1)
        assert browser.get(address, {"zone_kind": "small"}).status_code == 400


class TestHighLevel:
    def test_platforms_stand_in_their_class_and_say_what_they_lack(self, city: City) -> None:
        department = make.make_department(city.programme)
        complete, lacking = city.zones
        for zone, kind, lead in ((complete, "opening", department), (lacking, "", None)):
            zone.is_high_level, zone.high_level_class, zone.lead_department = True, kind, lead
            zone.save()
        view = state_view(city.programme, State.PLANNED)
        classes = {group.value: group.platforms for group in high_level_by_class(view)}
        assert {value: len(found) for value, found in classes.items()} == {
            "integration": 0,
            "innovation": 0,
            "opening": 1,
            "": 1,
        }
        assert classes["opening"][0].is_complete
        missing = classes[""][0]
        assert (missing.lacks_class, missing.lacks_department, missing.is_complete) == (
            True,
            True,
            False,
        )
        page = client_of(city.reviewer).get(city.url("goals"))
        finding = page.context["finding"]
        assert page.context["complete"] == finding.actual.numerator == 1
        assert page.context["listed"] == finding.counted == 2

    def test_what_is_not_in_being_in_the_state_does_not_count(self, city: City) -> None:
        zone = city.zones[0]
        zone.platform = make.make_founded(city.programme, zone.platform.division)
        zone.is_high_level, zone.high_level_class = True, "innovation"
        zone.lead_department = make.make_department(city.programme)
        zone.save()
        page = client_of(city.reviewer).get(city.url("goals"), {"state": "actual"})
        assert (page.context["complete"], page.context["listed"]) == (0, 1)
        assert page.context["finding"].counted == 0


def test_the_number_of_queries_is_the_same_with_one_zone_and_with_three(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As the site does it: what was judged is kept, and found again at the next request.
    monkeypatch.setattr("consolidation.selectors.findings.may_keep", lambda *_: True)
    numbers = []
    for zones in (1, 3):
        city = build(zones)
        for number in range(zones):
            report(city, 9 + number, "商务部通报", zone=number)
            report(city, 30 + number, "年鉴", zone=number)
        browser, found = client_of(city.reviewer), []
        for name in ("goals", "ranks", "api-programme-ranks"):
            browser.get(city.url(name))
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(city.url(name)).status_code == 200
            found.append(len(queries))
        numbers.append(found)
    assert numbers[0] == numbers[1]
    assert max(numbers[0]) <= 15

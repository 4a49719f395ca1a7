"""R09, R10, R12, R15, R16, R18, R19, R20: what is fixed for each retained platform."""

from __future__ import annotations

import pytest

from consolidation.checks.base import Ratio, Severity, Status
from consolidation.models import (
    BodyDisposition,
    Disposition,
    NationalRank,
    RankGoal,
    RetainedIndustry,
    RetainedPlatform,
)
from consolidation.models.programmes import HighLevelClass, ZoneKind
from consolidation.selectors.state import State
from tests import factories as make
from tests.checks.helpers import ask, broken_names
from zones.models import Industry, LeadershipPost, Level

pytestmark = pytest.mark.django_db
Fate = BodyDisposition.Fate


class City:
    """One district, one retained platform with its body, one merged platform with another."""

    def __init__(self) -> None:
        self.programme = make.make_programme()
        self.division = make.make_division(self.programme)
        self.plan = make.make_plan(self.programme, self.division)
        self.kept = make.make_platform(self.programme, self.division)
        self.gone = make.make_platform(self.programme, self.division)
        self.retained = make.make_retained(self.programme, self.kept)
        make.dispose(self.plan, self.kept, Disposition.Kind.UPGRADE)
        make.dispose(self.plan, self.gone, Disposition.Kind.MERGE, target=self.kept)
        self.body = make.make_body(self.programme, self.division, self.kept)
        self.old_body = make.make_body(self.programme, self.division, self.gone)
        self.keeps = make.dispose_body(self.plan, self.body, Fate.KEEP, serves=self.kept)
        self.drops = make.dispose_body(self.plan, self.old_body, Fate.ABOLISH)

    def retain(self, **fields: object) -> None:
        RetainedPlatform.objects.filter(pk=self.retained.pk).update(**fields)


@pytest.fixture
def city() -> City:
    return City()


def test_r09_one_body_and_one_team(city: City) -> None:
    assert ask(city.programme, "R09").status == Status.MET


def test_r09_two_bodies_none_and_two_teams_are_found(city: City) -> None:
    city.drops.delete()
    second = make.dispose_body(city.plan, city.old_body, Fate.KEEP, serves=city.kept)
    assert broken_names(ask(city.programme, "R09")) == {city.kept.name}
    second.delete()
    city.keeps.fate, city.keeps.serves = Fate.ABOLISH, None
    city.keeps.save()
    assert "没有管理机构" in str(ask(city.programme, "R09").breaking[0].why)
    city.keeps.fate, city.keeps.serves, city.keeps.leadership_teams = Fate.KEEP, city.kept, 2
    city.keeps.save()
    assert ask(city.programme, "R09").status == Status.NOT_MET


def test_r09_unknown_teams_and_a_body_sent_elsewhere(city: City) -> None:
    city.keeps.leadership_teams = None
    city.keeps.save()
    assert ask(city.programme, "R09").status == Status.UNKNOWN
    other = make.make_founded(city.programme, city.division)
    make.make_retained(city.programme, other)
    city.keeps.serves = other
    city.keeps.save()
    # The body that managed ``kept`` now serves the founded platform only.
    assert broken_names(ask(city.programme, "R09")) == {city.kept.name}


def test_r09_in_fact_the_body_of_a_merged_platform_does_not_serve_the_new_one(city: City) -> None:
    assert ask(city.programme, "R09", state=State.ACTUAL).status == Status.MET


def test_r10_a_body_left_for_a_merged_platform_is_found(city: City) -> None:
    assert ask(city.programme, "R10").status == Status.MET
    city.drops.fate = Fate.KEEP
    city.drops.save()
    assert broken_names(ask(city.programme, "R10")) == {city.old_body.name}


def test_r10_a_sub_area_keeps_no_body_and_an_undecided_body_is_unknown(city: City) -> None:
    city.retain(is_sub_area=True)
    assert broken_names(ask(city.programme, "R10")) == {city.body.name}
    city.retain(is_sub_area=False)
    city.drops.delete()
    assert ask(city.programme, "R10").status == Status.UNKNOWN


def test_r10_in_fact_a_body_counts_until_its_abolition_is_confirmed(city: City) -> None:
    assert ask(city.programme, "R10", state=State.ACTUAL).status == Status.NOT_MET
    city.drops.confirmed_on = make.AS_OF
    city.drops.save()
    assert ask(city.programme, "R10", state=State.ACTUAL).status == Status.MET


@pytest.mark.parametrize(
    ("number", "status"),
    [(0, Status.UNKNOWN), (1, Status.MET), (3, Status.MET), (4, Status.NOT_MET)],
)
def test_r12_limits_the_leading_industries(city: City, number: int, status: str) -> None:
    for i in range(number):
        industry = Industry.objects.create(name=f"产业{i}")
        RetainedIndustry.objects.create(retained=city.retained, industry=industry)
    assert ask(city.programme, "R12").status == status


def test_r15_only_named_posts_are_exempt(city: City) -> None:
    assert ask(city.programme, "R15", aspect="posts").status == Status.UNKNOWN
    for title in ("党工委书记", "主任", "纪工委书记"):
        LeadershipPost.objects.create(body=city.body, title=title, is_exempt=True)
    deputy = LeadershipPost.objects.create(body=city.body, title="副主任", is_exempt=False)
    assert ask(city.programme, "R15", aspect="posts").status == Status.MET
    deputy.is_exempt = None
    deputy.save()
    assert ask(city.programme, "R15", aspect="posts").status == Status.UNKNOWN
    deputy.is_exempt = True
    deputy.save()
    assert broken_names(ask(city.programme, "R15", aspect="posts")) == {city.body.name}


@pytest.mark.parametrize(
    ("one", "status"), [(True, Status.MET), (False, Status.NOT_MET), (None, Status.UNKNOWN)]
)
def test_r15_one_person_is_advice(city: City, one: bool | None, status: str) -> None:
    city.keeps.secretary_is_director = one
    city.keeps.save()
    finding = ask(city.programme, "R15", aspect="one_person")
    assert (finding.status, finding.severity, finding.fails) == (status, Severity.ADVICE, False)


@pytest.mark.parametrize(
    ("separate", "status"), [(True, Status.MET), (False, Status.NOT_MET), (None, Status.UNKNOWN)]
)
def test_r16_the_operator_is_apart(city: City, separate: bool | None, status: str) -> None:
    city.retain(operator_is_separate=separate, operator_company="示例公司")
    assert ask(city.programme, "R16").status == status


def test_r16_an_operator_under_a_bodys_code_is_not_apart(city: City) -> None:
    city.body.uscc = "91110000600037341L"
    city.body.save()
    city.retain(operator_is_separate=True, operator_uscc="91110000600037341L")
    assert ask(city.programme, "R16").status == Status.NOT_MET


@pytest.mark.parametrize(
    ("discipline", "status"),
    [
        (RetainedPlatform.Discipline.COMMITTEE, Status.MET),
        (RetainedPlatform.Discipline.SAME_LEVEL, Status.MET),
        (RetainedPlatform.Discipline.NONE, Status.NOT_MET),
        (RetainedPlatform.Discipline.UNKNOWN, Status.UNKNOWN),
    ],
)
def test_r18_discipline_inspection(city: City, discipline: str, status: str) -> None:
    city.retain(discipline=discipline)
    assert ask(city.programme, "R18").status == status


def test_r19_covers_zones_of_national_level_and_carriers_of_national_plates(city: City) -> None:
    city.retain(has_cooperation_park=False)
    assert ask(city.programme, "R19").status == Status.MET
    plate = make.make_plate(city.programme, city.gone)
    make.dispose_plate(city.plan, plate, "keep", carrier=city.kept)
    assert broken_names(ask(city.programme, "R19")) == {city.kept.name}
    plate.dispositions.all().delete()
    city.kept.level = Level.NATIONAL
    city.kept.save()
    assert ask(city.programme, "R19").status == Status.NOT_MET
    city.retain(has_cooperation_park=None)
    assert ask(city.programme, "R19").status == Status.UNKNOWN
    city.retain(has_cooperation_park=True)
    assert ask(city.programme, "R19").status == Status.MET


@pytest.mark.parametrize(("number", "status"), [(6, Status.MET), (5, Status.NOT_MET)])
def test_r20_enough_high_level_platforms(city: City, number: int, status: str) -> None:
    department = make.make_department(city.programme)
    for _ in range(number):
        platform = make.make_founded(city.programme, city.division)
        make.make_retained(
            city.programme,
            platform,
            is_high_level=True,
            high_level_class=HighLevelClass.OPENING,
            lead_department=department,
        )
    finding = ask(city.programme, "R20", aspect="high_level_min")
    assert (finding.status, finding.actual) == (status, Ratio(number))


def test_r20_a_class_or_lead_department_that_is_missing_leaves_it_open(city: City) -> None:
    for _ in range(6):
        platform = make.make_founded(city.programme, city.division)
        make.make_retained(city.programme, platform, is_high_level=True)
    finding = ask(city.programme, "R20", aspect="high_level_min")
    assert (finding.status, finding.breaking_total) == (Status.UNKNOWN, 6)


def test_r20_at_the_baseline_a_later_ranking_does_not_count(city: City) -> None:
    RankGoal.objects.create(
        programme=city.programme, zone_kind=ZoneKind.HIGH_TECH, rank_max=10, zones_min=1
    )
    rank = NationalRank.objects.create(
        retained=city.retained,
        zone_kind=ZoneKind.HIGH_TECH,
        year=make.BASELINE.year + 1,
        rank=9,
    )
    aspect = f"rank_{ZoneKind.HIGH_TECH}_10"
    finding = ask(city.programme, "R20", aspect=aspect, state=State.BASELINE)
    assert finding.status == Status.UNKNOWN
    rank.year = make.BASELINE.year
    rank.save()
    finding = ask(city.programme, "R20", aspect=aspect, state=State.BASELINE)
    assert finding.status == Status.MET


def test_r20_ranks_are_those_of_the_latest_known_year(city: City) -> None:
    RankGoal.objects.create(
        programme=city.programme, zone_kind=ZoneKind.ECONOMIC, rank_max=10, zones_min=1
    )
    aspect = "rank_economic_10"
    assert ask(city.programme, "R20", aspect=aspect).status == Status.UNKNOWN
    for year, rank in ((2019, 11), (2020, 10)):
        NationalRank.objects.create(
            retained=city.retained, zone_kind=ZoneKind.ECONOMIC, year=year, rank=rank
        )
    assert ask(city.programme, "R20", aspect=aspect).status == Status.MET
    day = make.AS_OF.replace(year=2019)
    assert ask(city.programme, "R20", aspect=aspect, as_of=day).status == Status.NOT_MET

"""R01, R04, R05, R06, R07, R08, R11, R13: each kept, and broken by one record."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.utils.translation import override

from consolidation.checks.base import Ratio, Status
from consolidation.models import Disposition, PlateDisposition, QuotaException, Target
from consolidation.selectors.state import State
from tests import factories as make
from tests.checks.helpers import ask, broken_names
from zones.models import Level

if TYPE_CHECKING:
    from zones.models import Platform

pytestmark = pytest.mark.django_db
Kind = Disposition.Kind


class City:
    """A city of one district with one retained platform ``kept`` and a plan that upgrades it."""

    def __init__(self, *, quota: int = 1) -> None:
        self.programme = make.make_programme()
        self.division = make.make_division(self.programme, quota=quota)
        self.plan = make.make_plan(self.programme, self.division)
        self.kept = self.retain()

    def retain(self, **fields: Any) -> Platform:
        platform = make.make_platform(self.programme, self.division)
        make.make_retained(self.programme, platform, **fields)
        make.dispose(self.plan, platform, Kind.UPGRADE)
        return platform

    def platform(self, **fields: Any) -> Platform:
        return make.make_platform(self.programme, self.division, **fields)

    def merge(self, target: Platform | None = None, **fields: Any) -> Platform:
        platform = self.platform(**fields)
        make.dispose(self.plan, platform, Kind.MERGE, target=target or self.kept)
        return platform


@pytest.fixture
def city() -> City:
    return City()


@pytest.mark.parametrize(("kept", "status"), [(17, Status.MET), (18, Status.NOT_MET)])
def test_r01_counts_the_retained_platforms(city: City, kept: int, status: str) -> None:
    for _ in range(kept - 1):
        city.retain()
    city.merge()
    finding = ask(city.programme, "R01", aspect="retained_max")
    assert (finding.status, finding.actual, finding.margin) == (status, Ratio(kept), 17 - kept)
    assert ask(city.programme, "R01", aspect="ceiling").status == Status.MET


def test_r01_an_owner_without_a_plan_stays_at_its_baseline(city: City) -> None:
    other = make.make_division(city.programme)
    for _ in range(17):
        make.make_platform(city.programme, other)
    assert ask(city.programme, "R01", aspect="retained_max").actual == Ratio(18)


def test_r01_undecided_platforms_leave_it_open(city: City) -> None:
    for _ in range(17):
        city.platform()
    finding = ask(city.programme, "R01", aspect="retained_max")
    assert (finding.status, finding.actual) == (Status.UNKNOWN, Ratio(1))


def test_r04_an_owner_over_its_quota_is_found_and_named(city: City) -> None:
    assert ask(city.programme, "R04", owner=city.division).status == Status.MET
    second = city.retain()
    finding = ask(city.programme, "R04", owner=city.division)
    assert (finding.status, finding.actual, finding.limit) == (Status.NOT_MET, Ratio(2), Ratio(1))
    assert broken_names(finding) == {city.kept.name, second.name}
    assert ask(city.programme, "R04").actual == Ratio(1)


def test_r04_the_excess_is_told_to_equal_the_open_sub_areas(city: City) -> None:
    city.retain()
    Target.objects.filter(programme=city.programme, name="sub_areas_max").update(numerator=1)
    assert "正好等于" in str(ask(city.programme, "R04").message)


def test_r04_a_sub_area_counts_from_its_designation(city: City) -> None:
    city.retain(is_sub_area=True, designated_on=datetime.date(2021, 2, 1))
    assert ask(city.programme, "R04", owner=city.division).status == Status.MET
    before = ask(city.programme, "R04", owner=city.division, as_of=datetime.date(2021, 1, 31))
    assert before.status == Status.NOT_MET
    # At the baseline nothing had been designated: both platforms count.
    assert ask(city.programme, "R04", owner=city.division, state=State.BASELINE).actual == Ratio(2)


def test_r04_a_granted_exception_widens_the_quota_and_is_told(city: City) -> None:
    city.retain()
    QuotaException.objects.create(
        programme=city.programme,
        division=city.division,
        places=1,
        reason="示例",
        document="示例1号",
        granted_on=datetime.date(2021, 1, 1),
    )
    finding = ask(city.programme, "R04", owner=city.division)
    assert (finding.status, finding.limit) == (Status.MET, Ratio(2))
    assert "例外" in str(finding.message)


def test_r04_an_owner_without_a_quota_is_unknown_if_it_keeps_something(city: City) -> None:
    other = make.make_division(city.programme, quota=None)
    platform = make.make_platform(city.programme, other)
    make.make_retained(city.programme, platform)
    make.make_plan(city.programme, other)
    assert ask(city.programme, "R04", owner=other).status == Status.UNKNOWN
    assert ask(city.programme, "R04").status == Status.UNKNOWN


@pytest.mark.parametrize(("sub_areas", "status"), [(2, Status.MET), (3, Status.NOT_MET)])
def test_r05_limits_the_sub_areas(city: City, sub_areas: int, status: str) -> None:
    for _ in range(sub_areas):
        city.retain(is_sub_area=True)
    finding = ask(city.programme, "R05", aspect="sub_areas_max")
    assert (finding.status, finding.actual) == (status, Ratio(sub_areas))


def test_r05_parcels_are_advice_and_unknown_until_given(city: City) -> None:
    assert ask(city.programme, "R05", aspect="parcels_max").status == Status.UNKNOWN
    city.kept.retentions.update(parcels=1)
    assert ask(city.programme, "R05", aspect="parcels_max").status == Status.MET
    city.kept.retentions.update(parcels=2)
    finding = ask(city.programme, "R05", aspect="parcels_max")
    assert finding.status == Status.NOT_MET
    assert not finding.fails


def test_r06_a_complete_plan_keeps_it(city: City) -> None:
    city.merge()
    assert ask(city.programme, "R06").status == Status.MET


def test_r06_a_missing_disposition_is_found(city: City) -> None:
    forgotten = city.platform()
    finding = ask(city.programme, "R06")
    assert (finding.status, finding.actual) == (Status.NOT_MET, Ratio(1))
    assert broken_names(finding) == {forgotten.name}


def test_r06_a_platform_disposed_of_by_two_plans_is_found_once(city: City) -> None:
    other = make.make_plan(city.programme, make.make_division(city.programme))
    twice = city.merge()
    make.dispose(other, twice, Kind.ABOLISH)
    finding = ask(city.programme, "R06")
    assert (finding.actual, broken_names(finding)) == (Ratio(1), {twice.name})


@pytest.mark.parametrize("kind", [Kind.ABOLISH, Kind.TRANSFORM, Kind.MERGE])
def test_r06_a_merge_into_what_goes_itself_is_found(city: City, kind: str) -> None:
    middle = city.platform()
    target = city.kept if kind == Kind.MERGE else None
    make.dispose(city.plan, middle, kind, target=target)
    lost = city.merge(target=middle)
    assert broken_names(ask(city.programme, "R06")) == {lost.name}


def test_r06_a_circle_is_found(city: City) -> None:
    one, two, three = (city.platform() for _ in range(3))
    for platform, target in ((one, two), (two, three), (three, one)):
        make.dispose(city.plan, platform, Kind.MERGE, target=target)
    assert broken_names(ask(city.programme, "R06")) == {one.name, two.name, three.name}


def test_r06_a_merge_without_target_and_an_upgrade_off_the_list_are_found(city: City) -> None:
    aimless, unlisted = city.platform(), city.platform()
    make.dispose(city.plan, aimless, Kind.MERGE)
    make.dispose(city.plan, unlisted, Kind.UPGRADE)
    assert broken_names(ask(city.programme, "R06")) == {aimless.name, unlisted.name}


def test_r06_in_fact_a_disposition_counts_once_confirmed(city: City) -> None:
    finding = ask(city.programme, "R06", state=State.ACTUAL)
    assert finding.actual == Ratio(1)
    Disposition.objects.update(confirmed_on=make.AS_OF)
    assert ask(city.programme, "R06", state=State.ACTUAL).status == Status.MET
    day_before = make.AS_OF - datetime.timedelta(days=1)
    assert ask(city.programme, "R06", state=State.ACTUAL, as_of=day_before).actual == Ratio(1)


@pytest.mark.parametrize("level", [Level.NATIONAL, Level.PROVINCIAL])
@pytest.mark.parametrize("kind", [Kind.ABOLISH, Kind.TRANSFORM])
def test_r07_a_strategic_platform_may_not_go(city: City, level: str, kind: str) -> None:
    city.merge(level=level)
    assert ask(city.programme, "R07").status == Status.MET
    lost = city.platform(level=level)
    make.dispose(city.plan, lost, kind)
    finding = ask(city.programme, "R07")
    assert (finding.status, broken_names(finding)) == (Status.NOT_MET, {lost.name})


def test_r07_does_not_bind_district_platforms_and_waits_for_decisions(city: City) -> None:
    make.dispose(city.plan, city.platform(level=Level.DISTRICT), Kind.ABOLISH)
    assert ask(city.programme, "R07").status == Status.MET
    city.platform(level=Level.NATIONAL)
    assert ask(city.programme, "R07").status == Status.UNKNOWN


def test_r08_a_national_plate_must_stay_with_a_retained_platform(city: City) -> None:
    merged = city.merge()
    plate = make.make_plate(city.programme, merged)
    assert ask(city.programme, "R08").status == Status.UNKNOWN
    decision = make.dispose_plate(city.plan, plate, PlateDisposition.Fate.KEEP, carrier=city.kept)
    assert ask(city.programme, "R08").status == Status.MET
    decision.carrier = merged
    decision.save()
    assert broken_names(ask(city.programme, "R08")) == {plate.title}
    decision.fate, decision.carrier = PlateDisposition.Fate.DROP, None
    decision.save()
    assert broken_names(ask(city.programme, "R08")) == {plate.title}


def test_r08_a_provincial_plate_may_be_dropped_but_it_must_be_said(city: City) -> None:
    plate = make.make_plate(city.programme, city.merge(), level=Level.PROVINCIAL)
    assert ask(city.programme, "R08").status == Status.UNKNOWN
    make.dispose_plate(city.plan, plate, PlateDisposition.Fate.DROP)
    assert ask(city.programme, "R08").status == Status.MET


def test_r08_the_plate_of_a_retained_platform_stays_unsaid(city: City) -> None:
    make.make_plate(city.programme, city.kept)
    assert ask(city.programme, "R08").status == Status.MET


def test_r11_joins_neighbours_or_gives_a_reason(city: City) -> None:
    near, far = make.make_division(city.programme), make.make_division(city.programme)
    make.make_adjacent(city.division, near)
    for division in (near, far):
        plan = make.make_plan(city.programme, division)
        platform = make.make_platform(city.programme, division)
        make.dispose(plan, platform, Kind.MERGE, target=city.kept)
    finding = ask(city.programme, "R11")
    assert {record.division_id for record in finding.breaking} == {far.pk}
    Disposition.objects.filter(platform__division=far).update(reason="飞地共建")
    assert ask(city.programme, "R11").status == Status.MET


def test_r11_without_a_map_it_is_unknown_and_the_city_level_borders_on_all(city: City) -> None:
    other = make.make_division(city.programme)
    plan = make.make_plan(city.programme, other)
    make.dispose(plan, make.make_platform(city.programme, other), Kind.MERGE, target=city.kept)
    assert ask(city.programme, "R11").status == Status.UNKNOWN
    municipal = make.make_founded(city.programme, city.programme.division)
    Disposition.objects.filter(kind=Kind.MERGE).update(target=municipal)
    assert ask(city.programme, "R11").status == Status.MET


def test_r13_a_transformation_names_what_it_becomes(city: City) -> None:
    make.dispose(city.plan, city.platform(), Kind.TRANSFORM, transform_into="小微企业园")
    assert ask(city.programme, "R13").status == Status.MET
    vague = city.platform()
    make.dispose(city.plan, vague, Kind.TRANSFORM, transform_into="")
    assert broken_names(ask(city.programme, "R13")) == {vague.name}


@pytest.mark.parametrize("rule", ["R06", "R07", "R08", "R11", "R13", "R14", "R16", "R18", "R19"])
def test_at_the_baseline_nothing_has_been_decided(city: City, rule: str) -> None:
    city.merge()
    finding = ask(city.programme, rule, state=State.BASELINE)
    assert (finding.status, finding.actual.numerator) == (Status.UNKNOWN, None)


@pytest.mark.parametrize("rule", ["R11", "R13"])
def test_in_fact_a_rule_about_decisions_waits_until_one_is_carried_out(
    city: City, rule: str
) -> None:
    gone = city.platform()
    decision = make.dispose(city.plan, gone, Kind.ABOLISH)
    finding = ask(city.programme, rule, state=State.ACTUAL)
    assert (finding.status, finding.actual) == (Status.UNKNOWN, Ratio(None))
    with override("en"):
        assert "confirmed carried out" in str(finding.message)
    assert ask(city.programme, rule).status == Status.MET
    decision.confirmed_on = city.plan.submitted_on
    decision.save()
    # Something was carried out, and nothing of it is a merge or a transformation.
    assert ask(city.programme, rule, state=State.ACTUAL).status == Status.MET


def test_r04_speaks_of_sub_areas_only_where_the_programme_limits_them(city: City) -> None:
    city.retain()
    with override("en"):
        assert "sub-areas" in str(ask(city.programme, "R04").message)
    Target.objects.filter(programme=city.programme, rule="R05").delete()
    finding = ask(city.programme, "R04")
    assert (finding.status, finding.actual) == (Status.NOT_MET, Ratio(1))
    with override("en"):
        assert "sub-areas" not in str(finding.message)

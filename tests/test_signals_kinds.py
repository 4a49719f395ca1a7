"""Each kind of signal at its threshold and one beside it, and what is legitimate raises none."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from consolidation.models import BodyDisposition, Disposition, MergePlan, PlateDisposition
from consolidation.services.corrections import (
    confirm_correction,
)
from consolidation.services.recording import mark_real
from consolidation.services.requesting import (
    Asked,
    request_correction,
)
from platforms_portal.access import Right, Role
from signals import words
from signals.keeping import pack, unpack
from signals.kinds.base import KINDS, RECORDS_KEPT, Record, register, signal
from signals.kinds.facts import Facts
from signals.kinds.likeness import most_alike, pairs, plain
from signals.kinds.s06_peers import basis_of, median, outside
from signals.models import SignalSetting
from signals.selectors.found import find
from staffing.models import HeadCount, Redeployment
from tests import factories as make
from zones.models import ManagementBody, Origin, Platform

if TYPE_CHECKING:
    from consolidation.models import Programme
    from signals.kinds.base import Signal
    from zones.models import Division

pytestmark = pytest.mark.django_db

DAY = datetime.date(2021, 3, 31)
LONG_AGO = timezone.make_aware(datetime.datetime(2020, 1, 1))  # noqa: DTZ001 - made aware here
CONFIRMED = datetime.date(2021, 3, 1)


@dataclass
class City:
    programme: Programme
    division: Division
    plan: MergePlan

    def found(self, code: str, day: datetime.date = DAY) -> list[Signal]:
        return [item for item in find(Facts(self.programme, day)) if item.code == code]

    def set(self, code: str, name: str, numerator: int, denominator: int = 1) -> None:
        SignalSetting.objects.update_or_create(
            programme=self.programme,
            signal=code,
            name=name,
            defaults={"numerator": numerator, "denominator": denominator},
        )


@pytest.fixture
def city() -> City:
    programme = make.make_programme()
    division = make.make_division(programme)
    return City(programme, division, make.make_plan(programme, division))


def backdate() -> None:
    """Let everything that was written so far have been written long ago."""
    for model in (MergePlan, Platform, ManagementBody, HeadCount):
        history: Any = model
        history.history.model.objects.update(history_date=LONG_AGO)


def figures(found: list[Signal]) -> dict[str, int | str]:
    assert len(found) == 1, found
    return dict(found[0].figures)


class TestRegistry:
    def test_it_misses_no_kind_and_repeats_none(self) -> None:
        folder = Path(settings.BASE_DIR) / "signals" / "kinds"
        files = sorted(path.name[:3].upper() for path in folder.glob("s[0-9][0-9]_*.py"))
        assert files == sorted(KINDS)
        with pytest.raises(ValueError, match="registered twice"):
            register(KINDS["S01"])

    @pytest.mark.parametrize("code", sorted(KINDS))
    def test_every_kind_has_words_in_both_languages(self, code: str) -> None:
        kind = KINDS[code]
        told = [
            kind.title,
            kind.definition,
            kind.formula,
            *kind.sentences.values(),
            *kind.labels.values(),
            *kind.notes.values(),
            *kind.legitimate,
            *(threshold.label for threshold in kind.thresholds),
        ]
        assert kind.legitimate
        with override("en"):
            english = [str(text) for text in told]
        with override("zh-hans"):
            chinese = [str(text) for text in told]
        assert all(english)
        for one, other in zip(english, chinese, strict=True):
            assert re.search(r"[一-鿿]", other), one
            places = [sorted(re.findall(r"\{\w+\}", text)) for text in (one, other)]
            assert places[0] == places[1], one

    def test_a_programme_switches_a_kind_off(self, city: City) -> None:
        make.dispose(
            city.plan,
            make.make_platform(city.programme, city.division),
            Disposition.Kind.ABOLISH,
            is_placeholder=True,
        )
        assert city.found("S09")
        city.set("S09", "on", 0)
        assert not city.found("S09")

    def test_signals_are_kept_as_they_were_found(self, city: City) -> None:
        body = make.make_body(city.programme, city.division)
        item = signal(
            "S05",
            "missing",
            city.division.pk,
            figures={"month": "2021-02", "missing": 1, "bodies": 1},
            records=[Record("body", n, f"{n}", "missing") for n in range(RECORDS_KEPT + 1)],
            right=Right.VIEW_PEOPLE,
            since=DAY,
            subject=body.pk,
        )
        assert unpack(pack([item])) == [item]
        assert (len(item.records), item.total) == (RECORDS_KEPT, RECORDS_KEPT + 1)

    def test_the_digest_is_of_figures_and_records_but_not_of_the_basis(self) -> None:
        def one(**more: Any) -> str:
            given: dict[str, Any] = {
                "figures": {"part": 1, "whole": 2},
                "records": [Record("body", 1, "甲")],
                "right": Right.VIEW_BODIES,
            }
            return signal("S06", "bodies_cut", 7, **given | more).digest

        assert one() == one(basis={"peers": 5}) == one(since=DAY)
        assert one() != one(figures={"part": 2, "whole": 2})
        assert one() != one(records=[Record("body", 2, "甲")])


class TestBaselineChanged:
    @pytest.fixture(autouse=True)
    def _before(self, city: City) -> None:
        self.platform = make.make_platform(city.programme, city.division)
        self.body = make.make_body(city.programme, city.division, self.platform)
        self.heads = make.count_heads(self.body, 10, 20, 30)
        backdate()

    def test_nothing_is_said_where_nothing_changed(self, city: City) -> None:
        self.platform.name = "新名称"
        self.platform.save()
        self.heads[0].note = "核对"
        self.heads[0].save()
        assert not city.found("S01")

    def test_a_record_added_later_and_one_closed_later_are_told(self, city: City) -> None:
        new = make.make_platform(city.programme, city.division)
        self.body.abolished_on = make.BASELINE
        self.body.save()
        platforms, bodies = sorted(city.found("S01"), key=lambda item: item.right)[::-1]
        assert (platforms.aspect, platforms.figures["added"], platforms.figures["removed"]) == (
            "platforms",
            1,
            0,
        )
        assert [(r.id, r.note) for r in platforms.records] == [(new.pk, "added")]
        assert (bodies.aspect, bodies.figures["removed"]) == ("bodies", 1)
        assert [(r.id, r.note) for r in bodies.records] == [(self.body.pk, "removed")]
        assert platforms.since == bodies.since == timezone.localdate()

    def test_a_plate_that_was_deleted_is_told_without_a_page(self, city: City) -> None:
        plate = make.make_plate(city.programme, self.platform)
        history: Any = plate
        history.history.update(history_date=LONG_AGO)
        plate.delete()
        found = city.found("S01")
        assert (found[0].aspect, found[0].figures["removed"]) == ("plates", 1)
        assert found[0].records[0].type == "deleted"

    def test_what_was_founded_after_the_baseline_does_not_count(self, city: City) -> None:
        make.make_platform(
            city.programme, city.division, established_on=make.BASELINE + datetime.timedelta(1)
        )
        make.make_founded(city.programme, city.division)
        assert not city.found("S01")

    def test_a_change_taken_back_is_none(self, city: City) -> None:
        for day in (make.BASELINE, None):
            self.platform.closed_on = day
            self.platform.save()
        assert not city.found("S01")

    def test_a_record_moved_to_another_owner_is_told_to_both(self, city: City) -> None:
        other = make.make_division(city.programme)
        make.make_plan(city.programme, other)
        backdate()
        self.platform.division = other
        self.platform.save()
        told = {item.division_id: item.figures for item in city.found("S01")}
        assert (told[city.division.pk]["removed"], told[city.division.pk]["added"]) == (1, 0)
        assert (told[other.pk]["removed"], told[other.pk]["added"]) == (0, 1)

    def test_a_record_moved_to_an_owner_without_a_plan_is_told_to_the_first(
        self, city: City
    ) -> None:
        self.platform.division = make.make_division(city.programme)
        self.platform.save()
        assert [item.division_id for item in city.found("S01")] == [city.division.pk]

    def test_head_counts_of_the_baseline_are_told_with_before_and_after(self, city: City) -> None:
        self.heads[0].on_post = 7
        self.heads[0].save()
        self.heads[1].delete()
        found = city.found("S01")
        assert figures(found) | {} == {
            "added": 0,
            "removed": 1,
            "changed": 1,
            "unexplained": 2,
            "before": 30,
            "after": 7,
        }
        assert found[0].right == Right.VIEW_PEOPLE
        make.count_heads(self.body, 1, day=DAY)
        assert figures(city.found("S01"))["changed"] == 1

    def test_what_changed_before_the_plan_came_in_is_no_signal(self, city: City) -> None:
        history: Any = MergePlan
        history.history.model.objects.update(history_date=timezone.now())
        make.make_platform(city.programme, city.division)
        # Loaded as submitted: what is written within the hour belongs to the same load.
        assert not city.found("S01")
        city.set("S01", "load_minutes", 0)
        assert len(city.found("S01")) == 1

    def test_the_threshold_is_the_programmes(self, city: City) -> None:
        make.make_platform(city.programme, city.division)
        city.set("S01", "records_min", 2)
        assert not city.found("S01")
        make.make_platform(city.programme, city.division)
        assert len(city.found("S01")) == 1

    def test_a_confirmed_correction_accounts_for_it_and_is_linked(self, city: City) -> None:
        official = make.make_user(Role.DISTRICT_OFFICIAL, division=city.division)
        asked = Asked("platform", "strike", self.platform.pk, "重复登记")
        ManagementBody.objects.filter(pk=self.body.pk).update(code="B-x")
        correction = request_correction(
            programme=city.programme, division=city.division, asked=asked, user=official
        )
        confirm_correction(correction=correction, answer="同意", user=make.make_user())
        found = [item for item in city.found("S01") if item.aspect == "platforms"]
        assert figures(found)["unexplained"] == 0
        assert found[0].settled
        assert found[0].records[0].values["correction"] == correction.pk
        # Another change, which no correction asked for, stands beside it.
        make.make_platform(city.programme, city.division)
        found = [item for item in city.found("S01") if item.aspect == "platforms"]
        assert figures(found)["unexplained"] == 1
        assert not found[0].settled


class TestPlatesWithoutBodies:
    def _merge(self, city: City, **fields: Any) -> tuple[Platform, Platform, ManagementBody]:
        stays, goes = (make.make_platform(city.programme, city.division) for _ in range(2))
        make.make_retained(city.programme, stays)
        make.dispose_body(
            city.plan, make.make_body(city.programme, city.division, stays), "keep", serves=stays
        )
        make.dispose(city.plan, stays, "upgrade")
        make.dispose(city.plan, goes, "merge", target=stays, **fields)
        return stays, goes, make.make_body(city.programme, city.division, goes)

    def test_a_body_whose_platform_goes_and_which_is_kept_is_told(self, city: City) -> None:
        _stays, _goes, body = self._merge(city)
        make.dispose_body(city.plan, body, "keep")
        found = city.found("S02")
        assert figures(found) == {
            "left": 1,
            "platforms_before": 2,
            "platforms_after": 1,
            "plates_before": 0,
            "plates_after": 0,
            "bodies_before": 2,
            "bodies_after": 2,
        }
        assert [(r.id, r.note) for r in found[0].records] == [(body.pk, "left")]
        assert found[0].since == make.SUBMITTED
        city.set("S02", "bodies_min", 2)
        assert not city.found("S02")

    def test_a_body_abolished_with_its_platform_is_none(self, city: City) -> None:
        _stays, _goes, body = self._merge(city)
        make.dispose_body(city.plan, body, "abolish")
        assert not city.found("S02")

    def test_a_body_that_alone_takes_over_a_retained_platform_is_none(self, city: City) -> None:
        founded = make.make_founded(city.programme, city.division)
        make.make_retained(city.programme, founded)
        goes = make.make_platform(city.programme, city.division)
        body = make.make_body(city.programme, city.division, goes)
        make.dispose(city.plan, goes, "merge", target=founded)
        make.dispose_body(city.plan, body, "keep", serves=founded)
        assert not city.found("S02")
        second = make.make_body(city.programme, city.division, goes)
        make.dispose_body(city.plan, second, "keep", serves=founded)
        assert figures(city.found("S02"))["left"] == 2

    @pytest.mark.parametrize(("days", "told"), [(89, False), (90, True)])
    def test_in_fact_a_body_has_some_time_to_follow(
        self, city: City, days: int, told: bool
    ) -> None:
        _stays, _goes, body = self._merge(city, confirmed_on=DAY - datetime.timedelta(days=days))
        make.dispose_body(city.plan, body, "abolish")
        found = city.found("S02")
        assert bool(found) is told
        if told:
            assert found[0].aspect == "bodies_actual"
            assert found[0].since == DAY - datetime.timedelta(days=90)

    def test_plates_alone_are_told_where_bodies_outnumber_platforms(self, city: City) -> None:
        platform = make.make_platform(city.programme, city.division)
        make.make_retained(city.programme, platform)
        make.dispose(city.plan, platform, "upgrade")
        plate = make.make_plate(city.programme, platform, level="provincial")
        make.dispose_plate(city.plan, plate, PlateDisposition.Fate.DROP)
        make.make_body(city.programme, city.division, platform)
        assert not city.found("S02")  # One platform, one body: as it should be.
        make.make_body(city.programme, city.division, platform)
        found = city.found("S02")
        assert found[0].aspect == "plates_planned"
        assert [r.id for r in found[0].records] == [plate.pk]
        city.set("S02", "plates_min", 2)
        assert not city.found("S02")


class TestStaffMoved:
    def _planned(
        self, city: City, before: tuple[int, ...], after: tuple[int | None, ...]
    ) -> ManagementBody:
        platform = make.make_platform(city.programme, city.division)
        body = make.make_body(city.programme, city.division, platform)
        make.count_heads(body, *before)
        make.dispose_body(city.plan, body, "keep")
        make.plan_heads(city.plan, body, *after)
        return body

    @pytest.mark.parametrize(
        ("after", "told"),
        [
            ((40, 40, 24), True),  # 20 go, 4 come: 20%.
            ((39, 40, 24), False),  # 21 go, 4 come: 19.05%.
            ((49, 50, 22), False),  # 1 goes, 2 come, fewer than 3.
            ((49, 50, 23), True),
            ((50, 50, 40), False),  # Nobody left an authorised post.
            ((30, 30, 20), False),  # A cut.
        ],
    )
    def test_contract_staff_rise_while_authorised_posts_fall(
        self, city: City, after: tuple[int, ...], told: bool
    ) -> None:
        self._planned(city, (50, 50, 20), after)
        assert bool(city.found("S03")) is told

    def test_it_is_the_sum_of_the_owner_that_is_told(self, city: City) -> None:
        self._planned(city, (50, 0, 0), (10, 0, 0))
        risen = self._planned(city, (10, 0, 0), (10, 0, 20))
        found = city.found("S03")
        assert figures(found) == {
            "authorised_before": 60,
            "authorised_after": 20,
            "contract_before": 0,
            "contract_after": 20,
        }
        assert [r.id for r in found[0].records] == [risen.pk]

    def test_a_body_alone_is_told_where_the_sum_hides_it(self, city: City) -> None:
        moved = self._planned(city, (20, 0, 0), (10, 0, 8))
        self._planned(city, (20, 0, 50), (20, 0, 20))
        found = city.found("S03")
        assert [r.id for r in found[0].records] == [moved.pk]
        assert figures(found)["contract_after"] == 8

    def test_what_is_not_given_is_no_rise(self, city: City) -> None:
        self._planned(city, (50, 0), (10, 0, 30))
        assert not city.found("S03")

    def test_a_category_that_does_not_count_is_looked_at_too(self, city: City) -> None:
        city.programme.counted_categories = ["administrative", "public"]
        city.programme.save()
        self._planned(city, (50, 0, 0), (10, 0, 30))
        assert figures(city.found("S03"))["contract_after"] == 30

    def test_in_fact_the_latest_head_counts_are_compared(self, city: City) -> None:
        body = make.make_body(city.programme, city.division)
        make.count_heads(body, 30, 0, 0)
        assert not city.found("S03")
        make.count_heads(body, 20, 0, 10, day=datetime.date(2021, 2, 28))
        assert city.found("S03")[0].aspect == "contract_actual"

    @pytest.mark.parametrize(("companies", "told"), [(29, False), (30, True)])
    def test_many_to_companies(self, city: City, companies: int, told: bool) -> None:
        body = make.make_body(city.programme, city.division)
        company = Redeployment.Destination.COMPANY
        make.move(city.plan, body, "public", companies, destination=company)
        make.move(city.plan, body, "public", 100 - companies)
        make.move(city.plan, body, "contract", 500, destination=company)
        found = city.found("S03")
        assert bool(found) is told
        if told:
            assert figures(found) == {"moved": 100, "to_companies": 30}

    def test_a_company_among_the_bodies_is_one_too(self, city: City) -> None:
        body = make.make_body(city.programme, city.division)
        company = make.make_body(city.programme, city.division, nature="company")
        make.move(city.plan, body, "public", 5, to_body=company)
        assert figures(city.found("S03"))["to_companies"] == 5
        Redeployment.objects.update(people=4)
        assert not city.found("S03")


class TestRefounded:
    def _pair(
        self, city: City, old: str, new: str, *, owner: Division | None = None, **fields: Any
    ) -> tuple[ManagementBody, ManagementBody]:
        gone = make.make_body(city.programme, owner or city.division, name=old)
        plan = city.plan if owner is None else make.make_plan(city.programme, owner)
        make.dispose_body(plan, gone, "abolish", confirmed_on=fields.get("gone_on"))
        body = make.make_body(city.programme, city.division, name=new, origin=Origin.FOUNDED)
        make.dispose_body(
            city.plan,
            body,
            "found",
            serves=fields.get("serves"),
            confirmed_on=fields.get("founded_on"),
        )
        return gone, body

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("余杭经济开发区管理委员会", "余杭经济技术开发区管理委员会", True),  # 10/14.
            ("钱江经济开发区管理委员会", "余杭经济开发区管委会", False),  # 8/12: 66.67%.
            ("未来科技城管委会", "未来科技城管理局", True),
            ("良渚新城管委会", "瓶窑物流园管委会", False),
        ],
    )
    def test_a_similar_name(self, city: City, old: str, new: str, told: bool) -> None:
        gone, body = self._pair(city, old, new)
        found = city.found("S04")
        assert bool(found) is told
        if told:
            assert [(r.id, r.note) for r in found[0].records if r.note != "founded"] == [
                (gone.pk, "name")
            ]
            assert found[0].subject == body.pk

    def test_another_owners_body_is_no_candidate(self, city: City) -> None:
        self._pair(city, "甲乙丙管委会", "甲乙丙管理局", owner=make.make_division(city.programme))
        assert not city.found("S04")

    def test_the_same_platform_and_the_same_organisation(self, city: City) -> None:
        platform = make.make_platform(city.programme, city.division)
        gone, _body = self._pair(city, "甲乙管委会", "丙丁管委会", serves=platform)
        gone.remits.create(platform=platform)
        assert [r.note for r in city.found("S04")[0].records] == ["founded", "platform"]
        other, new = self._pair(city, "戊己管委会", "庚辛管委会")
        # Checked by its digits nine to seventeen alone; the form of a whole code is the model's to judge.
        ManagementBody.objects.filter(pk=other.pk).update(uscc="11330110002512345X")
        ManagementBody.objects.filter(pk=new.pk).update(uscc="12330110002512345Y")
        notes = {item.subject: {r.note for r in item.records} for item in city.found("S04")}
        assert notes[new.pk] == {"founded", "code"}
        assert len(notes) == 2

    @pytest.mark.parametrize(("days", "aspect"), [(365, "actual"), (366, "planned")])
    def test_in_fact_within_the_window(self, city: City, days: int, aspect: str) -> None:
        self._pair(
            city,
            "未来科技城管委会",
            "未来科技城管理局",
            gone_on=CONFIRMED - datetime.timedelta(days=days),
            founded_on=CONFIRMED,
        )
        assert [item.aspect for item in city.found("S04")] == [aspect]

    @given(
        st.dictionaries(st.integers(0, 20), st.text("甲乙丙丁管委会", max_size=6), max_size=6),
        st.dictionaries(st.integers(0, 20), st.text("甲乙丙丁管委会", max_size=6), max_size=6),
        st.integers(1, 100),
    )
    def test_the_index_finds_what_comparing_each_with_each_does(
        self, names: dict[int, str], others: dict[int, str], percent: int
    ) -> None:
        found = most_alike(names, others.items(), (percent, 100))
        for key, name in names.items():
            slow = set()
            for other, its in others.items():
                one, two = pairs(name), pairs(its)
                if one & two and Fraction(2 * len(one & two), len(one) + len(two)) >= Fraction(
                    percent, 100
                ):
                    slow.add(other)
            assert {alike.key for alike in found[key]} == slow

    def test_names_are_compared_without_what_all_are_called(self) -> None:
        assert (
            plain("未来科技城（筹）管理委员会") == plain("未来科技城(筹)管委会") == "未来科技城筹"
        )
        assert plain("管委会") == "管委会"


class TestStaleCounts:
    MONTHS = (
        datetime.date(2020, 12, 31),
        datetime.date(2021, 1, 31),
        datetime.date(2021, 2, 28),
    )

    def _reported(self, city: City, *rows: tuple[int | None, ...]) -> ManagementBody:
        body = make.make_body(city.programme, city.division)
        make.count_heads(body, 5, 5, 5)
        for day, row in zip(self.MONTHS, rows, strict=False):
            make.count_heads(body, *row, day=day)
        return body

    def _aspects(self, city: City, day: datetime.date = DAY) -> list[str]:
        return [item.aspect for item in city.found("S05", day)]

    def test_where_no_month_was_ever_reported_nothing_is_said(self, city: City) -> None:
        self._reported(city)
        assert not city.found("S05")

    def test_a_body_not_reported_for_the_month_due(self, city: City) -> None:
        self._reported(city, (5, 5, 6), (5, 5, 7), (5, 5, 8))
        assert not city.found("S05")
        lacking = self._reported(city, (5, 5, 6), (5, 5, 7))
        found = city.found("S05")
        assert figures(found) == {"month": "2021-02", "missing": 1, "bodies": 2}
        assert [r.id for r in found[0].records] == [lacking.pk]
        make.count_heads(lacking, 5, None, 5, day=self.MONTHS[2])
        assert self._aspects(city) == ["missing"]  # Of one category nothing is known.

    def test_a_month_is_due_some_days_after_its_end(self, city: City) -> None:
        self._reported(city, (5, 5, 6), (5, 5, 7))
        assert self._aspects(city, datetime.date(2021, 3, 9)) == []
        assert self._aspects(city, datetime.date(2021, 3, 10)) == ["missing"]

    def test_a_body_abolished_in_fact_need_not_report(self, city: City) -> None:
        self._reported(city, (5, 5, 6), (5, 5, 7), (5, 5, 8))
        gone = self._reported(city, (5, 5, 6))
        make.dispose_body(city.plan, gone, "abolish", confirmed_on=datetime.date(2021, 1, 15))
        assert not city.found("S05")

    @pytest.mark.parametrize(
        ("rows", "told"),
        [
            (((5, 5, 0),) * 3, True),
            (((5, 5, 0), (5, 5, 0), (5, 5, 1)), False),
            (((4, 5, 0),) * 3, False),  # Nine people, fewer than ten.
            (((5, 5, 0), (6, 4, 0), (5, 5, 0)), False),  # The same sum is not the same figures.
        ],
    )
    def test_the_same_figures_over_three_months(
        self, city: City, rows: tuple[tuple[int, ...], ...], told: bool
    ) -> None:
        self._reported(city, *rows)
        assert self._aspects(city) == (["identical"] if told else [])

    def test_authorised_posts_that_move_are_a_change(self, city: City) -> None:
        body = self._reported(city, *((5, 5, 0),) * 3)
        HeadCount.objects.filter(body=body).update(authorised=6)
        assert self._aspects(city) == ["identical"]
        HeadCount.objects.filter(body=body, counted_on=self.MONTHS[1]).update(authorised=7)
        assert self._aspects(city) == []

    def test_the_number_of_months_is_the_programmes(self, city: City) -> None:
        self._reported(city, (4, 5, 1), (5, 5, 0), (5, 5, 0))
        assert self._aspects(city) == []
        city.set("S05", "months", 2)
        assert self._aspects(city) == ["identical"]


class TestPeers:
    def _division(self, city: City, bodies: int, cut: int) -> None:
        division = make.make_division(city.programme)
        plan = make.make_plan(city.programme, division)
        for number in range(bodies):
            body = make.make_body(city.programme, division)
            make.dispose_body(plan, body, "abolish" if number < cut else "keep")

    def _cut(self, city: City) -> list[Signal]:
        return [item for item in city.found("S06") if item.aspect == "bodies_cut"]

    def test_one_far_from_the_others_is_told_with_its_basis(self, city: City) -> None:
        city.plan.delete()
        for cut in (6, 6, 6, 5):
            self._division(city, 10, cut)
        self._division(city, 10, 0)
        found = self._cut(city)
        assert figures(found) == {"cut": 0, "baseline": 10}
        assert found[0].basis == {
            "peers": 5,
            "median_numerator": 3,
            "median_denominator": 5,
            "mad_numerator": 0,
            "mad_denominator": 1,
        }
        owner = Facts(city.programme, DAY).owners[found[0].division_id]
        with override("en"):
            assert "0 of 10 management bodies (0.00%)" in words.sentence(found[0], owner)
            assert "median 60.00%" in words.basis(found[0])
        city.set("S06", "peers_min", 6)
        assert not self._cut(city)

    @pytest.mark.parametrize(
        ("value", "told"), [(Fraction(75, 100), False), (Fraction(751, 1000), True)]
    )
    def test_the_bound_itself_is_inside(self, value: Fraction, told: bool) -> None:
        basis = basis_of(Fraction(n, 100) for n in (58, 60, 60, 60, 62))
        assert basis.mad == 0
        assert outside(value, basis, 5, Fraction(15, 100)) is told

    def test_within_so_many_times_the_mad_is_inside(self) -> None:
        basis = basis_of(Fraction(n, 100) for n in (50, 55, 60, 65, 70))
        assert basis.mad == Fraction(5, 100)
        assert not outside(Fraction(85, 100), basis, 5, Fraction(15, 100))
        assert outside(Fraction(86, 100), basis, 5, Fraction(15, 100))

    @given(st.lists(st.fractions(min_value=0, max_value=9), min_size=1, max_size=12))
    def test_half_of_the_values_is_on_either_side_of_the_median(
        self, values: list[Fraction]
    ) -> None:
        middle = median(values)
        assert 2 * sum(value <= middle for value in values) >= len(values)
        assert 2 * sum(value >= middle for value in values) >= len(values)

    def test_an_owner_without_a_plan_is_no_peer(self, city: City) -> None:
        city.plan.delete()
        for cut in (6, 6, 6, 6):
            self._division(city, 10, cut)
        make.make_body(city.programme, make.make_division(city.programme))
        assert not self._cut(city)


class TestExecution:
    def _confirm(self, city: City, number: int, day: datetime.date) -> None:
        for _ in range(number):
            platform = make.make_platform(city.programme, city.division)
            make.dispose(city.plan, platform, "abolish", confirmed_on=day)

    @pytest.mark.parametrize(
        ("on_day", "others", "told"),
        [(10, 0, True), (9, 0, False), (12, 3, True), (12, 4, False)],
    )
    def test_most_on_one_day(self, city: City, on_day: int, others: int, told: bool) -> None:
        self._confirm(city, on_day, CONFIRMED)
        self._confirm(city, others, DAY)
        found = city.found("S07")
        assert bool(found) is told
        if told:
            assert figures(found) == {
                "day": "2021-03-01",
                "on_day": on_day,
                "confirmed": on_day + others,
            }

    @pytest.mark.parametrize(("day", "told"), [(28, True), (29, False)])
    def test_before_the_plan_was_approved(self, city: City, day: int, told: bool) -> None:
        MergePlan.objects.filter(pk=city.plan.pk).update(
            state="in_execution", decided_on=datetime.date(2021, 1, 29)
        )
        self._confirm(city, 1, datetime.date(2021, 1, day))
        body = make.make_body(city.programme, city.division)
        make.dispose_body(
            city.plan, body, BodyDisposition.Fate.ABOLISH, confirmed_on=datetime.date(2021, 1, day)
        )
        found = city.found("S08")
        assert {item.right for item in found} == (
            {Right.VIEW_LEDGER, Right.VIEW_BODIES} if told else set()
        )

    def test_placeholders_in_a_plan_that_is_in(self, city: City) -> None:
        body = make.make_body(city.programme, city.division)
        kept = make.dispose_body(city.plan, body, "keep", is_placeholder=True)
        make.plan_heads(city.plan, body, 1, 2, 3)
        assert figures(city.found("S09")) == {"marked": 1, "rows": 4}
        mark_real(kept)
        kept.save()
        assert not city.found("S09")

    def test_a_draft_is_nobodys_business(self, city: City) -> None:
        city.plan.delete()
        plan = make.make_plan(city.programme, city.division, MergePlan.State.DRAFT)
        body = make.make_body(city.programme, city.division)
        make.dispose_body(plan, body, "keep", is_placeholder=True)
        assert not city.found("S09")


def _settled(programme: Programme) -> None:
    """A division with something of every kind in it."""
    division = make.make_division(programme)
    plan = make.make_plan(programme, division)
    stays, goes = (make.make_platform(programme, division) for _ in range(2))
    make.make_retained(programme, stays)
    make.dispose(plan, goes, "merge", target=stays, confirmed_on=datetime.date(2020, 6, 1))
    body = make.make_body(programme, division, goes, name=f"{division.name}新城管委会")
    make.count_heads(body, 10, 10, 0)
    make.count_heads(body, 5, 5, 5, day=datetime.date(2021, 2, 28))
    gone = make.make_body(programme, division, name=f"{division.name}港管委会")
    make.dispose_body(plan, gone, "abolish")
    new = make.make_body(
        programme, division, name=f"{division.name}港管理局", origin=Origin.FOUNDED
    )
    make.dispose_body(plan, new, "found", serves=stays, is_placeholder=True)
    for day in (1, 2):
        for _ in range(2):
            more = make.make_platform(programme, division)
            make.dispose(plan, more, "abolish", confirmed_on=datetime.date(2021, 2, day))
    for name, numerator in (("decisions_min", 2), ("day_share", 30)):
        SignalSetting.objects.get_or_create(
            programme=programme,
            signal="S07",
            name=name,
            defaults={"numerator": numerator, "denominator": 100 if "share" in name else 1},
        )


def test_the_number_of_queries_does_not_grow_with_the_divisions() -> None:
    numbers = []
    for divisions in (1, 3):
        programme = make.make_programme()
        for _ in range(divisions):
            _settled(programme)
        backdate()
        for division in programme.division.children.all():
            make.make_platform(programme, division)
            make.make_body(programme, division)
        with CaptureQueriesContext(connection) as queries:
            found = find(Facts(programme, DAY))
        assert {"S01", "S02", "S04", "S05", "S07", "S09"} <= {item.code for item in found}
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]

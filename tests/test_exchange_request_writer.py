"""A district's ledger out of a workbook: one request a record, judged as the form judges it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from consolidation.models import Correction, Notice
from consolidation.services.corrections import confirm_correction
from exchange.matching import Line
from exchange.services.placing import Placed
from exchange.services.writers import StaleError, problem_at
from exchange.subjects.ledger import BODIES, PLATFORMS
from platforms_portal.access import Role
from staffing.models import HeadCount
from tests import factories as make
from tests.uploads import Checked, check, commit, make_run, match_of
from zones.models import LeadershipPost, Platform

pytestmark = pytest.mark.django_db

WORKBOOK = "Workbook “上报表.xlsx”"


class Office:
    """A district with a platform, a body with people, and a plate; another district beside it."""

    def __init__(self) -> None:
        self.programme = make.make_programme()
        self.division = make.make_division(self.programme)
        self.other = make.make_division(self.programme)
        self.platform = make.make_platform(
            self.programme,
            self.division,
            code="P1",
            name="甲开发区",
            approved_area="9.5",
            source="省政府批复",
        )
        self.foreign = make.make_platform(self.programme, self.other, code="P9", name="外区园区")
        self.body = make.make_body(
            self.programme, self.division, self.platform, code="B1", name="甲管委会"
        )
        self.plate = make.make_plate(self.programme, self.platform, code="G1", title="甲牌子")
        make.count_heads(self.body, 10, 5, 0, source="编办台账")
        self.user = make.make_user(Role.DISTRICT_OFFICIAL, division=self.division)
        self.reviewer = make.make_user(Role.COMMISSION_REVIEWER)

    def check(self, template: str, columns: Any = None, user: Any = None, **sheets: Any) -> Checked:
        run = make_run(self.programme, self.division, template, user or self.user)
        return check(run, sheets, columns)

    def platforms(self, *rows: dict[str, Any], columns: Any = None) -> Checked:
        names = columns or [*dict.fromkeys(name for row in rows for name in row)]
        return self.check("ledger", {"platforms": names}, platforms=rows)


@pytest.fixture
def office() -> Office:
    return Office()


def test_what_differs_is_asked_for_and_nothing_else(office: Office) -> None:
    checked = office.platforms(
        {"code": "P1", "name": "甲开发区", "approved_area": "21", "level": "district"},
        {"code": "", "name": "新园区", "approved_area": "3", "level": "municipal"},
    )
    assert checked.errors == []
    assert checked.actions == ["change", "add"]
    first, second = checked.outcomes
    assert first.before == {"approved_area": "9.5", "source": "省政府批复"}
    assert first.after == {"approved_area": "21", "source": WORKBOOK}
    assert second.after == {
        "name": "新园区",
        "level": "Municipal",
        "approved_area": "3",
        "source": WORKBOOK,
    }
    assert not Correction.objects.exists()
    commit(checked.run, office.user)
    changed, added = Correction.objects.order_by("pk")
    assert changed.subject_id == office.platform.pk
    assert changed.after == {"approved_area": "21", "source": WORKBOOK}
    assert (added.kind, added.label, added.reason) == ("add", "新园区", "年度核对")
    office.platform.refresh_from_db()
    assert str(office.platform.approved_area) == "9.5000"
    entry = Correction.history.first()  # type: ignore[attr-defined]
    assert (entry.history_user, entry.history_change_reason) == (office.user, "年度核对")
    for correction in (changed, added):
        confirm_correction(correction=correction, answer="属实", user=office.reviewer)
    office.platform.refresh_from_db()
    assert str(office.platform.approved_area) == "21.0000"
    assert Platform.objects.get(name="新园区").division == office.division


def test_the_reviewers_are_told_once(
    office: Office, django_capture_on_commit_callbacks: Any
) -> None:
    rows = [{"name": f"新园区{n}", "approved_area": "3"} for n in range(5)]
    checked = office.platforms(*rows)
    assert not Notice.objects.exists()
    with django_capture_on_commit_callbacks() as sent:
        commit(checked.run, office.user)
    assert Correction.objects.count() == 5
    notice = Notice.objects.get()
    assert notice.user == office.reviewer
    assert "5 corrections — 年度核对" in notice.detail
    assert notice.url.endswith("/corrections/")
    assert len(sent) == 1


def test_uploaded_twice_asks_once(office: Office) -> None:
    rows = (
        {"code": "P1", "name": "甲开发区", "approved_area": "21"},
        {"code": "", "name": "新园区", "approved_area": "3"},
    )
    commit(office.platforms(*rows).run, office.user)
    again = office.platforms(*rows)
    assert again.actions == ["same", "same"]
    assert again.warnings == [("A2", "asked_already"), ("B3", "asked_already")]
    commit(again.run, office.user)
    assert Correction.objects.count() == 2


def test_another_request_that_is_open_is_named(office: Office) -> None:
    rows = {"code": "P1", "name": "甲开发区", "approved_area": "21"}
    commit(office.platforms(rows).run, office.user)
    other = office.platforms({**rows, "approved_area": "22"})
    assert other.errors == [("A2", "open")]
    assert f"Request {Correction.objects.get().pk} of" in other.problems[0].message


def test_nothing_differs(office: Office) -> None:
    checked = office.platforms(
        {
            "code": "",
            "name": " 甲开发区 ",
            "division": office.division.name,
            "level": "district",
            "approved_area": "9.5000",
            "origin": "ledger",
            "source": "省政府批复",
            "placeholder": "no",
            "note": "",
            "industries": "",
        }
    )
    assert (checked.actions, checked.problems) == (["same"], [])
    assert checked.absent == {}


def test_empty_means_not_known_and_a_column_not_in_the_file_stays(office: Office) -> None:
    row = {"code": "P1", "name": "甲开发区"}
    assert office.platforms(row).actions == ["same"]
    emptied = office.platforms(row, columns=["code", "name", "approved_area", "level"])
    assert emptied.outcomes[0].before["approved_area"] == "9.5"
    assert emptied.outcomes[0].after["approved_area"] == ""
    assert emptied.outcomes[0].after["level"] == "Unknown"


def test_what_cannot_be_asked_for_is_told_where_it_differs(office: Office) -> None:
    row = {"code": "P1", "name": "甲开发区"}
    checked = office.platforms(
        {
            **row,
            "closed_on": "2018-06-30",
            "note": "合并",
            "industries": "医药",
            "origin": "founded",
        },
    )
    assert checked.errors == [(cell, "not_correctable") for cell in ("F2", "C2", "E2", "D2")]
    assert "struck out" in checked.problems[1].remedy
    assert office.platforms({**row, "placeholder": "yes"}).errors == [("C2", "not_correctable")]


def test_todays_division_is_the_same_however_it_is_written(office: Office) -> None:
    office.platform.current_division = office.other
    office.platform.save()
    row = {"code": "P1", "name": "甲开发区"}
    other = office.other
    other.valid_from = datetime.date(2021, 4, 9)
    other.save()
    for text in (other.code, other.name, f"{other.code}@2021-04-09", ""):
        assert office.platforms({**row, "current_division": text}).actions == ["same"], text
    wrong = office.platforms({**row, "current_division": office.division.code})
    assert wrong.errors == [("C2", "not_correctable")]


def test_a_cell_is_told_as_it_is_written() -> None:
    line = Line(3, {"industries": "甲;乙", "note": "丙"}, written={"industries": "甲、乙"})
    match = match_of(PLATFORMS, ["industries", "note"])
    told = [problem_at(match, line, name, "", "").value for name in ("industries", "note", "")]
    assert told == ["甲、乙", "丙", ""]


def test_a_record_of_another_sheet_is_named_with_its_sheet(office: Office) -> None:
    checked = office.check(
        "bodies",
        {"bodies": ["code", "name"], "plates": ["code", "title", "platform"]},
        bodies=[{"code": "B1", "name": "甲管委会"}] * 2,
        plates=[{"code": "G1", "title": "甲牌子", "platform": "P1"}],
    )
    assert checked.errors == [("A3", "twice")]
    first, second = (Placed(match_of(BODIES, ["code"]), Line(n, {"code": "B1"})) for n in (2, 3))
    second.match.sheet = "续表"
    with translation.override("en"):
        second.repeats(first, "code")
    assert second.problems[0].message.endswith("row 2 of “表 bodies”.")


def test_errors_stand_at_their_cells(office: Office) -> None:
    closed = make.make_platform(
        office.programme, office.division, code="P3", closed_on=make.BASELINE
    )
    twin = make.make_platform(office.programme, office.division, code="P4", name="甲开发区")
    checked = office.platforms(
        {"code": "P9", "name": "外区园区", "division": "", "approved_area": ""},
        {"code": "P1", "name": "甲开发区", "division": office.other.name, "approved_area": "9.5"},
        {"code": "", "name": "甲开发区", "division": "", "approved_area": "9.5"},
        {"code": twin.code, "name": twin.name, "approved_area": "-1"},
        {"code": closed.code, "name": closed.name, "approved_area": "4"},
        {"code": "", "name": ""},
        {"code": "P1", "name": "甲开发区", "approved_area": "8"},
    )
    assert checked.errors == [
        ("A2", "unknown"),
        ("C3", "other_division"),
        ("B4", "ambiguous"),
        ("D5", "refused"),
        ("A6", "not_baseline"),
        ("B7", "no_key"),
        ("A8", "twice"),
    ]


def test_bodies_plates_and_posts(office: Office) -> None:
    LeadershipPost.objects.create(body=office.body, title="主任", authorised=1, filled=1)
    second = make.make_platform(office.programme, office.division, code="P2")
    checked = office.check(
        "bodies",
        {
            "bodies": ["code", "name", "platforms", "rank", "secretary_is_director", "uscc"],
            "posts": ["body", "title", "authorised"],
            "plates": ["code", "title", "platform", "level"],
        },
        bodies=[
            {
                "code": "B1",
                "name": "甲管委会",
                "platforms": f"甲开发区；{second.code}",
                "rank": "division",
                "secretary_is_director": "yes",
                "uscc": "123",
            },
            {"name": "乙管委会", "platforms": "P9"},
        ],
        posts=[
            {"body": "B1", "title": "主任", "authorised": "1"},
            {"body": "B1", "title": "主任", "authorised": "2"},
            {"body": "B1", "title": "书记", "authorised": "1"},
        ],
        plates=[
            {"code": "G1", "title": "甲牌子", "platform": second.code, "level": "national"},
            {"title": "乙牌子", "platform": "P1"},
        ],
    )
    assert checked.errors == [
        ("F2", "wrong"),
        ("C3", "unknown"),
        ("C3", "not_correctable"),
        ("A3", "twice"),
        ("C4", "not_correctable"),
    ]
    assert checked.of("plates")[0].after["platform"] == second.name
    assert [str(one.action) for one in checked.of("plates")] == ["change", "add"]


def test_what_a_body_says_is_asked_for(office: Office) -> None:
    second = make.make_platform(office.programme, office.division, code="P2", name="乙园区")
    columns = {"bodies": ["code", "name", "platforms", "secretary_is_director"]}
    row = {"code": "B1", "name": "甲管委会", "platforms": "P1;P2", "secretary_is_director": "yes"}
    checked = office.check("bodies", columns, bodies=[row])
    assert checked.errors == []
    assert checked.outcomes[0].before["platforms"] == "甲开发区"
    assert checked.outcomes[0].after["platforms"] == "甲开发区、乙园区"
    commit(checked.run, office.user)
    confirm_correction(correction=Correction.objects.get(), answer="", user=office.reviewer)
    assert set(office.body.platforms.all()) == {office.platform, second}


class TestStaff:
    def rows(self, *numbers: str, **more: str) -> list[dict[str, str]]:
        names = ("administrative", "public", "contract")
        return [
            {"body": "B1", "category": name, "on_post": number, **more}
            for name, number in zip(names, numbers, strict=False)
        ]

    def check(self, office: Office, rows: list[dict[str, str]]) -> Checked:
        columns = [*dict.fromkeys(name for row in rows for name in row)]
        return office.check("staff", {"staff": columns}, staff=rows)

    def test_a_body_is_corrected_by_one_request(self, office: Office) -> None:
        checked = self.check(office, self.rows("11", "5", "3"))
        assert checked.actions == ["change", "same", "change"]
        assert checked.outcomes[0].before["on_post"] == "10"
        commit(checked.run, office.user)
        correction = Correction.objects.get()
        assert correction.after == {
            "on_post-administrative": 11,
            "on_post-contract": 3,
            "source": WORKBOOK,
        }
        confirm_correction(correction=correction, answer="", user=office.reviewer)
        numbers = HeadCount.objects.order_by("category").values_list("on_post", flat=True)
        assert [*numbers] == [11, 3, 5]

    def test_it_does_not_matter_how_a_file_is_cut(self, office: Office) -> None:
        rows = self.rows("11", "5", "3")
        names = ["body", "category", "on_post"]
        whole, cut = (
            check(
                make_run(office.programme, office.division, "staff", office.user),
                {"staff": rows},
                {"staff": names},
                chunk=size,
            )
            for size in (2000, 1)
        )
        assert whole.outcomes == cut.outcomes
        assert whole.problems == cut.problems
        commit(cut.run, office.user)
        assert Correction.objects.count() == 1

    def test_a_figure_can_be_unknown_and_zero(self, office: Office) -> None:
        checked = self.check(office, self.rows("", "0", "0"))
        assert checked.outcomes[0].after["on_post"] == ""
        assert checked.outcomes[1].after["on_post"] == "0"
        assert checked.actions == ["change", "change", "same"]

    def test_only_the_baselines_day(self, office: Office) -> None:
        right = self.check(office, self.rows("11", counted_on=make.BASELINE.isoformat()))
        assert right.errors == []
        wrong = self.check(office, self.rows("11", counted_on="2019-01-31"))
        assert wrong.errors == [("D2", "not_baseline")]

    def test_a_placeholder_is_confirmed_as_real(self, office: Office) -> None:
        HeadCount.objects.update(is_placeholder=True)
        same = self.check(office, self.rows("10", placeholder="yes", source="编办台账"))
        assert same.actions == ["same"]
        real = self.check(office, self.rows("10", placeholder="no", source="编办台账"))
        assert real.outcomes[0].after == {"placeholder": "No"}
        commit(real.run, office.user)
        confirm_correction(correction=Correction.objects.get(), answer="", user=office.reviewer)
        assert not HeadCount.objects.filter(is_placeholder=True).exists()


def test_only_the_divisions_own_officials(office: Office) -> None:
    user = make.make_user(Role.DISTRICT_OFFICIAL, division=office.other)
    with pytest.raises(PermissionDenied):
        office.check("ledger", {"platforms": ["name"]}, user=user, platforms=[{"name": "新园区"}])


def test_it_moved_since_and_nothing_is_asked_for(office: Office) -> None:
    checked = office.platforms(
        {"code": "", "name": "新园区", "approved_area": "3"},
        {"code": "P1", "name": "甲开发区", "approved_area": "21"},
    )
    Platform.objects.filter(code="P1").update(approved_area="22")
    with pytest.raises(StaleError):
        commit(checked.run, office.user)
    assert not Correction.objects.exists()


def test_the_queries_that_read_do_not_grow_with_the_rows() -> None:
    """Each request is judged by the constraints of its record; the rest is read once for all."""
    counted = []
    for number in (3, 13):
        office = Office()
        rows = []
        for n in range(number):
            platform = make.make_platform(office.programme, office.division, code=f"X{n}")
            rows.append({"code": platform.code, "name": platform.name, "approved_area": "2"})
        run = make_run(office.programme, office.division, "ledger", office.user)
        check(run, {"platforms": rows}, {"platforms": ["code", "name", "approved_area"]})
        with CaptureQueriesContext(connection) as queries:
            commit(run, office.user)
        counted.append(len(queries))
    each, rest = divmod(counted[1] - counted[0], 10)
    assert (each <= 15, rest) == (True, 0)

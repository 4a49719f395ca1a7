"""The pages, notes and API of signals: who sees which, what is said of one, and that they agree."""

from __future__ import annotations

import csv
import datetime
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consolidation.loading.engine import load_programme
from consolidation.loading.problems import BadDataError
from consolidation.models import BodyDisposition
from consolidation.selectors import findings as findings_module
from platforms_portal.access import Countersigns, Right, Role, Scope
from signals.admin import SignalSettingForm
from signals.kinds.base import KINDS, MOST_COUNTED
from signals.models import SignalNote, SignalSetting
from signals.selectors.seen import Seen, Status, signals_visible_to, summary_of
from signals.services import note_signal
from tests import factories as make
from tests.programmes import Edited

if TYPE_CHECKING:
    from pathlib import Path

    from accounts.models import User
    from consolidation.models import Programme
    from zones.models import Division

pytestmark = pytest.mark.django_db

DAY = datetime.date(2021, 3, 31)
EVERYTHING = frozenset(Right)


@dataclass
class City:
    programme: Programme
    divisions: list[Division]
    reviewer: User

    def url(self, name: str, *more: str, **asked: str) -> str:
        query = "&".join(f"{key}={value}" for key, value in asked.items())
        return f"{reverse(name, args=[self.programme.code, *more])}?{query}"

    def seen(self, code: str = "S02", division: int = 0) -> Seen:
        found = signals_visible_to(Scope(), EVERYTHING, self.programme, DAY)
        return next(
            item
            for item in found
            if item.signal.code == code and item.owner == self.divisions[division]
        )

    def note(self, user: User, kind: str = "explain", text: str = "已核实", **more: Any) -> Any:
        item = self.seen()
        given: dict[str, Any] = {"signal": item.signal, "digest": item.signal.digest} | more
        return note_signal(programme=self.programme, kind=kind, text=text, user=user, **given)


def add_division(programme: Programme) -> Division:
    """A division with a signal on bodies, one on people, and one on its plan."""
    division = make.make_division(programme)
    plan = make.make_plan(programme, division)
    stays, goes = (make.make_platform(programme, division) for _ in range(2))
    make.make_retained(programme, stays)
    make.dispose(plan, goes, "merge", target=stays, is_placeholder=True)
    body = make.make_body(programme, division, goes)
    make.count_heads(body, 5, 5, 0)
    for month in ((2020, 12, 31), (2021, 1, 31), (2021, 2, 28)):
        make.count_heads(body, 5, 5, 0, day=datetime.date(*month))
    return division


@pytest.fixture
def city() -> City:
    programme = make.make_programme()
    divisions = [add_division(programme) for _ in range(2)]
    return City(programme, divisions, make.make_user(Role.COMMISSION_REVIEWER))


def codes(page: Any) -> set[tuple[str, int]]:
    return {(item.signal.code, item.owner.pk) for item in page.context["page_obj"]}


class TestWhoSeesWhat:
    def test_the_commission_sees_all(self, city: City, client: Client) -> None:
        client.force_login(city.reviewer)
        page = client.get(city.url("signals"))
        wanted = {(code, one.pk) for code in ("S02", "S05", "S09") for one in city.divisions}
        assert codes(page) == wanted
        assert page.context["summary"].total.is_open == len(wanted) == page.context["number"]

    def test_a_district_sees_its_own_only(self, city: City, client: Client) -> None:
        client.force_login(make.make_user(Role.DISTRICT_LEADER, division=city.divisions[0]))
        page = client.get(city.url("signals"))
        assert {owner for _code, owner in codes(page)} == {city.divisions[0].pk}
        assert city.divisions[1].name not in page.content.decode()
        own, other = (city.seen(division=n).key for n in (0, 1))
        assert client.get(city.url("signal", own)).status_code == 200
        assert client.get(city.url("signal", other)).status_code == 404
        foreign = city.url("signals", division=city.divisions[1].code)
        assert client.get(foreign).status_code == 404

    @pytest.mark.parametrize(
        ("countersigns", "seen"),
        [
            (Countersigns.NOTHING, {"S09"}),
            (Countersigns.BODIES, {"S02", "S09"}),
            (Countersigns.PEOPLE, {"S02", "S05", "S09"}),
        ],
    )
    def test_a_department_sees_what_its_part_shows(
        self, city: City, client: Client, countersigns: str, seen: set[str]
    ) -> None:
        department = make.make_department(city.programme, countersigns=countersigns)
        client.force_login(make.make_user(Role.COUNTERSIGNER, department=department))
        page = client.get(city.url("signals"))
        assert {code for code, _owner in codes(page)} == seen
        address = reverse("api-programme-signals", args=[city.programme.code])
        assert {item["signal"] for item in client.get(address).json()["signals"]} == seen


class TestList:
    def test_it_is_narrowed_by_the_address(self, city: City, client: Client) -> None:
        client.force_login(city.reviewer)
        city.note(city.reviewer)
        first = city.divisions[0]
        assert codes(client.get(city.url("signals", signal="S02"))) == {
            ("S02", city.divisions[1].pk)
        }
        assert codes(client.get(city.url("signals", status="explained"))) == {("S02", first.pk)}
        assert codes(client.get(city.url("signals", status="all", division=first.code))) == {
            (code, first.pk) for code in ("S02", "S05", "S09")
        }

    @pytest.mark.parametrize("asked", ["signal=S99", "status=x", "division=1", "as_of=x"])
    def test_what_cannot_be_is_told(self, city: City, client: Client, asked: str) -> None:
        client.force_login(city.reviewer)
        assert client.get(f"{city.url('signals')}{asked}").status_code == 400

    def test_the_numbers_lead_to_their_findings(self, city: City, client: Client) -> None:
        client.force_login(city.reviewer)
        city.note(city.reviewer)
        found = signals_visible_to(Scope(), EVERYTHING, city.programme, DAY)
        summary = summary_of(found)
        assert summary.total.is_open == 5
        assert summary.total.explained == 1
        for row in summary.rows:
            for code, number in row.numbers:
                narrowed = {"signal": code, "division": row.owner.code}
                page = client.get(city.url("signals", **narrowed))
                assert page.context["number"] == number.is_open
                page = client.get(city.url("signals", status="explained", **narrowed))
                assert page.context["number"] == number.explained

    def test_the_export_has_a_line_for_each_record_shown(self, city: City, client: Client) -> None:
        client.force_login(city.reviewer)
        answer = client.get(city.url("signals", signal="S02", export="csv"))
        rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
        found = [city.seen(division=n) for n in (0, 1)]
        assert [row[8] for row in rows[3:]] == [item.records[0].name for item in found]
        assert [row[4] for row in rows[3:]] == [item.sentence for item in found]

    def test_placeholders_are_told(self, city: City, client: Client) -> None:
        client.force_login(city.reviewer)
        assert client.get(city.url("signals")).context["rests_on_placeholders"] is True
        assert client.get(city.url("signals", signal="S02")).context["rests_on_placeholders"] is (
            city.seen().signal.placeholders
        )

    @pytest.mark.parametrize("more", [0, 2])
    def test_few_queries(
        self, city: City, client: Client, monkeypatch: pytest.MonkeyPatch, more: int
    ) -> None:
        monkeypatch.setattr(findings_module, "may_keep", lambda *_: True)
        for _ in range(more):
            add_division(city.programme)
        client.force_login(city.reviewer)
        api = reverse("api-programme-signals", args=[city.programme.code])
        for address in (city.url("signals"), city.url("signal", city.seen().key), api):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            assert len(captured) <= 12

    def test_what_was_kept_goes_with_the_first_change(
        self, city: City, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(findings_module, "may_keep", lambda *_: True)
        client.force_login(city.reviewer)
        number = client.get(city.url("signals")).context["number"]
        add_division(city.programme)
        assert client.get(city.url("signals")).context["number"] == number + 3


class TestNotes:
    def test_an_explanation_holds_until_the_figures_change(self, city: City) -> None:
        note = city.note(city.reviewer)
        item = city.seen()
        assert (item.status, item.explanation) == (Status.EXPLAINED, note)
        assert city.seen(division=1).status == Status.NEW
        plan = city.divisions[0].plans.get()
        goes = plan.dispositions.get().platform
        make.make_body(city.programme, city.divisions[0], goes)
        item = city.seen()
        assert (item.status, item.explanation) == (Status.REOPENED, None)
        assert item.notes == (note,)

    def test_the_same_note_sent_twice_is_kept_once(self, city: City) -> None:
        assert city.note(city.reviewer) == city.note(city.reviewer)
        assert SignalNote.objects.count() == 1
        city.note(city.reviewer, text="另有说明")
        assert SignalNote.objects.count() == 2
        note = SignalNote.objects.first()
        assert note is not None
        history: Any = note
        assert history.history.get().history_user == city.reviewer

    def test_it_is_opened_again_once(self, city: City) -> None:
        with pytest.raises(ValidationError):
            city.note(city.reviewer, "reopen", "再查")
        city.note(city.reviewer)
        city.note(city.reviewer, "reopen", "再查")
        assert city.seen().status == Status.NEW
        assert SignalNote.objects.count() == 2

    def test_the_division_answers_and_the_signal_stays_open(self, city: City) -> None:
        official = make.make_user(Role.DISTRICT_OFFICIAL, division=city.divisions[0])
        city.note(official, "answer", "正在办理移交")
        item = city.seen()
        assert item.status == Status.NEW
        assert item.last_note is not None
        assert item.last_note.author == official

    def test_everything_wrong_is_told_at_once(self, city: City) -> None:
        with pytest.raises(ValidationError) as refused:
            city.note(city.reviewer, text=" ", digest="0" * 16)
        assert set(refused.value.error_dict) == {"text", "digest"}
        assert not SignalNote.objects.exists()

    @pytest.mark.parametrize(
        ("role", "division", "kind"),
        [
            (Role.DISTRICT_OFFICIAL, 0, "explain"),
            (Role.DISTRICT_OFFICIAL, 1, "answer"),
            (Role.DISTRICT_LEADER, 0, "answer"),
            (Role.ANALYST, None, "explain"),
            (Role.AUDITOR, None, "explain"),
            (Role.ADMINISTRATOR, None, "reopen"),
            (Role.COMMISSION_REVIEWER, None, "answer"),
        ],
    )
    def test_nobody_else_says_anything(
        self, city: City, client: Client, role: Role, division: int | None, kind: str
    ) -> None:
        own = city.divisions[division] if division is not None else None
        user = make.make_user(role, division=own)
        with pytest.raises(PermissionDenied):
            city.note(user, kind)
        client.force_login(user)
        item = city.seen()
        posted = {"kind": kind, "text": "说明", "digest": item.signal.digest}
        answer = client.post(city.url("signal-note", item.key), posted)
        assert answer.status_code in {403, 404}
        assert not SignalNote.objects.exists()

    def test_the_page_saves_and_leads_back(self, city: City, client: Client) -> None:
        client.force_login(city.reviewer)
        item = city.seen()
        address = city.url("signal-note", item.key, as_of="2021-03-31")
        posted = {"kind": "explain", "text": "机构正在移交", "digest": item.signal.digest}
        page = client.post(address, posted, follow=True)
        assert page.redirect_chain[0][0].endswith("?as_of=2021-03-31")
        assert "机构正在移交" in page.content.decode()
        assert city.seen().status == Status.EXPLAINED

    @pytest.mark.parametrize("text", ["", "x" * 1001])
    def test_a_refusal_is_shown_and_keeps_what_was_typed(
        self, city: City, client: Client, text: str
    ) -> None:
        client.force_login(city.reviewer)
        item = city.seen()
        posted = {"kind": "explain", "text": text, "digest": item.signal.digest}
        page = client.post(city.url("signal-note", item.key), posted)
        assert page.status_code == 422
        assert "data-refused" in page.content.decode()
        assert text in page.content.decode()

    def test_figures_that_moved_meanwhile_are_told(self, city: City, client: Client) -> None:
        client.force_login(city.reviewer)
        item = city.seen()
        decided = BodyDisposition.objects.create(
            plan=city.divisions[0].plans.get(),
            body=make.make_body(
                city.programme,
                city.divisions[0],
                city.divisions[0].plans.get().dispositions.get().platform,
            ),
            fate="keep",
        )
        posted = {"kind": "explain", "text": "已核实", "digest": item.signal.digest}
        page = client.post(city.url("signal-note", item.key), posted)
        assert page.status_code == 422, decided
        assert page.context["form"].non_field_errors()
        # What the page shows now may be sent.
        assert city.seen().signal.digest in page.content.decode()

    def test_a_signal_that_is_gone_is_not_found(self, city: City, client: Client) -> None:
        client.force_login(city.reviewer)
        assert client.get(city.url("signal", "S02-0-bodies_planned")).status_code == 404


class TestApi:
    def test_it_says_what_the_page_says(self, city: City, client: Client) -> None:
        city.note(city.reviewer)
        client.force_login(city.reviewer)
        address = reverse("api-programme-signals", args=[city.programme.code])
        answer = client.get(address, headers={"accept-language": "zh"}).json()
        found = signals_visible_to(Scope(), EVERYTHING, city.programme, DAY)
        assert [item["key"] for item in answer["signals"]] == [item.key for item in found]
        page = client.get(city.url("signals", status="all"))
        shown = {item.key: item.sentence for item in page.context["page_obj"]}
        assert {item["key"]: item["message"] for item in answer["signals"]} == shown
        first = next(item for item in answer["signals"] if item["status"] == "explained")
        assert first["figures"]["left"] == 1
        assert first["notes"][0]["text"] == "已核实"
        assert first["records"][0]["type"] == "body"
        assert answer["narrowed_to"] is None
        assert answer["placeholders"] is True

    def test_it_is_narrowed(self, city: City, client: Client) -> None:
        official = make.make_user(Role.DISTRICT_OFFICIAL, division=city.divisions[0])
        client.force_login(official)
        address = reverse("api-programme-signals", args=[city.programme.code])
        answer = client.get(address, {"signal": "S02", "status": "new"}).json()
        assert [item["scope"]["code"] for item in answer["signals"]] == [city.divisions[0].code]
        assert answer["narrowed_to"]["code"] == city.divisions[0].code
        assert client.get(address, {"division": city.divisions[1].code}).status_code == 404
        assert client.get(address, {"division": "1"}).status_code == 400
        assert client.get(address, {"signal": "S99"}).status_code == 400
        assert client.get(address, {"stat": "new"}).status_code == 400
        assert client.get("/api/v1/programmes/none/signals/").status_code == 404


class TestThresholdsAsData:
    def test_the_administration_refuses_a_name_that_the_kind_does_not_know(
        self, city: City
    ) -> None:
        given = {
            "programme": city.programme.pk,
            "signal": "S06",
            "name": "peers_min",
            "numerator": 3,
            "denominator": 1,
        }
        assert SignalSettingForm(given).is_valid()
        form = SignalSettingForm(given | {"name": "months"})
        assert set(form.errors) == {"name"}

    @pytest.mark.parametrize(
        ("name", "numerator", "denominator", "wrong"),
        [
            ("peers_min", 10_000, 1, set()),
            ("peers_min", 10_001, 1, {"numerator"}),
            ("peers_min", 3, 2, {"denominator"}),
            ("distance_min", 15, 100, set()),
        ],
    )
    def test_a_whole_number_is_whole_and_within_bounds(
        self, city: City, name: str, numerator: int, denominator: int, wrong: set[str]
    ) -> None:
        given = {"programme": city.programme.pk, "signal": "S06", "name": name}
        form = SignalSettingForm(given | {"numerator": numerator, "denominator": denominator})
        assert set(form.errors) == wrong

    def test_the_largest_numbers_leave_every_page_standing(
        self, city: City, client: Client
    ) -> None:
        for kind in KINDS.values():
            for one in kind.own_thresholds:
                if not one.is_share:
                    SignalSetting.objects.create(
                        programme=city.programme,
                        signal=kind.code,
                        name=one.name,
                        numerator=MOST_COUNTED,
                    )
        client.force_login(city.reviewer)
        assert client.get(city.url("signals", as_of="1900-01-01")).status_code == 200
        assert client.get(city.url("signals", as_of="2999-12-31")).status_code == 200

    def test_the_sheet_sets_counts_and_shares(self, tmp_path: Path) -> None:
        load_programme(Edited(tmp_path).path)
        rows = SignalSetting.objects.values_list("signal", "name", "numerator", "denominator")
        assert set(rows) == {("S03", "company_share", 40, 100), ("S05", "months", 6, 1)}

    @pytest.mark.parametrize(
        ("row", "heading"),
        [
            ({"signal": "S99", "name": "on", "value": "1"}, "signal"),
            ({"signal": "S03", "name": "months", "value": "1"}, "name"),
            ({"signal": "S03", "name": "contract_share", "value": "130%"}, "value"),
            ({"signal": "S05", "name": "people_min", "value": "20%"}, "value"),
            ({"signal": "S05", "name": "people_min", "value": ""}, "value"),
            ({"signal": "S05", "name": "grace_days", "value": "10001"}, "value"),
        ],
    )
    def test_a_wrong_cell_is_told_where_it_stands(
        self, tmp_path: Path, row: dict[str, str], heading: str
    ) -> None:
        edited = Edited(tmp_path)
        number = edited.append("signals", row)
        with pytest.raises(BadDataError) as refused:
            load_programme(edited.path)
        assert [(p.place, p.row, p.column) for p in refused.value.problems] == [
            ("signals.csv", number, heading)
        ]

"""The yearly evaluation: its course, who may do and see what, and that nothing published changes."""

from __future__ import annotations

import csv
import datetime
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import User
from consolidation.models import Notice
from consolidation.services.seen import ConflictError
from evaluation.content import digest_of
from evaluation.models import EvaluationYear, Indicator, IndicatorValue, Publication
from evaluation.selectors.grid import field_name, grid_of
from evaluation.selectors.years import live_content, years_visible_to
from evaluation.serializers import EvaluationSerializer
from evaluation.services.values import Provenance, save_values
from evaluation.services.years import freeze, open_year, publish, take_back
from platforms_portal.access import DISTRICT_ROLES, RIGHTS, Role
from tests import factories as make
from tests.evaluation_city import YEAR, City, add_division, build, client_of, history_of

pytestmark = pytest.mark.django_db

DAY = datetime.date(2021, 3, 1)
DOCUMENT = "示例发改〔2021〕1号"


@pytest.fixture
def city() -> City:
    return build()


def enter(city: City, given: dict[str, str], *, user: User | None = None, **more: Any) -> int:
    seen = {row.retained.pk: row.seen for row in grid_of(city.evaluation).rows}
    return save_values(
        evaluation=city.evaluation,
        given=given,
        seen=more.get("seen", seen),
        provenance=Provenance(more.get("source", "示例公报"), more.get("placeholder", False)),
        user=user or city.reviewer,
    )


def cell(city: City, number: int, code: str) -> str:
    return field_name(city.retained[number].pk, city.indicator(code).pk)


def published(city: City, *, day: datetime.date = DAY) -> Publication:
    freeze(evaluation=city.evaluation, user=city.reviewer)
    return publish(evaluation=city.evaluation, user=city.reviewer, day=day, document=DOCUMENT)


def refused(act: Any, **given: Any) -> dict[str, list[str]]:
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        act(**given)
    error = caught.value
    return error.message_dict if hasattr(error, "error_dict") else {"": error.messages}


class TestCourse:
    def test_a_year_is_frozen_published_and_told_to_the_districts(self, city: City) -> None:
        official, leader = (
            city.official(),
            make.make_user(Role.DISTRICT_LEADER, division=city.divisions[1]),
        )
        make.make_user(Role.DISTRICT_OFFICIAL, division=make.make_division(make.make_programme()))
        publication = published(city)
        city.evaluation.refresh_from_db()
        assert city.evaluation.state == EvaluationYear.State.PUBLISHED
        assert (publication.version, publication.published_on) == (1, DAY)
        assert publication.digest == digest_of(publication.content)
        told = Notice.objects.filter(kind=Notice.Kind.EVALUATION_PUBLISHED)
        assert {notice.user for notice in told} == {official, leader}
        assert {notice.url for notice in told} == {city.url("evaluation-year", YEAR)}

    @pytest.mark.parametrize(("last", "is_full"), [(244, False), (245, True), (246, False)])
    def test_weights_make_exactly_one_hundred_percent(
        self, city: City, last: int, is_full: bool
    ) -> None:
        Indicator.objects.filter(code="energy").update(weight=last)
        if is_full:
            assert freeze(evaluation=city.evaluation, user=city.reviewer).state == "calculated"
            return
        told = refused(freeze, evaluation=city.evaluation, user=city.reviewer)
        total = {244: "99.9%", 246: "100.1%"}[last]
        assert told == {"": [f"The weights make {total} together; they must make exactly 100%."]}

    def test_everything_in_the_way_of_publishing_is_told_at_once(self, city: City) -> None:
        Indicator.objects.filter(code="energy").update(weight=244)
        tomorrow = timezone.localdate() + datetime.timedelta(days=1)
        told = refused(
            publish, evaluation=city.evaluation, user=city.reviewer, day=tomorrow, document=" "
        )
        assert set(told) == {"__all__", "document", "day"}
        assert len(told["__all__"]) == 2
        assert not Publication.objects.exists()

    def test_weights_changed_behind_a_frozen_year_are_found_at_publication(
        self, city: City
    ) -> None:
        freeze(evaluation=city.evaluation, user=city.reviewer)
        Indicator.objects.filter(code="energy").update(weight=244)
        told = refused(
            publish, evaluation=city.evaluation, user=city.reviewer, day=DAY, document=DOCUMENT
        )
        assert set(told) == {"__all__"}

    def test_a_year_without_indicators_is_not_frozen(self, city: City) -> None:
        other = EvaluationYear.objects.create(programme=city.programme, year=2019)
        assert refused(freeze, evaluation=other, user=city.reviewer) == {
            "": ["There is no indicator yet."]
        }

    def test_a_day_before_the_year_is_no_day_of_publication(self, city: City) -> None:
        freeze(evaluation=city.evaluation, user=city.reviewer)
        early = datetime.date(YEAR - 1, 12, 31)
        given = {"evaluation": city.evaluation, "user": city.reviewer, "document": DOCUMENT}
        assert set(refused(publish, **given, day=early)) == {"day"}
        assert set(refused(publish, **given, day=None)) == {"day"}

    def test_frozen_values_are_not_changed(self, city: City) -> None:
        freeze(evaluation=city.evaluation, user=city.reviewer)
        with pytest.raises(ValidationError):
            enter(city, {cell(city, 0, "output"): "1"})
        with pytest.raises(ValidationError):
            freeze(evaluation=city.evaluation, user=city.reviewer)

    def test_a_correction_is_a_further_version_with_its_reason(self, city: City) -> None:
        first = published(city)
        before = first.content
        take_back(evaluation=city.evaluation, user=city.reviewer, reason="数据有误")
        city.evaluation.refresh_from_db()
        enter(city, {cell(city, 0, "output"): "300"})
        # Until it is published, districts see the first version, the commission what it drafts.
        [shown] = years_visible_to(city.programme, RIGHTS[Role.DISTRICT_OFFICIAL])
        assert shown.publication == first
        [drafted] = years_visible_to(city.programme, RIGHTS[Role.COMMISSION_REVIEWER])
        assert drafted.publication is None
        second = published(city, day=DAY + datetime.timedelta(days=1))
        first.refresh_from_db()
        assert first.content == before
        assert (second.version, second.reason) == (2, "数据有误")
        assert years_visible_to(city.programme, frozenset())[0].publication == second
        assert history_of(city.evaluation).count() >= 5

    def test_a_correction_is_not_published_before_what_it_corrects(self, city: City) -> None:
        published(city)
        take_back(evaluation=city.evaluation, user=city.reviewer, reason="数据有误")
        freeze(evaluation=city.evaluation, user=city.reviewer)
        early = DAY - datetime.timedelta(days=1)
        given = {"evaluation": city.evaluation, "user": city.reviewer, "document": DOCUMENT}
        assert set(refused(publish, **given, day=early)) == {"day"}

    def test_taking_back_needs_a_reason(self, city: City) -> None:
        given: dict[str, Any] = {"evaluation": city.evaluation, "user": city.reviewer}
        assert set(refused(take_back, **given, reason=" ")) == {"__all__", "reason"}
        freeze(**given)
        assert set(refused(take_back, **given, reason="长" * 401)) == {"reason"}

    def test_the_database_keeps_no_correction_without_a_reason(self, city: City) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.create(
                evaluation=city.evaluation, version=2, published_on=DAY, document="x", content={}
            )

    def test_only_the_commission_does_any_of_it(self, city: City) -> None:
        for role in set(RIGHTS) - {Role.COMMISSION_REVIEWER}:
            own: dict[str, Any] = {"division": city.divisions[0]} if role in DISTRICT_ROLES else {}
            if role == Role.COUNTERSIGNER:
                own = {"department": make.make_department(city.programme)}
            user = make.make_user(role, **own)
            for act, more in (
                (freeze, {}),
                (take_back, {"reason": "x"}),
                (publish, {"day": DAY, "document": "x"}),
            ):
                with pytest.raises(PermissionDenied):
                    act(evaluation=city.evaluation, user=user, **more)
            with pytest.raises(PermissionDenied):
                open_year(programme=city.programme, year=2019, user=user)
            with pytest.raises(PermissionDenied):
                enter(city, {}, user=user)

    def test_a_further_year_takes_over_the_indicators_and_no_value(self, city: City) -> None:
        opened = open_year(programme=city.programme, year=2021, user=city.reviewer)
        own = list(opened.indicators.values_list("code", "weight", "direction", "sequence"))
        old = list(
            city.evaluation.indicators.values_list("code", "weight", "direction", "sequence")
        )
        assert own == old
        assert live_content(opened).figures == {}
        told = refused(open_year, programme=city.programme, year=2021, user=city.reviewer)
        assert told == {"__all__": ["This year is evaluated already."]}
        ahead = timezone.localdate().year + 1
        assert set(
            refused(open_year, programme=city.programme, year=ahead, user=city.reviewer)
        ) == {"year"}


class TestValues:
    def test_a_value_is_kept_exactly_with_its_source_and_who_entered_it(self, city: City) -> None:
        assert enter(city, {cell(city, 0, "output"): " 1，234,567.125 "}) == 1
        value = IndicatorValue.objects.get(
            indicator=city.indicator("output"), retained=city.retained[0]
        )
        assert value.value == Decimal("1234567.125")
        assert (value.source, value.entered_by) == ("示例公报", city.reviewer.get_username())
        assert history_of(value).latest().history_user == city.reviewer

    def test_an_empty_value_is_unknown_and_not_zero(self, city: City) -> None:
        enter(city, {cell(city, 0, "output"): ""}, source="")
        row = live_content(city.evaluation).table().row_of(city.retained[0].pk)
        assert row is not None
        assert (row.rank, row.total, row.missing) == (None, None, 1)
        enter(city, {cell(city, 0, "output"): "0"})
        row = live_content(city.evaluation).table().row_of(city.retained[0].pk)
        assert row is not None
        assert (row.rank, row.missing) == (2, 0)

    def test_every_error_is_told_at_its_field_and_nothing_is_saved(self, city: City) -> None:
        wrong = {
            cell(city, 0, "output"): "many",
            cell(city, 1, "output"): "1.2345",
            cell(city, 0, "energy"): "-1",
            cell(city, 1, "energy"): "1" * 15,
            cell(city, 0, "rd-gdp"): "9.9",
        }
        told = refused(lambda: enter(city, wrong, source=" "))
        assert set(told) == {*wrong, "source"} - {cell(city, 0, "rd-gdp")}
        assert "index" in told[cell(city, 0, "energy")][0]
        assert not IndicatorValue.objects.filter(value=Decimal("9.9")).exists()
        assert set(
            refused(lambda: enter(city, {cell(city, 0, "output"): "1"}, source="源" * 301))
        ) == {"source"}

    def test_the_same_number_written_otherwise_changes_nothing(self, city: City) -> None:
        assert enter(city, {cell(city, 0, "output"): "0120.500"}, source="") == 0

    def test_nobody_overwrites_what_they_have_not_seen(self, city: City) -> None:
        seen = {row.retained.pk: row.seen for row in grid_of(city.evaluation).rows}
        enter(city, {cell(city, 0, "output"): "500"})
        with pytest.raises(ConflictError) as caught:
            enter(city, {cell(city, 0, "output"): "600"}, seen=seen)
        [both] = caught.value.fields
        assert (both.theirs, both.mine) == ("500", "600")
        # Another row was not touched by anybody else; and a form sent twice is let through.
        assert enter(city, {cell(city, 1, "output"): "7"}, seen=seen) == 1
        assert enter(city, {cell(city, 0, "output"): "500"}, seen=seen) == 0

    def test_placeholders_are_said_to_be_such(self, city: City) -> None:
        assert not live_content(city.evaluation).table().rests_on_placeholders
        enter(city, {cell(city, 0, "output"): "1"}, placeholder=True)
        assert live_content(city.evaluation).table().rests_on_placeholders


def indicator_form(city: City, **changes: str) -> dict[str, str]:
    """Return what the browser sends of the list, with ``changes``."""
    page = client_of(city.reviewer).get(city.url("evaluation-indicators", YEAR))
    rows = page.context["rows"]
    sent = {"seen": page.context["seen"]}
    for name, value in rows.management_form.initial.items():
        sent[f"i-{name}"] = str(value)
    for form in rows.forms:
        for bound in form:
            if bound.name not in {"DELETE", "is_placeholder"}:
                sent[bound.html_name] = str(bound.value() if bound.value() is not None else "")
    return sent | changes


class TestIndicators:
    def test_the_list_is_saved_as_a_whole(self, city: City) -> None:
        sent = indicator_form(
            city,
            **{
                "i-2-percent": "14.5",
                "i-3-code": "land",
                "i-3-dimension": "input",
                "i-3-name": "亩均投入",
                "i-3-unit": "万元/亩",
                "i-3-percent": "10",
                "i-3-direction": "higher",
                "i-3-decimals": "1",
            },
        )
        response = client_of(city.reviewer).post(city.url("evaluation-indicators", YEAR), sent)
        assert response.status_code == 302
        weights = dict(city.evaluation.indicators.values_list("code", "weight"))
        assert weights == {"rd-gdp": 400, "output": 355, "energy": 145, "land": 100}

    def test_every_error_is_told_at_its_row_and_nothing_is_saved(self, city: City) -> None:
        sent = indicator_form(
            city,
            **{"i-0-percent": "40.05", "i-1-unit": "", "i-2-code": "two words"},
        )
        page = client_of(city.reviewer).post(city.url("evaluation-indicators", YEAR), sent)
        assert page.status_code == 422
        forms = page.context["rows"].forms
        assert [set(form.errors) for form in forms[:3]] == [{"percent"}, {"unit"}, {"code"}]
        assert city.indicator("rd-gdp").weight == 400

    def test_what_the_service_refuses_stands_at_its_row(self, city: City) -> None:
        sent = indicator_form(
            city, **{"i-0-code": "output", "i-1-percent": "0", "i-2-DELETE": "on"}
        )
        page = client_of(city.reviewer).post(city.url("evaluation-indicators", YEAR), sent)
        assert page.status_code == 422
        forms = page.context["rows"].forms
        assert set(forms[0].errors) == {"code"}
        assert {"code", "percent"} == set(forms[1].errors)
        assert set(forms[2].errors) == {"DELETE"}

    def test_an_indicator_without_values_is_removed(self, city: City) -> None:
        IndicatorValue.objects.filter(indicator__code="energy").delete()
        sent = indicator_form(city, **{"i-2-DELETE": "on"})
        client_of(city.reviewer).post(city.url("evaluation-indicators", YEAR), sent)
        assert set(city.evaluation.indicators.values_list("code", flat=True)) == {
            "rd-gdp",
            "output",
        }

    def test_codes_do_not_change_places(self, city: City) -> None:
        sent = indicator_form(city, **{"i-0-code": "output", "i-1-code": "rd-gdp"})
        page = client_of(city.reviewer).post(city.url("evaluation-indicators", YEAR), sent)
        assert page.status_code == 422
        assert [set(form.errors) for form in page.context["rows"].forms[:2]] == [{"code"}] * 2
        assert city.indicator("output").weight == 355

    def test_nobody_overwrites_what_they_have_not_seen(self, city: City) -> None:
        mine = indicator_form(city, **{"i-0-percent": "41"})
        theirs = indicator_form(city, **{"i-0-percent": "42"})
        browser = client_of(city.reviewer)
        assert browser.post(city.url("evaluation-indicators", YEAR), theirs).status_code == 302
        page = browser.post(city.url("evaluation-indicators", YEAR), mine)
        assert page.status_code == 422
        assert city.indicator("rd-gdp").weight == 420
        again = mine | {"seen": page.context["seen"]}
        assert browser.post(city.url("evaluation-indicators", YEAR), again).status_code == 302
        assert city.indicator("rd-gdp").weight == 410

    def test_a_frozen_year_is_led_back(self, city: City) -> None:
        sent = indicator_form(city)
        freeze(evaluation=city.evaluation, user=city.reviewer)
        browser = client_of(city.reviewer)
        for name in ("evaluation-indicators", "evaluation-values"):
            for response in (
                browser.get(city.url(name, YEAR)),
                browser.post(city.url(name, YEAR), sent),
            ):
                assert response.status_code == 302
                assert response.headers["Location"] == city.url("evaluation-year", YEAR)

    def test_a_year_frozen_by_a_colleague_meanwhile_is_told(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def save(**_given: Any) -> int:
            raise ValidationError("已冻结")

        monkeypatch.setattr("evaluation.views.entering.save_indicators", save)
        sent = indicator_form(city, **{"i-0-percent": "41"})
        page = client_of(city.reviewer).post(city.url("evaluation-indicators", YEAR), sent)
        assert page.status_code == 422
        assert "已冻结" in page.content.decode()

    def test_a_key_that_is_none_is_passed_over(self, city: City) -> None:
        page = client_of(city.reviewer).post(
            city.url("evaluation-values", YEAR),
            f"seen-{'9' * 5000}=x&seen-=y",
            content_type="application/x-www-form-urlencoded",
        )
        assert page.status_code == 302


class TestPages:
    def test_who_does_not_evaluate_sees_only_what_is_published(self, city: City) -> None:
        official = city.official()
        watched = [client_of(official), client_of(make.make_user(Role.ANALYST))]
        addresses = [
            city.url("evaluation-year", YEAR),
            city.url("evaluation-proof", YEAR, city.retained[1].pk),
            f"/api/v1/programmes/{city.programme.code}/evaluation/?year={YEAR}",
        ]
        for browser in watched:
            assert "2020" not in browser.get(city.url("evaluation")).context["years"]
            assert browser.get(city.url("evaluation")).context["years"] == []
            assert [browser.get(address).status_code for address in addresses] == [404] * 3
        published(city)
        for browser in watched:
            assert [browser.get(address).status_code for address in addresses] == [200] * 3

    def test_a_district_finds_its_own_platform_marked(self, city: City) -> None:
        published(city)
        page = client_of(city.official(1)).get(city.url("evaluation-year", YEAR))
        content = page.content.decode()
        assert content.count("pp-mark-own") == 1
        own = content.split("pp-mark-own")[0].rsplit("<tr", 1)[1]
        assert city.retained[1].listed_name in own

    def test_the_numbers_of_page_csv_and_api_are_those_of_the_method(self, city: City) -> None:
        published(city)
        browser = client_of(city.official())
        # By hand: docs/evaluation.md, platforms A and B.
        expected = {
            city.retained[0].platform.code: (Decimal("77.35"), 2),
            city.retained[1].platform.code: (Decimal("92.00"), 1),
        }
        page = browser.get(city.url("evaluation-year", YEAR))
        table = page.context["table"]
        assert {row.party.code: (row.total, row.rank) for row in table.rows} == expected
        exported = browser.get(city.url("evaluation-year", YEAR), {"export": "csv"})
        lines = list(csv.reader(io.StringIO(exported.getvalue().decode("utf-8-sig"))))[3:]
        assert {line[1]: (Decimal(line[4]), int(line[0])) for line in lines} == expected
        answer = browser.get(f"/api/v1/programmes/{city.programme.code}/evaluation/").json()
        assert {
            row["code"]: (Decimal(row["total"]), row["rank"]) for row in answer["platforms"]
        } == expected
        assert (answer["version"], answer["state"], answer["years"]) == (1, "published", [YEAR])
        shape = EvaluationSerializer(data=answer)
        assert shape.is_valid(), shape.errors
        assert set(answer) == set(shape.fields)

    def test_the_proof_shows_the_arithmetic(self, city: City) -> None:
        page = client_of(city.reviewer).get(city.url("evaluation-proof", YEAR, city.retained[1].pk))
        text = page.content.decode()
        assert "40.00 × 2.600 ÷ 3.250 = 32.00" in text
        assert "24.50 × 0.100 ÷ 0.100 = 24.50" in text
        assert "示例年鉴" in text

    def test_an_earlier_version_can_be_opened_and_says_it_was_corrected(self, city: City) -> None:
        published(city)
        take_back(evaluation=city.evaluation, user=city.reviewer, reason="数据有误")
        enter(city, {cell(city, 0, "output"): "300"})
        drafting = client_of(city.reviewer)
        address = city.url("evaluation-year", YEAR)
        assert "may_evaluate" in drafting.get(address).context
        assert "may_evaluate" not in drafting.get(address, {"version": "1"}).context
        published(city)
        browser = client_of(city.official())
        first = browser.get(address, {"version": "1"})
        assert first.context["shown"].is_superseded
        assert first.context["table"].ranked[0].party.id == city.retained[1].pk
        now = browser.get(address)
        assert now.context["table"].ranked[0].party.id == city.retained[0].pk
        [changed] = now.context["changed"]
        assert (changed.before, changed.now) == (Decimal("120.5"), Decimal(300))
        assert browser.get(address, {"version": "3"}).status_code == 404
        assert browser.get(address, {"version": "two"}).status_code == 400
        proof = browser.get(
            city.url("evaluation-proof", YEAR, city.retained[0].pk), {"version": "1"}
        )
        assert proof.context["row"].rank == 2

    def test_the_whole_course_by_forms(self, city: City) -> None:
        browser = client_of(city.reviewer)

        def act(name: str, **sent: str) -> int:
            return browser.post(city.url("evaluation-act", YEAR, name), sent).status_code

        assert act("publish", **{"publish-day": "2021-03-01", "publish-document": "x"}) == 422
        assert act("freeze") == 302
        assert act("freeze") == 422
        assert act("publish", **{"publish-day": "soon", "publish-document": ""}) == 422
        assert act("publish", **{"publish-day": "2021-03-01", "publish-document": "x"}) == 302
        assert act("back") == 422
        assert act("back", **{"back-reason": "数据有误"}) == 302
        assert act("burn") == 404
        assert Publication.objects.count() == 1

    def test_a_year_is_opened_by_form(self, city: City) -> None:
        browser = client_of(city.reviewer)
        assert browser.post(city.url("evaluation-open"), {"year": "2020"}).status_code == 422
        assert browser.post(city.url("evaluation-open"), {"year": "2021"}).status_code == 302
        assert EvaluationYear.objects.filter(year=2021).exists()

    def test_the_grid_saves_and_shows_what_was_typed_again(self, city: City) -> None:
        browser = client_of(city.reviewer)
        address = city.url("evaluation-values", YEAR)
        page = browser.get(address)
        seen = {f"seen-{row.retained.pk}": row.seen for row, _cells in page.context["rows"]}
        name, other = cell(city, 0, "output"), cell(city, 1, "output")
        sent = {**seen, name: "12,5a", other: "33", "source": "公报"}
        refused_page = browser.post(address, sent)
        assert refused_page.status_code == 422
        assert 'value="12,5a"' in refused_page.content.decode()
        assert browser.post(address, sent | {name: "12.5"}).status_code == 302
        assert browser.post(address, sent | {name: "13"}).status_code == 422  # Seen before.
        assert IndicatorValue.objects.filter(value=Decimal("12.5")).exists()

    def test_a_long_grid_is_cut_into_pages(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("evaluation.views.entering.FIELDS_ON_A_PAGE", 4)
        browser = client_of(city.reviewer)
        first = browser.get(city.url("evaluation-values", YEAR))
        second = browser.get(city.url("evaluation-values", YEAR), {"page": "2"})
        shown = [[row.retained for row, _cells in p.context["rows"]] for p in (first, second)]
        assert shown == [[city.retained[0]], [city.retained[1]]]

    def test_an_empty_programme_says_so(self) -> None:
        programme = make.make_programme()
        for role in (Role.COMMISSION_REVIEWER, Role.ANALYST):
            page = client_of(make.make_user(role)).get(f"/programmes/{programme.code}/evaluation/")
            assert page.status_code == 200


@pytest.mark.parametrize("state", ["drafted", "published"])
def test_the_number_of_queries_is_the_same_with_one_division_and_with_three(
    state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = []
    for divisions in (1, 3):
        city = build(divisions)
        if state == "published":
            published(city)
        browser = client_of(city.reviewer)
        found = []
        for address in (
            city.url("evaluation"),
            city.url("evaluation-year", YEAR),
            city.url("evaluation-proof", YEAR, city.retained[0].pk),
            *(
                [city.url("evaluation-values", YEAR), city.url("evaluation-indicators", YEAR)]
                if state == "drafted"
                else []
            ),
            f"/api/v1/programmes/{city.programme.code}/evaluation/",
        ):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert browser.get(address).status_code == 200
            found.append(len(queries))
        numbers.append(found)
    assert numbers[0] == numbers[1]
    assert max(numbers[0]) <= 15


def test_saving_takes_as_many_queries_for_one_platform_as_for_three() -> None:
    numbers = []
    for divisions in (1, 3):
        city = build(divisions)
        with CaptureQueriesContext(connection) as queries:
            enter(city, {cell(city, 0, "output"): "1"})
        numbers.append(len(queries))
    # One more: the digests that the test itself reads are the same three queries.
    assert numbers[0] == numbers[1]


def test_a_further_platform_changes_what_is_drafted_and_nothing_published(city: City) -> None:
    publication = published(city)
    add_division(city)
    [shown] = years_visible_to(city.programme, frozenset())
    assert shown.publication == publication
    assert len(shown.table.rows) == 2
    assert len(live_content(city.evaluation).table().rows) == 3


def test_not_even_an_administrator_changes_what_is_frozen(city: City) -> None:
    browser = client_of(make.make_user(Role.ADMINISTRATOR))
    value = IndicatorValue.objects.first()
    assert value is not None
    addresses = [
        f"/admin/evaluation/indicatorvalue/{value.pk}/change/",
        f"/admin/evaluation/indicator/{value.indicator_id}/change/",
    ]
    assert all('name="_save"' in browser.get(one).content.decode() for one in addresses)
    freeze(evaluation=city.evaluation, user=city.reviewer)
    for one in addresses:
        assert 'name="_save"' not in browser.get(one).content.decode()
        assert browser.post(one, {}).status_code == 403


def test_nothing_is_brought_into_a_frozen_year_by_the_administration(city: City) -> None:
    browser = client_of(make.make_user(Role.ADMINISTRATOR))
    rows = f"/admin/evaluation/evaluationyear/{city.evaluation.pk}/change/"
    assert 'name="indicators-0-weight"' in browser.get(rows).content.decode()
    freeze(evaluation=city.evaluation, user=city.reviewer)
    assert 'name="indicators-0-weight"' not in browser.get(rows).content.decode()
    given = {
        "evaluation": city.evaluation.pk,
        "sequence": 9,
        "code": "late",
        "dimension": "input",
        "name": "迟到",
        "unit": "项",
        "weight": 1,
        "direction": "higher",
        "decimals": 0,
        "source": "年鉴",
        "note": "",
    }
    before = Indicator.objects.count()
    answer = browser.post("/admin/evaluation/indicator/add/", given)
    assert answer.status_code == 200
    assert Indicator.objects.count() == before
    take_back(evaluation=city.evaluation, user=city.reviewer, reason="补录")
    assert browser.post("/admin/evaluation/indicator/add/", given).status_code == 302
    assert Indicator.objects.count() == before + 1

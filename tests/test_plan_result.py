"""The result of a draft: cards of retained platforms, the bodies that serve them, new bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consolidation.models import (
    ArrangedIndustry,
    Arrangement,
    BodyDisposition,
    MergePlan,
    RetainedPlatform,
)
from consolidation.selectors.arranging import result_of
from consolidation.services.arranging import save_card
from consolidation.services.founding import found_body, set_fate, take_back
from consolidation.services.seen import ConflictError
from consolidation.services.versions import copy_as_variant
from platforms_portal.access import Role
from tests import factories as make
from zones.models import Industry, ManagementBody, Origin

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

COMPANY_CODE = "91330106MA2CFJ5K3Y"


class Desk:
    """A draft with one retained platform that one kept body serves."""

    def __init__(self) -> None:
        self.programme = make.make_programme()
        self.division = make.make_division(self.programme)
        self.platform = make.make_platform(self.programme, self.division)
        self.retained = make.make_retained(self.programme, self.platform)
        self.plan = make.make_plan(self.programme, self.division, MergePlan.State.DRAFT)
        self.body = make.make_body(self.programme, self.division, self.platform)
        self.kept = make.dispose_body(self.plan, self.body, "keep", serves=self.platform)
        self.official = make.make_user(Role.DISTRICT_OFFICIAL, division=self.division)

    @property
    def card(self) -> Any:
        card = result_of(self.plan).card(self.platform.pk)
        assert card is not None
        return card

    def save(self, seen: str | None = None, **given: str) -> Any:
        return save_card(
            plan=self.plan,
            platform_id=self.platform.pk,
            given=given,
            seen=self.card.seen if seen is None else seen,
            user=self.official,
        )

    def url(self, name: str, *more: int, plan: MergePlan | None = None) -> str:
        return reverse(name, args=[self.programme.code, (plan or self.plan).pk, *more])

    def other_body(self, **fields: Any) -> BodyDisposition:
        body = make.make_body(
            self.programme, self.division, make.make_platform(self.programme, self.division)
        )
        return make.dispose_body(self.plan, body, "keep", **fields)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def browser(desk: Desk, client: Client) -> Client:
    client.force_login(desk.official)
    client.cookies["django_language"] = "en"
    return client


def refused(call: Any, **given: str) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        call(**given)
    messages: dict[str, list[str]] = caught.value.message_dict
    return messages


# --- The service of a card ------------------------------------------------------------------------


def test_a_card_is_saved_with_history_and_new_industries(desk: Desk) -> None:
    Industry.objects.create(name="数字经济")
    card = desk.save(
        industries="数字经济, 生物医药",
        operator_company="示例开发有限公司",
        operator_is_separate="yes",
        discipline="committee",
        parcels="２",
        leadership_teams="1",
        internal_departments="7",
        secretary_is_director="no",
    )
    assert card.industries == ["数字经济", "生物医药"]
    arrangement = Arrangement.objects.get()
    assert (arrangement.parcels, arrangement.operator_is_separate) == (2, True)
    assert arrangement.history.get().history_user == desk.official  # type: ignore[attr-defined]
    desk.kept.refresh_from_db()
    assert (desk.kept.internal_departments, desk.kept.secretary_is_director) == (7, False)
    assert Industry.objects.count() == 2


def test_a_fourth_industry_and_every_other_error_are_told_at_once(desk: Desk) -> None:
    problems = refused(
        desk.save,
        industries="甲、乙、丙、丁",
        operator_uscc="123",
        parcels="two",
        discipline="whatever",
        high_level_class="innovation",
        leadership_teams="-1",
    )
    assert set(problems) == {
        "industries",
        "operator_uscc",
        "operator_company",
        "parcels",
        "discipline",
        "high_level_class",
        "leadership_teams",
    }
    assert not Arrangement.objects.exists()
    assert not Industry.objects.exists()


def test_what_is_emptied_is_the_lists_again(desk: Desk) -> None:
    desk.save(industries="甲、乙", parcels="3")
    desk.save(industries="乙")
    assert [row.industry.name for row in ArrangedIndustry.objects.all()] == ["乙"]
    desk.save(industries="", parcels="")
    assert not Arrangement.objects.exists()
    assert ArrangedIndustry.history.filter(history_type="-").count() == 2  # type: ignore[attr-defined]


def test_a_high_level_platform_takes_a_class(desk: Desk) -> None:
    RetainedPlatform.objects.update(is_high_level=True)
    assert desk.save(high_level_class="opening").arrangement.high_level_class == "opening"


def test_what_an_official_enters_is_no_placeholder(desk: Desk) -> None:
    Arrangement.objects.create(
        plan=desk.plan, platform=desk.platform, is_placeholder=True, note="x"
    )
    desk.save(parcels="1")
    assert not Arrangement.objects.get().is_placeholder


def test_a_double_post_does_nothing_twice(desk: Desk) -> None:
    seen = desk.card.seen
    for _time in range(2):
        desk.save(seen, industries="乙、甲", parcels="1")
    assert Arrangement.history.count() == 1  # type: ignore[attr-defined]


def test_nothing_is_overwritten_unseen(desk: Desk) -> None:
    seen = desk.card.seen
    desk.save(parcels="1")
    with pytest.raises(ConflictError) as conflict:
        desk.save(seen, parcels="2")
    assert conflict.value.fields == [("parcels", "1", "2")]
    assert Arrangement.objects.get().parcels == 1
    desk.save(conflict.value.seen, parcels="2")
    assert Arrangement.objects.get().parcels == 2


def test_a_body_is_chosen_and_serves_this_platform_alone(desk: Desk) -> None:
    desk.body.remits.all().delete()
    other = desk.other_body()
    desk.save(body=str(other.body_id), leadership_teams="1")
    other.refresh_from_db()
    desk.kept.refresh_from_db()
    assert (other.serves_id, desk.kept.serves_id) == (desk.platform.pk, None)


def test_a_body_that_has_managed_the_platform_all_along_must_go_first(desk: Desk) -> None:
    other = desk.other_body()
    assert "body" in refused(desk.save, body=str(other.body_id))
    assert "body" in refused(desk.save, body="")


def test_two_bodies_are_shown_until_one_is_chosen(desk: Desk) -> None:
    other = desk.other_body(serves=desk.platform)
    assert desk.card.values["body"] == f"{desk.body.pk},{other.body_id}"
    assert "body" in refused(desk.save, internal_departments="3")
    assert desk.save(body=str(desk.body.pk)).values["body"] == str(desk.body.pk)


def test_only_kept_bodies_can_be_chosen_and_what_was_confirmed_stays(desk: Desk) -> None:
    assert "body" in refused(desk.save, body="999999")
    desk.body.remits.all().delete()
    BodyDisposition.objects.update(confirmed_on=make.AS_OF)
    assert "body" in refused(desk.save, body="")


def test_only_the_divisions_officials_change_a_draft(desk: Desk) -> None:
    for user in (make.make_user(), make.make_user(Role.DISTRICT_LEADER, division=desk.division)):
        desk.official = user
        with pytest.raises(PermissionDenied):
            desk.save(parcels="1")


def test_a_frozen_plan_is_refused(desk: Desk) -> None:
    MergePlan.objects.update(state="submitted", submitted_on=make.SUBMITTED)
    with pytest.raises(ValidationError) as caught:
        desk.save(parcels="1")
    assert caught.value.code == "frozen"


# --- New bodies and bodies elsewhere --------------------------------------------------------------


def found(desk: Desk, name: str = "新管委会", uscc: str = "") -> BodyDisposition:
    return found_body(
        plan=desk.plan, platform_id=desk.platform.pk, name=name, uscc=uscc, user=desk.official
    )


def test_a_body_is_founded_once_and_taken_back(desk: Desk) -> None:
    first, second = found(desk), found(desk)
    assert first.pk == second.pk
    body = first.body
    assert (body.origin, body.division, first.serves) == (
        Origin.FOUNDED,
        desk.division,
        desk.platform,
    )
    assert found(desk, "另一管委会").body.code != body.code
    for _time in range(2):
        take_back(plan=desk.plan, body_id=body.pk, user=desk.official)
    assert not ManagementBody.objects.filter(pk=body.pk).exists()
    assert BodyDisposition.objects.filter(body=desk.body).exists()


def test_a_new_body_needs_a_name_of_its_own_and_a_valid_code(desk: Desk) -> None:
    assert set(refused(lambda: found(desk, "", "123"))) == {"name", "uscc"}
    assert set(refused(lambda: found(desk, desk.body.name))) == {"name"}


def test_a_body_of_a_variant_stays_where_it_is_founded_too(desk: Desk) -> None:
    body = found(desk).body
    copy_as_variant(plan=desk.plan, name="甲", user=desk.official)
    take_back(plan=desk.plan, body_id=body.pk, user=desk.official)
    assert ManagementBody.objects.filter(pk=body.pk).exists()
    assert found(desk).body == body


def test_a_body_with_people_is_not_taken_back(desk: Desk) -> None:
    body = found(desk).body
    make.plan_heads(desk.plan, body, 5)
    with pytest.raises(ValidationError):
        take_back(plan=desk.plan, body_id=body.pk, user=desk.official)
    assert BodyDisposition.objects.filter(body=body).exists()


def test_a_body_at_no_row_gets_its_fate(desk: Desk) -> None:
    alone = make.make_body(desk.programme, desk.division)
    args: dict[str, Any] = {"plan": desk.plan, "body_id": alone.pk, "user": desk.official}
    set_fate(**args, fate="abolish", seen="")
    set_fate(**args, fate="abolish", seen="")
    assert BodyDisposition.objects.get(body=alone).fate == "abolish"
    with pytest.raises(ConflictError):
        set_fate(**args, fate="keep", seen="")
    assert set(refused(lambda: set_fate(**args, fate="found", seen="abolish"))) == {"fate"}
    with pytest.raises(ValidationError):
        set_fate(**args | {"body_id": desk.body.pk}, fate="abolish", seen="keep")


# --- The page -------------------------------------------------------------------------------------


def test_the_page_shows_the_cards_and_the_lists_values(desk: Desk, browser: Client) -> None:
    RetainedPlatform.objects.update(operator_company="<b>示例</b>")
    make.make_retained(desk.programme, make.make_founded(desk.programme, desk.division))
    alone = make.make_body(desk.programme, desk.division)
    text = browser.get(desk.url("plan-result")).content.decode()
    assert text.count('<section class="pp-panel" id="card-') == 2
    assert "As listed: &lt;b&gt;示例&lt;/b&gt;" in text
    assert alone.name in text
    assert "<b>示例" not in text


def test_a_card_is_posted_and_the_reader_comes_back_to_it(desk: Desk, browser: Client) -> None:
    answer = browser.post(
        desk.url("plan-result-save", desk.platform.pk),
        desk.card.values | {"industry-0": "甲", "industry-1": "乙", "seen": desk.card.seen},
    )
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"#card-{desk.platform.pk}")
    assert set(desk.card.industries) == {"甲", "乙"}


def test_what_is_refused_is_told_at_the_field_and_kept(desk: Desk, browser: Client) -> None:
    sent = {f"industry-{n}": name for n, name in enumerate("甲乙丙丁")}
    answer = browser.post(
        desk.url("plan-result-save", desk.platform.pk),
        desk.card.values | sent | {"parcels": "many", "seen": desk.card.seen},
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="many"' in text
    assert 'value="丁"' in text
    assert f'id="p{desk.platform.pk}-industry-3_error"' in text
    assert f'id="p{desk.platform.pk}-parcels_error"' in text


def test_a_conflict_shows_both_values_and_lets_the_user_choose(desk: Desk, browser: Client) -> None:
    sent = desk.card.values | {"parcels": "7", "seen": desk.card.seen}
    desk.save(parcels="5")
    address = desk.url("plan-result-save", desk.platform.pk)
    answer = browser.post(address, sent)
    assert answer.status_code == 409
    both = answer.context["cards"][0].conflict
    assert [(one.theirs, one.mine) for one in both] == [("5", "7")]
    again = browser.post(address, sent | {"seen": answer.context["cards"][0].seen})
    assert again.status_code == 302
    assert Arrangement.objects.get().parcels == 7


def test_bodies_are_founded_taken_back_and_decided_on_the_page(desk: Desk, browser: Client) -> None:
    found_at = desk.url("plan-result-found", desk.platform.pk)
    assert browser.post(found_at, {"name": "", "uscc": "1"}).status_code == 422
    assert browser.post(found_at, {"name": "新管委会"}).status_code == 302
    body = ManagementBody.objects.get(name="新管委会")
    assert browser.get(desk.url("plan-result")).status_code == 200
    assert browser.post(desk.url("plan-result-take-back", body.pk)).status_code == 302
    assert not ManagementBody.objects.filter(pk=body.pk).exists()
    alone = make.make_body(desk.programme, desk.division)
    at = desk.url("plan-result-fate", alone.pk)
    assert browser.post(at, {"fate": "whatever", "seen": ""}).status_code == 422
    assert browser.post(at, {"fate": "abolish", "seen": ""}).status_code == 302
    assert browser.post(at, {"fate": "keep", "seen": ""}).status_code == 409


def test_who_may_not_and_what_is_not_there(desk: Desk, browser: Client, client: Client) -> None:
    other = Desk()
    assert browser.get(desk.url("plan-result", plan=other.plan)).status_code == 404
    assert browser.post(desk.url("plan-result-save", 999999)).status_code == 404
    assert browser.post(desk.url("plan-result-fate", 999999)).status_code == 404
    MergePlan.objects.filter(pk=desk.plan.pk).update(state="submitted", submitted_on=make.SUBMITTED)
    assert browser.get(desk.url("plan-result")).status_code == 302
    save_at = desk.url("plan-result-save", desk.platform.pk)
    assert browser.post(save_at, {"parcels": "1"})["Location"] == desk.url("plan")
    assert not Arrangement.objects.exists()
    client.force_login(make.make_user())
    assert client.get(desk.url("plan-result")).status_code == 403
    assert client.post(save_at).status_code == 403


def test_the_queries_do_not_grow_with_the_rows(desk: Desk, browser: Client) -> None:
    numbers = []
    for more in (1, 2):
        for _card in range(more):
            decision = desk.other_body()
            platform = make.make_platform(desk.programme, desk.division)
            retained = make.make_retained(desk.programme, platform)
            arrangement = Arrangement.objects.create(plan=desk.plan, platform=platform)
            industry = Industry.objects.create(name=f"产业{retained.pk}")
            arrangement.industries.create(industry=industry)
            retained.industries.create(industry=industry)
            decision.serves = platform
            decision.save()
            make.make_body(desk.programme, desk.division)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(desk.url("plan-result")).status_code == 200
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]

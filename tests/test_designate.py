"""The commission designates sub-areas and grants exceptions; the rules answer at once."""

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from consolidation.checks.base import Status
from consolidation.checks.run import run_checks
from consolidation.models import (
    BreachReason,
    Disposition,
    MergePlan,
    Programme,
    QuotaException,
    RetainedPlatform,
)
from consolidation.selectors.designation import designated_q
from consolidation.selectors.state import State, state_view
from consolidation.services.retained import (
    designate_sub_area,
    grant_quota_exception,
    withdraw_designation,
)
from platforms_portal.access import Role
from tests import factories as f
from zones.models import Division

pytestmark = pytest.mark.django_db

DAY = datetime.date(2021, 3, 1)
OTHERS = [role for role in Role.values if role != Role.COMMISSION_REVIEWER]
PAGES = ["designate-sub-area", "withdraw-designation", "grant-exception"]


@dataclass
class Case:
    """余杭 keeps three and may keep two, 建德 keeps two and may keep one."""

    programme: Programme
    yuhang: Division
    jiande: Division
    extra: RetainedPlatform
    second: RetainedPlatform

    def status(self, as_of: datetime.date | None = None) -> Status:
        """Return what R04 says of the city."""
        view = state_view(self.programme, State.PLANNED, as_of)
        findings = run_checks(view, rules=["R04"])
        return next(finding.status for finding in findings if finding.scope.is_city)

    def url(self, name: str, retained: RetainedPlatform | None = None) -> str:
        """Return an address of the extra platform, or of another one."""
        return reverse(name, args=[self.programme.code, (retained or self.extra).pk])


@pytest.fixture
def case() -> Case:
    programme = f.make_programme()
    yuhang = f.make_division(programme, quota=2, name="余杭区")
    jiande = f.make_division(programme, quota=1, name="建德市")
    last: dict[Division, RetainedPlatform] = {}
    for division, number in ((yuhang, 3), (jiande, 2)):
        plan = f.make_plan(programme, division, MergePlan.State.APPROVED)
        for _ in range(number):
            platform = f.make_platform(programme, division)
            f.dispose(plan, platform, Disposition.Kind.UPGRADE)
            last[division] = f.make_retained(programme, platform)
    return Case(programme, yuhang, jiande, last[yuhang], last[jiande])


def given(prefix: str = "designation", **changes: Any) -> dict[str, str]:
    """Return a form as a browser sends it."""
    values = {"reason": "与主片区连片发展", "document": "杭发改〔2021〕7号", "day": "2021-03-01"}
    if prefix == "exception":
        values["places"] = "1"
    return {f"{prefix}-{name}": value for name, value in {**values, **changes}.items()}


class TestThroughThePage:
    def test_r04_is_met_once_both_are_designated(self, case: Case, client: Client) -> None:
        user = f.make_user(Role.COMMISSION_REVIEWER)
        client.force_login(user)
        assert case.status() == Status.NOT_MET
        response = client.post(case.url("designate-sub-area"), given(), follow=True)
        assert response.redirect_chain == [(case.url("retained"), 302)]
        assert case.status() == Status.NOT_MET
        client.post(case.url("designate-sub-area", case.second), given())
        assert case.status() == Status.MET
        assert case.status(DAY - datetime.timedelta(days=1)) == Status.NOT_MET
        page = client.get(case.url("retained"))
        assert [finding.status for finding in page.context["quota"]] == [Status.MET] * 2
        assert "杭发改〔2021〕7号" in page.content.decode()
        newest = page.context["changes"][0]
        assert (newest.actor, newest.reason) == (
            user.username,
            "与主片区连片发展 (杭发改〔2021〕7号)",
        )
        assert newest.request_id

    def test_a_designation_can_be_withdrawn(self, case: Case, client: Client) -> None:
        client.force_login(f.make_user(Role.COMMISSION_REVIEWER))
        for retained in (case.extra, case.second):
            client.post(case.url("designate-sub-area", retained), given())
        later = DAY + datetime.timedelta(days=14)
        client.post(
            case.url("withdraw-designation"),
            given(reason="认定有误", document="杭发改〔2021〕9号", day=later.isoformat()),
        )
        case.extra.refresh_from_db()
        assert not case.extra.is_designated
        assert case.status() == Status.NOT_MET
        page = client.get(case.url("retained"))
        assert page.context["changes"][0].reason.startswith("认定有误")
        for told in (later.isoformat(), "认定有误", "杭发改〔2021〕9号", "杭发改〔2021〕7号"):
            assert told in page.content.decode()
        assert not page.context["actual"].sub_area
        # What was true before the withdrawal stays true of those days.
        day_before = later - datetime.timedelta(days=1)
        assert [case.status(day) for day in (DAY, day_before, later)] == [
            Status.MET,
            Status.MET,
            Status.NOT_MET,
        ]
        client.post(case.url("designate-sub-area"), given(day=later.isoformat()))
        assert case.status() == Status.MET

    def test_what_was_decided_stands_where_the_rule_is_shown(
        self, case: Case, client: Client
    ) -> None:
        client.force_login(f.make_user(Role.COMMISSION_REVIEWER))
        client.post(case.url("designate-sub-area", case.second), given())
        client.post(case.url("grant-exception"), given("exception", document="杭发改〔2021〕8号"))
        BreachReason.objects.create(
            plan=MergePlan.objects.get(division=case.yuhang), rule="R04", reason="产业链不宜拆分"
        )
        page = reverse("rule", args=[case.programme.code, "R04"])
        told = ["杭发改〔2021〕7号", "杭发改〔2021〕8号", "产业链不宜拆分"]

        def seen(asked: dict[str, str]) -> list[str]:
            text = client.get(page, asked).content.decode()
            return [words for words in told if words in text]

        assert seen({"as_of": DAY.isoformat()}) == told
        assert seen({"as_of": DAY.isoformat(), "state": "baseline"}) == []
        before = DAY - datetime.timedelta(days=1)
        assert "杭发改〔2021〕7号" not in seen({"as_of": before.isoformat()})
        # A district reads what concerns itself.
        client.force_login(f.make_user(Role.DISTRICT_OFFICIAL, division=case.jiande))
        assert seen({"as_of": DAY.isoformat()}) == told[:1]

    def test_an_exception_meets_the_quota_too(self, case: Case, client: Client) -> None:
        client.force_login(f.make_user(Role.COMMISSION_REVIEWER))
        client.post(case.url("designate-sub-area", case.second), given())
        client.post(case.url("grant-exception"), given("exception"))
        granted = QuotaException.objects.get()
        assert (granted.division, granted.places, granted.granted_on) == (case.yuhang, 1, DAY)
        assert case.status() == Status.MET

    def test_every_error_at_once_and_nothing_lost(self, case: Case, client: Client) -> None:
        client.force_login(f.make_user(Role.COMMISSION_REVIEWER))
        response = client.post(
            case.url("designate-sub-area"), given(reason=" ", document="", day="2021-13-01")
        )
        assert response.status_code == 422
        form = response.context["designation_form"]
        assert set(form.errors) == {"reason", "document", "day"}
        assert "2021-13-01" in response.content.decode()
        response = client.post(
            case.url("grant-exception"), given("exception", places="0", day="2999-01-01")
        )
        assert set(response.context["exception_form"].errors) == {"places"}
        response = client.post(case.url("grant-exception"), given("exception", day="2999-01-01"))
        assert set(response.context["exception_form"].errors) == {"day"}
        assert "与主片区连片发展" in response.content.decode()
        case.extra.refresh_from_db()
        assert not case.extra.is_sub_area
        assert not QuotaException.objects.exists()

    def test_what_is_refused_by_the_service_stands_in_the_form(
        self, case: Case, client: Client
    ) -> None:
        client.force_login(f.make_user(Role.COMMISSION_REVIEWER))
        client.post(case.url("designate-sub-area"), given())
        response = client.post(case.url("designate-sub-area"), given())
        assert response.status_code == 422
        assert response.context["designation_form"].non_field_errors()

    def test_the_reader_is_told_when_the_day_shown_is_earlier(
        self, case: Case, client: Client
    ) -> None:
        client.force_login(f.make_user(Role.COMMISSION_REVIEWER))
        response = client.post(case.url("designate-sub-area"), given(day="2021-05-01"), follow=True)
        assert "2021-05-01" in str(next(iter(response.context["messages"])))

    @pytest.mark.parametrize("action", PAGES)
    @pytest.mark.parametrize("role", OTHERS)
    def test_nobody_else_may(self, case: Case, client: Client, role: str, action: str) -> None:
        department = f.make_department(case.programme)
        division = case.yuhang if role.startswith("district") else None
        client.force_login(f.make_user(role, division=division, department=department))
        assert client.post(case.url(action), given()).status_code == 403
        assert "may_decide" not in client.get(case.url("retained")).context

    @pytest.mark.parametrize("action", PAGES)
    def test_not_by_a_link_nor_without_the_token_nor_elsewhere(
        self, case: Case, action: str
    ) -> None:
        user = f.make_user(Role.COMMISSION_REVIEWER)
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        assert client.get(case.url(action)).status_code == 405
        assert client.post(case.url(action), given()).status_code == 403
        other = f.make_programme()
        url = reverse(action, args=[other.code, case.extra.pk])
        without_check = Client()
        without_check.force_login(user)
        assert without_check.post(url, given()).status_code == 404


class TestServices:
    def designate(self, case: Case, **changes: Any) -> RetainedPlatform:
        values: dict[str, Any] = {
            "retained": case.extra,
            "user": f.make_user(Role.COMMISSION_REVIEWER),
            "reason": "理由",
            "document": "文件",
            "day": DAY,
            **changes,
        }
        return designate_sub_area(**values)

    @pytest.mark.parametrize("role", OTHERS)
    def test_only_the_commission_decides(self, case: Case, role: str) -> None:
        division = case.yuhang if role.startswith("district") else None
        department = f.make_department(case.programme)
        user = f.make_user(role, division=division, department=department)
        common: dict[str, Any] = {"user": user, "reason": "理由", "document": "文件", "day": DAY}
        with pytest.raises(PermissionDenied):
            designate_sub_area(retained=case.extra, **common)
        with pytest.raises(PermissionDenied):
            withdraw_designation(retained=case.extra, **common)
        with pytest.raises(PermissionDenied):
            grant_quota_exception(
                programme=case.programme, division=case.yuhang, places=1, **common
            )

    def test_a_stale_copy_does_not_overwrite(self, case: Case) -> None:
        stale = RetainedPlatform.objects.get(pk=case.extra.pk)
        RetainedPlatform.objects.filter(pk=stale.pk).update(parcels=3)
        assert self.designate(case, retained=stale).parcels == 3

    @pytest.mark.parametrize(
        ("changes", "fields"),
        [
            ({"reason": "  "}, {"reason"}),
            ({"reason": "", "document": ""}, {"reason", "document"}),
            ({"day": datetime.date(2018, 12, 30)}, {"day"}),
            ({"day": None}, {"day"}),
        ],
    )
    def test_what_is_missing_is_told_by_field(
        self, case: Case, changes: dict[str, Any], fields: set[str]
    ) -> None:
        with pytest.raises(ValidationError) as refused:
            self.designate(case, **changes)
        assert set(refused.value.error_dict) == fields
        assert RetainedPlatform.history.count() == 5  # type: ignore[attr-defined]  # the history manager

    def test_a_designation_is_withdrawn_after_it_was_made(self, case: Case) -> None:
        user = f.make_user(Role.COMMISSION_REVIEWER)
        common: dict[str, Any] = {"user": user, "reason": "理由", "document": "文件"}
        with pytest.raises(ValidationError):
            withdraw_designation(retained=case.extra, day=DAY, **common)
        self.designate(case)
        with pytest.raises(ValidationError) as refused:
            withdraw_designation(
                retained=case.extra, day=DAY - datetime.timedelta(days=1), **common
            )
        assert set(refused.value.error_dict) == {"day"}
        withdraw_designation(retained=case.extra, day=DAY, **common)
        with pytest.raises(ValidationError):
            withdraw_designation(retained=case.extra, day=DAY, **common)
        with pytest.raises(ValidationError) as refused:
            self.designate(case, day=DAY - datetime.timedelta(days=1))
        assert set(refused.value.error_dict) == {"day"}
        assert self.designate(case).withdrawn_on is None

    @pytest.mark.parametrize(
        ("since", "until", "day", "holds"),
        [
            (None, None, 0, True),
            (0, None, -1, False),
            (0, None, 0, True),
            (0, 2, 1, True),
            (0, 2, 2, False),
            (None, 2, 1, True),
            (None, 2, 2, False),
            (0, 0, 0, False),
        ],
    )
    def test_a_sub_area_lasts_from_its_designation_until_its_withdrawal(
        self, case: Case, since: int | None, until: int | None, day: int, *, holds: bool
    ) -> None:
        def on(days: int | None) -> datetime.date | None:
            return None if days is None else DAY + datetime.timedelta(days=days)

        rows = RetainedPlatform.objects.filter(pk=case.extra.pk)
        rows.update(is_sub_area=True, designated_on=on(since), withdrawn_on=on(until))
        asked = on(day)
        assert asked is not None
        assert rows.filter(designated_q(asked)).exists() == holds
        assert rows.filter(~designated_q(asked)).exists() != holds

    def test_an_exception_is_granted_once_and_to_an_owner(self, case: Case) -> None:
        values: dict[str, Any] = {
            "programme": case.programme,
            "division": case.yuhang,
            "places": 1,
            "reason": "理由",
            "document": "文件",
            "day": DAY,
            "user": f.make_user(Role.COMMISSION_REVIEWER),
        }
        granted = grant_quota_exception(**values)
        first = granted.history.get()  # type: ignore[attr-defined]  # the history manager
        assert (first.actor, first.history_change_reason) == (
            values["user"].username,
            "理由 (文件)",
        )
        stranger = f.make_division(f.make_programme())
        for changes in ({}, {"division": stranger}, {"places": 0}):
            with pytest.raises(ValidationError):
                grant_quota_exception(**{**values, **changes})
        assert QuotaException.objects.count() == 1

"""What was refused is read first: the focus goes to the summary, which leads to the field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from consolidation.models import MergePlan
from platforms_portal.access import Role
from tests import factories as make
from tests.browser.test_journey import City, enter, fit

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)


def test_on_the_page_of_the_result(browser: Browser, live_server: LiveServer) -> None:
    city = City()
    plan = make.make_plan(city.programme, city.division, MergePlan.State.DRAFT)
    page = enter(browser, live_server, city.official)
    page.goto(city.address("plan-result", plan.pk))
    page.locator("[name=leadership_teams]").fill("两套")
    page.get_by_role("button", name="保存甲开发区").click()
    summary = page.locator("[data-refused]")
    expect(summary).to_be_focused()
    fit(page)
    summary.get_by_role("link", name="班子数").click()
    expect(page.locator("[name=leadership_teams]")).to_be_focused()


def test_of_a_decision_on_a_plan(browser: Browser, live_server: LiveServer) -> None:
    programme = make.make_programme(targets=False, leader_approves=True)
    division = make.make_division(programme)
    plan = make.make_plan(programme, division, MergePlan.State.LEADER_REVIEW)
    leader = make.make_user(Role.DISTRICT_LEADER, division=division)
    page = enter(browser, live_server, leader)
    page.goto(reverse("plan", args=[programme.code, plan.pk]))
    # Whoever sends a plan back knows who will read why.
    expect(page.locator("#decision")).to_contain_text("其他区县不可见")
    page.get_by_role("button", name="退回经办人").click()
    summary = page.locator("[data-refused]")
    expect(summary).to_be_focused()
    fit(page)
    summary.get_by_role("link", name="请填写理由").click()
    expect(page.locator("textarea[name=reason]")).to_be_focused()

"""What is typed into a plain form outlives a session that ends and a connection that breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from consolidation.models import BodyDisposition, MergePlan
from staffing.models import Redeployment
from tests import factories as make
from tests.browser.test_journey import City, enter, fit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city() -> City:
    return City()


def form_of(page: Page, city: City, plan: MergePlan) -> Locator:
    body = city.bodies[1]
    address = city.address("plan-staff-save", plan.pk, body.pk)
    page.goto(f"{city.address('plan-staff', plan.pk)}?body={body.pk}")
    return page.locator(f"form[action='{address}']")


def sign_in(page: Page, name: str) -> None:
    page.fill("[name=username]", name)
    page.fill("[name=password]", make.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: reverse("login") not in url)


def test_a_form_is_filled_in_again_after_the_session_or_the_connection_was_lost(
    city: City, browser: Browser, live_server: LiveServer
) -> None:
    plan = make.make_plan(city.programme, city.division, MergePlan.State.DRAFT)
    for body in city.bodies:
        BodyDisposition.objects.create(plan=plan, body=body, fate="abolish")
    page = enter(browser, live_server, city.official)
    form = form_of(page, city, plan)
    number = form.locator("[name='department-administrative']")
    number.fill("3")
    Session.objects.all().delete()
    form.locator("button[type=submit]").click()
    sign_in(page, city.official.username)
    assert city.address("plan-staff", plan.pk) in page.url
    expect(page.locator("#typed-again")).to_be_visible()
    expect(number).to_have_value("3")
    fit(page)
    # The connection breaks while it is being sent.
    number.fill("4")
    page.context.set_offline(offline=True)
    form.locator("button[type=submit]").click()
    page.context.set_offline(offline=False)
    page.wait_for_timeout(500)  # The page of the broken connection is on its way.
    form = form_of(page, city, plan)
    expect(number).to_have_value("4")
    form.locator("button[type=submit]").click()
    expect(page.locator(".pp-note--success")).to_be_visible()
    assert Redeployment.objects.get().people == 4
    # What is saved is kept no longer, and is not brought back over what others save later.
    assert page.evaluate("localStorage.length") == 0
    Redeployment.objects.update(people=2)
    form_of(page, city, plan)
    expect(number).to_have_value("2")
    expect(page.locator("#typed-again")).to_be_hidden()


def test_what_came_back_can_be_discarded_and_is_nobody_elses(
    city: City, browser: Browser, live_server: LiveServer
) -> None:
    plan = make.make_plan(city.programme, city.division, MergePlan.State.DRAFT)
    for body in city.bodies:
        BodyDisposition.objects.create(plan=plan, body=body, fate="abolish")
    page = enter(browser, live_server, city.official)
    number = form_of(page, city, plan).locator("[name='department-administrative']")
    number.fill("3")
    form_of(page, city, plan)
    expect(number).to_have_value("3")
    page.context.clear_cookies()
    page.goto("/")
    sign_in(page, city.colleague.username)
    form_of(page, city, plan)
    expect(number).to_have_value("")
    page.context.clear_cookies()
    page.goto("/")
    sign_in(page, city.official.username)
    form_of(page, city, plan)
    expect(number).to_have_value("3")
    page.locator("#typed-again button").click()
    expect(page.locator("#typed-again")).to_be_hidden()
    expect(number).to_have_value("")


def test_an_opinion_that_was_saved_is_not_brought_back(
    city: City, browser: Browser, live_server: LiveServer
) -> None:
    plan = make.make_plan(
        city.programme, city.division, MergePlan.State.SUBMITTED, submitted_on=make.SUBMITTED
    )
    page = enter(browser, live_server, city.reviewer)
    page.goto(city.address("plan", plan.pk))
    form = page.locator(f"form[action='{city.address('plan-opinion', plan.pk)}']").first
    page.evaluate(
        "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"
    )
    # No note says that it is saved: it stands at its row then.
    form.locator("textarea").fill("理由不足。")
    form.locator("button[type=submit]").first.click()
    page.wait_for_url("**/#opinion-*")
    expect(page.locator("#typed-again")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0

"""The desk by keyboard alone, as a sheet is filled in: what is meant is saved, and nothing on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Route, expect

from consolidation.models import Disposition, MergePlan
from tests import factories as make
from tests.browser.test_journey import City, enter, saved

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city() -> City:
    return City()


@pytest.fixture
def page(city: City, browser: Browser, live_server: LiveServer) -> Page:
    plan = make.make_plan(city.programme, city.division, MergePlan.State.DRAFT)
    page = enter(browser, live_server, city.official)
    page.goto(city.address("plan-edit", plan.pk))
    page.wait_for_load_state("networkidle")
    return page


def test_digits_choose_and_enter_goes_through_every_field_of_the_column(
    city: City, page: Page
) -> None:
    rows = [city.row(page, number) for number in range(3)]
    rows[0].locator("[data-column=kind]").focus()
    for key in ("4", "Enter", "3", "Enter", "1"):
        page.keyboard.press(key)
    for row, kind in zip(rows, ("upgrade", "merge", "abolish"), strict=True):
        expect(row.locator("[data-column=kind]")).to_have_value(kind)
        saved(row)
    # Body, body and plate, body: the plate is not passed by.
    rows[0].locator("[data-column=fate]").focus()
    for key in ("1", "Enter", "2", "Enter", "1", "Enter", "2"):
        page.keyboard.press(key)
    expect(rows[1].locator("[data-plate]")).to_have_value("keep")
    expect(rows[2].locator("[data-column=fate]")).to_have_value("abolish")
    # Ctrl+D takes a body's fate from a body, though a plate stands between them.
    rows[2].locator("[data-column=fate]").focus()
    page.keyboard.press("0")
    page.keyboard.press("Control+d")
    expect(rows[2].locator("[data-column=fate]")).to_have_value("abolish")


def test_what_is_passed_by_on_the_way_is_not_saved(city: City, page: Page) -> None:
    row = city.row(page, 1)
    kind, target = row.locator("[data-column=kind]"), row.locator("[data-column=target]").first
    kind.select_option("merge")
    target.fill("甲开发区")
    page.keyboard.press("Tab")
    expect(target).to_have_value("甲开发区（东区）")
    page.wait_for_load_state("networkidle")
    kind.focus()
    with page.expect_response("**/rows/*/"):
        for key in ("ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown", "Tab"):
            page.keyboard.press(key)
    day = row.locator("[data-column=planned_on]")
    day.focus()
    page.keyboard.type("05312021")
    with page.expect_response("**/rows/*/"):
        page.keyboard.press("Enter")
    decision = Disposition.objects.get(platform=city.platforms[1])
    assert decision.target == city.platforms[0]
    assert str(decision.planned_on) == "2021-05-31"
    said = Disposition.history.filter(  # type: ignore[attr-defined]
        id=decision.pk
    ).values_list("kind", "planned_on")
    assert {(kind, str(day)) for kind, day in said} == {("merge", "None"), ("merge", "2021-05-31")}


def test_who_goes_on_at_once_finds_there_what_was_typed_last(city: City, page: Page) -> None:
    row = city.row(page, 2)
    row.locator("[data-column=kind]").select_option("abolish")
    saved(row)

    # A save that takes its time, and one more change before it is through.
    def slowly(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/rows/*/", slowly)
    row.locator("[data-column=reason]").fill("先填写的")
    page.keyboard.press("Tab")
    row.locator("[data-column=reason]").fill("最后填写的")
    page.keyboard.press("Tab")
    kept = page.evaluate("Object.values(localStorage).join()")
    assert "最后填写的" in kept
    page.locator(".pp-steps a").last.click()
    page.wait_for_url("**/submit/")
    expect(page.locator("main")).to_contain_text("最后填写的")
    assert Disposition.objects.get(platform=city.platforms[2]).reason == "最后填写的"
    assert page.evaluate("localStorage.length") == 0


def test_who_takes_theirs_does_not_find_their_own_again(city: City, page: Page) -> None:
    row = city.row(page, 2)
    row.locator("[data-column=kind]").select_option("abolish")
    saved(row)
    Disposition.objects.update(reason="同事填写的")
    row.locator("[data-column=reason]").fill("本人填写的")
    page.keyboard.press("Tab")
    row.locator("[data-take-theirs]").click()
    expect(row.locator("[data-column=reason]")).to_have_value("同事填写的")
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(row.locator("[data-column=reason]")).to_have_value("同事填写的")
    expect(row.locator(".pp-field-error")).to_have_count(0)


def test_a_breach_in_the_panel_leads_the_focus_to_its_field(city: City, page: Page) -> None:
    link = page.locator("#effect a[data-record]").filter(has_text="丙科技园").first
    link.focus()
    page.keyboard.press("Enter")
    field = city.row(page, 2).locator("[data-column=kind]")
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    page.keyboard.press("1")
    saved(city.row(page, 2))
    page.goto(f"{page.url.partition('#')[0]}#row-{city.platforms[1].pk}")
    page.reload()
    expect(city.row(page, 1).locator("[data-column=kind]")).to_be_focused()

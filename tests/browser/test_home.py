"""The overview, a rule and the way in, in a browser: keyboard, print, phone, and what axe finds."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from consolidation.models import Disposition, Programme
from tests import factories as f

pytestmark = pytest.mark.django_db(transaction=True)

DESK, PHONE = (1366, 768), (390, 844)


@pytest.fixture
def programme() -> Programme:
    """A city whose first district has a plan in; in the second nothing is decided."""
    programme = f.make_programme(declared_platforms=5)
    for name, planned in (("东区", True), ("西区", False)):
        division = f.make_division(programme, name=name)
        stays, goes = (f.make_platform(programme, division, name=f"{name}园{i}") for i in (1, 2))
        f.make_retained(programme, stays)
        f.count_heads(f.make_body(programme, division, stays, goes), 10, 20, None)
        f.make_plate(programme, stays)
        if planned:
            plan = f.make_plan(programme, division)
            f.dispose(plan, stays, Disposition.Kind.UPGRADE)
            f.dispose(plan, goes, Disposition.Kind.MERGE, target=stays, is_placeholder=True)
    return programme


def sign_in(page: Page, live_server: LiveServer) -> None:
    user = f.make_user()
    page.goto(live_server.url + reverse("login"))
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", f.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: reverse("login") not in url)


def problems_of(page: Page) -> list[str]:
    """Return what axe finds wrong, and whether the page is wider than the screen."""
    found = [
        f"{one['id']}: {node['html']}"
        for one in Axe().run(page).response["violations"]
        for node in one["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("the page is wider than the screen")
    return found


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_every_page_is_fit_for_every_reader(
    programme: Programme, page: Page, live_server: LiveServer, size: tuple[int, int]
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(live_server.url + reverse("login"))
    assert problems_of(page) == []
    sign_in(page, live_server)
    code = programme.code
    for address in (
        reverse("home"),
        reverse("programmes"),
        reverse("programme", args=[code]) + "?state=actual&map=today&show=attention",
        reverse("rule", args=[code, "R06"]),
        reverse("rule", args=[code, "R17"]) + "?state=actual&aspect=plans",
        reverse("rule", args=[code, "R03"]),
        reverse("password_change"),
    ):
        page.goto(live_server.url + address)
        assert problems_of(page) == [], address
    assert said == []


def test_a_wrong_day_is_told_and_axe_agrees(
    programme: Programme, page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server)
    page.goto(f"{live_server.url}{reverse('programme', args=[programme.code])}?as_of=2021-02-30")
    expect(page.get_by_role("alert")).to_contain_text("2021-02-30")
    assert problems_of(page) == []
    page.locator("main a.btn").click()
    expect(page.locator("#board")).to_be_visible()


def test_by_keyboard_from_the_overview_to_a_record(
    programme: Programme, page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server)
    page.keyboard.press("Tab")
    skip = page.locator(".pp-skip")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    row = page.locator("#board tbody tr", has=page.get_by_role("rowheader", name="R06"))
    row.locator("td.pp-group a").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("R06")
    expect(page.locator("#records tbody tr")).to_have_count(4)
    page.locator("#records tbody a", has_text="西区园2").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("西区园2")


def test_another_day_and_the_other_language(
    programme: Programme, page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server)
    page.fill("[name=as_of]", "2020-06-30")
    page.locator(".pp-actions form button").click()
    expect(page.locator(".pp-facts")).to_contain_text("2020-06-30")
    page.locator(".pp-language button").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    # The day that was chosen stays.
    expect(page.locator(".pp-facts")).to_contain_text("2020-06-30")
    expect(page.locator("#board-title")).to_have_text("Board of rules")


def test_the_menu_closes_and_signing_out_ends_the_session(
    programme: Programme, page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server)
    menu = page.locator(".pp-header details.pp-menu")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    menu.locator("summary").click()
    menu.locator("form button").click()
    page.wait_for_url(lambda url: reverse("login") in url)


def test_on_paper_only_the_content_remains(
    programme: Programme, page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server)
    expect(page.locator("[data-print]")).to_be_visible()
    page.emulate_media(media="print")
    for hidden in (".pp-nav", ".pp-actions", ".pp-switch >> nth=0", ".pp-header__tools"):
        expect(page.locator(hidden)).not_to_be_visible()
    expect(page.locator("#divisions table")).to_be_visible()

"""The ledger in a browser: filtering by keyboard, opening a record, and what axe finds."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from consolidation.models import Disposition, Programme, Task
from platforms_portal.access import Role
from tests import factories as f

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = [(1366, 768), (390, 844)]


@pytest.fixture
def programme(live_server: LiveServer, page: Page) -> Programme:
    """A signed-in reviewer of a city with two divisions."""
    programme = f.make_programme()
    for name, number in (("东区", 3), ("西区", 2)):
        division = f.make_division(programme, name=name)
        plan = f.make_plan(programme, division)
        platforms = [
            f.make_platform(programme, division, name=f"{name}园区{i}", is_placeholder=i == 1)
            for i in range(number)
        ]
        f.make_retained(programme, platforms[0], is_provisional=True)
        f.dispose(plan, platforms[0], Disposition.Kind.UPGRADE)
        f.dispose(plan, platforms[1], Disposition.Kind.MERGE, target=platforms[0])
        body = f.make_body(programme, division, *platforms)
        f.count_heads(body, 10, 20, 5)
        f.dispose_body(plan, body, "keep", serves=platforms[0])
        f.make_plate(programme, platforms[1])
    task = Task.objects.create(programme=programme, clause="三", title="精简数量")
    task.departments.add(f.make_department(programme))
    user = f.make_user(Role.COMMISSION_REVIEWER)
    page.goto(f"{live_server.url}{reverse('login')}")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", f.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: reverse("login") not in url)
    return programme


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong on the page, in words."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def test_filter_by_keyboard_and_open_a_record(
    programme: Programme, page: Page, live_server: LiveServer
) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(live_server.url + reverse("platforms", args=[programme.code]))
    expect(page.locator(".pp-listed__words strong")).to_have_text("5")
    page.focus("[name=q]")
    page.keyboard.press("Tab")
    page.keyboard.type("西")
    page.keyboard.press("Tab")
    expect(page.locator(".pp-listed__words strong")).to_have_text("2")
    assert "division=" in page.url
    assert page.locator(".pp-filters").is_visible(), "only the part with the table was swapped"
    page.focus("#sort-name")
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=ascending] a")).to_have_id("sort-name")
    assert page.evaluate("document.activeElement.id") == "sort-name"
    page.focus("tbody tr:first-child a")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("西区园区0")
    page.go_back()
    expect(page.locator(".pp-listed__words strong")).to_have_text("2")
    page.locator(".pp-chips a").first.click()
    expect(page.locator(".pp-listed__words strong")).to_have_text("5")
    assert problems == []


@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(
    programme: Programme, page: Page, live_server: LiveServer, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    code = programme.code
    retained = programme.retained.get(platform__name="东区园区0")
    body = retained.platform.bodies.get()
    plate = programme.ledger.plates.first()
    plan = programme.plans.first()
    assert plate is not None
    assert plan is not None
    addresses = [
        *(
            reverse(name, args=[code])
            for name in (
                "platforms",
                "bodies",
                "plates",
                "people",
                "retained-list",
                "plans",
                "tasks",
            )
        ),
        reverse("platforms", args=[code]) + "?level=national&placeholder=yes",
        reverse("platform", args=[code, retained.platform_id]),
        reverse("body", args=[code, body.pk]),
        reverse("plate", args=[code, plate.pk]),
        reverse("retained", args=[code, retained.pk]),
        reverse("plan", args=[code, plan.pk]),
    ]
    for address in addresses:
        page.goto(live_server.url + address)
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], address


def test_works_without_scripts(programme: Programme, page: Page, live_server: LiveServer) -> None:
    page.route("**/*.js", lambda route: route.abort())
    page.goto(live_server.url + reverse("platforms", args=[programme.code]))
    page.select_option("[name=division]", label="西区")
    page.click(".pp-filters button")
    expect(page.locator(".pp-listed__words strong")).to_have_text("2")


def test_a_sub_area_is_designated_in_the_browser(
    programme: Programme, page: Page, live_server: LiveServer
) -> None:
    retained = programme.retained.get(platform__name="东区园区0")
    page.goto(live_server.url + reverse("retained", args=[programme.code, retained.pk]))
    page.click(".pp-decide button >> nth=0")
    expect(page.locator(".pp-field-error").first).to_be_visible()
    page.fill("[name=designation-reason]", "连片发展")
    page.fill("[name=designation-document]", "杭发改〔2021〕7号")
    page.click(".pp-decide button >> nth=0")
    expect(page.locator(".pp-note--success")).to_be_visible()
    retained.refresh_from_db()
    assert retained.is_sub_area

"""The city page in a browser: charts that open records, tables without scripts, one sheet of paper."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from consolidation.models import Disposition, Programme
from tests import factories as make

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def programme() -> Programme:
    """A city with two of Hangzhou's codes, so that it has a map, and with a plan in."""
    programme = make.make_programme()
    division = make.make_division(programme, code="330110", name="东区")
    make.make_platform(programme, make.make_division(programme, code="330102"))
    stays, goes = (make.make_platform(programme, division) for _ in range(2))
    make.make_retained(programme, stays)
    plan = make.make_plan(programme, division, "in_execution")
    make.dispose(plan, stays, Disposition.Kind.UPGRADE)
    day = datetime.date(2021, 3, 1)
    make.dispose(plan, goes, Disposition.Kind.MERGE, target=stays, confirmed_on=day)
    return programme


def sign_in(page: Page, live_server: LiveServer, programme: Programme) -> list[str]:
    """Open the page as a reviewer; return what the browser says of it."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    user = make.make_user()
    address = reverse("city", args=[programme.code])
    page.goto(f"{live_server.url}{reverse('login')}?next={address}")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", make.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{address}")
    return said


def test_charts_are_drawn_and_open_the_records(
    programme: Programme, page: Page, live_server: LiveServer
) -> None:
    said = sign_in(page, live_server, programme)
    page.locator('[data-chart="flows"] svg path').first.wait_for(state="attached")
    page.locator('[data-chart="burn-bodies"] svg path').first.wait_for(state="attached")
    assert page.locator("details[data-beside-chart][open]").count() == 0
    assert Axe().run(page).response["violations"] == []
    assert said == []
    page.locator('[data-chart="flows"]').get_by_text(re.compile("^整合优化 1$")).click()
    page.wait_for_url("**/platforms/?**outcome=merge**")
    assert page.locator(".pp-listed strong").inner_text() == "1"


def test_the_map_is_walked_by_keyboard(
    programme: Programme, page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server, programme)
    area = page.get_by_role("link", name=re.compile("^东区 2")).first
    area.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/platforms/?**division=330110**")


def test_it_is_one_sheet_of_paper(
    programme: Programme, page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server, programme)
    page.locator('[data-chart="flows"] svg path').first.wait_for(state="attached")
    sheet = page.pdf(prefer_css_page_size=True, format="A4")
    assert len(re.findall(rb"/Type\s*/Page[^s]", sheet)) == 1


def test_without_scripts_the_tables_stand_open(
    programme: Programme, browser: Browser, live_server: LiveServer
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, live_server, programme)
        assert page.locator("details[data-beside-chart][open]").count() == 2
        assert page.locator('[data-chart="flows"]').is_hidden()
        assert page.locator(".pp-map__picture").first.is_visible()

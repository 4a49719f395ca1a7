"""A year of evaluation in a browser: typed down the column, and what axe finds on each page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from evaluation.models import IndicatorValue
from tests import factories as make
from tests.evaluation_city import YEAR, build

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)


def test_values_are_typed_down_the_column(page: Page, live_server: LiveServer) -> None:
    city = build(3, values=False)
    page.goto(f"{live_server.url}{reverse('login')}")
    page.fill("[name=username]", city.reviewer.username)
    page.fill("[name=password]", make.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: reverse("login") not in url)
    page.goto(live_server.url + city.url("evaluation-values", YEAR))
    fields = [
        page.locator(f"#v{retained.pk}-{city.indicator('output').pk}") for retained in city.retained
    ]
    fields[0].focus()
    for value in ("120.5", "241", "60.25"):
        page.keyboard.type(value)
        page.keyboard.press("Enter")
    page.keyboard.press("Shift+Enter")
    expect(fields[1]).to_be_focused()
    page.fill("#source", "示例公报")
    page.locator("form[data-grid] button[type=submit]").click()
    expect(page.locator(".pp-note--success")).to_be_visible()
    values = IndicatorValue.objects.order_by("retained").values_list("value", flat=True)
    assert [str(value.normalize()) for value in values] == ["120.5", "241", "60.25"]
    for name, more in (
        ("goals", []),
        ("ranks", []),
        ("evaluation", []),
        ("evaluation-year", [YEAR]),
        ("evaluation-values", [YEAR]),
        ("evaluation-indicators", [YEAR]),
        ("evaluation-proof", [YEAR, city.retained[0].pk]),
    ):
        page.goto(live_server.url + city.url(name, *more))
        found = Axe().run(page).response["violations"]
        assert [f"{one['id']}: {n['html']}" for one in found for n in one["nodes"]] == [], name

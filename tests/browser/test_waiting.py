"""What moves or is sent while one looks: a run of the solver, a reminder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from consolidation.models import Task
from followup.models import Reminder
from solver.engine.situation import MODELLED, Mode
from solver.models import SolverRun
from tests import factories as make
from tests.followup_city import build

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def open_as(page: Page, live_server: LiveServer, user: User, address: str) -> None:
    """Sign in and go to ``address``."""
    page.goto(f"{live_server.url}{reverse('login')}?next={address}")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", make.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{address}")


def test_the_page_of_a_run_moves_on_by_itself(page: Page, live_server: LiveServer) -> None:
    programme, reviewer = make.make_programme(), make.make_user()
    run = SolverRun.objects.create(
        programme=programme,
        asked_by=reviewer,
        as_of=make.AS_OF,
        state=SolverRun.State.RUNNING,
        seen_at=timezone.now(),
        options={"rules": list(MODELLED), "mode": Mode.EVERYTHING, "pinned": []},
    )
    open_as(page, live_server, reviewer, reverse("solver-run", args=[programme.code, run.pk]))
    expect(page.locator("progress")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    SolverRun.objects.filter(pk=run.pk).update(aim=3)
    expect(page.get_by_text("第 4 步")).to_be_visible(timeout=15_000)
    SolverRun.objects.filter(pk=run.pk).update(state=SolverRun.State.CANCELLED)
    expect(page.locator("progress")).to_have_count(0, timeout=15_000)
    expect(page.locator("main").get_by_text("已取消").first).to_be_visible()


def test_a_reminder_is_sent_by_keyboard_and_stands_in_the_log(
    page: Page, live_server: LiveServer
) -> None:
    city = build()
    task = city.task(-3, state=Task.State.UNDER_WAY)
    open_as(page, live_server, city.people["reviewer"], city.url("task", task.pk))
    button = page.get_by_role("button", name="催办").first
    button.focus()
    page.keyboard.press("Enter")
    # Who was told stands there.
    told = page.locator("[aria-labelledby=reminders-title]")
    expect(told).to_contain_text(city.people["department"].username)
    assert Axe().run(page).response["violations"] == []
    reminder = Reminder.objects.get()
    assert (reminder.item, reminder.sent_by) == (task.pk, city.people["reviewer"])
    page.goto(f"{live_server.url}{city.url('follow-up-log')}")
    expect(page.locator("main")).to_contain_text(task.title)

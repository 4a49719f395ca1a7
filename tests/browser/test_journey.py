"""The whole way of a plan in a browser: from the first sign-in to a confirmed step.

Reads what the pages show, in Chinese, the portal's own language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from consolidation.models import Disposition, MergePlan, Programme
from platforms_portal.access import Countersigns, Role
from tests import factories as make

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)

RULES = ("R02", "R04", "R06", "R09", "R10", "R14")


class City:
    """A district that keeps one of three platforms, and everybody who has a part in its plan."""

    def __init__(self) -> None:
        self.programme: Programme = make.make_programme(targets=False)
        for rule in RULES:
            name = "bodies_cut_min" if rule == "R02" else ""
            share = {"numerator": 60, "denominator": 100} if name else {}
            self.programme.targets.create(rule=rule, name=name, clause="三", **share)
        self.division = make.make_division(self.programme, name="东区")
        self.platforms = [
            make.make_platform(self.programme, self.division, name=name, code=code)
            for code, name in (("P1", "甲开发区"), ("P2", "乙工业园"), ("P3", "丙科技园"))
        ]
        make.make_retained(self.programme, self.platforms[0])
        self.bodies = [
            make.make_body(
                self.programme,
                self.division,
                platform,
                name=f"{platform.name}管委会",
                code=platform.name,
            )
            for platform in self.platforms
        ]
        for body in self.bodies:
            make.count_heads(body, 4, 3, 2)
        make.make_plate(self.programme, self.platforms[1], title="国家级经开区")
        bodies = make.make_department(self.programme, countersigns=Countersigns.BODIES)
        people = make.make_department(self.programme, countersigns=Countersigns.PEOPLE)
        self.official = make.make_user(Role.DISTRICT_OFFICIAL, division=self.division)
        self.colleague = make.make_user(Role.DISTRICT_OFFICIAL, division=self.division)
        self.signs_bodies = make.make_user(Role.COUNTERSIGNER, department=bodies)
        self.signs_people = make.make_user(Role.COUNTERSIGNER, department=people)
        self.reviewer = make.make_user(Role.COMMISSION_REVIEWER)

    def address(self, name: str, *args: object) -> str:
        return reverse(name, args=[self.programme.code, *args])

    def row(self, page: Page, number: int) -> Locator:
        return page.locator(f"#row-{self.platforms[number].pk}")


@pytest.fixture
def city() -> City:
    return City()


def enter(browser: Browser, live_server: LiveServer, user: User) -> Page:
    """Sign in as ``user`` in a browser of its own."""
    page = browser.new_context(base_url=live_server.url, locale="zh-CN").new_page()
    page.set_default_timeout(15_000)
    page.goto(reverse("login"))
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", make.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: reverse("login") not in url)
    return page


def fit(page: Page) -> None:
    """Axe finds nothing, and nothing stands beside the screen."""
    found = [
        f"{one['id']}: {node['html'][:200]}"
        for one in Axe().run(page).response["violations"]
        for node in one["nodes"]
    ]
    assert found == [], page.url
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), page.url


def saved(row: Locator) -> None:
    expect(row.locator(".pp-saved")).to_be_visible()


def decide(city: City, page: Page) -> None:
    """Decide on three platforms, their bodies and the plate."""
    first, second, third = (city.row(page, number) for number in range(3))
    first.locator("[data-column=kind]").select_option("upgrade")
    saved(first)
    first.locator("[data-column=fate]").select_option("keep")
    # By keyboard, as in a sheet: Enter goes down the column.
    kind = first.locator("[data-column=kind]")
    kind.focus()
    page.keyboard.press("Enter")
    expect(second.locator("[data-column=kind]")).to_be_focused()
    second.locator("[data-column=kind]").select_option("merge")
    target = second.locator("[data-column=target]").first
    expect(target).to_be_visible()
    target.fill("甲开发区")
    page.keyboard.press("Tab")
    expect(target).to_have_value("甲开发区（东区）")
    saved(second)
    second.locator("[data-column=fate]").nth(0).select_option("abolish")
    second.locator("[data-column=fate]").nth(1).select_option("keep")
    third.locator("[data-column=kind]").select_option("abolish")
    third.locator("[data-column=fate]").select_option("abolish")
    third.locator("[data-column=planned_on]").fill("2021-05-31")
    third.locator("[data-column=reason]").fill("长期停用")
    page.keyboard.press("Enter")
    saved(third)
    page.wait_for_load_state("networkidle")


def staff(city: City, page: Page, plan: MergePlan) -> None:
    """Everybody of the two bodies that go is placed with the departments of the district."""
    for body in city.bodies:
        page.goto(f"{city.address('plan-staff', plan.pk)}?body={body.pk}")
        form = page.locator(f"form[action='{city.address('plan-staff-save', plan.pk, body.pk)}']")
        for category, number in (("administrative", 4), ("public", 3), ("contract", 2)):
            kept = body == city.bodies[0]
            field = "after" if kept else "department"
            form.locator(f"[name='{field}-{category}']").fill(str(number))
        form.locator("button[type=submit]").first.click()
        page.wait_for_load_state()


def test_from_the_first_sign_in_to_a_confirmed_step(
    city: City, browser: Browser, live_server: LiveServer
) -> None:
    page = enter(browser, live_server, city.official)
    expect(page.locator(".pp-waiting")).to_contain_text("尚无")
    page.locator(f"form[action='{city.address('plan-start')}'] button").first.click()
    plan = MergePlan.objects.get()
    assert page.url.endswith(city.address("plan-edit", plan.pk))
    expect(page.locator("#effect")).to_contain_text("R06")
    fit(page)
    decide(city, page)
    expect(page.locator("#effect")).not_to_contain_text("✗ R06")
    decision = Disposition.objects.get(platform=city.platforms[1])
    assert decision.target == city.platforms[0]
    staff(city, page, plan)
    fit(page)
    page.goto(city.address("plan-result", plan.pk))
    fit(page)
    page.goto(city.address("plan-variants", plan.pk))
    fit(page)

    submit(city, page, plan)
    sign_and_approve(city, browser, live_server, plan)
    decision = carry_out(city, page, enter(browser, live_server, city.reviewer), plan)
    page.goto(city.address("platform", city.platforms[2].pk))
    expect(page.locator("main")).to_contain_text("2021-03-31")
    page.goto(reverse("notices"))
    fit(page)
    decision.refresh_from_db()
    assert decision.confirmed_on == city.programme.opens_as_of


def submit(city: City, page: Page, plan: MergePlan) -> None:
    """Submit the plan, which needs the official's confirmation."""
    page.goto(city.address("plan-submit", plan.pk))
    fit(page)
    expect(page.locator("#obstacles-title + .pp-status--good")).to_be_visible()
    page.locator("#submit button[type=submit]").click()
    # Without the confirmation nothing is submitted, and it says so at the box.
    expect(page.locator("#submit .pp-field-error")).to_be_visible()
    page.locator("#submit [name=confirm]").check()
    page.locator("#submit button[type=submit]").click()
    expect(page.locator("h1")).to_contain_text("已提交")
    fit(page)


def sign_and_approve(
    city: City, browser: Browser, live_server: LiveServer, plan: MergePlan
) -> None:
    """Let both departments countersign and the commission approve."""
    for signer in (city.signs_bodies, city.signs_people):
        other = enter(browser, live_server, signer)
        other.goto(city.address("plan", plan.pk))
        fit(other)
        other.locator("#decision button.btn-primary").click()
        expect(other.locator(".pp-note--success")).to_be_visible()
    above = enter(browser, live_server, city.reviewer)
    above.goto(city.address("plan", plan.pk))
    expect(above.locator("h1")).to_contain_text("已会签")
    fit(above)
    above.locator("#decision button.btn-primary").click()
    expect(above.locator("h1")).to_contain_text("已批准")


def carry_out(city: City, page: Page, above: Page, plan: MergePlan) -> Disposition:
    """Report every step of the abolition, and let the commission confirm each."""
    page.goto(city.address("plan-execution", plan.pk))
    fit(page)
    decision = Disposition.objects.get(platform=city.platforms[2])
    for step in decision.steps.order_by("pk"):
        row = page.locator(f"#step-{step.pk}")
        row.locator(f"[name=s{step.pk}-carried_out_on]").fill("2021-03-20")
        row.locator(f"[name=s{step.pk}-document_number]").fill(f"东政〔2021〕{step.pk}号")
        row.locator(f"#report-s{step.pk} button").click()
        expect(page.locator(".pp-note--success")).to_be_visible()
    above.goto(reverse("home"))
    expect(above.locator(".pp-waiting")).to_contain_text("3个执行步骤")
    above.goto(city.address("plan-execution", plan.pk))
    fit(above)
    for step in decision.steps.order_by("pk"):
        above.locator(f"#step-{step.pk} .btn-primary").click()
        expect(above.locator(f"#step-{step.pk} .pp-status--good")).to_be_visible()
    return decision


def test_two_officials_at_one_row(city: City, browser: Browser, live_server: LiveServer) -> None:
    plan = make.make_plan(city.programme, city.division, MergePlan.State.DRAFT)
    mine = enter(browser, live_server, city.official)
    theirs = enter(browser, live_server, city.colleague)
    for page in (mine, theirs):
        page.goto(city.address("plan-edit", plan.pk))
        page.wait_for_load_state("networkidle")
    city.row(theirs, 2).locator("[data-column=kind]").select_option("abolish")
    saved(city.row(theirs, 2))
    row = city.row(mine, 2)
    row.locator("[data-column=kind]").select_option("transform")
    expect(row.locator(".pp-row-state")).to_contain_text("淘汰撤销")
    expect(row.locator(".pp-row-state")).to_contain_text("转型提升")
    fit(mine)
    row.locator("[data-take-theirs]").click()
    expect(row.locator("[data-column=kind]")).to_have_value("abolish")
    # The new row saves itself once htmx has taken it up, a moment after it is there.
    expect(mine.locator(".htmx-added, .htmx-settling, .htmx-swapping")).to_have_count(0)
    row.locator("[data-column=kind]").select_option("transform")
    saved(row)
    assert Disposition.objects.get(platform=city.platforms[2]).kind == "transform"


def test_nothing_is_lost_without_a_connection_or_a_session(
    city: City, browser: Browser, live_server: LiveServer
) -> None:
    plan = make.make_plan(city.programme, city.division, MergePlan.State.DRAFT)
    page = enter(browser, live_server, city.official)
    page.goto(city.address("plan-edit", plan.pk))
    page.wait_for_load_state("networkidle")
    context: BrowserContext = page.context
    row = city.row(page, 2)
    context.set_offline(offline=True)
    row.locator("[data-column=kind]").select_option("abolish")
    expect(page.locator("#offline")).to_be_visible()
    context.set_offline(offline=False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    saved(row)
    expect(page.locator("#offline")).to_be_hidden()
    # The session ends while somebody types.
    Session.objects.all().delete()
    row.locator("[data-column=reason]").fill("会话过期时填写")
    page.keyboard.press("Enter")
    link = page.locator("#offline a")
    expect(link).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    link.click()
    page.fill("[name=username]", city.official.username)
    page.fill("[name=password]", make.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: url.endswith(city.address("plan-edit", plan.pk)))
    row = city.row(page, 2)
    saved(row)
    expect(row.locator("[data-column=reason]")).to_have_value("会话过期时填写")
    assert Disposition.objects.get(platform=city.platforms[2]).reason == "会话过期时填写"


def test_on_a_phone(city: City, browser: Browser, live_server: LiveServer) -> None:
    plan = make.make_plan(city.programme, city.division, MergePlan.State.DRAFT)
    page = enter(browser, live_server, city.official)
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("plan-edit", "plan-result", "plan-staff", "plan-variants", "plan-submit"):
        page.goto(city.address(name, plan.pk))
        fit(page)
    for name in ("ledger-check", "corrections", "head-counts"):
        page.goto(city.address(name))
        fit(page)

"""A workbook down, filled in, up again: errors at their cells, the marked workbook mended, committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from consolidation.models import Disposition, MergePlan
from tests import factories as make
from tests.browser.test_journey import City, enter, fit

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)

SHEET = "平台处置"


def download(page: Page, button: Locator, folder: Path) -> Path:
    """Press a button that downloads, and return the file."""
    with page.expect_download() as waiting:
        button.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def type_over(path: Path, cells: dict[str, Any]) -> None:
    """Fill in cells of the dispositions, as an official does at the desk."""
    book = load_workbook(path)
    for cell, value in cells.items():
        book[SHEET][cell] = value
    book.save(path)


def upload(page: Page, path: Path) -> None:
    """Choose a file by the keyboard's way, and send it."""
    page.get_by_label("工作簿").set_input_files(path)
    page.get_by_role("button", name="上传并核对").press("Enter")


def test_a_plan_is_filled_in_as_a_workbook(
    browser: Browser, live_server: LiveServer, tmp_path: Path
) -> None:
    city = City()
    plan = make.make_plan(city.programme, city.division, MergePlan.State.DRAFT)
    page = enter(browser, live_server, city.official)
    page.goto(city.address("plan-edit", plan.pk))
    page.get_by_role("link", name="从表格导入").click()
    expect(page.get_by_label("表格内容")).to_have_value("plan")
    fit(page)
    path = download(page, page.locator("button[formaction*='/templates/plan/']"), tmp_path)
    assert path.name.startswith("东区-整合方案-")
    type_over(path, {"C2": "创建打造", "C3": "淘汰撤销", "C4": "并掉"})
    upload(page, path)
    upload(page, mend(page, tmp_path))
    commit(page)
    kinds = Disposition.objects.filter(plan=plan).order_by("platform__code")
    assert list(kinds.values_list("kind", flat=True)) == ["upgrade", "abolish", "abolish"]
    page.locator(".pp-note--success a").click()
    expect(city.row(page, 2).locator("[data-column=kind]")).to_have_value("abolish")


def mend(page: Page, folder: Path) -> Path:
    """See the error first, with its cell; mend it in the marked workbook."""
    expect(page.get_by_role("link", name="1 错误")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("row").filter(has_text="C4")).to_contain_text("并掉")
    fit(page)
    marked = download(page, page.get_by_role("link", name="下载标注错误的工作簿"), folder)
    assert load_workbook(marked)[SHEET]["C4"].comment is not None
    type_over(marked, {"C4": "淘汰撤销"})
    page.get_by_role("link", name="上传其他文件").click()
    return marked


def commit(page: Page) -> None:
    """See what would change, give the reason, and see what came of it."""
    expect(page.get_by_role("link", name="0 错误")).to_be_visible()
    expect(page.get_by_role("link", name="3 拟新增")).to_have_attribute("aria-current", "true")
    fit(page)
    page.get_by_role("button", name="写入方案草稿").click()
    expect(page.locator("[data-refused]")).to_be_focused()
    page.get_by_label("理由").fill("区委常委会审议通过")
    page.get_by_role("button", name="写入方案草稿").click()
    expect(page.locator(".pp-note--success")).to_contain_text("区委常委会审议通过")
    fit(page)


def test_columns_are_confirmed_on_a_phone(
    browser: Browser, live_server: LiveServer, tmp_path: Path
) -> None:
    city = City()
    page = enter(browser, live_server, city.reviewer)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(city.address("imports"))
    fit(page)
    sheet = tmp_path / "台账.csv"
    sheet.write_text("序号,开发区名称,所属区县,级别\n1,甲开发区,东区,省级\n", encoding="gb18030")
    upload(page, sheet)
    expect(page.get_by_label("B列“开发区名称”对应栏目")).to_have_value("name")
    fit(page)
    page.get_by_label("D列“级别”对应栏目").select_option("kind")
    page.get_by_role("button", name="栏目无误，开始核对").click()
    expect(page.get_by_role("link", name="1 拟变更")).to_have_attribute("aria-current", "true")
    expect(page.locator("ins")).to_have_text("省级")
    fit(page)

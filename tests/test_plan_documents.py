"""请示 and 批复: the sheet of GB/T 9704-2012, the numbers of the findings, blanks for what nobody gave."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

from accounts.models import User
from consolidation.models import BreachReason, MergePlan, Signature
from platforms_portal.access import Countersigns, Role
from reports.documents import wording
from reports.documents.layout import full_width
from reports.documents.parts import BLANK_DAY, title_lines
from reports.selectors.plan_facts import PlanFacts
from tests import factories as make
from tests.libreoffice import convert

pytestmark = pytest.mark.django_db

DAY = datetime.date(2021, 3, 31)
HOSTILE = "{{ 7*7 }}<w:t>&{% x %}\x0b"


@pytest.fixture
def plan() -> MergePlan:
    programme = make.make_programme(document="整合提升方案")
    division = make.make_division(programme, quota=1, name="北区")
    stays = make.make_platform(programme, division, name="北开发区")
    second = make.make_platform(programme, division, name="北二区")
    goes = make.make_platform(programme, division, name=HOSTILE)
    for platform in (stays, second):
        make.make_retained(programme, platform)
    bodies = [make.make_body(programme, division, each) for each in (stays, second, goes)]
    for body in bodies:
        make.count_heads(body, 10, 10, 10)
    plan = make.make_plan(programme, division, "submitted", submitted_on=DAY)
    for platform in (stays, second):
        make.dispose(plan, platform, "upgrade", planned_on=DAY)
    make.dispose(plan, goes, "merge", target=stays)
    for body in bodies[:2]:
        make.dispose_body(plan, body, "keep")
        make.plan_heads(plan, body, 9, 9, 9)
    make.dispose_body(plan, bodies[2], "abolish")
    return plan


def taken(plan: MergePlan, kind: str = "request", user: User | None = None) -> Any:
    client = Client()
    client.force_login(user or make.make_user(Role.COMMISSION_REVIEWER))
    url = reverse(f"plan-{kind}", args=[plan.programme.code, plan.pk])
    return client.get(url, {"as_of": DAY.isoformat()})


def content(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def opened(answer: Any) -> Any:
    return Document(io.BytesIO(content(answer)))


def text_of(document: Any) -> str:
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


class TestTheSheet:
    def test_page_and_grid(self, plan: MergePlan) -> None:
        (section,) = opened(taken(plan)).sections
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
        assert round(section.top_margin.mm) == 37
        assert round(section.left_margin.mm) == 28
        text = (
            section.page_width - section.left_margin - section.right_margin,
            section.page_height - section.top_margin - section.bottom_margin,
        )
        assert [round(Emu(length).mm) for length in text] == [156, 225]
        normal = opened(taken(plan)).styles["Normal"]
        # 22 lines fill 225 mm, 28 characters of 16 points, set a quarter of a point closer, 156 mm.
        height = normal.paragraph_format.line_spacing.pt
        assert 22 * height <= Mm(225).pt < 22.5 * height
        assert normal.font.size == Pt(16)
        closer = normal.element.rPr.find(qn("w:spacing")).get(qn("w:val"))
        wide = 16 + int(closer) / 20
        assert 28 * wide <= Mm(156).pt < 29 * wide

    def test_fonts(self, plan: MergePlan) -> None:
        document = opened(taken(plan))

        def font(paragraph: Any) -> str:
            fonts = paragraph.runs[0]._r.rPr.rFonts
            return str(fonts.get(qn("w:eastAsia")))

        by_text = {paragraph.text: paragraph for paragraph in document.paragraphs}
        assert font(by_text["一、整合前后基本情况"]) == "黑体"
        second = next(p for text, p in by_text.items() if text.startswith("（一）平台"))
        assert font(second) == "楷体_GB2312"
        assert second.runs[1]._r.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
        title = next(p for text, p in by_text.items() if text.startswith("关于报请审批"))
        assert font(title) == "方正小标宋简体"
        assert title.runs[0].font.size == Pt(22)
        with zipfile.ZipFile(io.BytesIO(content(taken(plan)))) as archive:
            table = archive.read("word/fontTable.xml").decode()
            assert 'w:name="仿宋_GB2312"><w:altName w:val="仿宋"' in table
            assert not [name for name in archive.namelist() if "odttf" in name or "/fonts/" in name]

    def test_page_numbers(self, plan: MergePlan) -> None:
        document = opened(taken(plan))
        (section,) = document.sections
        assert document.settings.odd_and_even_pages_header_footer
        for footer in (section.footer, section.even_page_footer):
            xml = footer.paragraphs[0]._p.xml
            assert "PAGE" in xml
            assert footer.paragraphs[0].text.startswith("— ")

    def test_order_of_the_parts(self, plan: MergePlan) -> None:
        text = text_of(opened(taken(plan)))
        parts = [
            f"{plan.programme.division.name}北区人民政府文件",
            "签发人：",
            "关于报请审批",
            "一、",
            "二、",
            "三、",
            "四、",
            "妥否，请批复。",
            "附件：平台整合对照表",
            "联系人",
        ]
        found = [text.index(part) for part in parts]
        assert found == sorted(found)

    @pytest.mark.parametrize(
        ("title", "lines"),
        [
            ("某市关于整合的请示", ["某市关于整合的请示"]),
            (
                "杭州市余杭区人民政府关于报请审批杭州市开发区(园区)整合提升行动余杭区整合方案的请示",
                [
                    "杭州市余杭区人民政府",
                    "关于报请审批杭州市开发区(园区)",
                    "整合提升行动余杭区整合方案的请示",
                ],
            ),
        ],
    )
    def test_a_title_is_broken_where_words_end(self, title: str, lines: list[str]) -> None:
        assert title_lines(title) == lines


class TestWhatItSays:
    def test_the_numbers_are_those_of_the_findings(self, plan: MergePlan) -> None:
        text = text_of(opened(taken(plan)))
        facts = PlanFacts(plan, make.make_user(Role.COMMISSION_REVIEWER), DAY)
        quota = facts.finding("R04")
        assert quota is not None
        assert str(quota.message) in text
        assert "整合前平台3个，整合后2个，核减1个" in text
        # 90 people less 54 are 36: two fifths.
        assert "整合前实有管理人员90人，整合后54人，核减36人，核减比例40.00%" in text
        assert "核减比例33.33%" in text
        assert f"未达标{len(facts.not_met)}项" in text
        for finding in facts.not_met:
            assert str(finding.message) in text
        # A division's own share of the cut is advice, and no breach.
        assert "R03（" in text
        for finding in facts.findings:
            if finding.severity == "advice" and finding.status == "not_met":
                assert f"{finding.rule}（{finding.clause}）未达标" not in text
        assert "整合优化1个" in text
        assert "创建打造2个" in text

    def test_reasons_for_breaches_stand_with_them(self, plan: MergePlan) -> None:
        assert "方案未说明理由" in text_of(opened(taken(plan)))
        BreachReason.objects.create(plan=plan, rule="R04", aspect="", reason="两园分处两岸")
        text = text_of(opened(taken(plan)))
        assert "理由：两园分处两岸。" in text
        assert "一并予以研究" in text

    def test_what_nobody_gave_is_blank(self, plan: MergePlan) -> None:
        text = text_of(opened(taken(plan)))
        assert "〔　　　〕〔　　　　〕　　号" in text
        assert "签发人：〔" in text
        assert "〔　　　　〕年〔　　〕月〔　　〕日" in text
        assert "〔主送机关〕：" in text

    def test_not_known_is_said(self, plan: MergePlan) -> None:
        body = plan.division.bodies.first()
        assert body is not None
        body.head_counts.filter(category="public").update(on_post=None)
        text = text_of(opened(taken(plan)))
        assert "整合前实有管理人员未知（有关数据未填报）" in text
        assert "增减数暂不能确定" in text

    def test_names_are_text(self, plan: MergePlan) -> None:
        document = opened(taken(plan))
        cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
        assert HOSTILE.replace("\x0b", "") in cells
        assert "49" not in cells

    def test_the_annex_has_a_row_a_platform_under_repeated_headings(self, plan: MergePlan) -> None:
        (table,) = opened(taken(plan)).tables
        assert len(table.rows) == 1 + 3
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert [row.cells[5].text for row in table.rows[1:]].count("北开发区") == 2

    def test_placeholders_are_noted(self, plan: MergePlan) -> None:
        assert "占位数据提示" not in text_of(opened(taken(plan)))
        MergePlan.objects.filter(pk=plan.pk).update(is_placeholder=True)
        assert "占位数据提示" in text_of(opened(taken(plan)))

    def test_it_is_chinese_for_every_reader(self, plan: MergePlan) -> None:
        client = Client()
        client.force_login(make.make_user(Role.COMMISSION_REVIEWER))
        client.cookies["django_language"] = "en"
        url = reverse("plan-request", args=[plan.programme.code, plan.pk])
        assert "未达标" in text_of(opened(client.get(url)))


class TestWording:
    @pytest.mark.parametrize(
        ("document", "cited"),
        [
            ("整合方案(征求意见稿),2020", "《整合方案(征求意见稿)》（2020年）"),
            ("整合方案，2020年", "《整合方案》（2020年）"),
            ("整合方案", "《整合方案》"),
            ("示例〔2020〕1号", "示例〔2020〕1号"),
            ("《整合方案》（某发〔2020〕1号）", "《整合方案》（某发〔2020〕1号）"),
        ],
    )
    def test_a_year_stands_behind_the_title(self, document: str, cited: str) -> None:
        assert wording.cited(document) == cited

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("方案(二)(三)", "方案（二）（三）"),
            ("开发区(园区)整合", "开发区（园区）整合"),
            ("(A)市", "（A）市"),
            ("f(x) and (y)", "f(x) and (y)"),
            ("右)半(边", "右)半(边"),
        ],
    )
    def test_brackets_are_those_of_the_script(self, text: str, shown: str) -> None:
        assert full_width(text) == shown

    def test_a_department_of_the_city_is_named_with_it(self, plan: MergePlan) -> None:
        plan.programme.division.name = "杭州市"
        assert wording.commission_of("市发改委", plan) == "杭州市发改委"
        assert wording.commission_of("省发改委", plan) == "省发改委"
        assert wording.commission_of("", plan) == ""

    def test_the_signature_stands_centred_on_the_day(self, plan: MergePlan) -> None:
        paragraphs = opened(taken(plan)).paragraphs
        at = max(i for i, found in enumerate(paragraphs) if found.text == BLANK_DAY)
        office, day = paragraphs[at - 1], paragraphs[at]
        assert office.text.endswith("北区人民政府")
        assert office.alignment == day.alignment == WD_ALIGN_PARAGRAPH.CENTER
        assert office.paragraph_format.left_indent == day.paragraph_format.left_indent
        assert office.paragraph_format.keep_with_next

    def test_what_no_platform_goes_is_not_told(self, plan: MergePlan) -> None:
        assert "淘汰撤销0个" not in text_of(opened(taken(plan)))


class TestStates:
    def test_a_draft_is_marked_and_its_own_divisions_alone(self, plan: MergePlan) -> None:
        MergePlan.objects.filter(pk=plan.pk).update(state="draft")
        official = make.make_user(Role.DISTRICT_OFFICIAL, division=plan.division)
        document = opened(taken(plan, user=official))
        assert "草稿" in document.paragraphs[0].text
        assert "草稿" in document.sections[0].header.paragraphs[0].text
        assert taken(plan).status_code == 404

    def test_one_that_is_submitted_is_no_draft(self, plan: MergePlan) -> None:
        assert "草稿" not in text_of(opened(taken(plan)))

    def test_there_is_a_reply_only_to_an_approved_plan(self, plan: MergePlan) -> None:
        assert taken(plan, "reply").status_code == 404
        department = make.make_department(plan.programme, name="市发改委")
        user = make.make_user(Role.COMMISSION_REVIEWER, department=department)
        MergePlan.objects.filter(pk=plan.pk).update(state="approved", decided_on=DAY)
        Signature.objects.create(
            plan=plan,
            action="approve",
            user=user,
            signer="王审核",
            role=Role.COMMISSION_REVIEWER,
            department=department,
            day=DAY,
            content_digest="0" * 64,
            ledger_digest="0" * 64,
        )
        text = text_of(opened(taken(plan, "reply")))
        assert "市发改委文件" in text
        assert "于2021年3月31日审核通过（审核人：王审核）" in text
        assert "此复。" in text
        assert "签发人" not in text

    def test_another_division_finds_nothing(self, plan: MergePlan) -> None:
        other = make.make_division(plan.programme)
        official = make.make_user(Role.DISTRICT_OFFICIAL, division=other)
        assert taken(plan, user=official).status_code == 404

    def test_who_may_not_see_people_gets_no_number_of_them(self, plan: MergePlan) -> None:
        department = make.make_department(plan.programme, countersigns=Countersigns.BODIES)
        user = make.make_user(Role.COUNTERSIGNER, department=department)
        text = text_of(opened(taken(plan, user=user)))
        assert "管理人员90" not in text
        assert "R03" not in text
        assert "无权查看管理人员和编制数据" in text
        assert "整合前管理机构3个" in text

    def test_the_plans_page_leads_to_it(self, plan: MergePlan) -> None:
        client = Client()
        client.force_login(make.make_user(Role.COMMISSION_REVIEWER))
        page = client.get(reverse("plan", args=[plan.programme.code, plan.pk])).content.decode()
        assert reverse("plan-request", args=[plan.programme.code, plan.pk]) in page
        assert reverse("plan-reply", args=[plan.programme.code, plan.pk]) not in page


def test_forty_five_rows_become_a_pdf(plan: MergePlan, tmp_path: Path) -> None:
    for number in range(42):
        platform = make.make_platform(plan.programme, plan.division, name=f"示例产业园{number}")
        make.dispose(plan, platform, "abolish", planned_on=DAY)
    path = tmp_path / "plan.docx"
    path.write_bytes(content(taken(plan)))
    assert len(Document(str(path)).tables[0].rows) == 46
    pdf = convert(path, "pdf", tmp_path).read_bytes()
    # One sheet after another: the text, then an annex of more than one page.
    assert pdf.count(b"/Type/Page\n") + pdf.count(b"/Type/Page/") + pdf.count(b"/Type /Page ") >= 4

"""请示: the division asks the commission to approve its plan."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from reports.documents import wording
from reports.documents.parts import BLANK_DAY, BLANK_NAME, BLANK_NUMBER, OfficialDocument

if TYPE_CHECKING:
    from reports.selectors.plan_facts import PlanFacts

DRAFT_MARK = "草稿（方案尚未上报，不得作为正式公文印发）"


def title_of(facts: PlanFacts) -> str:
    """Return the title of the document."""
    return f"{wording.government_of(facts.plan)}关于报请审批{wording.plan_title(facts.plan)}的请示"


def write_request(file: IO[bytes], facts: PlanFacts) -> None:
    """Write the document into ``file``. 方案(十三) asks each division for its plan."""
    plan, office = facts.plan, wording.government_of(facts.plan)
    document = OfficialDocument(title=title_of(facts))
    if plan.is_internal:
        document.draft_mark(DRAFT_MARK)
    document.letterhead(f"{office}文件")
    document.number(BLANK_NUMBER, signer=BLANK_NAME)
    document.title(title_of(facts))
    if facts.rests_on_placeholders:
        document.placeholder_note(wording.PLACEHOLDER)
    document.addressee(wording.commission_of(facts.commission, plan) or "〔主送机关〕")
    document.text(_opening(facts))
    document.first("一、整合前后基本情况")
    wording.figures(document, facts)
    wording.left_out(document, facts)
    document.first("二、平台处置安排")
    wording.dispositions(document, facts)
    document.first("三、规则符合情况")
    wording.breaches(document, facts)
    document.first("四、请示事项")
    document.text(_asked(facts))
    document.text("妥否，请批复。")
    document.annex_note([wording.ANNEX])
    document.signature(office, BLANK_DAY)
    document.after_note(f"联系人：{BLANK_NAME}，电话：{BLANK_NAME}")
    wording.annex(document, facts)
    document.imprint(BLANK_NAME, "〔印发机关〕", BLANK_DAY)
    document.save(file)


def _opening(facts: PlanFacts) -> str:
    plan = facts.plan
    basis = plan.programme.document
    # Where the programme names no document, nothing is cited.
    cited = f"根据{wording.cited(basis)}" if basis else "根据"
    asked = f"{cited}{'和' if basis else ''}{plan.programme.name}的要求"
    return (
        f"{asked}，我单位编制了{wording.plan_title(plan)}（第{plan.version}版，以下简称方案）。"
        "现将有关情况报告并请示如下。"
    )


def _asked(facts: PlanFacts) -> str:
    reasons = [
        finding for finding in facts.not_met if (finding.rule, finding.aspect) in facts.reasons
    ]
    text = "请审批方案及所附平台整合对照表"
    if reasons:
        names = "、".join(f"{finding.rule}{finding.title}" for finding in reasons)
        text += f"，并对{names}等已说明理由的未达标事项一并予以研究"
    return f"{text}。"

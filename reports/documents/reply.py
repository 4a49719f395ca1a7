"""批复: the commission's answer to a plan that it approved."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from reports.documents import request, wording
from reports.documents.parts import BLANK_DAY, BLANK_NAME, BLANK_NUMBER, OfficialDocument

if TYPE_CHECKING:
    from reports.selectors.plan_facts import PlanFacts


def title_of(facts: PlanFacts) -> str:
    """Return the title of the document."""
    return f"{office_of(facts)}关于{wording.plan_title(facts.plan)}的批复"


def office_of(facts: PlanFacts) -> str:
    """Return who answers: the department that approved, as the signature names it."""
    approval = facts.approval
    if approval is not None and approval.department is not None:
        return wording.commission_of(str(approval.department), facts.plan)
    return wording.commission_of(facts.commission, facts.plan) or "〔发文机关名称〕"


def write_reply(file: IO[bytes], facts: PlanFacts) -> None:
    """Write the document into ``file``; the plan is one that was approved."""
    office = office_of(facts)
    document = OfficialDocument(title=title_of(facts))
    document.letterhead(f"{office}文件")
    document.number(BLANK_NUMBER)
    document.title(title_of(facts))
    if facts.rests_on_placeholders:
        document.placeholder_note(wording.PLACEHOLDER)
    document.addressee(wording.government_of(facts.plan))
    document.text(
        f"你单位《{request.title_of(facts)}》（{BLANK_NUMBER}）收悉。经研究，现批复如下。"
    )
    document.first("一、同意方案")
    document.text(_decided(facts))
    wording.figures(document, facts)
    wording.left_out(document, facts)
    document.first("二、平台处置")
    wording.dispositions(document, facts)
    document.first("三、规则符合情况")
    wording.breaches(document, facts)
    for exception in facts.exceptions:
        document.text(
            f"保留平台配额例外增加{exception.places}个（{exception.document}，"
            f"{wording.day_in_words(exception.granted_on)}），理由：{exception.reason.rstrip('。')}。"
        )
    document.first("四、组织实施")
    document.text(_carry_out(facts))
    document.text("此复。")
    document.annex_note([wording.ANNEX])
    document.signature(office, BLANK_DAY)
    wording.annex(document, facts)
    document.imprint(BLANK_NAME, "〔印发机关〕", BLANK_DAY)
    document.save(file)


def _decided(facts: PlanFacts) -> str:
    plan, approval = facts.plan, facts.approval
    day = plan.decided_on or (approval.day if approval is not None else None)
    when = f"于{wording.day_in_words(day)}" if day is not None else ""
    by = f"（审核人：{approval.signer}）" if approval is not None else ""
    return f"{wording.plan_title(plan)}（第{plan.version}版，以下简称方案）{when}审核通过{by}，同意按方案实施。"


def _carry_out(facts: PlanFacts) -> str:
    by = f"于{wording.day_in_words(facts.completion)}前" if facts.completion is not None else ""
    return f"请按照方案和附件所列时限组织实施，{by}完成全部整合任务，并在系统中逐项报告实施情况、附具证明材料。"

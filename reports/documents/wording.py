"""The words of both documents: figures, findings and reasons put into official Chinese."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from consolidation.checks.base import Scope, percent
from consolidation.models import Disposition
from reports.selectors.figures import answer_word

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from consolidation.checks.base import Finding
    from consolidation.models import MergePlan
    from reports.documents.parts import OfficialDocument
    from reports.selectors.figures import Pair
    from reports.selectors.plan_facts import PlanFacts

ANNEX = "平台整合对照表"
PLACEHOLDER = "〔占位数据提示〕本文引用的部分数据为占位数据，没有来源。导入真实台账、更新数据前，不得作为正式公文印发。"
NUMERALS = "一二三四五六七八九十"
UNKNOWN = "未知（有关数据未填报）"
_YEAR = re.compile(r"(.+?)[,，、\s]+((?:19|20)\d\d)年?")
_NUMBER = re.compile(r"[^《》]{1,20}[〔\[（(]\d{4}[〕\]）)]\s*\d+\s*号")
KEY_RULES = (("R02", "bodies_cut_min"), ("R03", "staff_cut_min"), ("R04", ""))
"""The answers that stand beside the figures they are about."""


def day_in_words(day: datetime.date) -> str:
    """Return a day as documents write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def owner_of(plan: MergePlan) -> str:
    """Return the name of the plan's owner; the city's own row is the municipal level."""
    return str(Scope(plan.division).label)


def government_of(plan: MergePlan) -> str:
    """Return who issues the plan: the government of the division, a blank for the municipal level.

    The programme's document lets the governments of districts and counties draw up their plans;
    which office does so for the municipal level it does not say.
    """
    if plan.division.is_municipal:
        return "〔发文机关名称〕"
    city = plan.programme.division.name
    name = plan.division.name
    # A county-level city stands alone; districts and counties after their city.
    return f"{name}人民政府" if name.endswith("市") else f"{city}{name}人民政府"


def commission_of(name: str, plan: MergePlan) -> str:
    """Return a department of the city as documents name it: 市发改委 of 杭州市 is 杭州市发改委."""
    city = plan.programme.division.name
    return f"{city}{name[1:]}" if name.startswith("市") and city.endswith("市") else name


def cited(document: str) -> str:
    """Return the programme's document as a text cites it.

    A title stands in 《》 with its year behind it; a number alone (某发〔2020〕1号) is no title.
    """
    if document.startswith("《") or _NUMBER.fullmatch(document):
        return document
    found = _YEAR.fullmatch(document)
    return f"《{found[1]}》（{found[2]}年）" if found else f"《{document}》"


def plan_title(plan: MergePlan) -> str:
    """Return what the plan is called."""
    return f"{plan.programme.name}{owner_of(plan)}整合方案"


def figures(document: OfficialDocument, facts: PlanFacts) -> None:
    """Write the counts before and after, each with its share and the answer of its rule."""
    baseline = day_in_words(facts.plan.programme.baseline_date)
    lines = [line for line in _figure_lines(facts) if line]
    document.text(f"以{baseline}为基准日，按本方案计算：")
    for number, (heading, text) in enumerate(lines):
        document.second(f"（{NUMERALS[number]}）{heading}。", text)


def _figure_lines(facts: PlanFacts) -> Iterator[tuple[str, str] | None]:
    quota = facts.finding("R04")
    platforms = _count("平台", "个", facts.pair("platforms"))
    yield "平台", f"{platforms}{_answer(quota)}"
    if (bodies := facts.pair("bodies")) is not None:
        share = _share(bodies, facts, "bodies")
        answer = _answer(facts.finding(*KEY_RULES[0]))
        yield "管理机构", f"{_count('管理机构', '个', bodies, share)}{answer}"
    if (people := facts.pair("people")) is not None:
        share = _share(people, facts, "people")
        answer = _answer(facts.finding(*KEY_RULES[1]))
        yield "管理人员", f"{_count('实有管理人员', '人', people, share)}{answer}"
    if facts.posts is not None:
        yield "编制", _count("行政、事业编制", "名", facts.posts)
    if (plates := facts.pair("plates")) is not None:
        yield "牌子", _count("各类牌子", "块", plates)


def _count(what: str, unit: str, pair: Pair | None, share: str = "") -> str:
    if pair is None:
        return ""
    before = UNKNOWN if pair.before is None else f"{pair.before:,}{unit}"
    after = UNKNOWN if pair.after is None else f"{pair.after:,}{unit}"
    text = f"整合前{what}{before}，整合后{after}"
    if pair.before is None or pair.after is None:
        return f"{text}，增减数暂不能确定。"
    cut = pair.before - pair.after
    word = "核减" if cut >= 0 else "增加"
    moved = f"{word}{abs(cut):,}{unit}" if cut else "数量不变"
    return f"{text}，{moved}{share}。"


def _share(pair: Pair, facts: PlanFacts, name: str) -> str:
    """Return the share that is cut, never rounded over the threshold of its rule."""
    if not pair.before or pair.after is None:
        return ""
    shown = percent(pair.before - pair.after, pair.before, facts.limit(name))
    return f"，核减比例{shown}"


def _answer(finding: Finding | None) -> str:
    if finding is None:
        return ""
    return f"{finding.rule}（{finding.clause}）{answer_word(finding)}：{finding.message}"


def dispositions(document: OfficialDocument, facts: PlanFacts) -> None:
    """Write how many platforms go which way."""
    parts = [
        f"{Disposition.Kind(kind).label}{number}个"
        for kind, number in facts.by_kind.items()
        if number
    ]
    text = f"方案共对{sum(facts.by_kind.values())}个平台作出处置"
    text += f"，其中{'、'.join(parts)}。" if parts else "。"
    if facts.undecided:
        text += f"另有{facts.undecided}个平台尚未列明处置方式。"
    document.text(f"{text}各平台处置方式、去向和完成时限见附件。")


def breaches(document: OfficialDocument, facts: PlanFacts) -> None:
    """Write what the rules say: how many answers, and each that is not kept, with its reason."""
    broken, unknown = facts.not_met, facts.unknown
    kept = facts.judged_number - len(broken) - len(unknown)
    document.text(
        f"经整合管理系统核查，涉及本单位的规则共{facts.judged_number}项，达标{kept}项，"
        f"未达标{len(broken)}项，数据不全、暂不能判定{len(unknown)}项。"
    )
    for number, finding in enumerate(broken, 1):
        reason = facts.reasons.get((finding.rule, finding.aspect), "")
        given = f"理由：{reason.rstrip('。')}。" if reason else "方案未说明理由。"
        document.text(
            f"{number}．{finding.rule}（{finding.clause}）{finding.title}未达标："
            f"{finding.message}{given}"
        )
    if unknown:
        names = "、".join(f"{finding.rule}{finding.title}" for finding in unknown)
        document.text(f"暂不能判定的规则：{names}。")


def left_out(document: OfficialDocument, facts: PlanFacts) -> None:
    """Say which figures are left out because the reader may not see them."""
    hidden = []
    if facts.pair("bodies") is None:
        hidden.append("管理机构")
    if facts.pair("people") is None:
        hidden.append("管理人员和编制")
    if hidden:
        document.text(f"〔提示：生成人无权查看{'、'.join(hidden)}数据，本文未列。〕")


def annex(document: OfficialDocument, facts: PlanFacts) -> None:
    """Add the table of platforms before and after; a row each, by what they go into."""
    bodies = facts.lines.bodies
    headings = ["序号", "整合前平台", "级别", *(["管理机构"] if bodies else [])]
    headings += ["处置方式", "整合后平台", "完成时限"]
    widths = [11, 28, 16, 30, 20, 26, 25] if bodies else [12, 46, 17, 22, 36, 23]
    rows, number = [], 0
    for group in facts.lines.groups():
        for line in group.lines:
            number += 1
            before = [line.name if line.in_baseline else "—", line.level]
            if bodies:
                names = [body.before.name for body in line.bodies if body.before]
                before.append("、".join(names))
            due = f"{line.planned_on:%Y.%m.%d}" if line.planned_on else ""
            rows.append([str(number), *before, line.how, group.name, due])
    document.annex(ANNEX, headings, rows, widths)

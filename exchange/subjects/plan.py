"""A division's plan: what becomes of its platforms, bodies, plates and people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.sheets import words
from exchange.subjects.common import (
    AUTHORISED,
    CATEGORY,
    FLAG,
    ON_POST,
    of_body,
    of_platform,
    told_figure,
)
from exchange.subjects.spec import Column, Kind, Subject, Template, register

_REASON = Column("reason", _("Reason"), aliases=("理由", "处置理由", "依据", "说明"))

DISPOSITIONS = Subject(
    key="dispositions",
    label=_("Dispositions of platforms"),
    sheet="dispositions",
    of_plan=True,
    columns=(
        *of_platform(),
        Column(
            "kind",
            _("Disposition"),
            Kind.CHOICE,
            aliases=("处置方式", "整合方式", "处置", "处置意见", "整合类型"),
            required=True,
            words=words.DISPOSITIONS,
        ),
        Column(
            "target",
            _("Target platform"),
            Kind.CODE,
            aliases=("整合目标", "目标平台", "并入平台", "整合后平台", "整合至"),
            refers_to="platforms",
            note=_("The retained platform that takes it up: code or full name."),
        ),
        Column(
            "transform_into",
            _("Transformed into"),
            aliases=("转型去向", "转型为", "转型方向"),
            note=_("Only for the disposition “transform”."),
        ),
        Column(
            "planned_on",
            _("Planned on"),
            Kind.DATE,
            aliases=("计划完成时间", "计划完成日期", "完成时限", "拟完成时间"),
        ),
        _REASON,
        FLAG,
    ),
)

BODY_DISPOSITIONS = Subject(
    key="body_dispositions",
    label=_("Fates of management bodies"),
    sheet="body_dispositions",
    of_plan=True,
    columns=(
        *of_body(),
        Column(
            "fate",
            _("Fate"),
            Kind.CHOICE,
            aliases=("去留", "机构去留", "机构处置", "处置方式"),
            required=True,
            words=words.BODY_FATES,
        ),
        FLAG,
    ),
)

PLATE_DISPOSITIONS = Subject(
    key="plate_dispositions",
    label=_("Fates of plates"),
    sheet="plate_dispositions",
    of_plan=True,
    columns=(
        Column(
            "plate",
            _("Code of the plate"),
            Kind.CODE,
            aliases=("牌子编号", "编号", "牌子"),
            required=True,
            refers_to="plates",
            note=_("The code, or the full title where only one plate has it."),
        ),
        Column("plate_title", _("Title of the plate"), aliases=("牌子名称", "挂牌名称"), told=True),
        Column(
            "fate",
            _("Fate"),
            Kind.CHOICE,
            aliases=("去留", "牌子去留", "处置方式"),
            required=True,
            words=words.PLATE_FATES,
        ),
        Column(
            "carrier",
            _("Carried by"),
            Kind.CODE,
            aliases=("承接平台", "挂牌平台"),
            refers_to="platforms",
            note=_("The platform that carries it on: code or full name."),
        ),
        FLAG,
    ),
)

STAFF_PLANS = Subject(
    key="staff_plans",
    label=_("Planned staff"),
    sheet="staff_plans",
    of_plan=True,
    columns=(
        *of_body(),
        CATEGORY,
        told_figure("before", _("Staff on post at the baseline"), pgettext_lazy("unit", "people")),
        AUTHORISED,
        ON_POST,
        FLAG,
    ),
)

REDEPLOYMENTS = Subject(
    key="redeployments",
    label=_("Redeployment"),
    sheet="redeployments",
    of_plan=True,
    columns=(
        *of_body(),
        CATEGORY,
        Column(
            "destination",
            _("Destination"),
            Kind.CHOICE,
            aliases=("去向", "安置去向", "分流去向", "安置方式"),
            required=True,
            words=words.DESTINATIONS,
        ),
        Column(
            "to_body",
            _("To the management body"),
            Kind.CODE,
            aliases=("接收机构", "去向机构", "接收单位"),
            refers_to="bodies",
            note=_("Only for the destination “another management body”."),
        ),
        Column(
            "people",
            _("People"),
            Kind.COUNT,
            aliases=("人数", "安置人数", "分流人数"),
            unit=pgettext_lazy("unit", "people"),
            required=True,
        ),
        FLAG,
    ),
)

PLAN_TEMPLATE = register(
    Template(
        "plan",
        _("Merge plan"),
        (DISPOSITIONS, BODY_DISPOSITIONS, PLATE_DISPOSITIONS, STAFF_PLANS, REDEPLOYMENTS),
        note=_("The open draft: dispositions, bodies, plates, planned staff and redeployment."),
    )
)

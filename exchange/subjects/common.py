"""Columns that several subjects share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.sheets import words
from exchange.subjects.spec import Column, Kind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PROVENANCE = (
    Column(
        "placeholder",
        _("Placeholder"),
        Kind.YES_NO,
        aliases=("占位", "占位数据", "是否占位", "示意数据", "是否示意"),
        note=_("“yes” where no source gives the figures or the name of this row."),
    ),
    Column(
        "source",
        _("Source"),
        aliases=("数据来源", "依据", "资料来源", "出处"),
        note=_("The document or statistics that the row comes from."),
    ),
    Column("note", _("Note"), aliases=("备注", "说明", "备注说明", "注")),
)

LEVEL = Column(
    "level",
    _("Level"),
    Kind.CHOICE,
    aliases=("级别", "平台级别", "等级", "层级", "级次"),
    words=words.LEVELS,
)
GBT = Column(
    "gbt37028_code",
    _("GB/T 37028 code"),
    aliases=("国标代码", "GB/T37028代码", "开发区代码", "国家标准代码"),
    note=_("Of national and provincial zones, e.g. 33-101-004."),
)
CATEGORY = Column(
    "category",
    _("Category of staff"),
    Kind.CHOICE,
    aliases=("人员类别", "类别", "编制类型", "人员性质", "编制类别"),
    required=True,
    words=words.CATEGORIES,
)
AUTHORISED = Column(
    "authorised",
    _("Authorised posts"),
    Kind.COUNT,
    aliases=("编制数", "核定编制", "编制", "核定编制数", "核编数"),
    unit=_("posts"),
    note=_("Empty means not known; write 0 where there is none."),
)
ON_POST = Column(
    "on_post",
    _("Staff on post"),
    Kind.COUNT,
    aliases=("实有人数", "在岗人数", "实有", "现有人数", "实际人数", "在编在岗人数"),
    unit=pgettext_lazy("unit", "people"),
    note=_("Empty means not known; write 0 where there is none."),
)

FLAG = Column(
    "flag",
    _("Holds placeholder data"),
    told=True,
    note=_("Says so where no source gives the figures of this row. Not read back."),
)


def told_figure(name: str, label: StrOrPromise, unit: StrOrPromise) -> Column:
    """Return a column with a figure of before, to be read by people beside the one asked for."""
    note = _("To compare with. Not read back.")
    return Column(name, label, Kind.COUNT, unit=unit, told=True, note=note)


def of_body(*, required: bool = True) -> tuple[Column, Column]:
    """Return the columns that name a management body: its code, and its name to read."""
    return (
        Column(
            "body",
            _("Code of the management body"),
            Kind.CODE,
            aliases=("机构编号", "机构代码", "管理机构编号", "管理机构代码", "管理机构"),
            required=required,
            refers_to="bodies",
            note=_("The code, or the full name where only one body has it."),
        ),
        Column(
            "body_name",
            _("Name of the management body"),
            aliases=("机构名称", "管理机构名称", "管委会名称"),
            told=True,
        ),
    )


def of_platform() -> tuple[Column, Column]:
    """Return the columns that name a platform: its code, and its name to read."""
    return (
        Column(
            "platform",
            _("Code of the platform"),
            Kind.CODE,
            aliases=("平台编号", "平台代码", "编号", "所属平台", "平台"),
            required=True,
            refers_to="platforms",
            note=_("The code, or the full name where only one platform has it."),
        ),
        Column(
            "platform_name",
            _("Name of the platform"),
            aliases=("平台名称", "开发区名称", "园区名称"),
            told=True,
        ),
    )

"""The ledger's sheets: platforms; management bodies, posts and plates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.sheets import words
from exchange.subjects.common import GBT, LEVEL, PROVENANCE, of_body, of_platform
from exchange.subjects.spec import Column, Kind, Subject, Template, register

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ORIGIN = {"ledger": "台账", "founded": "新设"}
"""As ``zones.models.Origin``: in the ledger of the baseline, or founded by a plan."""

_DIVISION = (
    Column(
        "division",
        _("Division"),
        Kind.CODE,
        aliases=("所属区县", "区县", "所属区县市", "区县(市)", "所在区县", "属地", "行政区划"),
        required=True,
        refers_to="divisions",
        note=_("The owner at the baseline date: six digits, or the name."),
    ),
    Column(
        "current_division",
        _("Today's division"),
        Kind.CODE,
        aliases=("现属区县", "现行区划", "现所属区县"),
        refers_to="divisions",
        note=_("Only where it is known and other than what follows from the succession."),
    ),
)
_ORIGIN = Column(
    "origin",
    _("Origin"),
    Kind.CHOICE,
    aliases=("来源类型", "产生方式"),
    words=ORIGIN,
    note=_("Empty means: in the ledger of the baseline."),
)
_APPROVAL = Column(
    "approval_document",
    _("Approval document"),
    aliases=("批准文号", "批复文号", "批准文件", "设立文号", "批文"),
)


def _area(name: str, label: StrOrPromise, *aliases: str) -> Column:
    return Column(
        name,
        label,
        Kind.AREA,
        aliases=aliases,
        unit=_("km²"),
        note=_("Square kilometres, at most four decimals. 1 km² = 100 hectares = 1,500 mu."),
    )


PLATFORMS = Subject(
    key="platforms",
    label=_("Platforms"),
    sheet="platforms",
    columns=(
        Column(
            "code",
            _("Code of the platform"),
            Kind.CODE,
            aliases=("编号", "平台编号", "平台代码", "代码"),
            note=_("As the portal gives it. Leave it empty for a platform that is not in it yet."),
        ),
        Column(
            "name",
            _("Name of the platform"),
            aliases=("平台名称", "开发区名称", "园区名称", "名称", "产业平台名称", "功能区名称"),
            required=True,
        ),
        Column("name_en", _("English name"), aliases=("英文名称", "英文名")),
        *_DIVISION,
        LEVEL,
        Column("kind", _("Type"), aliases=("类型", "平台类型", "类别")),
        GBT,
        _ORIGIN,
        Column(
            "established_on",
            _("Established on"),
            Kind.DATE,
            aliases=("设立日期", "设立时间", "成立时间", "成立日期", "批准设立时间"),
        ),
        Column(
            "closed_on",
            _("Closed on"),
            Kind.DATE,
            aliases=("撤销日期", "撤销时间", "注销时间"),
            note=_("The first day it no longer exists."),
        ),
        _APPROVAL,
        Column(
            "approved_on", _("Approved on"), Kind.DATE, aliases=("批准日期", "批准时间", "批复时间")
        ),
        _area("approved_area", _("Approved area"), "批准面积", "批复面积", "核准面积", "规划面积"),
        _area("managed_area", _("Managed area"), "管理面积", "管辖面积", "托管面积"),
        _area("built_up_area", _("Built-up area"), "建成区面积", "建成面积", "已开发面积"),
        Column(
            "boundary_north",
            _("Northern boundary"),
            aliases=("北至", "四至北", "北界", "四至范围北", "四至范围北至"),
        ),
        Column(
            "boundary_east",
            _("Eastern boundary"),
            aliases=("东至", "四至东", "东界", "四至范围东", "四至范围东至"),
        ),
        Column(
            "boundary_south",
            _("Southern boundary"),
            aliases=("南至", "四至南", "南界", "四至范围南", "四至范围南至"),
        ),
        Column(
            "boundary_west",
            _("Western boundary"),
            aliases=("西至", "四至西", "西界", "四至范围西", "四至范围西至"),
        ),
        Column(
            "industries",
            _("Leading industries"),
            Kind.LIST,
            aliases=("主导产业", "主导产业名称", "主要产业"),
            note=_("Several are separated by “;”."),
        ),
        *PROVENANCE,
    ),
)

BODIES = Subject(
    key="bodies",
    label=_("Management bodies"),
    sheet="bodies",
    columns=(
        Column(
            "code",
            _("Code of the management body"),
            Kind.CODE,
            aliases=("编号", "机构编号", "机构代码", "代码"),
            note=_("As the portal gives it. Leave it empty for a body that is not in it yet."),
        ),
        Column(
            "name",
            _("Name of the management body"),
            aliases=("机构名称", "管理机构名称", "管委会名称", "名称"),
            required=True,
        ),
        Column("name_en", _("English name"), aliases=("英文名称", "英文名")),
        *_DIVISION,
        Column(
            "platforms",
            _("Platforms managed"),
            Kind.LIST,
            aliases=("管理平台", "所管平台", "管理的平台", "所辖平台"),
            refers_to="platforms",
            note=_("Codes, or full names; several are separated by “;”."),
        ),
        Column(
            "uscc",
            _("Unified social credit code"),
            aliases=("统一社会信用代码", "信用代码", "社会信用代码"),
            note=_("18 characters with a check digit."),
        ),
        Column(
            "nature",
            _("Nature"),
            Kind.CHOICE,
            aliases=("性质", "机构性质", "单位性质"),
            words=words.NATURES,
        ),
        Column(
            "rank",
            _("Rank"),
            Kind.CHOICE,
            aliases=("规格", "机构规格", "级别", "行政级别"),
            words=words.RANKS,
        ),
        Column("parent_body", _("Subordinate to"), aliases=("隶属", "隶属关系", "主管部门")),
        _APPROVAL,
        Column("funding", _("Funding"), aliases=("经费形式", "经费来源", "经费渠道")),
        Column(
            "internal_departments",
            _("Internal departments"),
            Kind.COUNT,
            aliases=("内设机构", "内设机构数", "内设机构个数"),
            unit=_("departments"),
        ),
        Column(
            "leadership_teams",
            _("Leadership teams"),
            Kind.COUNT,
            aliases=("领导班子", "领导班子数", "班子数"),
            unit=_("teams"),
        ),
        Column(
            "secretary_is_director",
            _("Party secretary is director"),
            Kind.YES_NO,
            aliases=("书记主任一人兼", "党工委书记兼主任", "书记主任一肩挑"),
        ),
        _ORIGIN,
        Column(
            "established_on",
            _("Established on"),
            Kind.DATE,
            aliases=("设立日期", "设立时间", "成立时间", "成立日期"),
        ),
        Column(
            "abolished_on",
            _("Abolished on"),
            Kind.DATE,
            aliases=("撤销日期", "撤销时间"),
            note=_("The first day it no longer exists."),
        ),
        *PROVENANCE,
    ),
)

POSTS = Subject(
    key="posts",
    label=_("Leadership posts"),
    sheet="posts",
    columns=(
        *of_body(),
        Column(
            "title", _("Title of the post"), aliases=("职务", "职务名称", "岗位"), required=True
        ),
        Column(
            "authorised",
            _("Authorised leading posts"),
            Kind.COUNT,
            aliases=("领导职数", "核定职数", "职数"),
            unit=_("posts"),
        ),
        Column(
            "filled",
            _("Filled"),
            Kind.COUNT,
            aliases=("实配", "实配职数", "在任", "实有"),
            unit=pgettext_lazy("unit", "people"),
        ),
        Column(
            "is_exempt",
            _("Exempt from open competition"),
            Kind.YES_NO,
            aliases=("不参加竞聘", "免竞聘", "是否免竞聘"),
        ),
        *PROVENANCE,
    ),
)

PLATES = Subject(
    key="plates",
    label=_("Plates"),
    sheet="plates",
    columns=(
        Column(
            "code",
            _("Code of the plate"),
            Kind.CODE,
            aliases=("编号", "牌子编号", "代码"),
            note=_("As the portal gives it. Leave it empty for a plate that is not in it yet."),
        ),
        Column(
            "title",
            _("Title of the plate"),
            aliases=("牌子名称", "牌子", "名称", "挂牌名称"),
            required=True,
        ),
        *of_platform(),
        LEVEL,
        Column("kind", _("Type"), aliases=("类型", "牌子类型", "类别")),
        GBT,
        *PROVENANCE,
    ),
)

LEDGER_TEMPLATE = register(
    Template(
        "ledger",
        _("Ledger of platforms"),
        (PLATFORMS,),
        note=_("One row for each development platform of the baseline."),
    )
)
BODIES_TEMPLATE = register(
    Template(
        "bodies",
        _("Management bodies and plates"),
        (BODIES, POSTS, PLATES),
        note=_("Bodies, their leadership posts, and the plates that platforms carry."),
    )
)

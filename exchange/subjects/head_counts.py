"""The monthly report of head counts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exchange.subjects.common import AUTHORISED, CATEGORY, FLAG, ON_POST, of_body, told_figure
from exchange.subjects.spec import Column, Kind, Subject, Template, register

HEAD_COUNTS = Subject(
    key="head_counts",
    label=_("Monthly head counts"),
    sheet="staff",
    columns=(
        *of_body(),
        CATEGORY,
        Column(
            "counted_on",
            _("Counted on"),
            Kind.DATE,
            aliases=("统计日期", "统计时间", "月份", "截至日期", "时点", "统计月份"),
            required=True,
            note=_(
                "The last day of the month; a month alone (2020年6月) is taken as its last day."
            ),
        ),
        told_figure("authorised_before", _("Authorised posts, last counted"), _("posts")),
        AUTHORISED,
        told_figure(
            "on_post_before", _("Staff on post, last counted"), pgettext_lazy("unit", "people")
        ),
        ON_POST,
        FLAG,
    ),
)

HEAD_COUNTS_TEMPLATE = register(
    Template(
        "head_counts",
        _("Monthly head counts"),
        (HEAD_COUNTS,),
        note=_("What every body in being reports for one month."),
    )
)

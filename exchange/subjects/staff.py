"""The staff of the baseline, as the ledger has it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exchange.subjects.common import AUTHORISED, CATEGORY, ON_POST, PROVENANCE, of_body
from exchange.subjects.spec import Column, Kind, Subject, Template, register

STAFF = Subject(
    key="staff",
    label=_("Staff of the baseline"),
    sheet="staff",
    columns=(
        *of_body(),
        CATEGORY,
        Column(
            "counted_on",
            _("Counted on"),
            Kind.DATE,
            aliases=("统计日期", "统计时间", "截至日期", "时点"),
            note=_("Empty means the baseline date."),
        ),
        AUTHORISED,
        ON_POST,
        *PROVENANCE,
    ),
)

STAFF_TEMPLATE = register(
    Template(
        "staff",
        _("Staff"),
        (STAFF,),
        note=_("Authorised posts and staff on post at the baseline, by body and category."),
    )
)

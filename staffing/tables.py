"""The columns of the list of people: a row a body, each category before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consolidation.columns import (
    NOWRAP,
    NUMBER,
    DivisionColumn,
    RecordColumn,
    RecordTable,
    YesNoColumn,
    label_of,
)
from consolidation.models import BodyDisposition
from consolidation.models.programmes import StaffCategory

if TYPE_CHECKING:
    from consolidation.views.base import ProgrammePage


class FigureColumn(RecordColumn):
    """Staff on post. What nobody has given is not known; a body that is not there has none."""

    def __init__(self, when: str, **kwargs: Any) -> None:
        """Take ``before`` or ``after``: whose bodies must have a figure."""
        self.there = "in_baseline" if when == "before" else "in_state"
        super().__init__(attrs=NUMBER, empty_values=(), **kwargs)

    def render(self, value: Any, record: Any = None) -> int | str:
        """Return the figure, or why there is none."""
        if value is not None:
            return int(value)
        return gettext("unknown") if getattr(record, self.there) else ""

    plain = render


class PeopleTable(RecordTable):
    """People by body."""

    name = tables.Column(verbose_name=_("Management body"))
    code = tables.Column(verbose_name=_("Code"), attrs=NOWRAP)
    division = DivisionColumn(verbose_name=_("Division"), order_by="division__code", attrs=NOWRAP)
    decided_fate = tables.Column(verbose_name=_("Fate"), empty_values=(), attrs=NOWRAP)
    is_placeholder = YesNoColumn(verbose_name=_("Placeholder"), visible=False)

    class Meta(RecordTable.Meta):
        order_by = "code"

    def __init__(self, data: Any, *, page: ProgrammePage, order_by: Any = None) -> None:
        """Add two columns for each category that the programme counts, and two for all."""
        super().__init__(
            data, page=page, order_by=order_by, extra_columns=list(_figures(page).items())
        )

    def render_name(self, record: Any) -> SafeString:
        """Link to the body."""
        link = self.link("body", record, record.label, placeholder=record.is_placeholder)
        if record.stale:
            waiting = gettext("People were moved here and have not been counted since.")
            return format_html('{} <span class="pp-muted">{}</span>', link, waiting)
        return link

    def value_name(self, record: Any) -> str:
        """Return the bare name."""
        return str(record.label)

    def render_decided_fate(self, record: Any) -> str:
        """Return what a plan makes of it."""
        return label_of(BodyDisposition.Fate, record.decided_fate)


def _figures(page: ProgrammePage) -> dict[str, tables.Column]:
    columns: dict[str, tables.Column] = {}
    for category in page.programme.counted_categories:
        label = StaffCategory(category).label
        before = _("%(category)s, before") % {"category": label}
        after = _("%(category)s, after") % {"category": label}
        columns[f"before_{category}"] = FigureColumn("before", verbose_name=before)
        columns[f"after_{category}"] = FigureColumn("after", verbose_name=after)
    columns["before"] = FigureColumn("before", verbose_name=_("All, before"))
    columns["after"] = FigureColumn("after", verbose_name=_("All, after"))
    return columns

"""The columns of the lists: on the page with links and badges, in the export as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import Scope as Owner
from consolidation.columns import (
    NOWRAP,
    NUMBER,
    DayColumn,
    DivisionColumn,
    RecordTable,
    YesNoColumn,
    badge_of_status,
    label_of,
)
from consolidation.models import BodyDisposition, Disposition, PlateDisposition, RetainedPlatform

if TYPE_CHECKING:
    from consolidation.models import MergePlan, Task


class PlatformTable(RecordTable):
    """Platforms."""

    name = tables.Column(verbose_name=_("Platform"))
    code = tables.Column(verbose_name=_("Code"), attrs=NOWRAP)
    division = DivisionColumn(verbose_name=_("Division"), order_by="division__code", attrs=NOWRAP)
    level = tables.Column(verbose_name=_("Level"), attrs=NOWRAP)
    kind = tables.Column(verbose_name=_("Kind"), default="")
    decided_kind = tables.Column(verbose_name=_("Disposition"), empty_values=(), attrs=NOWRAP)
    target_name = tables.Column(verbose_name=_("Becomes"), empty_values=())
    planned_on = DayColumn(verbose_name=_("Planned for"), default="", attrs=NOWRAP)
    confirmed_on = DayColumn(verbose_name=_("Carried out"), default="", attrs=NOWRAP)
    in_state = YesNoColumn(verbose_name=_("In the state"))
    is_placeholder = YesNoColumn(verbose_name=_("Placeholder"), visible=False)

    class Meta(RecordTable.Meta):
        order_by = "code"

    def render_name(self, record: Any) -> SafeString:
        """Link to the platform; the name of the list of retained ones stands beside it."""
        link = self.link("platform", record, record.label, placeholder=record.is_placeholder)
        if record.listed_name and record.listed_name != record.name:
            return format_html('{} <span class="pp-muted">{}</span>', link, record.listed_name)
        return link

    def value_name(self, record: Any) -> str:
        """Return the bare name."""
        return str(record.label)

    def render_decided_kind(self, record: Any) -> str:
        """Return what becomes of it, and whether that was said more than once."""
        label = label_of(Disposition.Kind, record.decided_kind)
        if record.decisions > 1:
            return gettext("%(kind)s, and %(more)d more") % {
                "kind": label,
                "more": record.decisions - 1,
            }
        return label

    def render_target_name(self, record: Any) -> str:
        """Return what it is merged or transformed into."""
        if record.transform_into:
            return str(record.transform_into)
        return self.platform_link(record.target_pk, record.target_name, record.target_division)

    def value_target_name(self, record: Any) -> str:
        """Return the bare name."""
        return record.transform_into or record.target_name or ""


class BodyTable(RecordTable):
    """Management bodies."""

    name = tables.Column(verbose_name=_("Management body"))
    code = tables.Column(verbose_name=_("Code"), attrs=NOWRAP)
    division = DivisionColumn(verbose_name=_("Division"), order_by="division__code", attrs=NOWRAP)
    nature = tables.Column(verbose_name=_("Nature"))
    rank = tables.Column(verbose_name=_("Rank"), attrs=NOWRAP)
    decided_fate = tables.Column(verbose_name=_("Fate"), empty_values=(), attrs=NOWRAP)
    serves_name = tables.Column(verbose_name=_("Serves"), empty_values=())
    confirmed_on = DayColumn(verbose_name=_("Carried out"), default="", attrs=NOWRAP)
    in_state = YesNoColumn(verbose_name=_("In the state"))
    is_placeholder = YesNoColumn(verbose_name=_("Placeholder"), visible=False)

    class Meta(RecordTable.Meta):
        order_by = "code"

    def render_name(self, record: Any) -> SafeString:
        """Link to the body."""
        return self.link("body", record, record.label, placeholder=record.is_placeholder)

    def value_name(self, record: Any) -> str:
        """Return the bare name."""
        return str(record.label)

    def render_decided_fate(self, record: Any) -> str:
        """Return what a plan makes of it."""
        return label_of(BodyDisposition.Fate, record.decided_fate)

    def render_serves_name(self, record: Any) -> str:
        """Return the platform that it then serves."""
        return self.platform_link(record.decided_serves, record.serves_name, record.serves_division)

    def value_serves_name(self, record: Any) -> str:
        """Return the bare name."""
        return record.serves_name or ""


class PlateTable(RecordTable):
    """Plates."""

    title = tables.Column(verbose_name=_("Plate"))
    code = tables.Column(verbose_name=_("Code"), attrs=NOWRAP)
    level = tables.Column(verbose_name=_("Level"), attrs=NOWRAP)
    kind = tables.Column(verbose_name=_("Kind"), default="")
    platform = tables.Column(verbose_name=_("Platform"), order_by="platform__name")
    division = DivisionColumn(
        verbose_name=_("Division"),
        accessor="platform__division",
        order_by="platform__division__code",
        attrs=NOWRAP,
    )
    decided_fate = tables.Column(verbose_name=_("Fate"), empty_values=(), attrs=NOWRAP)
    carrier_name = tables.Column(verbose_name=_("Moves to"), empty_values=())
    in_state = YesNoColumn(verbose_name=_("In the state"))
    is_placeholder = YesNoColumn(verbose_name=_("Placeholder"), visible=False)

    class Meta(RecordTable.Meta):
        order_by = "code"

    def render_title(self, record: Any) -> SafeString:
        """Link to the plate."""
        return self.link("plate", record, record.title, placeholder=record.is_placeholder)

    def value_title(self, record: Any) -> str:
        """Return the bare title."""
        return str(record.title)

    def render_platform(self, record: Any) -> str:
        """Link to the platform that carries it at the baseline."""
        home = record.platform
        return self.platform_link(home.pk, home.label, home.division_id)

    def value_platform(self, record: Any) -> str:
        """Return the bare name."""
        return str(record.platform.label)

    def render_decided_fate(self, record: Any) -> str:
        """Return what a plan makes of it."""
        return label_of(PlateDisposition.Fate, record.decided_fate)

    def render_carrier_name(self, record: Any) -> str:
        """Return the platform that carries it then."""
        return self.platform_link(record.carrier_pk, record.carrier_name, record.carrier_division)

    def value_carrier_name(self, record: Any) -> str:
        """Return the bare name."""
        return record.carrier_name or ""


class RetainedTable(RecordTable):
    """Retained platforms."""

    sequence = tables.Column(verbose_name=_("No."), attrs=NUMBER)
    name = tables.Column(
        verbose_name=_("Retained platform"), empty_values=(), order_by="listed_name"
    )
    division = DivisionColumn(
        verbose_name=_("Division"),
        accessor="platform__division",
        order_by="platform__division__code",
        attrs=NOWRAP,
    )
    level = tables.Column(verbose_name=_("Level"), accessor="platform__level", attrs=NOWRAP)
    marks = tables.Column(verbose_name=_("Marks"), empty_values=(), orderable=False)
    high_level_class = tables.Column(verbose_name=_("High-level class"), default="")
    lead_department = tables.Column(verbose_name=_("Lead department"), default="")
    incoming = tables.Column(verbose_name=_("Platforms merged into it"), attrs=NUMBER)
    in_state = YesNoColumn(verbose_name=_("In the state"))
    is_placeholder = YesNoColumn(verbose_name=_("Placeholder"), visible=False)

    class Meta(RecordTable.Meta):
        order_by = "sequence"

    def render_name(self, record: RetainedPlatform) -> SafeString:
        """Link to the retained platform."""
        return self.link(
            "retained", record, name_of_retained(record), placeholder=record.is_placeholder
        )

    def value_name(self, record: RetainedPlatform) -> str:
        """Return the bare name."""
        return name_of_retained(record)

    def render_level(self, record: RetainedPlatform) -> str:
        """Return the level in words."""
        return record.platform.get_level_display()

    def render_marks(self, record: Any) -> str:
        """Return what sets it apart."""
        marks = [
            (record.sub_area, _("Sub-area")),
            (record.is_provisional, _("Provisional")),
            (record.is_high_level, _("High-level")),
        ]
        return "、".join(str(mark) for holds, mark in marks if holds)


def name_of_retained(record: RetainedPlatform) -> str:
    """Return the name of the list; the platform's own in English, where only that is known."""
    label = record.platform.label
    return label if label != record.platform.name else (record.listed_name or label)


class PlanTable(RecordTable):
    """Plans."""

    division = DivisionColumn(verbose_name=_("Owner"), order_by="division__code")
    version = tables.Column(verbose_name=_("Version"), attrs=NUMBER)
    state = tables.Column(verbose_name=_("State"))
    platforms = tables.Column(verbose_name=_("Platforms disposed of"), attrs=NUMBER)
    first_submitted_on = DayColumn(verbose_name=_("First submitted"), default="", attrs=NOWRAP)
    submitted_on = DayColumn(verbose_name=_("Submitted"), default="", attrs=NOWRAP)
    decided_on = DayColumn(verbose_name=_("Decided"), default="", attrs=NOWRAP)
    is_placeholder = YesNoColumn(verbose_name=_("Placeholder"), visible=False)

    class Meta(RecordTable.Meta):
        order_by = ("division", "-version")

    def render_division(self, record: MergePlan) -> SafeString:
        """Link to the plan."""
        owner = str(Owner(record.division).label)
        return self.link("plan", record, owner, placeholder=record.is_placeholder)

    def value_division(self, record: MergePlan) -> str:
        """Return the bare name."""
        return str(Owner(record.division).label)

    def render_state(self, record: MergePlan) -> SafeString:
        """Return the state as sign and word."""
        return badge_of_status(record.state, record.get_state_display())

    def value_state(self, record: MergePlan) -> str:
        """Return the word alone."""
        return record.get_state_display()


class TaskTable(RecordTable):
    """Tasks of the departments."""

    clause = tables.Column(verbose_name=_("Clause"), order_by=("order", "pk"), attrs=NOWRAP)
    title = tables.Column(verbose_name=_("Task"))
    departments = tables.Column(
        verbose_name=_("Responsible departments"), empty_values=(), orderable=False
    )
    also_responsible = tables.Column(verbose_name=_("Also responsible"), default="")
    due_on = DayColumn(verbose_name=_("Due"), default=_("Not fixed"), attrs=NOWRAP)
    state = tables.Column(verbose_name=_("State"))
    late = YesNoColumn(verbose_name=_("Late"))
    progress = tables.Column(verbose_name=_("Latest progress"), empty_values=(), orderable=False)

    class Meta(RecordTable.Meta):
        order_by = "clause"

    def render_title(self, record: Task) -> SafeString:
        """Link to the task."""
        return self.link("task", record, record.title, placeholder=record.is_placeholder)

    def value_title(self, record: Task) -> str:
        """Return the bare title."""
        return record.title

    def render_departments(self, record: Task) -> str:
        """Return their names."""
        return "、".join(str(department) for department in record.departments.all())

    def render_state(self, record: Task) -> SafeString:
        """Return the state as sign and word."""
        return badge_of_status(record.state, record.get_state_display())

    def value_state(self, record: Task) -> str:
        """Return the word alone."""
        return record.get_state_display()

    def render_late(self, value: bool) -> str:
        """Say it with a sign where it is late."""
        return badge_of_status("not_met", _("Late")) if value else gettext("No")

    def value_late(self, value: bool) -> str:
        """Return yes or no."""
        return gettext("Yes") if value else gettext("No")

    def render_progress(self, record: Task) -> str:
        """Return what was last reported, by whom and when."""
        for note in record.notes.all():
            return f"{note.written_on:%Y-%m-%d} {note.department}: {note.text}"
        return ""

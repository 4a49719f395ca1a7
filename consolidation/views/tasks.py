"""The tasks that the programme's document gives to departments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.filters_tasks import TaskFilters
from consolidation.selectors.ledger import tasks_visible_to
from consolidation.tables import TaskTable
from consolidation.views.lists import RecordList
from consolidation.views.reader import reader_of
from platforms_portal.access import Right, Role

if TYPE_CHECKING:
    from django.db.models import QuerySet


class TaskList(RecordList):
    """The tasks; a department sees its own."""

    right = Right.VIEW_TASKS
    section = "tasks"
    title = _("Tasks of departments")
    unit = pgettext_lazy("unit", "tasks")
    file_name = "tasks"
    of_a_state = False
    lists_records = False
    table_class = TaskTable
    filters_class = TaskFilters

    def rows(self) -> QuerySet[Any, Any]:
        """Return the tasks that the reader may see."""
        return tasks_visible_to(reader_of(self.request), self.state_view)

    def rest_on_placeholders(self, rows: QuerySet[Any, Any]) -> bool:
        """Whether a date, a state or a report stands in for a real one."""
        return rows.filter(Q(is_placeholder=True) | Q(notes__is_placeholder=True)).exists()

    def whole_scope(self) -> str:
        """Return whose tasks are listed: a department's own, else the whole city's."""
        user = reader_of(self.request)
        if user.role == Role.COUNTERSIGNER and user.department is not None:
            return str(user.department)
        return str(_("Whole city"))

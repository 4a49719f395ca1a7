"""What the list of tasks can be narrowed by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, ModelChoiceFilter

from consolidation.filters import YES_NO, RecordFilters
from consolidation.models import Task
from zones.models import Department

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from consolidation.views.lists import RecordList

WITH_THE_DEPARTMENTS = "with_departments"
"""The choice of all states in which a department has to see to a task."""


class TaskFilters(RecordFilters):
    """What tasks are narrowed by."""

    first: ClassVar[tuple[str, ...]] = ("q", "department", "task_state", "late", "as_of")

    division = None  # type: ignore[assignment]  # how the library leaves a field out
    state = None  # type: ignore[assignment]  # how the library leaves a field out
    counted = None  # type: ignore[assignment]  # how the library leaves a field out
    task_state = ChoiceFilter(
        label=_("State of the task"),
        method="by_task_state",
        choices=[(WITH_THE_DEPARTMENTS, _("With the departments")), *Task.State.choices],
        empty_label=_("All"),
    )
    department = ModelChoiceFilter(
        label=_("Department"),
        field_name="departments",
        queryset=Department.objects.none(),
        empty_label=_("All"),
    )
    late = ChoiceFilter(label=_("Late"), method="by_flag", choices=YES_NO, empty_label=_("All"))

    def __init__(self, page: RecordList, queryset: QuerySet[Any, Any]) -> None:
        """Offer the departments that have a task among the rows."""
        super().__init__(page, queryset)
        offered = Department.objects.filter(tasks__in=queryset.values("pk")).distinct()
        self.form.fields["department"].queryset = offered

    def by_task_state(
        self, queryset: QuerySet[Any, Any], _name: str, state: str
    ) -> QuerySet[Any, Any]:
        """Keep the tasks of one state, or all that departments have to see to."""
        states = Task.WITH_THE_DEPARTMENTS if state == WITH_THE_DEPARTMENTS else (state,)
        return queryset.filter(state__in=states)

    def text_q(self, text: str) -> Q:
        """Look in clause, task and who answers for it."""
        return (
            Q(title__icontains=text)
            | Q(clause__icontains=text)
            | Q(also_responsible__icontains=text)
        )

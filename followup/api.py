"""What is due and who was reminded, by the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from consolidation.api.base import ProgrammeRecords, narrowed_to
from consolidation.api_filters.common import ProgrammeParameters, by_view, choose, search_in
from consolidation.models import Programme
from consolidation.selectors.narrowing import owner_with_code
from consolidation.selectors.programmes import programmes_visible_to
from followup.models import Reminder
from followup.models.reminders import Kind
from followup.selectors.items import items_of
from followup.selectors.lights import Light, clock_of
from followup.selectors.parts import parts, rows
from followup.selectors.shape import Wanted, reach_of
from followup.selectors.summary import reminders_visible_to
from followup.serializers import DueItemSerializer, ReminderSerializer
from platforms_portal.access import Right
from platforms_portal.api.errors import NOT_FOUND, InvalidParametersError, Problem
from platforms_portal.api.paging import ProgrammePages
from platforms_portal.api.parameters import Day, Parameters, Whole
from platforms_portal.api.views import PortalView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet
    from rest_framework.request import Request

GROUP = _("Follow-up")


class DuePages(ProgrammePages):
    """Pages of what is due on a day."""

    def about_schema(self) -> dict[str, Any]:
        """Add the day."""
        return {**super().about_schema(), "as_of": {"type": "string", "format": "date"}}


class DueParameters(Parameters):
    """What narrows the list of what is due."""

    as_of = by_view(Day, _("The day; the programme's own unless given."))
    kind = by_view(django_filters.ChoiceFilter, _("The kind of item."), choices=Kind.choices)
    light = by_view(
        django_filters.MultipleChoiceFilter, _("Light; may be repeated."), choices=Light.choices
    )
    division = by_view(django_filters.CharFilter, _("Code of an owner, six digits."))
    department = by_view(Whole, _("Key of a responsible department."))
    due_from = by_view(Day, _("Due on this day or later."))
    due_to = by_view(Day, _("Due on this day or before."))
    search = by_view(django_filters.CharFilter, _("Part of a name, a title or a clause."))


class DueItems(PortalView):
    """Everything with a date, what presses most first; the same rows as the page shows."""

    group = GROUP
    title = _("What is due")
    explanation = _(
        "Plans, execution steps, dispositions and tasks with their light on the day. A district "
        "sees its own and the tasks that concern divisions, a department its own tasks."
    )
    right = Right.VIEW_TASKS
    queryset = Programme.objects.none()
    filterset_class = DueParameters
    serializer_class = DueItemSerializer
    pagination_class = DuePages

    @property
    def pages(self) -> DuePages:
        """The pages into which the list is cut."""
        pages = self.paginator
        assert isinstance(pages, DuePages)  # noqa: S101 - as declared above
        return pages

    def known_parameters(self) -> Sequence[str]:
        """Return the filters, the page and its size."""
        return [*super().known_parameters(), *self.pages.parameters]

    def further_problems(self, parameters: Parameters) -> Iterable[Problem]:
        """Yield what is wrong with the page."""
        yield from super().further_problems(parameters)
        yield from self.pages.problems(self.request)

    @extend_schema(filters=True, responses=DueItemSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """Return a page of what is due."""
        parameters = self.read()
        programme = programmes_visible_to(self.scope).filter(code=code).first()
        if programme is None:
            raise NotFound(NOT_FOUND)
        given = parameters.values
        clock = clock_of(programme, given.get("as_of") or programme.opens_as_of)
        wanted = Wanted(
            kind=given.get("kind") or "",
            division_id=self._division(programme, given.get("division") or ""),
            department_id=given.get("department"),
            text=given.get("search") or "",
            due_from=given.get("due_from"),
            due_to=given.get("due_to"),
            lights=tuple(given.get("light") or ()),
        )
        found = parts(programme, clock, reach_of(self.user), wanted)
        page = self.pages.paginate_queryset(rows(found, ["rank", "due_key"]), request, self)
        items = items_of(programme, clock, page)
        about = {
            "programme": programme.code,
            "narrowed_to": narrowed_to(self.scope, self.user.division),
            "as_of": clock.day.isoformat(),
            "placeholders": any(part.filter(made_up=1).exists() for part in found),
        }
        return self.pages.envelope(DueItemSerializer(items, many=True).data, about)

    def _division(self, programme: Programme, code: str) -> int | None:
        if not code:
            return None
        owner = owner_with_code(programme, code)
        if owner is None:
            message = gettext("“%(code)s” is no owner of this programme.") % {"code": code}
            raise InvalidParametersError([Problem("division", "not_found", message)])
        if not self.scope.covers(owner.pk):
            raise NotFound(NOT_FOUND)
        return owner.pk


class ReminderParameters(ProgrammeParameters):
    """What narrows the log of reminders."""

    search_fields = ("what", "party", "told", "message")

    occasion = choose(Reminder.Occasion.choices, "occasion", _("Occasion; may be repeated."))
    kind = choose(Kind.choices, "kind", _("Kind of item; may be repeated."))
    item = Whole(field_name="item", help_text=_("Key of the item."))
    since = Day(field_name="day", lookup_expr="gte", help_text=_("Sent on this day or later."))
    until = Day(field_name="day", lookup_expr="lte", help_text=_("Sent on this day or before."))
    search = search_in(_("Part of the item, the party, who was told or the message."))


class Reminders(ProgrammeRecords):
    """Reminders and escalations, the newest first."""

    group = GROUP
    title = _("Reminders")
    explanation = _(
        "Who was told what, when and why, by hand or by the system. A district sees those about "
        "its own division, a department those about its own tasks."
    )
    right = Right.VIEW_TASKS
    queryset = Reminder.objects.none()
    filterset_class = ReminderParameters
    serializer_class = ReminderSerializer
    order = ("-id",)
    placeholder_q = None
    programme_lookup = "reminders"

    def visible(self, parameters: Parameters) -> QuerySet[Reminder, Any]:  # noqa: ARG002 - the base's signature
        """Return the reminders that the requester may read."""
        return reminders_visible_to(self.programme, reach_of(self.user), Reminder.objects.all())

    def with_relations(self, rows: QuerySet[Reminder, Any]) -> QuerySet[Reminder, Any]:
        """Add the division and who sent it."""
        return rows.select_related("division", "sent_by")

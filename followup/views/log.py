"""The log of reminders and escalations."""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.views.base import ExportedPage
from consolidation.views.export import EXPORT_LIMIT, refuse_too_long
from consolidation.views.reader import reader_of
from followup.forms import LogForm
from followup.models import Reminder
from followup.selectors.shape import reach_of
from followup.selectors.summary import owners_in, reminders_visible_to
from platforms_portal.access import Right
from platforms_portal.listings import Listing, file_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

ROWS_ON_A_PAGE = 50
_CHUNK = 1000


class LogPage(ExportedPage):
    """Who was reminded of what, by whom, when and why; a division and a department see their own."""

    right: ClassVar[Right] = Right.VIEW_TASKS
    section: ClassVar[str] = "follow-up"
    lists_records: ClassVar[bool] = True
    template_name = "followup/log.html"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the page of what is due."""
        return [
            (_("Follow-up"), reverse("follow-up", args=[self.programme.code])),
            (_("Log of reminders"), ""),
        ]

    @cached_property
    def form(self) -> LogForm:
        """What narrows the log."""
        reach = reach_of(reader_of(self.request))
        return LogForm(self.request.GET, owners=owners_in(self.programme, reach))

    def rows(self) -> QuerySet[Reminder]:
        """Return the reminders asked for, the newest first."""
        log = Reminder.objects.select_related("division", "sent_by").order_by("-pk")
        found = reminders_visible_to(self.programme, reach_of(reader_of(self.request)), log)
        if not self.form.is_valid():
            return found.none()
        given = self.form.cleaned_data
        text = given["q"].strip()
        narrowed = {
            "occasion": given["occasion"],
            "kind": given["kind"],
            "division": self.asked.division,
            "day__gte": given["since"],
            "day__lte": given["until"],
        }
        found = found.filter(**{name: value for name, value in narrowed.items() if value})
        if text:
            found = found.filter(
                Q(what__icontains=text)
                | Q(party__icontains=text)
                | Q(told__icontains=text)
                | Q(message__icontains=text)
            )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add a page of the log."""
        page = Paginator(self.rows(), ROWS_ON_A_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            form=self.form,
            page_obj=page,
            total=page.paginator.count,
            export_limit=EXPORT_LIMIT,
            **kwargs,
        )

    def listing(self) -> Listing:
        """Return everything that is listed."""
        rows = self.rows()
        number = rows.count()
        refuse_too_long(number)
        day = self.asked.as_of.isoformat()
        title = _("Log of reminders")
        said = [day, *self.form.described(), _("%(n)d records") % {"n": number}]
        return Listing(
            name=file_name(self.programme.division.label, title, day),
            plain_name=f"{self.programme.code}-reminders-{day}",
            title=title,
            about=[[title, self.programme.label], said],
            headings=[
                _("Day"),
                _("Occasion"),
                _("Days before"),
                _("Kind"),
                _("Matter"),
                _("Responsible"),
                _("Due"),
                _("Told"),
                _("Sent by"),
                _("Message"),
            ],
            chunks=self._chunks(rows),
        )

    def _chunks(self, rows: QuerySet[Reminder]) -> Iterator[list[list[Any]]]:
        found = rows.iterator(chunk_size=_CHUNK)
        while chunk := list(islice(found, _CHUNK)):
            yield [_cells(row) for row in chunk]


def _cells(row: Reminder) -> list[Any]:
    return [
        row.day,
        row.get_occasion_display(),
        row.offset,
        row.get_kind_display(),
        row.what,
        row.party,
        row.due_on,
        row.told,
        str(row.sent_by) if row.sent_by is not None else _("the system"),
        row.message,
    ]

"""What is due: the lights, who is responsible, the list; and reminders from it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consolidation.views.base import ExportedPage, ProgrammePage
from consolidation.views.export import EXPORT_LIMIT, refuse_too_long
from consolidation.views.reader import reader_of
from followup.forms import ALL, OPEN, OVERDUE, SORTS, AskedForm
from followup.models.reminders import Kind
from followup.selectors.items import Item, items_of
from followup.selectors.lights import Clock, Light, clock_of
from followup.selectors.parts import parts, rows
from followup.selectors.shape import Wanted, reach_of
from followup.selectors.summary import Summary, departments_in, owners_in, summarised
from followup.services.reminding import Outcome, remind
from platforms_portal.access import Right, has_right
from platforms_portal.listings import Listing, file_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from followup.selectors.shape import Reach
    from zones.models import Department, Division

ITEMS_ON_A_PAGE = 50
_CHUNK = 1000


class CountedPages(Paginator[Any]):
    """Pages of a list whose length is known from its summary, which need not be counted again."""

    def __init__(self, rows: QuerySet[Any, Any], count: int) -> None:
        """Take the rows and how many they are."""
        super().__init__(rows, ITEMS_ON_A_PAGE)
        self.counted = count

    @cached_property
    def count(self) -> int:
        """The number of rows."""
        return self.counted


class FollowUpPage(ExportedPage):
    """Everything with a date, by light and by who is responsible."""

    right: ClassVar[Right] = Right.VIEW_TASKS
    section: ClassVar[str] = "follow-up"
    lists_records: ClassVar[bool] = True
    template_name = "followup/due.html"

    @cached_property
    def reach(self) -> Reach:
        """What the reader sees."""
        return reach_of(reader_of(self.request))

    @cached_property
    def clock(self) -> Clock:
        """The day, and the programme's settings."""
        return clock_of(self.programme, self.asked.as_of)

    @cached_property
    def owners(self) -> list[Division]:
        """The owners whose items the reader sees."""
        return owners_in(self.programme, self.reach)

    @cached_property
    def departments(self) -> list[Department]:
        """The departments whose tasks the reader sees."""
        return departments_in(self.programme, self.reach)

    @cached_property
    def form(self) -> AskedForm:
        """What narrows the list."""
        return AskedForm(self.request.GET, owners=self.owners, departments=self.departments)

    @cached_property
    def wanted(self) -> Wanted:
        """What the address asks for, whatever its light."""
        if not self.form.is_valid():
            # Something that cannot be: nothing is listed, and the form says why.
            return Wanted(items=())
        given = self.form.cleaned_data
        return Wanted(
            kind=given["kind"],
            division_id=self.asked.division.pk if self.asked.division is not None else None,
            department_id=given.get("department"),
            text=given["q"].strip(),
            due_from=given["due_from"],
            due_to=given["due_to"],
        )

    @cached_property
    def chosen(self) -> str:
        """The light that is asked for, or one of the words beside the lights."""
        return str(self.form.cleaned_data.get("light") or OPEN) if self.form.is_valid() else OPEN

    @cached_property
    def summary(self) -> Summary:
        """The numbers of what is asked for."""
        return summarised(
            self.programme,
            self.clock,
            self.reach,
            self.wanted,
            owners=self.owners,
            departments=self.departments,
        )

    @property
    def lights(self) -> tuple[str, ...]:
        """The lights that are listed."""
        if self.chosen == ALL:
            return tuple(Light.values)
        if self.chosen == OPEN:
            return tuple(light for light in Light.values if light != Light.DONE)
        return (Light.RED.value,) if self.chosen == OVERDUE else (self.chosen,)

    @property
    def total(self) -> int:
        """How many items are listed."""
        numbers = self.summary.numbers
        return numbers.overdue if self.chosen == OVERDUE else numbers.of(self.lights)

    def _listed_as(self) -> Wanted:
        """Return what is asked for, with its lights."""
        return replace(self.wanted, lights=self.lights, overdue_only=self.chosen == OVERDUE)

    def listed(self) -> QuerySet[Any, Any]:
        """Return the rows of the list, in the order asked for."""
        sort = self.form.cleaned_data.get("sort") if self.form.is_valid() else ""
        order = SORTS[sort or "press"][0]
        return rows(parts(self.programme, self.clock, self.reach, self._listed_as()), order)

    def link(self, **changed: str) -> str:
        """Return the address of this page with some of what is asked for changed."""
        asked = self.request.GET.copy()
        for name in ("page", "export"):
            asked.pop(name, None)
        for name, value in changed.items():
            asked[name] = value
        return f"?{asked.urlencode()}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the numbers, the list and what may be done."""
        page = CountedPages(self.listed(), self.total).get_page(self.request.GET.get("page"))
        items = items_of(self.programme, self.clock, page.object_list, owners=self.owners)
        present = self.asked.as_of == self.programme.opens_as_of
        numbers = self.summary.numbers
        return super().get_context_data(
            form=self.form,
            summary=self.summary,
            clock=self.clock,
            cards=[(light, n, self.link(light=light.value)) for light, n in numbers.cells()],
            overdue_url=self.link(light=OVERDUE),
            chosen=self.chosen,
            chosen_words=dict(self.form.fields["light"].choices)[self.chosen],  # type: ignore[attr-defined]  # it is one of choices
            groups=[
                (_("Divisions"), self._lines(self.summary.divisions)),
                (_("Departments"), self._lines(self.summary.departments)),
            ],
            total=self.total,
            page_obj=page,
            items=items,
            export_limit=EXPORT_LIMIT,
            may_remind=present and has_right(self.request.user, Right.FOLLOW_UP),
            may_set=has_right(self.request.user, Right.FOLLOW_UP),
            rests_on_placeholders=any(item.is_placeholder for item in items),
            **kwargs,
        )

    def _lines(self, lines: list[Any]) -> tuple[list[Any], list[Any]]:
        """Return those that something presses on, and the others, each with the links of its cells."""
        shown = [
            (
                line,
                self.link(**{line.parameter: line.value}),
                [
                    (light, n, self.link(**{line.parameter: line.value, "light": light.value}))
                    for light, n in line.numbers.cells()
                ],
            )
            for line in lines
        ]
        return (
            [entry for entry in shown if entry[0].numbers.presses],
            [entry for entry in shown if not entry[0].numbers.presses],
        )

    def listing(self) -> Listing:
        """Return everything that is listed."""
        refuse_too_long(self.total)
        day, title = self.asked.as_of.isoformat(), _("Follow-up")
        said = [day, *self.form.described(), _("%(n)d records") % {"n": self.total}]
        if self._rests_on_placeholders():
            said.append(_("Rests on placeholder data"))
        return Listing(
            name=file_name(self.programme.division.label, title, day),
            plain_name=f"{self.programme.code}-follow-up-{day}",
            title=title,
            about=[[title, self.programme.label], said],
            headings=[
                _("Kind"),
                _("Matter"),
                _("Responsible"),
                _("Due"),
                _("Days left"),
                _("Light"),
                _("State"),
                _("Reminders"),
                _("Last reminded"),
                _("Placeholder"),
            ],
            chunks=self._plain(self.listed()),
        )

    def _rests_on_placeholders(self) -> bool:
        """Whether one of what is listed stands in for a real record, on whichever page."""
        listed = parts(self.programme, self.clock, self.reach, self._listed_as())
        return rows([part.filter(made_up=True) for part in listed], ()).exists()

    def _plain(self, listed: QuerySet[Any, Any]) -> Iterator[list[list[Any]]]:
        found = listed.iterator(chunk_size=_CHUNK)
        while chunk := list(islice(found, _CHUNK)):
            items = items_of(self.programme, self.clock, chunk, owners=self.owners)
            yield [_cells(item) for item in items]


def _cells(item: Item) -> list[Any]:
    return [
        str(item.kind.label),
        item.label,
        item.responsible,
        item.due,
        item.days,
        str(item.light.label),
        item.state,
        item.reminded,
        item.reminded_on,
        _("Yes") if item.is_placeholder else _("No"),
    ]


class RemindAct(ProgrammePage):
    """Reminds of one item, or of those that were ticked; leads back to the list."""

    http_method_names = ["post", "options"]
    right: ClassVar[Right] = Right.FOLLOW_UP

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Remind, and say what became of it."""
        only = request.POST.get("only", "")
        keys = [only] if only else request.POST.getlist("item")
        items = [key for text in keys if (key := _key_of(text)) is not None]
        if items:
            outcome = remind(
                programme=self.programme,
                items=items,
                user=reader_of(request),
                message=str(request.POST.get("message", "")),
            )
            _tell(request, outcome)
        else:
            messages.error(request, _("Tick what you want to remind of first."))
        wanted = request.POST.get("next", "")
        inside = url_has_allowed_host_and_scheme(
            wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return redirect(wanted if inside else reverse("follow-up", args=[self.programme.code]))


def _key_of(text: str) -> tuple[str, int] | None:
    kind, _colon, number = text.partition(":")
    if kind not in Kind.values or not number.isdecimal() or len(number) > 18:  # noqa: PLR2004 - as long as keys
        return None
    return kind, int(number)


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    if outcome.sent:
        told = ngettext(
            "%(n)d item: whoever is responsible is reminded.",
            "%(n)d items: whoever is responsible is reminded.",
            outcome.sent,
        )
        messages.success(request, told % {"n": outcome.sent})
    if outcome.already:
        told = ngettext(
            "%(n)d item was reminded of today already; nothing was sent again.",
            "%(n)d items were reminded of today already; nothing was sent again.",
            outcome.already,
        )
        messages.warning(request, told % {"n": outcome.already})
    if outcome.nobody:
        told = ngettext(
            "%(n)d item: nobody responsible has an account, so nobody was told. It is in the log.",
            "%(n)d items: nobody responsible has an account, so nobody was told. It is in the log.",
            outcome.nobody,
        )
        messages.warning(request, told % {"n": outcome.nobody})
    if outcome.closed:
        told = ngettext(
            "%(n)d item needs no reminder any more.",
            "%(n)d items need no reminder any more.",
            outcome.closed,
        )
        messages.info(request, told % {"n": outcome.closed})

"""What every list's table is made of: on the page with links and badges, in the export plain."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar

import django_tables2 as tables
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from consolidation.checks.base import Scope as Owner
from platforms_portal.templatetags.portal import placeholder_badge, status_badge

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Iterator

    from django.db.models import Model
    from django_stubs_ext import StrOrPromise

    from consolidation.views.base import ProgrammePage
    from zones.models import Division

PER_PAGE = 50
NUMBER = {"th": {"class": "pp-number"}, "td": {"class": "pp-number"}}
NOWRAP = {"td": {"class": "pp-nowrap"}}


class RecordTable(tables.Table):
    """The table of a list. ``asker`` is the page that shows it: programme, scope and day."""

    class Meta:
        template_name = "consolidation/list/table.html"
        attrs: ClassVar = {"class": "pp-table pp-records"}
        order_by_field = "sort"

    def __init__(
        self, data: Any, *, page: ProgrammePage, order_by: Any = None, extra_columns: Any = None
    ) -> None:
        """Take the rows and the page; an empty ``order_by`` leaves the rows as they come."""
        self.asker = page
        super().__init__(  # type: ignore[no-untyped-call]  # it ships no types
            data, order_by=order_by, extra_columns=extra_columns
        )

    def open_page(self, page: str) -> None:
        """Show the page called ``page``; the first for what is no number, else the last there is."""
        try:
            self.paginate(page=page, per_page=PER_PAGE)  # type: ignore[no-untyped-call]  # the same
        except PageNotAnInteger:
            self.paginate(page=1, per_page=PER_PAGE)  # type: ignore[no-untyped-call]  # the same
        except EmptyPage:
            last = self.paginator.num_pages
            self.paginate(page=last, per_page=PER_PAGE)  # type: ignore[no-untyped-call]  # the same

    def plain_rows(self, records: Iterable[Any]) -> Iterator[list[Any]]:
        """Yield the headings, then a row a record, as plain values without links and badges.

        The library's own export looks up anew for every cell which method makes its value, which
        takes longer than all the rest.
        """
        columns = list(self.columns.iterall())
        cells = [self._plain(column) for column in columns]
        yield [str(column.header) for column in columns]
        for record in records:
            yield [cell(record) for cell in cells]

    def _plain(self, column: Any) -> Callable[[Any], Any]:
        name = column.name
        own = getattr(self, f"value_{name}", None) or getattr(self, f"render_{name}", None)
        plain = getattr(column.column, "plain", None)
        make: Callable[..., Any] = own or plain or (lambda value: value)
        wants_record = "record" in signature(make).parameters
        wants_value = "value" in signature(make).parameters

        def cell(record: Any) -> Any:
            if wants_record and not wants_value:
                return make(record=record)
            value = _value_of(record, column.accessor)
            if wants_record:
                return make(value=value, record=record)
            return make(value=value) if value is not None or own else str(column.default or "")

        return cell

    def address(self, name: str, key: int) -> str:
        """Return the address of a record's page, on the same day where the reader chose one."""
        path = reverse(name, args=[self.asker.programme.code, key])
        asked = self.asker.asked
        return f"{path}?as_of={asked.as_of.isoformat()}" if asked.as_of_given else path

    def link(self, name: str, record: Model, label: str, *, placeholder: bool) -> SafeString:
        """Return the link to a record, with a badge where it is a placeholder."""
        badge = badge_of_placeholder() if placeholder else ""
        return format_html('<a href="{}">{}</a> {}', self.address(name, record.pk), label, badge)

    def platform_link(self, key: int | None, label: str | None, division_id: int | None) -> str:
        """Return the name of a platform, as a link where the reader may open it."""
        if key is None or not label:
            return ""
        if division_id is None or not self.asker.scope.covers(division_id):
            return label
        return format_html('<a href="{}">{}</a>', self.address("platform", key), label)


def _value_of(record: Any, accessor: Any) -> Any:
    """Return the value of a column, in words where it is one of several choices."""
    holder, field = accessor.penultimate(record, quiet=True)
    in_words = getattr(holder, f"get_{field}_display", None)
    return in_words() if in_words is not None else accessor.resolve(record, quiet=True)


class RecordColumn(tables.Column):
    """A column of the list of records."""

    def __init__(self, **options: Any) -> None:
        """Take the library's own options."""
        super().__init__(**options)  # type: ignore[no-untyped-call]  # it ships no types


class DivisionColumn(RecordColumn):
    """The owner of a record, in the reader's language."""

    def render(self, value: Division) -> StrOrPromise:
        """Return the name; the city's own row is the municipal level."""
        return Owner(value).label

    plain = render


class YesNoColumn(RecordColumn):
    """A column that is true or false, in words."""

    def render(self, value: bool) -> str:
        """Return yes or no."""
        return gettext("Yes") if value else gettext("No")

    plain = render


class DayColumn(RecordColumn):
    """A day; in the export as 2020-12-31."""

    def render(self, value: datetime.date) -> str:
        """Return the day in the reader's language."""
        return date_format(value, "Y-m-d")

    def plain(self, value: datetime.date) -> datetime.date:
        """Return the day itself: each kind of file writes it in its own way."""
        return value


def badge_of_placeholder() -> SafeString:
    """Return the badge that marks a placeholder record."""
    return mark_safe(  # noqa: S308 - one of the portal's own templates
        render_to_string("partials/placeholder_badge.html", placeholder_badge(shown=True))
    )


def badge_of_status(status: str, label: StrOrPromise) -> SafeString:
    """Return a status as sign and word."""
    return mark_safe(  # noqa: S308 - one of the portal's own templates
        render_to_string("partials/status_badge.html", status_badge(status, label))
    )


def label_of(choices: Any, value: str | None) -> str:
    """Return the words of a choice; nothing where there is no value."""
    return str(choices(value).label) if value else ""

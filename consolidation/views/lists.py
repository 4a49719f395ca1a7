"""The one list page. A list is a few attributes: table, filters, rows and the right it needs.

It works as a plain page; where the browser runs scripts, only the part with the table is swapped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from consolidation.checks.base import Scope as Owner
from consolidation.selectors.narrowing import counted_q
from consolidation.selectors.proof import proof_of
from consolidation.views.base import ProgrammePage
from consolidation.views.export import EXPORT_LIMIT, listing_of, refuse_too_long
from platforms_portal.exports import format_asked, sent
from platforms_portal.words import labelled

if TYPE_CHECKING:
    from django.db.models import Q, QuerySet
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django_stubs_ext import StrOrPromise

    from consolidation.columns import RecordTable
    from consolidation.filters import RecordFilters

_SAID_ALREADY = ("state", "as_of")


class RecordList(ProgrammePage):
    """A list of records of a programme.

    Subclasses give ``title`` and ``unit`` of what is listed, ``table_class``, ``filters_class``,
    ``file_name`` of the export and ``rows()``; ``of_a_state`` says whether the programme's state
    matters for what is listed.
    """

    template_name = "consolidation/list.html"
    part_template_name = "consolidation/list/records.html"
    lists_records = True
    table_class: ClassVar[type[RecordTable]]
    filters_class: ClassVar[type[RecordFilters]]
    title: ClassVar[StrOrPromise]
    unit: ClassVar[StrOrPromise]
    of_a_state: ClassVar[bool] = True
    file_name: ClassVar[str]
    count: ClassVar[str] = ""
    """Which of the four counts the records are, so that the list proves its number."""

    def wanted(self) -> Q:
        """Return the filter for the rows at the place and in the count that the address names."""
        return self.place_q() & counted_q(self.asked.counted)

    def chosen_at_first(self) -> dict[str, list[str]]:
        """Return what is chosen as long as the reader has chosen nothing; nothing by default."""
        return {}

    def rows(self) -> QuerySet[Any, Any]:
        """Return the rows that the address asks for, in the reader's scope."""
        raise NotImplementedError

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Show the list, a page of it, or all of it as a file."""
        self.filters = self.filters_class(self, self.rows())
        chosen = self.filters.qs if self.filters.understood else self.filters.queryset.none()
        if kind := format_asked(self.request):
            return self.exported(chosen, kind)
        response = self.render_to_response(self.get_context_data(rows=chosen))
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get_template_names(self) -> list[str]:
        """Return the part with the table where htmx asks for it, else the page."""
        wanted = getattr(self.request, "htmx", None)
        if wanted and not wanted.history_restore_request:
            return [self.part_template_name]
        return [str(self.template_name)]

    def table(self, rows: QuerySet[Any, Any]) -> RecordTable:
        """Return the table of ``rows`` in the order asked for, at the page asked for."""
        table = self._sorted(rows)
        page = self.request.GET.get("page", "1")
        table.open_page(page)
        return table

    def exported(self, rows: QuerySet[Any, Any], kind: str) -> HttpResponseBase:
        """Return every row as a file, with what was asked for in its first lines."""
        number = rows.count()
        refuse_too_long(number, EXPORT_LIMIT)
        placeholders = self.rest_on_placeholders(rows)
        listed = self._sorted(rows).data.data
        return sent(listing_of(self, listed, number, placeholders=placeholders), kind)

    def _sorted(self, rows: QuerySet[Any, Any]) -> RecordTable:
        table = self.table_class(rows, page=self)
        sort = self.request.GET.getlist("sort")
        if sort:
            table.order_by = sort
        # Equal records keep their places from page to page.
        table.data.data = table.data.data.order_by(*table.data.data.query.order_by, "pk")
        return table

    def described(self) -> list[str]:
        """Return in words what is listed: state, day, place, which records, and other choices."""
        asked = self.asked
        words = [str(asked.state.label)] if self.of_a_state else []
        words.append(asked.as_of.isoformat())
        if asked.division is None and asked.today is None:
            words.append(self.whole_scope())
        for name, chips in self.filters.chips().items():
            if name not in _SAID_ALREADY:
                words.append(labelled(chips[0].label, "、".join(str(chip.value) for chip in chips)))
        return words

    def whole_scope(self) -> str:
        """Return in words whose records the reader sees without a choice."""
        own = self.request.user.division if self.request.user.is_authenticated else None
        return str(_("Whole city")) if self.scope.is_city or own is None else str(own.label)

    def summary(self, rows: QuerySet[Any, Any]) -> dict[str, Any]:  # noqa: ARG002 - for subclasses
        """Return what stands beside the number of records; nothing unless the list adds it."""
        return {}

    def rest_on_placeholders(self, rows: QuerySet[Any, Any]) -> bool:
        """Whether a listed record stands in for a real one."""
        return rows.filter(rests_on_placeholder=True).exists()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the table, the choices, and the line that says what is listed."""
        rows = kwargs.pop("rows")
        table = self.table(rows)
        kwargs.setdefault("clear_url", self.request.path)
        return super().get_context_data(
            title=self.title,
            unit=self.unit,
            filters=self.filters,
            chips=[chip for chips in self.filters.chips().values() for chip in chips],
            table=table,
            page_obj=table.page,
            described=self.described(),
            summary=self.summary(rows),
            total=table.paginator.count,
            export_limit=EXPORT_LIMIT,
            placeholders_listed=self.rest_on_placeholders(rows),
            **self.proof(),
            **kwargs,
        )

    def proof(self) -> dict[str, Any]:
        """Return where the number of the count comes from at the place, state and day asked for."""
        asked = self.asked
        if not self.count:
            return {}
        if not asked.counted and "proof" not in self.request.GET:
            # Counting a large city takes a moment, which whoever only looks up a name must not wait.
            return {"proof_url": self._with_proof()}
        place = asked.division or asked.today
        return {
            "proof": proof_of(
                self.state_view,
                self.count,
                scope=self.scope,
                place=self.place_q(),
                division=asked.division,
                today=asked.today,
            ),
            "proof_of": self.whole_scope() if place is None else Owner(place).label,
            "proof_address": reverse("api-programme-counts", args=[self.programme.code])
            + f"?{urlencode({'state': asked.state.value, 'as_of': asked.as_of.isoformat()})}",
        }

    def _with_proof(self) -> str:
        asked = self.request.GET.copy()
        asked["proof"] = "1"
        return f"?{asked.urlencode()}"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the programme to this list."""
        return [(str(self.title), "")]

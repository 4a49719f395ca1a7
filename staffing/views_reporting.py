"""The page of a month's head counts: last figures beside the fields, doubts told after saving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.checks.base import Scope as Owner
from consolidation.models.programmes import StaffCategory
from consolidation.services.seen import ConflictError
from consolidation.views.base import asked_choice
from consolidation.views.corrections import OwnLedgerPage
from consolidation.views.reader import reader_of
from platforms_portal.exports import format_asked, sent
from platforms_portal.listings import Listing, file_name
from staffing.counting import save_head_counts
from staffing.reporting import (
    count_rows,
    doubts_about,
    month_headings,
    month_rows,
    months_to_report,
)

if TYPE_CHECKING:
    import datetime

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from staffing.reporting import CountRow

TITLE = gettext_lazy("Monthly head counts")
SEEN = "seen-"


class HeadCountsPage(OwnLedgerPage):
    """One row a body in being on the last day of the month that the address names."""

    section: ClassVar[str] = "head-counts"
    template_name = "staffing/reporting/month.html"

    days: list[datetime.date]
    day: datetime.date | None
    errors: dict[str, list[str]] | None = None
    conflict: ConflictError | None = None

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Find the month too; the newest one where none is asked for."""
        super().prepare(request, **kwargs)
        self.days = months_to_report(self.programme)
        by_month = {f"{day:%Y-%m}": day for day in self.days}
        asked = request.GET.get("month", "")
        if asked:
            asked_choice("month", asked, [*by_month])
        self.day = by_month.get(asked) or (self.days[0] if self.days else None)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list of people."""
        return [
            (_("Management staff"), reverse("people", args=[self.programme.code])),
            (str(TITLE), ""),
        ]

    def get(self, _request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the month, or send it as a file."""
        kind = format_asked(self.request)
        if kind and self.day is not None:
            return sent(self._listing(self.day), kind)
        return super().get(_request, *args, **kwargs)

    def _listing(self, day: datetime.date) -> Listing:
        """Return the month as it is saved, with the count before beside each figure."""
        rows = count_rows(self.programme, self.own.pk, day)
        title, owner = str(TITLE), str(Owner(self.own).label)
        said = [owner, day.isoformat(), _("%(n)d records") % {"n": len(rows)}]
        if any(row.is_placeholder for row in rows):
            said.append(_("Rests on placeholder data"))
        return Listing(
            name=file_name(self.programme.division.label, title, owner, f"{day:%Y-%m}"),
            plain_name=f"{self.programme.code}-head-counts-{self.own.code}-{day:%Y-%m}",
            title=title,
            about=[[title, self.programme.label], said],
            headings=month_headings(self.programme),
            chunks=[month_rows(rows)],
        )

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save the month; what is refused is shown at its field, with all that was typed."""
        if self.day is None or not self._save(request, self.day):
            return self.render_to_response(self.get_context_data(**kwargs), status=422)
        address = reverse("head-counts", args=[self.programme.code])
        return redirect(f"{address}?month={self.day:%Y-%m}")

    def _save(self, request: HttpRequest, day: datetime.date) -> bool:
        sent = {name: str(value) for name, value in request.POST.items()}
        seen = {
            int(name.removeprefix(SEEN)): value
            for name, value in sent.items()
            if name.startswith(SEEN) and name.removeprefix(SEEN).isdecimal()
        }
        try:
            number = save_head_counts(
                programme=self.programme,
                division=self.own,
                day=day,
                given=sent,
                seen=seen,
                user=reader_of(request),
            )
        except ConflictError as conflict:
            self.conflict = conflict
            return False
        except ValidationError as refused:
            by_field = getattr(refused, "error_dict", {NON_FIELD_ERRORS: [refused]})
            self.errors = {name: ValidationError(e).messages for name, e in by_field.items()}
            return False
        told = _("The head counts are saved.") if number else _("Nothing was changed.")
        messages.success(request, told)
        return True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the rows, as typed where something was refused, and what looks wrong."""
        rows = count_rows(self.programme, self.own.pk, self.day) if self.day else []
        return super().get_context_data(
            title=TITLE,
            days=self.days,
            day=self.day,
            categories=[StaffCategory(c).label for c in self.programme.counted_categories],
            rows=[(row, self._cells(row)) for row in rows],
            doubts=doubts_about(rows),
            errors=self.errors or {},
            general_errors=(self.errors or {}).get(NON_FIELD_ERRORS, []),
            conflicts=self._conflicts(rows),
            rests_on_placeholders=any(row.is_placeholder for row in rows),
            **kwargs,
        )

    def _cells(self, row: CountRow) -> list[dict[str, Any]]:
        typed = self.request.POST
        return [
            {
                "cell": cell,
                "text": typed.get(cell.name, cell.text),
                "problems": (self.errors or {}).get(cell.name, []),
            }
            for cell in row.cells
        ]

    def _conflicts(self, rows: list[CountRow]) -> list[tuple[str, str, str]]:
        labels = {
            cell.name: f"{row.body.label} · {cell.label}" for row in rows for cell in row.cells
        }
        fields = self.conflict.fields if self.conflict else []
        return [(labels[field.name], field.theirs, field.mine) for field in fields]

"""The report workbook of a programme, state and day, as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from consolidation.views.reader import reader_of
from platforms_portal.pages import BadParameterError
from reports.selectors.report import Reader
from reports.services.workbooks import save_report
from reports.views.base import ReportPage
from reports.views.files import download, report_name
from reports.workbook.errors import ReportError

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class ReportWorkbook(ReportPage):
    """Sends the report workbook; a district's holds its own records and the city's figures."""

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Write the workbook and send it."""
        asked = self.asked
        reader = Reader.of_user(reader_of(self.request))
        names = report_name(self.programme, asked.state, asked.as_of, asked.division)
        try:
            return download(
                names,
                lambda path: save_report(
                    path,
                    programme=self.programme,
                    state=asked.state,
                    as_of=asked.as_of,
                    reader=reader,
                    division=asked.division,
                    since=self.since,
                ),
            )
        except ReportError as refused:
            advice = _("Nothing was written. Try again, or ask for one division.")
            raise BadParameterError(str(refused), advice) from refused

"""The forms of departments as files, for the state, day and division of the page that offers them."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING, Any, ClassVar

from django.http import FileResponse
from django.utils.translation import override

from consolidation.checks.base import Scope as Owner
from consolidation.selectors.home import Overview
from consolidation.selectors.ledger import bodies_visible_to, platforms_visible_to
from consolidation.selectors.state import State, state_view
from consolidation.views.export import refuse_too_long
from platforms_portal.access import Right, rights_of
from platforms_portal.listings import as_attachment, file_name
from platforms_portal.xlsx_files import XLSX
from reports.forms_out.bodies import TITLE as BODIES_TITLE
from reports.forms_out.bodies import write_bodies
from reports.forms_out.platforms import TITLE as PLATFORMS_TITLE
from reports.forms_out.platforms import write_platforms
from reports.forms_out.summary import TITLE as SUMMARY_TITLE
from reports.forms_out.summary import write_summary
from reports.selectors.before_after import BeforeAfter
from reports.views.base import ReportPage

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

FORM_LIMIT = 20_000
"""The rows of a form at most: it is made to be printed, and held as a whole for its boxes."""


class FormFile(ReportPage):
    """A form as a workbook. It is Chinese, in whichever language the page is read."""

    plain_name: ClassVar[str]
    form_title: ClassVar[str]

    def write(self, file: IO[bytes]) -> None:
        """Write the form into ``file``."""
        raise NotImplementedError

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Send the form."""
        # Closed by the answer once it is sent, or by whatever stops the writing.
        file = tempfile.TemporaryFile(prefix="form-", suffix=".xlsx")  # noqa: SIM115
        try:
            with override("zh-hans"):
                self.write(file)
                name = file_name(
                    self.unit,
                    self.form_title,
                    str(self.state.label),
                    self.asked.as_of.isoformat(),
                )
        except BaseException:
            file.close()
            raise
        file.seek(0)
        day = self.asked.as_of.isoformat()
        plain = [self.programme.code, self.plain_name, self.state.value, day]
        if self.asked.division is not None:
            plain.append(self.asked.division.code)
        response = FileResponse(file, content_type=XLSX)
        response["Content-Disposition"] = as_attachment(name, "-".join(plain), ".xlsx")
        return response

    @property
    def state(self) -> State:
        """What stands as after: what the plans say, unless the form can show something else."""
        return State.PLANNED

    @property
    def unit(self) -> str:
        """Whose form it is: the division asked for, the reader's own, or the city."""
        if self.asked.division is not None:
            return str(Owner(self.asked.division).label)
        own = self.request.user.division if self.request.user.is_authenticated else None
        if self.scope.is_city or own is None:
            return str(self.programme.division.name)
        return str(own.name)

    @property
    def day(self) -> str:
        """The day in words."""
        day = self.asked.as_of
        return f"{day.year}年{day.month}月{day.day}日"


class SummaryForm(FormFile):
    """开发平台整合情况汇总表."""

    right = Right.VIEW_CITY
    plain_name = "summary"
    form_title = SUMMARY_TITLE

    @property
    def state(self) -> State:
        """The state asked for; the baseline is what every form shows as before."""
        asked = self.asked.state
        return State.PLANNED if asked == State.BASELINE else asked

    def write(self, file: IO[bytes]) -> None:
        """Write a row for each owner that the reader may see."""
        rights = rights_of(self.request.user)
        overview = Overview(self.programme, self.state, self.asked.as_of, self.scope, rights)
        write_summary(file, overview, self.asked.division, unit=self.unit)


class ComparisonForm(FormFile):
    """What the forms of platforms and bodies share: what the plans say on the day."""

    def found(self) -> BeforeAfter:
        """Return the platforms and bodies at the place asked for."""
        view = state_view(self.programme, self.state, self.asked.as_of)
        place, rights = self.place_q(), rights_of(self.request.user)
        bodies = Right.VIEW_BODIES in rights
        refuse_too_long(platforms_visible_to(self.scope, view, place).count(), FORM_LIMIT)
        if bodies:
            refuse_too_long(bodies_visible_to(self.scope, view, place).count(), FORM_LIMIT)
        return BeforeAfter(
            self.scope,
            view,
            place,
            bodies=bodies,
            people=bodies and Right.VIEW_PEOPLE in rights,
        )


class PlatformsForm(ComparisonForm):
    """平台整合对照表."""

    right = Right.VIEW_LEDGER
    plain_name = "platforms-before-after"
    form_title = PLATFORMS_TITLE

    def write(self, file: IO[bytes]) -> None:
        """Write the platforms, grouped by what they go into."""
        write_platforms(file, self.found(), unit=self.unit, day=self.day)


class BodiesForm(ComparisonForm):
    """机构编制调整前后对照表."""

    right = Right.VIEW_BODIES
    plain_name = "bodies-before-after"
    form_title = BODIES_TITLE

    def write(self, file: IO[bytes]) -> None:
        """Write the bodies."""
        write_bodies(file, self.found(), unit=self.unit, day=self.day)

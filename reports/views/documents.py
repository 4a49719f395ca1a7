"""The documents of a plan as Word files, for whoever sees the plan."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING, Any, ClassVar

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import override

from consolidation.selectors.ledger import plans_listed_for
from consolidation.views.export import refuse_too_long
from consolidation.views.reader import reader_of
from platforms_portal.access import Right
from platforms_portal.listings import as_attachment, file_name
from reports.documents.reply import write_reply
from reports.documents.request import write_request
from reports.documents.wording import plan_title
from reports.selectors.offered import has_reply
from reports.selectors.plan_facts import PlanFacts
from reports.views.base import ReportPage

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from consolidation.models import MergePlan

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

ANNEX_LIMIT = 2_000
"""The rows of the annex at most: a document of more pages is the list's business."""


class PlanDocument(ReportPage):
    """A document of one plan; a plan that the reader does not see is not found (404)."""

    right = Right.VIEW_LEDGER
    kind: ClassVar[str]
    plain_name: ClassVar[str]

    plan: MergePlan

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Find the plan."""
        super().prepare(request, **kwargs)
        plans = plans_listed_for(reader_of(request), self.programme)
        self.plan = get_object_or_404(plans, pk=kwargs["pk"])

    def write(self, file: IO[bytes], facts: PlanFacts) -> None:
        """Write the document into ``file``."""
        raise NotImplementedError

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Send the document. It is Chinese, in whichever language the page is read."""
        refuse_too_long(self.plan.dispositions.count(), ANNEX_LIMIT)
        facts = PlanFacts(self.plan, reader_of(self.request), self.asked.as_of)
        # Closed by the answer once it is sent, or by whatever stops the writing.
        file = tempfile.TemporaryFile(prefix="document-", suffix=".docx")  # noqa: SIM115
        try:
            with override("zh-hans"):
                self.write(file, facts)
                name = file_name(f"{plan_title(self.plan)}{self.kind}", f"第{self.plan.version}版")
        except BaseException:
            file.close()
            raise
        file.seek(0)
        response = FileResponse(file, content_type=DOCX)
        plain = f"{self.programme.code}-plan-{self.plan.pk}-{self.plain_name}"
        response["Content-Disposition"] = as_attachment(name, plain, ".docx")
        return response


class PlanRequest(PlanDocument):
    """请示."""

    kind = "请示"
    plain_name = "request"

    def write(self, file: IO[bytes], facts: PlanFacts) -> None:
        """Write what the division sends up."""
        write_request(file, facts)


class PlanReply(PlanDocument):
    """批复, of a plan that was approved; there is none of any other (404)."""

    kind = "批复"
    plain_name = "reply"

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Refuse a plan that was not approved."""
        super().prepare(request, **kwargs)
        if not has_reply(self.plan):
            raise Http404(_("The plan is not approved, so there is no reply to it yet."))

    def write(self, file: IO[bytes], facts: PlanFacts) -> None:
        """Write what the commission answers."""
        write_reply(file, facts)

"""What the pages of imports share: who may open them, and what they may upload."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.selectors.plans import owners_of
from consolidation.views.base import ProgrammePage
from consolidation.views.reader import reader_of
from exchange.selectors.runs import LEDGER_TEMPLATES
from exchange.subjects import TEMPLATES
from platforms_portal.access import Right, rights_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User
    from exchange.subjects import Template
    from zones.models import Division

ORDER = ("plan", "head_counts", "ledger", "bodies", "staff")
"""The templates in the order in which offices need them."""


class ImportsBase(ProgrammePage):
    """A page for those who upload workbooks: officials for their division, and who loads the ledger."""

    right = Right.VIEW_LEDGER
    section = "imports"
    saves_views = False

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Refuse who may upload nothing."""
        super().prepare(request, **kwargs)
        if not {Right.EDIT_PLAN, Right.LOAD_LEDGER} & rights_of(request.user):
            raise PermissionDenied(
                _("Workbooks are uploaded by divisions, and by who may load the ledger.")
            )

    @property
    def reader(self) -> User:
        """Who reads the page."""
        return reader_of(self.request)

    @cached_property
    def loads_directly(self) -> bool:
        """Whether the reader writes the ledger itself, of any division."""
        return Right.LOAD_LEDGER in rights_of(self.request.user)

    @cached_property
    def templates(self) -> list[Template]:
        """The templates that the reader may upload."""
        allowed = {*LEDGER_TEMPLATES} if self.loads_directly else {*TEMPLATES}
        return [TEMPLATES[key] for key in ORDER if key in allowed]

    @cached_property
    def owners(self) -> list[Division]:
        """The owners for whom the reader may upload."""
        return [owner for owner in owners_of(self.programme) if self.scope.covers(owner.pk)]

    @property
    def own(self) -> Division | None:
        """The reader's own division; none for who sees the city."""
        return None if self.scope.is_city else next(iter(self.owners), None)

    def way_up(self) -> tuple[str, str]:
        """Return the breadcrumb of the list."""
        return (_("Import workbooks"), reverse("imports", args=[self.programme.code]))

"""The ledger: lists of platforms, management bodies and plates, and the page of each record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consolidation.filters import BodyFilters, PlateFilters, PlatformFilters
from consolidation.selectors.counts import BODIES, PLATES, PLATFORMS
from consolidation.selectors.ledger import (
    bodies_visible_to,
    plates_visible_to,
    platforms_visible_to,
)
from consolidation.tables import BodyTable, PlateTable, PlatformTable
from consolidation.views.lists import RecordList
from platforms_portal.access import Right

if TYPE_CHECKING:
    from django.db.models import QuerySet


class PlatformList(RecordList):
    """The platforms of the ledger, and those that the programme founds."""

    right = Right.VIEW_LEDGER
    section = "platforms"
    title = PLATFORMS.title
    unit = PLATFORMS.unit
    file_name = "platforms"
    count = "platforms"
    table_class = PlatformTable
    filters_class = PlatformFilters

    def rows(self) -> QuerySet[Any, Any]:
        """Return the platforms asked for."""
        return platforms_visible_to(self.scope, self.state_view, self.wanted())


class BodyList(RecordList):
    """The management bodies of the ledger, and those that plans found."""

    right = Right.VIEW_BODIES
    section = "bodies"
    title = BODIES.title
    unit = BODIES.unit
    file_name = "bodies"
    count = "bodies"
    table_class = BodyTable
    filters_class = BodyFilters

    def rows(self) -> QuerySet[Any, Any]:
        """Return the bodies asked for."""
        return bodies_visible_to(self.scope, self.state_view, self.wanted())


class PlateList(RecordList):
    """The plates of the baseline's platforms."""

    right = Right.VIEW_LEDGER
    section = "plates"
    title = PLATES.title
    unit = PLATES.unit
    file_name = "plates"
    count = "plates"
    table_class = PlateTable
    filters_class = PlateFilters

    def rows(self) -> QuerySet[Any, Any]:
        """Return the plates asked for."""
        return plates_visible_to(self.scope, self.state_view, self.wanted())

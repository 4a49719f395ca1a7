"""The page of one record of the ledger: a platform, a management body, a plate."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.panels import BODY, panels_for
from consolidation.selectors.changes import CHANGES_LIMIT, changes_in, differences
from consolidation.selectors.counts import BODIES, PLATES, PLATFORMS
from consolidation.selectors.ledger import (
    bodies_visible_to,
    plates_visible_to,
    platforms_visible_to,
)
from consolidation.selectors.lineage import (
    bodies_in_ledger,
    bodies_of,
    decisions_on,
    decisions_on_body,
    decisions_on_plate,
    histories_of_body,
    histories_of_plate,
    histories_of_platform,
    merged_into,
    plates_in_ledger,
    plates_of,
    platform_on,
    platforms_in_ledger,
    platforms_of,
    retained_in,
)
from consolidation.selectors.state import State, StateView, state_view
from consolidation.views.base import ExportedPage, ProgrammePage
from consolidation.views.changed import change_headings, change_rows
from consolidation.views.facts import facts_of
from consolidation.views.reader import reader_of
from platforms_portal.access import Right, has_right

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from consolidation.selectors.changes import Change
    from platforms_portal.listings import Listing

PLATFORM_FACTS = (
    "code",
    "level",
    "kind",
    "gbt37028_code",
    "origin",
    "established_on",
    "closed_on",
    "approval_document",
    "approved_on",
    "approved_area",
    "managed_area",
    "built_up_area",
)
BOUNDARY = ("boundary_north", "boundary_east", "boundary_south", "boundary_west")
BODY_FACTS = (
    "code",
    "uscc",
    "nature",
    "rank",
    "parent_body",
    "approval_document",
    "funding",
    "internal_departments",
    "leadership_teams",
    "secretary_is_director",
    "origin",
    "established_on",
    "abolished_on",
)
PLATE_FACTS = ("code", "level", "kind", "gbt37028_code")


def rest_on_placeholders(*records: Any) -> bool:
    """Whether one of the records that a page shows stands in for a real one."""
    return any(record.is_placeholder for record in records)


class RecordPage(ProgrammePage):
    """The page of one record: ``record`` is found before any handler runs; out of scope is 404."""

    record: Any

    def records(self) -> QuerySet[Any, Any]:
        """Return the records of this kind in the reader's scope."""
        raise NotImplementedError

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Find the record."""
        super().prepare(request, **kwargs)
        self.record = get_object_or_404(self.records(), pk=kwargs["pk"])

    @cached_property
    def planned_view(self) -> StateView:
        """What the plans say, on the day that the reader chose."""
        return state_view(self.programme, State.PLANNED, self.asked.as_of)

    @cached_property
    def actual_view(self) -> StateView:
        """What was carried out, on the day that the reader chose."""
        return state_view(self.programme, State.ACTUAL, self.asked.as_of)

    def may(self, right: Right) -> bool:
        """Whether the reader holds ``right``."""
        return has_right(reader_of(self.request), right)

    def changes(self, histories: list[QuerySet[Any]]) -> list[Change] | None:
        """Return what was changed about the record; ``None`` for readers who may not see it."""
        return changes_in(histories) if self.may(Right.VIEW_HISTORY) else None

    def way_here(self, list_name: str, title: Any, label: str) -> list[tuple[str, str]]:
        """Return the way from the programme over a list to this record."""
        return [(str(title), reverse(list_name, args=[self.programme.code])), (label, "")]


class RecordWithHistory(RecordPage, ExportedPage):
    """The page of a record whose history is offered as a file, to those who may read it."""

    export_name = "history"
    export_title = gettext_lazy("History")

    def listing(self) -> Listing:
        """Return the history that the page shows; refused to who may not read it."""
        if not self.may(Right.VIEW_HISTORY):
            wanted = Right.VIEW_HISTORY.label
            raise PermissionDenied(
                _("Your role does not have the right to “%(right)s”.") % {"right": wanted}
            )
        return super().listing()

    def export_file_name(self) -> str:
        """Name the record by its key; a history has no day of its own."""
        return f"{self.programme.code}-{self.section}-{self.record.pk}-history"

    def export_words(self) -> list[Any]:
        """Name the record as its page does."""
        return [self.export_about()[0], self.export_title]

    def export_about(self) -> list[str]:
        """Say whose history it is, and how far it goes back."""
        _list, (label, _address) = self.breadcrumbs()[-2:]
        longest = _("at most %(n)d changes of each kind of record, the newest") % {
            "n": CHANGES_LIMIT
        }
        return [label, str(self.export_title), longest]

    def export_table(self, shown: dict[str, Any]) -> tuple[list[Any], Iterable[Iterable[Any]]]:
        """Return a line for each field that changed."""
        return change_headings(), change_rows(shown["changes"])


class PlatformPage(RecordWithHistory):
    """One platform: facts, what becomes of it, lineage, plates, bodies, names, history."""

    right = Right.VIEW_LEDGER
    section = "platforms"
    template_name = "consolidation/platform.html"

    def records(self) -> QuerySet[Any, Any]:
        """Return the platforms of the ledger, also those that no state counts."""
        return platforms_in_ledger(self.scope, self.programme)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list."""
        return self.way_here("platforms", PLATFORMS.title, self.record.label)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is known of the platform."""
        platform, view, actual = self.record, self.planned_view, self.actual_view
        retention = retained_in(self.scope, self.programme).filter(platform=platform).first()
        decisions = decisions_on(view, platform)
        incoming = merged_into(self.scope, view, platform)
        plates = plates_of(self.scope, view, platform)
        bodies = bodies_of(self.scope, view, platform) if self.may(Right.VIEW_BODIES) else None
        on_day = platform_on(actual, platform, retention, decisions_on(actual, platform))
        own = platforms_visible_to(self.scope, view).filter(pk=platform.pk)
        carried_out = platforms_visible_to(self.scope, actual)
        return super().get_context_data(
            platform=platform,
            facts=facts_of(platform, *PLATFORM_FACTS),
            boundary=facts_of(platform, *BOUNDARY),
            industries=list(platform.leading_industries.select_related("industry")),
            retention=retention,
            decisions=decisions,
            planned=own.first(),
            actual=carried_out.filter(pk=platform.pk).first(),
            incoming=incoming,
            plates=plates,
            bodies=bodies,
            names=list(platform.names.all()),
            on_day=on_day,
            then=differences(on_day.record, platform) if on_day.record else (),
            changes=self.changes(histories_of_platform(platform, retention, decisions)),
            rests_on_placeholders=rest_on_placeholders(
                platform, *decisions, *incoming.decisions, *plates, *(bodies or ())
            ),
            **kwargs,
        )


class BodyPage(RecordWithHistory):
    """One management body: facts, posts, fate, what it manages, and what other apps add."""

    right = Right.VIEW_BODIES
    section = "bodies"
    template_name = "consolidation/body.html"

    def records(self) -> QuerySet[Any, Any]:
        """Return the bodies of the ledger, also those that no state counts."""
        return bodies_in_ledger(self.scope, self.programme)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list."""
        return self.way_here("bodies", BODIES.title, self.record.label)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is known of the body."""
        body, view, actual = self.record, self.planned_view, self.actual_view
        decisions = decisions_on_body(view, body)
        own = bodies_visible_to(self.scope, view).filter(pk=body.pk)
        carried_out = bodies_visible_to(self.scope, actual).filter(pk=body.pk)
        posts = list(body.leadership_posts.order_by("pk"))
        return super().get_context_data(
            body=body,
            facts=facts_of(body, *BODY_FACTS),
            posts=posts,
            platforms=platforms_of(body),
            decisions=decisions,
            planned=own.first(),
            actual=carried_out.first(),
            panels=panels_for(reader_of(self.request), self.scope, view, BODY, body),
            changes=self.changes(histories_of_body(body, decisions)),
            rests_on_placeholders=rest_on_placeholders(body, *posts, *decisions),
            **kwargs,
        )


class PlatePage(RecordWithHistory):
    """One plate: who carries it at the baseline, and what becomes of it."""

    right = Right.VIEW_LEDGER
    section = "plates"
    template_name = "consolidation/plate.html"

    def records(self) -> QuerySet[Any, Any]:
        """Return the plates of the ledger, also those that no state counts."""
        return plates_in_ledger(self.scope, self.programme)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list."""
        return self.way_here("plates", PLATES.title, self.record.title)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is known of the plate."""
        plate, view, actual = self.record, self.planned_view, self.actual_view
        decisions = decisions_on_plate(view, plate)
        own = plates_visible_to(self.scope, view).filter(pk=plate.pk)
        carried_out = plates_visible_to(self.scope, actual).filter(pk=plate.pk)
        return super().get_context_data(
            plate=plate,
            facts=facts_of(plate, *PLATE_FACTS),
            decisions=decisions,
            planned=own.first(),
            actual=carried_out.first(),
            changes=self.changes(histories_of_plate(plate, decisions)),
            rests_on_placeholders=rest_on_placeholders(plate, *decisions),
            **kwargs,
        )

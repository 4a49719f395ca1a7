"""What narrows the lists of the ledger and of retained platforms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consolidation.api_filters.common import StateParameters, choose, order_by, search_in
from consolidation.models import BodyDisposition, Disposition, PlateDisposition, RetainedPlatform
from consolidation.models.programmes import HighLevelClass
from consolidation.selectors.ledger import body_text_q, platform_text_q
from platforms_portal.api.parameters import YesNo
from zones.models import Level, ManagementBody, Platform

if TYPE_CHECKING:
    from django.db.models import QuerySet

NOTHING = "none"


def fates(choices: Any) -> Any:
    """Return the filter by what has effect in the state, of ``choices`` or nothing."""
    return django_filters.MultipleChoiceFilter(
        method="by_fate",
        choices=[*choices, (NOTHING, _("Nothing in effect"))],
        help_text=_("What has effect in the state; may be repeated."),
    )


class LedgerParameters(StateParameters):
    """What narrows every list of the ledger."""

    def by_fate(self, queryset: QuerySet[Any], _name: str, value: list[str]) -> QuerySet[Any]:
        """Keep the rows with one of the fates."""
        wanted = Q(fate__in=[fate for fate in value if fate != NOTHING])
        if NOTHING in value:
            wanted |= Q(fate__isnull=True)
        return queryset.filter(wanted) if value else queryset


class PlatformParameters(LedgerParameters):
    """What narrows the list of platforms."""

    level = choose(Level.choices, "level", _("Level; may be repeated."))
    disposition = django_filters.MultipleChoiceFilter(
        method="by_decision",
        choices=[*Disposition.Kind.choices, (NOTHING, _("No plan says"))],
        help_text=_("What a plan that counts says, carried out or not; may be repeated."),
    )
    fate = fates(Disposition.Kind.choices)
    target = django_filters.CharFilter(
        method="by_target", help_text=_("Code of the platform that it is merged into.")
    )
    retained = YesNo(field_name="is_retained", help_text=_("On the list of retained platforms."))
    sub_area = YesNo(help_text=_("Designated as a sub-area by the day."))
    search = search_in(_("Part of any name that it bears or bore, or of the codes."))
    ordering = order_by(
        ("code", "code"), ("name", "name"), ("level", "level"), ("division__code", "division"),
        ("approved_area", "approved_area"), ("managed_area", "managed_area"),
        ("built_up_area", "built_up_area"), ("established_on", "established_on"),
    )  # fmt: skip

    def by_target(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Keep the platforms whose merger into this one has effect."""
        return queryset.filter(fate_target__in=Platform.objects.filter(code=value).values("pk"))

    def by_decision(self, queryset: QuerySet[Any], _name: str, value: list[str]) -> QuerySet[Any]:
        """Keep the platforms that a plan disposes of in one of these ways."""
        wanted = Q(decided_kind__in=[kind for kind in value if kind != NOTHING])
        if NOTHING in value:
            wanted |= Q(decided_kind__isnull=True)
        return queryset.filter(wanted) if value else queryset

    def search_text(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Look in every name that a platform bears or bore."""
        return queryset.filter(platform_text_q(value))


class BodyParameters(LedgerParameters):
    """What narrows the list of management bodies."""

    rank = choose(ManagementBody.Rank.choices, "rank", _("Rank; may be repeated."))
    nature = choose(ManagementBody.Nature.choices, "nature", _("Nature; may be repeated."))
    fate = fates(BodyDisposition.Fate.choices)
    search = search_in(_("Part of the name, the codes or a managed platform's name."))
    ordering = order_by(
        ("code", "code"), ("name", "name"), ("rank", "rank"), ("division__code", "division"),
        ("established_on", "established_on"),
    )  # fmt: skip

    def search_text(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Look in names, codes, and the names of the platforms that a body manages."""
        return queryset.filter(body_text_q(value))


class PlateParameters(LedgerParameters):
    """What narrows the list of plates."""

    search_fields = ("title", "code", "platform__name")

    level = choose(Level.choices, "level", _("Level; may be repeated."))
    fate = fates(PlateDisposition.Fate.choices)
    search = search_in(_("Part of the title, the code or the platform's name."))
    ordering = order_by(
        ("code", "code"), ("title", "title"), ("level", "level"),
        ("platform__division__code", "division"),
    )  # fmt: skip


class RetainedParameters(StateParameters):
    """What narrows the list of retained platforms."""

    search_fields = ("platform__name", "listed_name", "former_name", "platform__code")

    sub_area = YesNo(help_text=_("Designated as a sub-area by the day."))
    provisional = YesNo(field_name="is_provisional", help_text=_("Provisional in the document."))
    high_level = YesNo(field_name="is_high_level", help_text=_("A high-level strategic platform."))
    high_level_class = choose(
        HighLevelClass.choices, "high_level_class", _("Class of high-level platform.")
    )
    discipline = choose(
        RetainedPlatform.Discipline.choices,
        "discipline",
        _("How discipline inspection is provided."),
    )
    search = search_in(_("Part of the name, the name in the list, the former name or the code."))
    ordering = order_by(
        ("sequence", "sequence"),
        ("platform__name", "name"),
        ("platform__division__code", "division"),
    )

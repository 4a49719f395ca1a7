"""The sheets of the retained platforms: the list, and their ranks in the nation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from consolidation.loading.cells import many
from consolidation.loading.references import department, industry, platform, retained
from consolidation.loading.specs import Column, Link, Sheet, in_programme
from consolidation.models import NationalRank, RetainedIndustry, RetainedPlatform
from consolidation.sheets import words
from zones.models import Origin

if TYPE_CHECKING:
    from consolidation.loading.rows import Row


def _prepare(row: Row) -> None:
    known = row.get("platform")
    if (
        row.get("founding_confirmed_on")
        and known is not None
        and known.values.get("origin") != Origin.FOUNDED
    ):
        message = _(
            "This platform stands in the ledger and is not founded. Leave this empty, "
            "or give it the origin “founded” in “platforms”."
        )
        row.fail("founding_confirmed_on", message)
    if row.get("high_level_class") and row.get("is_high_level") is not True:
        message = _("A class needs “yes” in “is_high_level”.")
        row.fail("high_level_class", message)


RETAINED = Sheet(
    name="retained",
    model=RetainedPlatform,
    key=("platform",),
    scope=in_programme(),
    columns=(
        Column("platform", required=True, parse=platform),
        Column("sequence"),
        Column("listed_name"),
        Column("former_name"),
        Column("is_provisional"),
        Column("is_sub_area"),
        Column("designated_on"),
        Column("designation_reason"),
        Column("designation_document"),
        Column("withdrawn_on"),
        Column("withdrawal_reason"),
        Column("withdrawal_document"),
        Column("is_high_level"),
        Column("high_level_class", words=words.HIGH_LEVEL_CLASSES),
        Column("lead_department", parse=department),
        Column("operator_company"),
        Column("operator_uscc"),
        Column("operator_is_separate"),
        Column("discipline", words=words.DISCIPLINES),
        Column("has_cooperation_park"),
        Column("parcels"),
        Column("founding_confirmed_on"),
    ),
    links=(
        Link(
            heading="industries",
            model=RetainedIndustry,
            owner="retained",
            target="industry",
            parse=many(industry),
            scope=in_programme("retained__programme"),
        ),
    ),
    sourced=True,
    prepare=_prepare,
)

RANKS = Sheet(
    name="ranks",
    model=NationalRank,
    key=("retained", "zone_kind", "year"),
    scope=in_programme("retained__programme"),
    columns=(
        Column("platform", "retained", required=True, parse=retained),
        Column("zone_kind", required=True, words=words.ZONE_KINDS),
        Column("year", required=True),
        Column("rank", required=True),
    ),
    sourced=True,
)

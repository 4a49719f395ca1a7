"""The sheets of the ledger: platforms and their names, plates, management bodies, leading posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from consolidation.loading.cells import many
from consolidation.loading.references import body, division, industry, owner, platform
from consolidation.loading.specs import Column, Link, Sheet, in_ledger
from consolidation.sheets import words
from zones.models import (
    BodyPlatform,
    LeadershipPost,
    LeadingIndustry,
    ManagementBody,
    Origin,
    Plate,
    Platform,
    PlatformName,
)

if TYPE_CHECKING:
    from consolidation.loading.loads import Load
    from consolidation.loading.rows import Row


def _warn_if_younger(row: Row) -> None:
    """Tell of a record of the ledger that its date of founding keeps out of the baseline."""
    start, day = row.get("established_on"), row.load.baseline
    if not row.load.baseline_known or start is None or row.get("origin") == Origin.FOUNDED:
        return
    if start > day:
        message = _("After the baseline (%(day)s): this record does not count in it.")
        row.warn("established_on", message % {"day": day})


def _warn_shared_codes(load: Load) -> None:
    """Tell of bodies that have one social credit code: one legal person is one body."""
    for code, bodies in load.table(ManagementBody).grouped("uscc").items():
        if not code:
            continue
        first, *others = sorted(bodies, key=lambda record: record.row)
        for other in others:
            message = _("The body %(code)s has the same code. One legal person counts as one body.")
            row, named = other.row or None, {"code": first.values["code"]}
            load.warn("bodies", row, "uscc", code, message % named)


PLATFORMS = Sheet(
    name="platforms",
    model=Platform,
    key=("code",),
    scope=in_ledger(),
    columns=(
        Column("code", required=True),
        Column("name", required=True),
        Column("name_en"),
        Column("division", required=True, parse=owner),
        Column("current_division", parse=division),
        Column("level", words=words.LEVELS),
        Column("kind"),
        Column("gbt37028_code"),
        Column("origin"),
        Column("established_on"),
        Column("closed_on"),
        Column("approval_document"),
        Column("approved_on"),
        Column("approved_area"),
        Column("managed_area"),
        Column("built_up_area"),
        Column("boundary_north"),
        Column("boundary_east"),
        Column("boundary_south"),
        Column("boundary_west"),
    ),
    links=(
        Link(
            heading="industries",
            model=LeadingIndustry,
            owner="platform",
            target="industry",
            parse=many(industry),
            scope=in_ledger("platform__ledger"),
        ),
    ),
    sourced=True,
    required=True,
    prepare=_warn_if_younger,
)

NAMES = Sheet(
    name="names",
    model=PlatformName,
    key=("platform", "name", "valid_from"),
    scope=in_ledger("platform__ledger"),
    columns=(
        Column("platform", required=True, parse=platform),
        Column("name", required=True),
        Column("valid_from"),
        Column("valid_to"),
        Column("source"),
    ),
)

PLATES = Sheet(
    name="plates",
    model=Plate,
    key=("code",),
    scope=in_ledger(),
    columns=(
        Column("code", required=True),
        Column("title", required=True),
        Column("platform", required=True, parse=platform),
        Column("level", words=words.LEVELS),
        Column("kind"),
        Column("gbt37028_code"),
    ),
    sourced=True,
)

BODIES = Sheet(
    name="bodies",
    model=ManagementBody,
    key=("code",),
    scope=in_ledger(),
    columns=(
        Column("code", required=True),
        Column("name", required=True),
        Column("name_en"),
        Column("division", required=True, parse=owner),
        Column("current_division", parse=division),
        Column("uscc"),
        Column("nature", words=words.NATURES),
        Column("rank", words=words.RANKS),
        Column("parent_body"),
        Column("approval_document"),
        Column("funding"),
        Column("internal_departments"),
        Column("leadership_teams"),
        Column("secretary_is_director"),
        Column("origin"),
        Column("established_on"),
        Column("abolished_on"),
    ),
    links=(
        Link(
            heading="platforms",
            model=BodyPlatform,
            owner="body",
            target="platform",
            parse=many(platform),
            scope=in_ledger("body__ledger"),
        ),
    ),
    sourced=True,
    prepare=_warn_if_younger,
    finish=_warn_shared_codes,
)

POSTS = Sheet(
    name="posts",
    model=LeadershipPost,
    key=("body", "title"),
    scope=in_ledger("body__ledger"),
    columns=(
        Column("body", required=True, parse=body),
        Column("title", required=True),
        Column("authorised"),
        Column("filled"),
        Column("is_exempt"),
    ),
    sourced=True,
)

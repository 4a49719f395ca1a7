"""The sheets of the ledger: platforms and their names, plates, management bodies, leading posts."""

from __future__ import annotations

from consolidation.loading.cells import many
from consolidation.loading.references import body, division, industry, owner, platform
from consolidation.loading.specs import Column, Link, Sheet, in_ledger
from consolidation.sheets import words
from zones.models import (
    BodyPlatform,
    LeadershipPost,
    LeadingIndustry,
    ManagementBody,
    Plate,
    Platform,
    PlatformName,
)

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

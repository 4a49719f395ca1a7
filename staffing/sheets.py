"""The sheets of the people: head counts, planned figures, and where everyone else goes."""

from __future__ import annotations

from consolidation.loading.references import body, plan
from consolidation.loading.specs import Column, Sheet, in_ledger, in_programme, register
from consolidation.sheets import words
from consolidation.sheets.plans import by_body
from staffing.models import HeadCount, Redeployment, StaffPlan

STAFF = Sheet(
    name="staff",
    model=HeadCount,
    key=("body", "counted_on", "category"),
    scope=in_ledger("body__ledger"),
    columns=(
        Column("body", required=True, parse=body),
        Column("counted_on", default=lambda row: row.load.baseline),
        Column("category", required=True, words=words.CATEGORIES),
        Column("authorised"),
        Column("on_post"),
    ),
    sourced=True,
)

STAFF_PLANS = Sheet(
    name="staff_plans",
    model=StaffPlan,
    key=("plan", "body", "category"),
    key_headings=("body", "plan", "category"),
    scope=in_programme("plan__programme"),
    columns=(
        Column("body", required=True, parse=body),
        Column("plan", parse=plan, default=by_body),
        Column("category", required=True, words=words.CATEGORIES),
        Column("authorised"),
        Column("on_post"),
    ),
    sourced=True,
)

REDEPLOYMENTS = Sheet(
    name="redeployments",
    model=Redeployment,
    key=("plan", "body", "category", "destination", "to_body"),
    key_headings=("body", "plan", "category", "destination", "to_body"),
    scope=in_programme("plan__programme"),
    columns=(
        Column("body", required=True, parse=body),
        Column("plan", parse=plan, default=by_body),
        Column("category", required=True, words=words.CATEGORIES),
        Column("destination", required=True, words=words.DESTINATIONS),
        Column("to_body", parse=body),
        Column("people", required=True),
    ),
    sourced=True,
)

register(STAFF, STAFF_PLANS, REDEPLOYMENTS)

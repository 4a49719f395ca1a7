"""S03: authorised posts fall while contract staff rise, or people go to companies (编外转移、转企)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from consolidation.models.programmes import StaffCategory
from consolidation.selectors.state import State
from platforms_portal.access import Right, Scope
from signals.kinds.base import Kind, Record, count, register, share, signal
from signals.kinds.facts import IN_PLAN_AND_FACT
from staffing.models import HeadCount, Redeployment
from staffing.people import figures_after, people_visible_to
from staffing.selectors import head_counts, people_tallies
from zones.models import ManagementBody

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from consolidation.selectors.state import StateView
    from signals.kinds.base import Signal
    from signals.kinds.facts import Facts

CODE = "S03"
AUTHORISED = (StaffCategory.ADMINISTRATIVE, StaffCategory.PUBLIC)


def find(facts: Facts) -> Iterable[Signal]:
    """Yield a signal for each owner whose contract staff rise, and each that moves many to companies."""
    for state in IN_PLAN_AND_FACT:
        yield from _to_contract(facts, state)
    yield from _to_companies(facts)


def _moved(facts: Facts, fell: int, rose: int) -> bool:
    """Whether so many come in as contract staff, of so many authorised ones who go, as to be told."""
    return rose >= facts.number(CODE, "contract_min") and facts.reaches(
        CODE, "contract_share", rose, fell
    )


def _to_contract(facts: Facts, state: State) -> Iterable[Signal]:
    view = facts.all_categories(state)
    known = _owners_known(view)
    before, after = _sums([head_counts(view)]), _sums(figures_after(view))
    bodies = _bodies(view)
    for owner in facts.owners:
        risen = [row for row in bodies if row["division_id"] == owner]
        was, now = before.get(owner, (0, 0)), after.get(owner, (0, 0))
        if not (owner in known and _moved(facts, was[0] - now[0], now[1] - was[1])):
            # The sums of the owner say nothing, or are not known: single bodies may.
            risen = [
                row
                for row in risen
                if _moved(
                    facts,
                    row["auth_before"] - row["auth_after"],
                    row["after_contract"] - row["contract_before"],
                )
            ]
            if not risen:
                continue
            was = (_total(risen, "auth_before"), _total(risen, "contract_before"))
            now = (_total(risen, "auth_after"), _total(risen, "after_contract"))
        yield _contract_signal(facts, state, owner, was, now, risen)


def _contract_signal(
    facts: Facts,
    state: State,
    owner: int,
    was: tuple[int, int],
    now: tuple[int, int],
    risen: list[dict[str, Any]],
) -> Signal:
    plan = facts.plans.get(owner)
    tally = facts.tally(state, "people").get(owner)
    return signal(
        CODE,
        f"contract_{state.value}",
        owner,
        figures={
            "authorised_before": was[0],
            "authorised_after": now[0],
            "contract_before": was[1],
            "contract_after": now[1],
        },
        records=[_body(row) for row in risen],
        right=Right.VIEW_PEOPLE,
        since=plan.submitted_on if plan and state == State.PLANNED else None,
        placeholders=bool(tally and tally.placeholders),
    )


def _total(rows: list[dict[str, Any]], column: str) -> int:
    return sum(int(row[column]) for row in rows)


def _owners_known(view: StateView) -> set[int]:
    """Return the owners of which no figure in any category is lacking, before or after."""
    lacking: dict[int, int] = {}
    for place, tally in people_tallies(view).items():
        missing = tally.missing_baseline + tally.missing_in_state
        lacking[place.division_id] = lacking.get(place.division_id, 0) + missing
    return {owner for owner, missing in lacking.items() if not missing}


def _sums(parts: list[QuerySet[Any, Any]]) -> dict[int, tuple[int, int]]:
    """Return the staff on post by owner: in authorised posts, and on contract."""
    found: dict[int, tuple[int, int]] = {}
    for rows in parts:
        for row in (
            rows.order_by()
            .values(owner=F("body__division_id"))
            .annotate(
                authorised_people=Sum("on_post", filter=Q(category__in=AUTHORISED), default=0),
                contract_people=Sum(
                    "on_post", filter=Q(category=StaffCategory.CONTRACT), default=0
                ),
            )
        ):
            was = found.get(row["owner"], (0, 0))
            found[row["owner"]] = (
                was[0] + row["authorised_people"],
                was[1] + row["contract_people"],
            )
    return found


def _bodies(view: StateView) -> list[dict[str, Any]]:
    """Return the bodies with more contract staff than before; a figure not known is no rise."""
    was = HeadCount.objects.filter(
        body=OuterRef("body"),
        category=StaffCategory.CONTRACT,
        counted_on=view.programme.baseline_date,
    )
    risen: set[int] = set()
    # Asked of the contract staff alone first: six figures of every body would take long.
    for part in figures_after(view):
        more = part.filter(
            category=StaffCategory.CONTRACT,
            on_post__gt=Coalesce(Subquery(was.values("on_post")[:1]), 0),
        )
        risen |= set(more.order_by().values_list("body_id", flat=True))
    if not risen:
        return []
    rows = people_visible_to(Scope(), view, Q(pk__in=risen), "").annotate(
        # A body that a plan founds had nobody before; of any other, what is not given is not known.
        contract_before=Case(When(in_baseline=False, then=0), default=F("before_contract")),
        auth_before=Coalesce(F("before_administrative") + F("before_public"), 0),
        auth_after=Coalesce(F("after_administrative") + F("after_public"), 0),
    )
    return list(
        rows.filter(in_state=True, after_contract__gt=F("contract_before"))
        .order_by("pk")
        .values(
            "pk",
            "name",
            "division_id",
            "contract_before",
            "after_contract",
            "auth_before",
            "auth_after",
        )
    )


def _body(row: Mapping[str, Any]) -> Record:
    return Record(
        "body",
        row["pk"],
        row["name"],
        "risen",
        {
            "contract_before": row["contract_before"],
            "contract_after": row["after_contract"],
            "authorised_before": row["auth_before"],
            "authorised_after": row["auth_after"],
        },
    )


def _to_companies(facts: Facts) -> Iterable[Signal]:
    """Yield the owners whose plan moves a large share of those who leave authorised posts to companies."""
    company = Q(destination=Redeployment.Destination.COMPANY) | Q(
        to_body__nature=ManagementBody.Nature.COMPANY
    )
    moves = Redeployment.objects.filter(
        plan_id__in=facts.views[State.PLANNED].plan_ids, category__in=AUTHORISED
    )
    sums = (
        moves.order_by()
        .values(owner=F("plan__division_id"))
        .annotate(moved=Sum("people"), to_companies=Sum("people", filter=company, default=0))
    )
    owners = {
        row["owner"]: row
        for row in sums
        if row["to_companies"] >= facts.number(CODE, "company_min")
        and facts.reaches(CODE, "company_share", row["to_companies"], row["moved"])
    }
    rows = (
        moves.filter(company, plan__division_id__in=list(owners), people__gt=0)
        .order_by()
        .values("body_id", "body__name", owner=F("plan__division_id"))
        .annotate(n=Sum("people"), marked=Sum("people", filter=Q(is_placeholder=True), default=0))
    )
    found = list(rows) if owners else []
    for owner, row in owners.items():
        own = [body for body in found if body["owner"] == owner]
        plan = facts.plans.get(owner)
        yield signal(
            CODE,
            "companies",
            owner,
            figures={"moved": row["moved"], "to_companies": row["to_companies"]},
            records=[
                Record("body", body["body_id"], body["body__name"], "companies", {"n": body["n"]})
                for body in own
            ],
            right=Right.VIEW_PEOPLE,
            since=plan.submitted_on if plan else None,
            placeholders=any(body["marked"] for body in own),
        )


_CONTRACT = _(
    "{owner}: staff in authorised posts {authorised_before} → {authorised_after}, contract staff"
    " {contract_before} → {contract_after} (people)."
)

KIND = register(
    Kind(
        CODE,
        _("Authorised posts fall, contract or company posts rise"),
        _(
            "Staff in authorised posts fall while contract staff rise in the same owner or body, or"
            " a large share of those who leave authorised posts goes to companies."
        ),
        _(
            "Rise of contract staff over fall of staff in authorised posts, from the baseline to the"
            " state; people moved to companies over all people that the plan moves out of"
            " authorised posts. Every category is looked at, also one that the programme does not"
            " count."
        ),
        {
            "contract_planned": _CONTRACT,
            "contract_actual": _CONTRACT,
            "companies": _(
                "{owner}: of {moved} people who leave authorised posts as planned, {to_companies}"
                " go to companies."
            ),
        },
        {
            "authorised_before": _("In authorised posts at the baseline (people)"),
            "authorised_after": _("In authorised posts in the state (people)"),
            "contract_before": _("Contract staff at the baseline (people)"),
            "contract_after": _("Contract staff in the state (people)"),
            "moved": _("Leave authorised posts (people)"),
            "to_companies": _("Of them to companies (people)"),
        },
        (
            _("The body takes over services that contract staff of another body did before."),
            _(
                "The development operator takes over its functions with its people, as the document provides."
            ),
            _(
                "Contract staff are within the ceiling that the department for bodies and posts approved."
            ),
        ),
        find,
        {
            "risen": _(
                "contract staff {contract_before} → {contract_after}, authorised posts"
                " {authorised_before} → {authorised_after}"
            ),
            "companies": _("{n} people to companies"),
        },
        (
            count("contract_min", 3, _("rise of contract staff, people at least")),
            share("contract_share", 20, _("rise of contract staff over the fall, at least")),
            count("company_min", 5, _("people to companies, at least")),
            share("company_share", 30, _("people to companies over all who leave, at least")),
        ),
    )
)

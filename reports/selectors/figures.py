"""Posts and people for the forms: from the rows that the tally of people counts, none beside them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Q, Sum

from consolidation.checks.base import Severity, Status
from consolidation.models.programmes import StaffCategory
from consolidation.selectors.state import State
from staffing.people import figures_after
from staffing.selectors import head_counts, stale_bodies

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from django.db.models import QuerySet

    from consolidation.checks.base import Finding
    from consolidation.selectors.counts import Tally
    from consolidation.selectors.state import StateView

POSTS = (StaffCategory.ADMINISTRATIVE, StaffCategory.PUBLIC)
"""The categories that have authorised posts (编制); contract staff have none."""


class Pair(NamedTuple):
    """A figure before and after; ``None`` is not known."""

    before: int | None
    after: int | None


@dataclass
class BodyFigures:
    """Posts and people of one body; ``None`` is not known."""

    posts: int | None
    people: int | None
    rests_on_placeholder: bool


def pair_of(tally: Tally) -> Pair:
    """Return the figures of ``tally``, each unknown where one that it needs is missing."""
    return Pair(
        None if tally.missing_baseline else tally.baseline,
        None if tally.missing_in_state else tally.in_state,
    )


def posts_by_owner(view: StateView, bodies: Mapping[int, Tally]) -> dict[int, Pair]:
    """Return the authorised posts of each owner before and after.

    ``bodies`` are the tallies of management bodies: with a figure missing for one of them, the sum
    of its owner is not known.
    """
    before = _sums([head_counts(view)])
    after = _sums(figures_after(view))
    found = {}
    for owner_id, tally in bodies.items():
        was, now = before.get(owner_id, (0, 0)), after.get(owner_id, (0, 0))
        found[owner_id] = Pair(
            was[0] if was[1] == tally.baseline * len(POSTS) else None,
            now[0] if now[1] == tally.in_state * len(POSTS) else None,
        )
    return found


def _sums(figures: Iterable[QuerySet[Any, Any]]) -> dict[int, tuple[int, int]]:
    """Return by owner the posts, and how many figures were given."""
    found: dict[int, tuple[int, int]] = {}
    for rows in figures:
        counted = (
            rows.filter(category__in=POSTS)
            .order_by()
            .values("body__division_id")
            .annotate(posts=Sum("authorised", default=0), given=Count("authorised"))
        )
        for row in counted:
            posts, given = found.get(row["body__division_id"], (0, 0))
            found[row["body__division_id"]] = (posts + row["posts"], given + row["given"])
    return found


def figures_by_body(
    view: StateView, bodies: Collection[int]
) -> tuple[dict[int, BodyFigures], dict[int, BodyFigures]]:
    """Return by body its posts and people before and after, in a few queries."""
    categories = view.programme.counted_categories
    before = _by_body([head_counts(view)], bodies, categories)
    after = _by_body(figures_after(view), bodies, categories)
    if view.state == State.ACTUAL:
        # People were moved there and have not been counted since: nobody knows how many they are.
        for pk in stale_bodies(view).filter(pk__in=bodies).values_list("pk", flat=True):
            if pk in after:
                after[pk].people = None
    return before, after


def _by_body(
    figures: Iterable[QuerySet[Any, Any]], bodies: Collection[int], categories: Collection[str]
) -> dict[int, BodyFigures]:
    posts: dict[int, dict[str, int | None]] = defaultdict(dict)
    people: dict[int, dict[str, int | None]] = defaultdict(dict)
    flagged: set[int] = set()
    for rows in figures:
        given = rows.filter(Q(body_id__in=bodies)).order_by()
        columns = ("body_id", "category", "authorised", "on_post", "rests_on_placeholder")
        for body_id, category, authorised, on_post, placeholder in given.values_list(*columns):
            people[body_id][category] = on_post
            if category in POSTS:
                posts[body_id][category] = authorised
            if placeholder:
                flagged.add(body_id)
    return {
        pk: BodyFigures(_sum(posts[pk], POSTS), _sum(people[pk], categories), pk in flagged)
        for pk in people
    }


def _sum(given: Mapping[str, int | None], needed: Iterable[str]) -> int | None:
    """Return the sum of what is needed; unknown where one of it is."""
    found = [given.get(category) for category in needed]
    known = [number for number in found if number is not None]
    return sum(known) if len(known) == len(found) else None


def answer_word(finding: Finding) -> str:
    """Return the answer of a rule for a form or document, in Chinese.

    What only departs from advice is no breach, here as on the pages.
    """
    departs = finding.severity == Severity.ADVICE and finding.status == Status.NOT_MET
    return "未采纳建议" if departs else str(finding.status.label)

"""What the desk would advise on a plan as the file leaves it: warnings at the rows of the file."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consolidation.models import MergePlan
from consolidation.sections import baseline_bodies, baseline_plates, baseline_platforms
from exchange.problems import Problem, Severity
from exchange.selectors.plan_records import ALONGSIDE, PlanWords, nothing_in, stored_in
from exchange.services.plan_apply import Fault
from staffing.drafting import draft_of
from zones.models import BodyPlatform, Plate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from exchange.matching import Match
    from exchange.models import ImportRun
    from exchange.selectors.plan_records import Key, PlanNames, Stored
    from exchange.services.plan_lines import PlanLine
    from staffing.drafting import CategoryRow, StaffRow

_AT_A_ROW = ("dispositions", "body_dispositions", "plate_dispositions")

SHOWN = 5
"""How many moves of a body are told that the file does not name."""


def advice_on(
    plan: MergePlan,
    rows: Mapping[Key, PlanLine],
    before: Stored,
    after: Stored,
    names: PlanNames,
) -> list[Fault]:
    """Return what should be looked at in ``plan`` as ``rows`` leave it, each at a row of the file."""
    words = PlanWords(names)
    return [
        *_followed(rows, before, after, words),
        *_balances(plan, rows),
        *_moves_left(rows, after, words),
    ]


def _followed(
    rows: Mapping[Key, PlanLine], before: Stored, after: Stored, words: PlanWords
) -> Iterator[Fault]:
    """Yield what changed without being asked for: emptied cells, and records beside the rows."""
    changed = [key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]
    beside = _beside(rows, changed)
    for key in changed:
        at = key if key in rows else beside.get(key)
        subject = str(key[0])
        old = before.get(key) or nothing_in(subject)
        new = after.get(key) or nothing_in(subject)
        row = rows.get(key)
        asked = row.item.asked if row is not None and row.item is not None else {}
        for column, text in new.items():
            if column in ALONGSIDE and not old[column]:
                continue  # That a body which goes on serves its platform loses nothing.
            if text == old[column] or asked.get(column) == text or at is None or at not in rows:
                continue
            told = {
                "record": words.label(key),
                "what": words.column(subject, column),
                "before": words.value(subject, column, old[column]) or _("empty"),
                "after": words.value(subject, column, text) or _("empty"),
            }
            message = _(
                "It follows that %(what)s of %(record)s changes from %(before)s to %(after)s."
            )
            yield Fault(
                at,
                column if column in asked else "",
                message % told,
                _("Nothing needs to be done if this is meant."),
                "follows",
                Severity.WARNING,
            )


def _beside(rows: Mapping[Key, PlanLine], changed: Iterable[Key]) -> dict[Key, Key]:
    """Return the rows in the file from which changes of plates follow that it does not name.

    They stand at the same row of the desk: the disposition, another plate, or a body.
    """
    plates = {int(key[1]) for key in changed if key[0] == "plate_dispositions" and key not in rows}
    if not plates:
        return {}
    named = {subject: {int(k[1]) for k in rows if k[0] == subject} for subject in _AT_A_ROW}
    of_plate = dict(
        Plate.objects.filter(pk__in=plates | named["plate_dispositions"]).values_list(
            "pk", "platform_id"
        )
    )
    remits = BodyPlatform.objects.filter(
        body__in=named["body_dispositions"], platform__in=of_plate.values()
    )
    at: dict[int, Key] = {
        of: ("body_dispositions", b) for b, of in remits.values_list("body", "platform")
    }
    at |= {of_plate[pk]: ("plate_dispositions", pk) for pk in named["plate_dispositions"]}
    at |= {pk: ("dispositions", pk) for pk in named["dispositions"]}
    return {("plate_dispositions", pk): at[of_plate[pk]] for pk in plates if of_plate.get(pk) in at}


def _balances(plan: MergePlan, rows: Mapping[Key, PlanLine]) -> Iterator[Fault]:
    """Yield the bodies of the file whose people do not add up (R14), and figures left behind."""
    of_body: dict[int, list[Key]] = defaultdict(list)
    for key in rows:
        if key[0] in {"staff_plans", "redeployments"}:
            of_body[int(key[1])].append(key)
    if not of_body:
        return
    for row in draft_of(plan).rows:
        keys = of_body.get(row.body.pk, [])
        for category in row.categories:
            of_category = [key for key in keys if key[2] == category.category]
            if of_category:
                yield from _of_category(row, category, of_category[0])


def _of_category(row: StaffRow, category: CategoryRow, key: Key) -> Iterator[Fault]:
    column = "people" if key[0] == "redeployments" else "on_post"
    if category.difference:
        many = category.difference
        told = {"body": row.body.name, "category": category.label, "n": abs(many)}
        message = (
            ngettext(
                "%(body)s, %(category)s: %(n)d person is not accounted for.",
                "%(body)s, %(category)s: %(n)d people are not accounted for.",
                abs(many),
            )
            if many > 0
            else ngettext(
                "%(body)s, %(category)s: %(n)d person more than there is.",
                "%(body)s, %(category)s: %(n)d people more than there are.",
                abs(many),
            )
        )
        remedy = _("Staff before and arriving must be staff after and leaving. 方案(二)(四)")
        yield Fault(key, column, message % told, remedy, "unbalanced", Severity.WARNING)
    left = [figure for figure in row.leftover if figure.category == category.category]
    if left and key[0] == "staff_plans":
        message = _("Staff are still planned for %(body)s, which does not go on.")
        yield Fault(
            key,
            "on_post",
            message % {"body": row.body.name},
            _("Empty the figures of all categories of this body."),
            "leftover",
            Severity.WARNING,
        )


def _moves_left(rows: Mapping[Key, PlanLine], after: Stored, words: PlanWords) -> Iterator[Fault]:
    """Yield the moves of bodies in the file that no row of it names: an import deletes nothing."""
    first: dict[tuple[int, str], Key] = {}
    for key in rows:
        if key[0] == "redeployments":
            first.setdefault((int(key[1]), str(key[2])), key)
    left: dict[Key, list[str]] = defaultdict(list)
    for key, values in after.items():
        at = first.get((int(key[1]), str(key[2]))) if key[0] == "redeployments" else None
        if at is not None and key not in rows:
            left[at].append(f"{words.destination(key)} {values['people']}")
    for at, moves in left.items():
        message = _("The portal also holds, and keeps, for this body and category: %(moves)s.")
        yield Fault(
            at,
            "",
            message % {"moves": "；".join(moves[:SHOWN])},
            _("To take a move away, write it into the file with 0 people."),
            "moves_left",
            Severity.WARNING,
        )


def not_in_file(plan: MergePlan, named: Collection[Key]) -> dict[str, int]:
    """Return, by subject in the file, how many records of the plan it does not name."""
    stored = stored_in(plan)
    known: dict[str, set[Key]] = {
        "dispositions": _keys("dispositions", baseline_platforms(plan)),
        "body_dispositions": _keys("body_dispositions", baseline_bodies(plan)),
        "plate_dispositions": _keys("plate_dispositions", baseline_plates(plan)),
    }
    for key in stored:
        known.setdefault(str(key[0]), set()).add(key)
    given = {str(key[0]) for key in named}
    return {s: n for s, keys in known.items() if s in given and (n := len(keys - {*named}))}


def _keys(subject: str, records: object) -> set[Key]:
    return {(subject, pk) for pk in records.values_list("pk", flat=True)}  # type: ignore[attr-defined]  # a queryset


def draft_to_begin(run: ImportRun, match: Match) -> Iterator[Problem]:
    """Yield a word that writing begins a draft, where the division has none."""
    plans = MergePlan.objects.filter(programme=run.programme, division=run.division, variant="")
    newest = plans.order_by("version").last()
    if newest is not None and newest.state == MergePlan.State.DRAFT:
        return
    message = _("The division has no plan yet: writing this begins its draft.")
    if newest is not None:
        message = _("Version %(version)d was returned: writing this takes it up again.") % {
            "version": newest.version
        }
    yield Problem(
        severity=Severity.WARNING,
        sheet=match.sheet,
        row=None,
        place=None,
        column="",
        heading="",
        value="",
        message=message,
        remedy=_("Nothing needs to be done if this is meant."),
        code="draft_begun",
    )

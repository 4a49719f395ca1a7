"""S06: a division's figures are far from those of its peers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from consolidation.selectors.state import State
from consolidation.selectors.visible import right_for
from platforms_portal.access import Right
from signals.kinds.base import Kind, count, plan_record, register, share, signal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signals.kinds.base import Signal
    from signals.kinds.facts import Facts

CODE = "S06"
FIGURES = (("cut", "baseline"), ("people", "bodies"))
"""What the two figures are called: of a share, and of people per body."""


class Basis(NamedTuple):
    """What values are compared with: their median, and the median of their distances from it (MAD)."""

    peers: int
    median: Fraction
    mad: Fraction


def median(values: Iterable[Fraction]) -> Fraction:
    """Return the middle value, or the mean of the two in the middle; exact. ``values`` are not empty."""
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def basis_of(values: Iterable[Fraction]) -> Basis:
    """Return the median and the MAD of ``values``."""
    known = list(values)
    middle = median(known)
    return Basis(len(known), middle, median(abs(value - middle) for value in known))


def outside(value: Fraction, basis: Basis, times: int, least: Fraction) -> bool:
    """Whether ``value`` is farther from the median than ``times`` the MAD, and than ``least``."""
    distance = abs(value - basis.median)
    return distance > times * basis.mad and distance > least


def find(facts: Facts) -> Iterable[Signal]:
    """Yield a signal for each division and measure that is out of line. The city's own level has no peers."""
    for name in ("platforms", "bodies", "people"):
        shares = {
            owner: (tally.cut, tally.baseline)
            for owner, tally in facts.tally(State.PLANNED, name).items()
            if owner in facts.plans
            and not facts.owners[owner].is_municipal
            and tally.baseline
            and not tally.missing_baseline
            and not tally.missing_in_state
        }
        yield from _compared(facts, f"{name}_cut", name, shares)
    bodies, people = (facts.tally(State.PLANNED, name) for name in ("bodies", "people"))
    ratio = {
        owner: (tally.in_state, bodies[owner].in_state)
        for owner, tally in people.items()
        if owner in facts.plans
        and not facts.owners[owner].is_municipal
        and not tally.missing_in_state
        and bodies[owner].in_state
    }
    yield from _compared(facts, "people_per_body", "people", ratio)


def _compared(
    facts: Facts, aspect: str, name: str, values: Mapping[int, tuple[int, int]]
) -> Iterable[Signal]:
    if len(values) < facts.number(CODE, "peers_min"):
        return
    basis = basis_of(Fraction(*value) for value in values.values())
    least = Fraction(*facts.threshold(CODE, "distance_min"))
    if aspect == "people_per_body":
        least *= basis.median
    for owner, (part, whole) in values.items():
        if not outside(Fraction(part, whole), basis, facts.number(CODE, "times_mad"), least):
            continue
        tally = facts.tally(State.PLANNED, name)[owner]
        yield signal(
            CODE,
            aspect,
            owner,
            figures=dict(zip(FIGURES[aspect == "people_per_body"], (part, whole), strict=True)),
            basis={
                "peers": basis.peers,
                "median_numerator": basis.median.numerator,
                "median_denominator": basis.median.denominator,
                "mad_numerator": basis.mad.numerator,
                "mad_denominator": basis.mad.denominator,
            },
            # Whoever reads a share of people learns about people.
            right=Right.VIEW_PEOPLE if "people" in aspect else right_for(name),
            records=[plan_record(facts.plans[owner])],
            since=facts.plans[owner].submitted_on,
            placeholders=bool(tally.placeholders),
        )


_BASIS = _(
    "{peers} divisions whose plan is in and whose figures are known: median {median}, median"
    " distance from it (MAD) {mad}."
)

KIND = register(
    Kind(
        CODE,
        _("Figures out of line with the peers"),
        _(
            "What a division plans to cut, or the people that it keeps per body, is far from what its"
            " peers plan. The municipal level has no peers and is left out."
        ),
        _(
            "|x − median| > times × MAD, and > the least distance (points of a share; of people per"
            " body, a share of the median). MAD is the median of the distances from the median."
            " Exact fractions; only with enough peers."
        ),
        {
            "platforms_cut": _("{owner} plans to cut {cut} of {baseline} platforms ({ratio})."),
            "bodies_cut": _(
                "{owner} plans to cut {cut} of {baseline} management bodies ({ratio})."
            ),
            "people_cut": _("{owner} plans to cut {cut} of {baseline} staff ({ratio})."),
            "people_per_body": _(
                "{owner} plans to keep {people} people in {bodies} management bodies ({ratio} people per"
                " body)."
            ),
            "basis": _BASIS,
        },
        {
            "cut": _("Planned cut"),
            "baseline": _("At the baseline"),
            "people": _("People kept"),
            "bodies": _("Bodies kept"),
            "peers": _("Peers compared"),
        },
        (
            _("The division started from a structure unlike that of its peers."),
            _("It has merged platforms before the baseline date, so that less is left to cut."),
            _("It hosts platforms that the document retains by name."),
        ),
        find,
        {"plan": _("the plan that counts")},
        (
            count("peers_min", 5, _("peers with known figures, at least")),
            count("times_mad", 5, _("distance from the median, times the MAD")),
            share("distance_min", 15, _("distance from the median, at least")),
        ),
    )
)

"""Formulas that reckon as the portal does: shares by whole numbers, never rounded over a threshold.

Only functions that Excel 2010, WPS and LibreOffice all have.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from consolidation.checks.base import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PARTS = 10_000
"""A share is shown in hundredths of a percent."""


def word(text: object) -> str:
    """Return a text as a formula writes it."""
    return '"' + str(text).replace('"', '""') + '"'


def filled(sentence: str, values: Mapping[str, str]) -> str:
    """Return a formula that puts ``sentence`` together, its ``{names}`` reckoned by ``values``."""
    parts = re.split(r"\{(\w+)\}", sentence)
    told = [values[part] if at % 2 else word(part) for at, part in enumerate(parts)]
    return "&".join(part for part in told if part != '""')


def summed(name: str, owner_names: str = "", owner: str = "") -> str:
    """Return the sum over a named column, of one owner where ``owner`` (a cell) is given."""
    return f"SUMIFS({name},{owner_names},{owner})" if owner else f"SUM({name})"


def plus(terms: Iterable[str]) -> str:
    """Return the sum of formulas."""
    return "+".join(terms) or "0"


def shown_share(cut: str, base: str, target: tuple[str, str] | None) -> str:
    """Return ``cut`` of ``base`` as the portal shows it (``checks.base.percent``).

    Two decimals of a percent, half up; where that would lift a share that falls short over the
    target (numerator, denominator), it is cut off instead. Nothing without a baseline.
    """
    half_up = f"INT((ABS({cut})*{2 * PARTS}+{base})/(2*{base}))"
    parts = half_up
    if target is not None:
        numerator, denominator = target
        short = f"{cut}*{denominator}<{numerator}*{base}"
        lifted = f"SIGN({cut})*{half_up}*{denominator}>={numerator}*{PARTS}"
        parts = f"IF(AND({short},{lifted}),INT(ABS({cut})*{PARTS}/{base}),{half_up})"
    return f"SIGN({cut})*{parts}/{PARTS}"


def least_for(base: str, target: tuple[str, str]) -> str:
    """Return the smallest cut that reaches the target: 86 for 60% of 142."""
    numerator, denominator = target
    return f"-INT(-{numerator}*{base}/{denominator})"


def status_of_share(
    *,
    cut: str,
    base: str,
    undecided: str,
    unlisted: str,
    missing: tuple[str, str],
    target: tuple[str, str],
) -> str:
    """Return the answer of a rule on a share, as ``checks.shares`` judges it.

    ``missing`` are the figures lacking at the baseline and in the state; ``unlisted`` records are
    declared and lacking in the ledger.
    """
    numerator, denominator = target
    met, not_met, unknown = (word(status.label) for status in _ANSWERS)
    short = f"({cut}+{undecided})*{denominator}<{numerator}*{base}"
    certain = f"({cut}-{unlisted})*{denominator}>={numerator}*{base}"
    return (
        f"IF(OR({base}<=0,{missing[0]}>0),{unknown},IF({short},{not_met},"
        f"IF(AND({certain},{missing[1]}=0),{met},{unknown})))"
    )


def status_of_count(margin: str, undecided: str) -> str:
    """Return the answer of a rule on a highest number: R01 and R04."""
    met, not_met, unknown = (word(status.label) for status in _ANSWERS)
    return f"IF({margin}<0,{not_met},IF({margin}<{undecided},{unknown},{met}))"


_ANSWERS = (Status.MET, Status.NOT_MET, Status.UNKNOWN)

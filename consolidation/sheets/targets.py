"""The sheet of targets: which rules the document sets, with their clauses and thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consolidation.loading.cells import as_integers, choice, count, share, text_up_to
from consolidation.loading.specs import Column, Sheet, in_programme
from consolidation.models import Target

if TYPE_CHECKING:
    from consolidation.loading.rows import Row

RULES = tuple(f"R{number:02}" for number in range(1, 21))
SHARES = frozenset({"bodies_cut_min", "staff_cut_min"})
"""The thresholds that are shares; the others are counts."""
THRESHOLDS: dict[str, tuple[str, ...]] = {
    "R01": ("retained_max", "ceiling"),
    "R02": ("bodies_cut_min",),
    "R03": ("staff_cut_min",),
    "R05": ("sub_areas_max", "parcels_max"),
    "R12": ("industries_max",),
    # Without a name too: then only the rank goals are judged.
    "R20": ("high_level_min", ""),
}
"""The thresholds of each rule that has any; every other rule stands without a name."""


def _prepare(row: Row) -> None:
    text = row.values.pop("value", None)
    row.values |= {"numerator": None, "denominator": 1}
    if row.has_failed("rule", "name"):
        return
    rule, name = row.get("rule"), row.get("name")
    known = THRESHOLDS.get(rule, ("",))
    if name not in known:
        row.fail("name", _unknown_name(rule, known))
    elif not name and text:
        row.fail("value", _("A value needs the name of its threshold in “name”."))
    elif name and not text:
        row.fail("value", _("This cell must not be empty."))
    elif name:
        _read_value(row, text, is_share=name in SHARES)


def _unknown_name(rule: str, known: tuple[str, ...]) -> str:
    if known == ("",):
        return _("%(rule)s has no threshold. Leave this empty.") % {"rule": rule}
    return _("A threshold of %(rule)s is one of: %(names)s.") % {
        "rule": rule,
        "names": ", ".join(name for name in known if name),
    }


def _read_value(row: Row, text: str, *, is_share: bool) -> None:
    try:
        value = (share if is_share else count)(text)
    except ValidationError as error:
        row.fail("value", " ".join(error.messages))
    else:
        numerator, denominator = as_integers(value, is_share=is_share)
        row.values |= {"numerator": numerator, "denominator": denominator}


TARGETS = Sheet(
    name="targets",
    model=Target,
    key=("rule", "name"),
    scope=in_programme(),
    columns=(
        Column("rule", required=True, parse=choice(RULES)),
        Column("name"),
        Column("value", parse=text_up_to(40)),
        Column("clause"),
        Column("binds_divisions"),
        Column("note"),
    ),
    prepare=_prepare,
)

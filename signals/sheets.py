"""The sheet of signals: the thresholds that a programme sets otherwise than by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consolidation.loading.cells import as_integers, choice, count, share, text_up_to
from consolidation.loading.specs import Column, Sheet, in_programme, register
from signals.kinds.base import KINDS
from signals.models import SignalSetting

if TYPE_CHECKING:
    from consolidation.loading.rows import Row


def _prepare(row: Row) -> None:
    text = row.values.pop("value", None)
    row.values |= {"numerator": 0, "denominator": 1}
    if row.has_failed("signal", "name", "value"):
        return
    known = {threshold.name: threshold for threshold in KINDS[row.get("signal")].thresholds}
    threshold = known.get(row.get("name"))
    if threshold is None:
        told = _("A threshold of %(rule)s is one of: %(names)s.")
        row.fail("name", told % {"rule": row.get("signal"), "names": ", ".join(known)})
        return
    try:
        value = (share if threshold.is_share else count)(text)
        threshold.check(value)
    except ValidationError as error:
        row.fail("value", " ".join(error.messages))
    else:
        numerator, denominator = as_integers(value, is_share=threshold.is_share)
        row.values |= {"numerator": numerator, "denominator": denominator}


SIGNALS = Sheet(
    name="signals",
    model=SignalSetting,
    key=("signal", "name"),
    scope=in_programme(),
    columns=(
        Column("signal", required=True, parse=choice(tuple(KINDS))),
        Column("name", required=True),
        Column("value", required=True, parse=text_up_to(40)),
        Column("note"),
    ),
    prepare=_prepare,
)

register(SIGNALS)

"""Where what was committed is seen: the plan, the month, the corrections, the lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from exchange.selectors.filled_plan import plan_to_fill
from exchange.selectors.runs import LEDGER_TEMPLATES

if TYPE_CHECKING:
    from exchange.models import ImportRun

_LISTS = {"ledger": ("platforms",), "bodies": ("bodies", "plates"), "staff": ("people",)}


def ways_on(run: ImportRun) -> list[tuple[str, str]]:
    """Return words and addresses of where the result of ``run`` is seen."""
    code = run.programme.code
    if run.template == "plan" and run.division is not None:
        plan = plan_to_fill(run.programme, run.division)
        if not plan.pk:
            return []
        name = "plan-edit" if plan.is_internal else "plan"
        return [(_("The plan"), reverse(name, args=[code, plan.pk]))]
    if run.template == "head_counts":
        return [(_("The monthly report"), reverse("head-counts", args=[code]))]
    if run.template in LEDGER_TEMPLATES and not run.direct:
        query = urlencode({"correction_state": "requested"})
        return [
            (_("The requests for correction"), f"{reverse('corrections', args=[code])}?{query}")
        ]
    place = f"?{urlencode({'division': run.division.code})}" if run.division else ""
    words = {
        "platforms": _("Platforms"),
        "bodies": _("Management bodies"),
        "plates": _("Plates"),
        "people": _("People"),
    }
    return [
        (words[name], reverse(name, args=[code]) + place) for name in _LISTS.get(run.template, ())
    ]

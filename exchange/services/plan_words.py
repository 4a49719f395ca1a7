"""What to do about a cell of a plan that a service refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_REMEDIES: dict[tuple[str, str], StrOrPromise] = {
    ("dispositions", "kind"): _(
        "Choose abolish, transform, merge or upgrade. What was confirmed carried out stays."
    ),
    ("dispositions", "target"): _(
        "Name a platform of the list of retained ones, by its code or its full name."
    ),
    ("dispositions", "transform_into"): _("Shorten the text, or leave the cell empty."),
    ("dispositions", "planned_on"): _("Write a day after the baseline date, such as 2020-12-31."),
    ("dispositions", "reason"): _("Shorten the reason; what is longer belongs in an attachment."),
    ("body_dispositions", "fate"): _(
        "Keep or abolish a body of the ledger. New ones are founded on the page “Result”."
    ),
    ("plate_dispositions", "fate"): _("Choose keep or drop."),
    ("plate_dispositions", "carrier"): _(
        "Name a platform of the list of retained ones, or leave the cell empty."
    ),
    ("staff_plans", "body"): _("Say in the sheet of the bodies whether it is kept or abolished."),
    ("staff_plans", "authorised"): _("Write a whole number, or leave the cell empty."),
    ("staff_plans", "on_post"): _("Write a whole number, or leave the cell empty."),
    ("redeployments", "body"): _("Say in the sheet of the bodies whether it is kept or abolished."),
    ("redeployments", "to_body"): _(
        "Name a body that the plans keep or found, in the division, beside it or of the city."
    ),
    ("redeployments", "people"): _("Write a whole number; 0 takes the move away."),
}


def remedy_for(subject: str, column: str) -> str:
    """Return what to do where a service refused a cell; of a whole row, where to look."""
    return str(_REMEDIES.get((subject, column), _("Look at the record on the page of the plan.")))

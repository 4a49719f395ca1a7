"""The form that asks the solver."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.checks.base import RULES
from consolidation.checks.base import Scope as Owner
from solver.engine.situation import MODELLED, Mode
from solver.words import MODE_WORDS
from zones.models import Platform

if TYPE_CHECKING:
    from consolidation.models import Programme
    from zones.models import Division

SECONDS = (10, 30, 60, 180, 600)
WHOLE_CITY = "city"


class SolverForm(forms.Form):
    """What to hold and what may change. A district is asked nothing about whose plan it is."""

    owner = forms.ChoiceField(label=gettext_lazy("Whose plans"))
    mode = forms.ChoiceField(
        label=gettext_lazy("What may change"),
        choices=list(MODE_WORDS.items()),
        initial=Mode.EVERYTHING,
    )
    rules = forms.MultipleChoiceField(
        label=gettext_lazy("Rules to hold"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one rule.")},
    )
    may_designate = forms.BooleanField(
        label=gettext_lazy("Sub-areas may be proposed (the commission designates them)"),
        required=False,
        initial=True,
    )
    list_may_change = forms.BooleanField(
        label=gettext_lazy("Changes to the retained list may be proposed (the commission decides)"),
        required=False,
        initial=True,
    )
    far_with_reason = forms.BooleanField(
        label=gettext_lazy("Merges across divisions that do not border may be proposed; people give the reason"),
        required=False,
    )  # fmt: skip
    transform_into = forms.CharField(
        label=gettext_lazy("Transform into"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("A named kind; empty for the one that the plans name most often."),
    )
    pinned = forms.CharField(
        label=gettext_lazy("Platforms that stay as they are"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text=gettext_lazy("Codes or names, separated by commas or lines."),
    )
    seconds = forms.TypedChoiceField(
        label=gettext_lazy("Time limit (seconds)"),
        choices=[(n, n) for n in SECONDS],
        coerce=int,
        initial=60,
    )

    def __init__(
        self,
        *args: Any,
        programme: Programme,
        owners: list[Division],
        judged: set[str],
        whole_city: bool,
        **kwargs: Any,
    ) -> None:
        """Offer the owners and rules that there are; ``owners`` are those the reader may ask for."""
        kwargs.setdefault("auto_id", "ask-%s")
        super().__init__(*args, **kwargs)
        self.programme, self.owners = programme, {str(owner.pk): owner for owner in owners}
        city = [(WHOLE_CITY, _("The whole city"))] if whole_city else []
        self._fields("owner").choices = [
            *city,
            *((str(owner.pk), str(Owner(owner).label)) for owner in owners),
        ]
        rules = [code for code in MODELLED if code in judged]
        self._fields("rules").choices = [(code, f"{code} {RULES[code].title}") for code in rules]
        self.initial.setdefault("rules", rules)
        for name in ("owner", "mode", "seconds"):
            self.fields[name].widget.attrs["class"] = "form-select"
        for name in ("transform_into", "pinned"):
            self.fields[name].widget.attrs["class"] = "form-control"

    def _fields(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - both are
        return field

    def clean_pinned(self) -> list[int]:
        """Return the keys of the platforms; every one that is not known is told."""
        words = [word.strip() for word in re.split(r"[,，、;；\n]+", self.cleaned_data["pinned"])]
        wanted = [word for word in words if word]
        if not wanted:
            return []
        owners = [owner.pk for owner in self.owners.values()]
        known = Platform.objects.filter(ledger=self.programme.ledger_id, division__in=owners)
        keys: dict[str, set[int]] = {}
        named = known.filter(Q(code__in=wanted) | Q(name__in=wanted))
        for pk, code, name in named.values_list("pk", "code", "name"):
            for word in (code, name):
                keys.setdefault(word, set()).add(pk)
        unknown = [word for word in wanted if word not in keys]
        if unknown:
            raise ValidationError(
                _("There is no platform “%(names)s” here.") % {"names": "、".join(unknown)}
            )
        return sorted({pk for word in wanted for pk in keys[word]})

    @property
    def owner_asked(self) -> Division | None:
        """The owner that was chosen; none for the whole city."""
        return self.owners.get(self.cleaned_data["owner"])

    def options(self) -> dict[str, Any]:
        """Return what was chosen, as a run keeps it."""
        names = (
            "rules", "mode", "may_designate", "list_may_change", "far_with_reason",
            "transform_into", "pinned",
        )  # fmt: skip
        return {name: self.cleaned_data[name] for name in names}

"""The forms of a plan's result. What may stand in them is the services' to say, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.models import Arrangement, BodyDisposition, RetainedPlatform
from consolidation.models.programmes import HighLevelClass
from consolidation.selectors.arranging import ARRANGED_FIELDS, BODY_FIELDS, SEPARATOR, text_of
from consolidation.services.arranging import names_in
from consolidation.services.desk_rows import FATES
from platforms_portal.words import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from consolidation.selectors.arranging import Result, ResultCard
    from consolidation.selectors.desk import DeskBody
    from consolidation.services.seen import BothValues

Choices = list[tuple[str, Any]]

INPUTS_WITHOUT_LIMIT = 4
"""How many inputs for industries are shown where the programme sets no limit."""

INPUTS_MAX = 12
"""How many of them are shown again after a refusal, whatever was sent."""


class ShownConflict(NamedTuple):
    """A field that two officials gave two values: its label, theirs and mine, in words."""

    label: StrOrPromise
    theirs: str
    mine: str


class PlainForm(forms.Form):
    """A form whose fields take any text: the service refuses, and everything at once."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, strip=True)

    def add_text(self, name: str, label: StrOrPromise, hint: str = "", **attrs: Any) -> None:
        """Add an input for one line of text."""
        self._add(name, label, hint, forms.TextInput({"class": "form-control", **attrs}))

    def add_number(self, name: str, label: StrOrPromise, hint: str = "") -> None:
        """Add an input for a whole number. It is text: what is no number is told, not dropped."""
        self.add_text(name, label, hint, inputmode="numeric", autocomplete="off")

    def add_choice(self, name: str, label: StrOrPromise, choices: Choices, hint: str = "") -> None:
        """Add a list to choose from."""
        widget = forms.Select({"class": "form-select"}, choices=choices)
        self._add(name, label, hint, widget)

    def _add(self, name: str, label: StrOrPromise, hint: str, widget: forms.Widget) -> None:
        self.fields[name] = forms.CharField(
            label=label, required=False, help_text=hint, widget=widget
        )

    def show_refusal(self, refused: ValidationError) -> None:
        """Put what a service refused beside the fields, and the rest above them."""
        problems = getattr(refused, "error_dict", {NON_FIELD_ERRORS: [refused]})
        for name, errors in problems.items():
            place = self.place_of(name)
            self.add_error(place if place in self.fields else None, errors)

    def place_of(self, name: str) -> str:
        """Return the field at which an error of the service's field ``name`` is shown."""
        return name

    def in_words(self, name: str, value: str) -> str:
        """Return the value of a field in words."""
        place = self.place_of(name)
        widget = self.fields[place].widget if place in self.fields else None
        choices = dict(widget.choices) if isinstance(widget, forms.Select) else {}
        return str(choices.get(value, value)) if value else _("empty")

    def label_of(self, name: str) -> StrOrPromise:
        """Return the label of a field."""
        place = self.place_of(name)
        return (self.fields[place].label or name) if place in self.fields else name

    def conflicts(self, fields: list[BothValues]) -> list[ShownConflict]:
        """Return both values of each field that somebody else changed, in words."""
        return [
            ShownConflict(
                self.label_of(both.name),
                self.in_words(both.name, both.theirs),
                self.in_words(both.name, both.mine),
            )
            for both in fields
        ]


def as_listed(shown: object) -> str:
    """Return the hint with the list's own value, which holds as long as the plan says nothing."""
    if shown in (None, ""):
        return _("As listed: unknown")
    return format_html(_("As listed: {}"), shown)


def _label(model: type[Arrangement | BodyDisposition], name: str) -> StrOrPromise:
    label: StrOrPromise = model._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # noqa: SLF001 - documented
    return label


def _yes_no(nothing: StrOrPromise) -> Choices:
    return [("", nothing), ("yes", _("Yes")), ("no", _("No"))]


class CardForm(PlainForm):
    """What a plan says of one retained platform and of the body that serves it."""

    def __init__(
        self, result: Result, card: ResultCard, data: Mapping[str, Any] | None = None
    ) -> None:
        """Make the fields of ``card``; with ``data`` they hold what was sent."""
        self.result, self.card = result, card
        sent = [name for name in data or () if name.startswith("industry-")]
        allowed = result.industries_max or INPUTS_WITHOUT_LIMIT
        self.industry_inputs = max(allowed, len(card.industries), min(len(sent), INPUTS_MAX))
        super().__init__(data, auto_id=f"p{card.pk}-%s", initial=self._initial())
        self._add_body()
        self._add_industries()
        self._add_arrangement()

    def _initial(self) -> dict[str, str]:
        names = {f"industry-{n}": name for n, name in enumerate(self.card.industries)}
        return self.card.values | names | {"seen": self.card.seen}

    def _add_body(self) -> None:
        card = self.card
        choices: Choices = [("", _("none chosen"))]
        if len(card.serving) > 1:
            several = SEPARATOR.join(decision.body.name for decision in card.serving)
            choices.append((card.serving_key, several))
        choices += [(str(row.body_id), self._name(row)) for row in self.result.kept]
        self.add_choice("body", gettext_lazy("Management body that serves it"), choices)
        self.add_number("leadership_teams", _label(BodyDisposition, "leadership_teams"))
        self.add_number("internal_departments", _label(BodyDisposition, "internal_departments"))
        self.add_choice(
            "secretary_is_director",
            _label(BodyDisposition, "secretary_is_director"),
            _yes_no(_("unknown")),
        )

    def _name(self, row: BodyDisposition) -> str:
        if row.serves is None or row.serves_id == self.card.pk:
            return row.body.name
        return _("%(body)s (serves %(platform)s so far)") % {
            "body": row.body.name,
            "platform": row.serves.name,
        }

    def _add_industries(self) -> None:
        for n in range(self.industry_inputs):
            label = _("Leading industry %(n)d") % {"n": n + 1}
            self.add_text(f"industry-{n}", label, list="industries", autocomplete="off")

    def _add_arrangement(self) -> None:
        listed = self.card.retained
        nothing = _("as listed")
        if listed.is_high_level or self.card.values["high_level_class"]:
            self._listed_choice("high_level_class", HighLevelClass.choices)
        self.add_text(
            "operator_company",
            _label(Arrangement, "operator_company"),
            as_listed(listed.operator_company),
            maxlength=120,
        )
        self.add_text(
            "operator_uscc",
            _label(Arrangement, "operator_uscc"),
            as_listed(listed.operator_uscc),
            autocomplete="off",
        )
        for name in ("operator_is_separate", "has_cooperation_park"):
            hint = as_listed(in_words(getattr(listed, name)))
            self.add_choice(name, _label(Arrangement, name), _yes_no(nothing), hint)
        known = [c for c in RetainedPlatform.Discipline.choices if c[0] != "unknown"]
        self._listed_choice("discipline", known)
        self.add_number(
            "parcels", _label(Arrangement, "parcels"), as_listed(in_words(listed.parcels))
        )

    def _listed_choice(self, name: str, choices: Choices) -> None:
        listed = text_of(getattr(self.card.retained, name))
        shown = dict(choices).get(listed, "")
        self.add_choice(
            name,
            _label(Arrangement, name),
            [("", _("as listed")), *choices],
            as_listed(shown),
        )

    @property
    def body_fields(self) -> list[forms.BoundField]:
        """The fields about the body."""
        return [self[name] for name in ("body", *BODY_FIELDS)]

    @property
    def industry_fields(self) -> list[forms.BoundField]:
        """The inputs of the industries."""
        return [self[f"industry-{n}"] for n in range(self.industry_inputs)]

    @property
    def arranged_fields(self) -> list[forms.BoundField]:
        """The fields about the platform itself."""
        return [self[name] for name in ARRANGED_FIELDS if name in self.fields]

    def given(self) -> dict[str, str]:
        """Return what was sent, with names and values as the service takes them."""
        sent = self.cleaned_data
        given = {
            name: sent[name] for name in ("body", *BODY_FIELDS, *ARRANGED_FIELDS) if name in sent
        }
        typed = [sent[f"industry-{n}"] for n in range(self.industry_inputs)]
        return given | {"industries": SEPARATOR.join(names_in(SEPARATOR.join(typed)))}

    def place_of(self, name: str) -> str:
        """Return the last input that is filled, for an error of the industries."""
        if name != "industries":
            return name
        filled = [n for n in range(self.industry_inputs) if self[f"industry-{n}"].value()]
        return f"industry-{filled[-1] if filled else 0}"

    def label_of(self, name: str) -> StrOrPromise:
        """Return the label of a field; the industries have one together."""
        return _("Leading industries") if name == "industries" else super().label_of(name)


class FoundForm(PlainForm):
    """A body that the plan founds."""

    def __init__(self, platform_id: int, data: Mapping[str, Any] | None = None) -> None:
        """Make the fields for the card of ``platform_id``."""
        super().__init__(data, auto_id=f"f{platform_id}-%s")
        del self.fields["seen"]
        self.add_text("name", _("Name of the new body"), maxlength=120)
        hint = _("18 characters; leave it empty where it is not given yet.")
        self.add_text("uscc", _("Unified social credit code"), hint, autocomplete="off")


class FateForm(PlainForm):
    """What becomes of a body that stands at no row of the decide page."""

    def __init__(self, body: DeskBody, data: Mapping[str, Any] | None = None) -> None:
        """Make the field for ``body``."""
        initial = {"fate": body.fate, "seen": body.fate}
        super().__init__(data, auto_id=f"b{body.body.pk}-%s", initial=initial)
        choices: Choices = [("", _("not decided")), *((fate.value, fate.label) for fate in FATES)]
        self.add_choice("fate", _("Fate of %(body)s") % {"body": body.body.name}, choices)

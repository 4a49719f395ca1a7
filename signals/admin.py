"""Thresholds of signals as data, and what was said of signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext as _

from consolidation.admin.workflow import KeptAsWritten
from platforms_portal.admin import PortalAdmin
from signals.kinds.base import KINDS
from signals.models import SignalNote, SignalSetting
from signals.words import titles

if TYPE_CHECKING:
    from collections.abc import Callable


class SignalSettingForm(forms.ModelForm[SignalSetting]):
    """A threshold, of a kind that there is."""

    signal = forms.ChoiceField(choices=lambda: titles(sorted(KINDS)))

    class Meta:
        model = SignalSetting
        fields = ("programme", "signal", "name", "numerator", "denominator", "note")

    def clean(self) -> dict[str, Any]:
        """Refuse a name that the kind does not know, and a number out of all bounds."""
        given: dict[str, Any] = super().clean() or {}
        kind = KINDS.get(given.get("signal", ""))
        known = {threshold.name: threshold for threshold in kind.thresholds} if kind else {}
        threshold = known.get(given.get("name", ""))
        if kind and threshold is None:
            told = _("A threshold of %(rule)s is one of: %(names)s.")
            self.add_error("name", told % {"rule": kind.code, "names": ", ".join(known)})
        if threshold is not None and not threshold.is_share:
            self._judge("numerator", threshold.check)
            self._judge("denominator", MaxValueValidator(1))
        return given

    def _judge(self, name: str, check: Callable[[Any], None]) -> None:
        if self.cleaned_data.get(name) is None:
            return
        try:
            check(self.cleaned_data[name])
        except ValidationError as refused:
            self.add_error(name, refused)


@admin.register(SignalSetting)
class SignalSettingAdmin(PortalAdmin):
    """What programmes set otherwise than by default."""

    form = SignalSettingForm
    list_display = ("programme", "signal", "name", "numerator", "denominator", "note")
    list_filter = ("programme", "signal")
    list_select_related = ("programme",)
    search_fields = ("signal", "name", "note")
    autocomplete_fields = ("programme",)


@admin.register(SignalNote)
class SignalNoteAdmin(KeptAsWritten):
    """What was said of signals, by whom and when."""

    list_display = ("key", "kind", "division", "text", "author", "written_at")
    list_filter = (
        "programme",
        "signal",
        "kind",
        ("division", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("division", "author")
    search_fields = ("key", "text", "division__name", "author__username")
    autocomplete_fields = ("programme", "division", "author")
    date_hierarchy = "written_at"

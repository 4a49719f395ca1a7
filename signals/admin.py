"""Thresholds of signals as data, and what was said of signals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _

from consolidation.admin.workflow import KeptAsWritten
from platforms_portal.admin import PortalAdmin
from signals.kinds.base import KINDS
from signals.models import SignalNote, SignalSetting
from signals.words import titles


class SignalSettingForm(forms.ModelForm[SignalSetting]):
    """A threshold, of a kind that there is."""

    signal = forms.ChoiceField(choices=lambda: titles(sorted(KINDS)))

    class Meta:
        model = SignalSetting
        fields = ("programme", "signal", "name", "numerator", "denominator", "note")

    def clean(self) -> dict[str, Any]:
        """Refuse a name that the kind does not know."""
        given: dict[str, Any] = super().clean() or {}
        kind = KINDS.get(given.get("signal", ""))
        names = [threshold.name for threshold in kind.thresholds] if kind else []
        if kind and given.get("name") not in names:
            told = _("A threshold of %(rule)s is one of: %(names)s.")
            self.add_error("name", told % {"rule": kind.code, "names": ", ".join(names)})
        return given


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

"""The settings of follow-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.views.base import ProgrammePage
from consolidation.views.drafts import errors_by_field
from consolidation.views.reader import reader_of
from followup.forms import SettingsForm
from followup.selectors.lights import settings_of
from followup.services.keeping import FIELDS, save_settings
from platforms_portal.access import Right

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class SettingsPage(ProgrammePage):
    """When lights turn, when people are reminded; for the commission."""

    right: ClassVar[Right] = Right.FOLLOW_UP
    section: ClassVar[str] = "follow-up"
    template_name = "followup/settings.html"

    form: SettingsForm | None = None

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the page of what is due."""
        return [
            (_("Follow-up"), reverse("follow-up", args=[self.programme.code])),
            (_("Settings"), ""),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form."""
        form = self.form or SettingsForm(instance=settings_of(self.programme))
        return super().get_context_data(form=form, **kwargs)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Save the settings; show the form again with what was refused."""
        self.form = SettingsForm(request.POST, instance=settings_of(self.programme))
        if self.form.is_valid():
            values = {name: self.form.cleaned_data[name] for name in FIELDS}
            try:
                save_settings(programme=self.programme, user=reader_of(request), **values)
            except ValidationError as refused:
                for name, told in errors_by_field(refused).items():
                    self.form.add_error(name if name in self.form.fields else None, told)
            else:
                messages.success(request, _("The settings are saved."))
                return redirect("follow-up-settings", code=self.programme.code)
        return self.render_to_response(self.get_context_data(), status=422)

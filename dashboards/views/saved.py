"""The reader's saved views: what they are called, where they lead, and how one is added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from consolidation.views.base import ProgrammePage
from consolidation.views.reader import reader_of
from dashboards.forms import SaveViewForm
from dashboards.selectors.saved import is_page_of, saved_views_of
from dashboards.services import drop_view, save_view
from platforms_portal.access import Right
from platforms_portal.pages import BadParameterError

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class SavedViews(ProgrammePage):
    """The reader's own views; with ``address`` a form to save that page."""

    right = Right.VIEW_CITY
    section = "saved-views"
    saves_views = False
    template_name = "dashboards/saved.html"

    @cached_property
    def form(self) -> SaveViewForm | None:
        """The form for the page that the address names, if it names one."""
        address = self.request.GET.get("address", "")
        if not address:
            return None
        if not is_page_of(self.programme, address):
            raise BadParameterError(_("Only a page of this programme can be saved."))
        return SaveViewForm(initial={"address": address})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the views and the form."""
        return super().get_context_data(
            views=list(saved_views_of(reader_of(self.request), self.programme)),
            **{"form": self.form} | kwargs,
        )

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Save the view, or show what is wrong with all that was typed."""
        form = SaveViewForm(request.POST)
        if form.is_valid():
            try:
                view = save_view(
                    user=reader_of(request), programme=self.programme, **form.cleaned_data
                )
            except ValidationError as refused:
                for name, problems in refused.error_dict.items():
                    form.add_error(name if name in form.fields else None, problems)
            else:
                messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
                return redirect("saved-views", self.programme.code)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class DropView(ProgrammePage):
    """Forgets one of the reader's views; another's is not found."""

    http_method_names = ["post", "options"]
    right = Right.VIEW_CITY

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Forget it."""
        view = get_object_or_404(
            saved_views_of(reader_of(request), self.programme), pk=kwargs["pk"]
        )
        drop_view(view=view)
        messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
        return redirect("saved-views", self.programme.code)

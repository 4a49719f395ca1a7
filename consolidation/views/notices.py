"""Notices: what the reader was told, and which of it is still unread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from consolidation.selectors.notices import notices_of, unread_count
from consolidation.services.notices import mark_read
from consolidation.views.reader import reader_of
from platforms_portal.access import Right
from platforms_portal.pages import PortalPage

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

NOTICES_ON_A_PAGE = 50


class NoticesPage(PortalPage):
    """The reader's own notices; nobody sees another's."""

    right: ClassVar[Right] = Right.VIEW_CITY
    template_name = "consolidation/notices.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the notices, the newest first."""
        reader = reader_of(self.request)
        page = Paginator(notices_of(reader), NOTICES_ON_A_PAGE)
        return super().get_context_data(
            page_obj=page.get_page(self.request.GET.get("page")),
            unread=unread_count(reader),
            **kwargs,
        )

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Mark all of them as read."""
        mark_read(user=reader_of(request))
        messages.success(request, _("All notices are marked as read."))
        return redirect("notices")


class OpenNotice(PortalPage):
    """Opens what a notice is about, and marks it as read."""

    http_method_names = ["post", "options"]
    right: ClassVar[Right] = Right.VIEW_CITY

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Mark it and lead to its page, which judges anew whether the reader may see it."""
        reader = reader_of(request)
        notice = get_object_or_404(notices_of(reader), pk=kwargs["pk"])
        mark_read(user=reader, keys=[notice.pk])
        inside = url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
        return redirect(notice.url if inside else "notices")

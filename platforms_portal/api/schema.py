"""How the endpoints are described (OpenAPI 3), in the requester's language."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema

from platforms_portal.api.errors import ErrorSerializer

ERROR_CODES = ("400", "401", "403", "404")


class PortalSchema(AutoSchema):
    """Takes title and words from the view, and documents the errors that it can answer."""

    def get_summary(self) -> str | None:
        """Return the view's title."""
        title = getattr(self.view, "title", None)
        if title is None:
            return super().get_summary()
        if getattr(self.view, "detail", False):
            return _("%(title)s: one record") % {"title": title}
        return str(title)

    def get_tags(self) -> list[str]:
        """Return the view's group."""
        group = getattr(self.view, "group", None)
        return [str(group)] if group is not None else list(super().get_tags())

    def get_description(self) -> str:  # type: ignore[override]  # the two libraries differ
        """Return what the view says of itself to its users."""
        return str(getattr(self.view, "explanation", "") or super().get_description())

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for code in getattr(self.view, "error_codes", ERROR_CODES):
            bodies.setdefault(code, self._get_response_for_code(ErrorSerializer, code))  # type: ignore[no-untyped-call]  # the library's
        return bodies

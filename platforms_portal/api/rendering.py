"""JSON as the API writes it: exact figures, fast."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer

if TYPE_CHECKING:
    from collections.abc import Mapping


def _plain(value: object) -> str:
    # A float would lose digits of an area or a share: they travel as text.
    if isinstance(value, (Decimal, Promise)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


class ExactJSONRenderer(BaseRenderer):
    """Writes UTF-8 JSON; decimals become strings, never floats."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,  # noqa: ARG002 - the framework's signature
        renderer_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - the same
    ) -> bytes:
        """Return ``data`` as bytes; nothing for an answer without a body."""
        return b"" if data is None else orjson.dumps(data, default=_plain)

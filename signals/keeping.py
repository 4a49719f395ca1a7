"""Signals as bytes and back: integers, names and days, and no code."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import orjson

from platforms_portal.access import Right
from signals.kinds.base import Record, Signal

if TYPE_CHECKING:
    from collections.abc import Iterable


def pack(signals: Iterable[Signal]) -> bytes:
    """Return ``signals`` as bytes that ``unpack`` reads."""
    return orjson.dumps(
        [vars(signal) | {"records": [list(r) for r in signal.records]} for signal in signals]
    )


def unpack(kept: bytes) -> list[Signal]:
    """Return the signals in ``kept``."""
    return [_signal(values) for values in orjson.loads(kept)]


def _signal(values: dict[str, Any]) -> Signal:
    since = values["since"]
    return Signal(
        **values
        | {
            "records": tuple(Record(*record) for record in values["records"]),
            "right": Right(values["right"]),
            "since": datetime.date.fromisoformat(since) if since else None,
        }
    )

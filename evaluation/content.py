"""What is evaluated in a year, as the method takes it, and as a publication keeps it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evaluation.scoring import METHOD, METHODS, Figure, Figures, Measure, Party, Table


@dataclass(frozen=True)
class Content:
    """The indicators, platforms and values of a year."""

    measures: tuple[Measure, ...]
    parties: tuple[Party, ...]
    figures: Figures

    def table(self, method: int = METHOD) -> Table:
        """Return the result by the method of this number."""
        return METHODS[method](self.measures, self.parties, self.figures)

    def as_json(self) -> dict[str, Any]:
        """Return it as a publication keeps it: values as text, so that no digit is lost."""
        return {
            "indicators": [vars(measure) for measure in self.measures],
            "platforms": [vars(party) for party in self.parties],
            "values": [
                {
                    "indicator": code,
                    "platform": key,
                    "value": f"{figure.value.normalize():f}",
                    "source": figure.source,
                    "is_placeholder": figure.is_placeholder,
                }
                for (code, key), figure in sorted(self.figures.items())
            ],
        }


def content_of(kept: Mapping[str, Any]) -> Content:
    """Return the content that ``Content.as_json`` gave."""
    return Content(
        tuple(Measure(**values) for values in kept["indicators"]),
        tuple(Party(**values) for values in kept["platforms"]),
        {
            (row["indicator"], row["platform"]): Figure(
                Decimal(row["value"]), row["source"], row["is_placeholder"]
            )
            for row in kept["values"]
        },
    )


def digest_of(kept: Mapping[str, Any]) -> str:
    """Return the digest of a publication's content: another one, should anything be changed."""
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

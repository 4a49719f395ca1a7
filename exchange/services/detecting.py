"""Which template a file is, where nobody said so: by its mark, else by its headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange.matching import match_book
from exchange.matching.match import How
from exchange.reading import open_book
from exchange.subjects import TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path

    from exchange.matching import Match

_KNOWN = {How.LABEL, How.ALIAS}


def templates_of(path: Path) -> list[str]:
    """Return the template that the file is; several where its headings fit them equally well.

    Raises ``RefusedError`` where the file cannot be read.
    """
    book = open_book(path, path.name)
    if book.mark is not None and book.mark.template in TEMPLATES:
        return [book.mark.template]
    scores = {
        key: sum(_score(match) for match in match_book(book, template, {}) if match.subject)
        for key, template in TEMPLATES.items()
    }
    best = max(scores.values())
    return [key for key, score in scores.items() if score == best] if best > 0 else []


def _score(match: Match) -> int:
    """Return how well a sheet fits: its columns known by their heading, less what it lacks."""
    known = sum(1 for found in match.found if found.name and found.how in _KNOWN)
    return known - 2 * len(match.missing)

"""Which sheet holds which subject, which column is what, and what its cells say."""

from exchange.matching.lines import Line, lines
from exchange.matching.match import Found, How, Match, match_book, normalised

__all__ = ["Found", "How", "Line", "Match", "lines", "match_book", "normalised"]

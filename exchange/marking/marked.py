"""The marked workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from exchange.matching.match import Match
    from exchange.problems import Problem


def write_marked(
    source: Path,
    name: str,
    matches: Iterable[Match],
    problems: Iterable[Problem],
    target: Path,
    *,
    only_faulty: bool,
) -> None:
    """Write ``source`` (sent as ``name``) to ``target`` with ``problems`` marked in it.

    With ``only_faulty``, just the rows to be mended, under the same headings.
    """
    raise NotImplementedError

"""Which styles of a workbook show a number as a percentage: 1 is then read as 100%."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from exchange.reading.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Iterable

_BUILT_IN = {"9", "10"}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def percent_styles(pieces: Iterable[bytes]) -> frozenset[bytes]:
    """Return the numbers of the cell styles that show percentages, as cells name them.

    Styles pile up in old workbooks, so no tree is made of them. That they declare no entities was
    seen when they were unpacked.
    """
    styles = _Styles()
    parser = expat.ParserCreate()
    parser.StartElementHandler = styles.start
    parser.EndElementHandler = styles.end
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        if styles.begun:
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise refused("damaged") from error
    return frozenset(
        str(place).encode() for place, code in enumerate(styles.codes) if code in styles.percent
    )


class _Styles:
    """The formats of numbers, and for each style of a cell which of them it has."""

    def __init__(self) -> None:
        self.percent = set(_BUILT_IN)
        self.codes: list[str] = []
        self.begun = self.is_inside = False

    def start(self, name: str, told: dict[str, str]) -> None:
        """Take the beginning of an element; the prefix of its name does not matter."""
        self.begun = True
        tag = name.rpartition(":")[2]
        if tag == "numFmt" and "%" in _QUOTED.sub("", told.get("formatCode", "")):
            self.percent.add(told.get("numFmtId", ""))
        elif tag == "cellXfs":
            self.is_inside = True
        elif tag == "xf" and self.is_inside:
            self.codes.append(told.get("numFmtId", ""))

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name.rpartition(":")[2] == "cellXfs":
            self.is_inside = False

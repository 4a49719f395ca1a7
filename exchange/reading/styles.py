"""Which styles of a workbook show a number as a percentage: 1 is then read as 100%."""

from __future__ import annotations

import re

from defusedxml import ElementTree

from exchange.reading.refusals import refused

_BUILT_IN = {"9", "10"}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def percent_styles(xml: bytes) -> frozenset[bytes]:
    """Return the numbers of the cell styles that show percentages, as cells name them."""
    if not xml:
        return frozenset()
    try:
        root = ElementTree.fromstring(xml, forbid_dtd=True)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise refused("damaged") from error
    percent = set(_BUILT_IN)
    styles = []
    for element in root:
        tag = element.tag.rpartition("}")[2]
        if tag == "numFmts":
            percent |= {
                child.get("numFmtId", "")
                for child in element
                if "%" in _QUOTED.sub("", child.get("formatCode", ""))
            }
        elif tag == "cellXfs":
            styles = [child.get("numFmtId", "") for child in element]
    return frozenset(str(place).encode() for place, code in enumerate(styles) if code in percent)

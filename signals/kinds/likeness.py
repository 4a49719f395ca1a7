"""How alike two names of bodies are: exact, and without comparing each with each."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What nearly every body is called, so that it tells none from another.
_COMMON = re.compile(
    "管理委员会|管委会|管理局|管理办公室|管理服务中心|管理中心|服务中心|建设指挥部|领导小组|办公室"
    "|筹备组|筹建组|筹备处"
)
_NO_LETTER = re.compile(r"[\W_]+")


class Alike(NamedTuple):
    """Two names alike: the key of the other, and the share as integers (pairs of letters)."""

    key: int
    common: int
    of: int


def plain(name: str) -> str:
    """Return a name without signs, in one width, and without what all bodies are called."""
    text = _NO_LETTER.sub("", unicodedata.normalize("NFKC", name)).lower()
    return _COMMON.sub("", text) or text


def pairs(name: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters of a plain name; of a single letter, itself."""
    text = plain(name)
    if len(text) < 2:  # noqa: PLR2004 - a pair
        return frozenset({text} if text else ())
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def most_alike(
    names: Mapping[int, str], others: Iterable[tuple[int, str]], share: tuple[int, int]
) -> dict[int, list[Alike]]:
    """Return for each of ``names`` the ``others`` whose likeness reaches ``share``.

    Likeness is Dice's: twice the pairs in common, over the pairs of both. An index of pairs leads
    to those that have any in common, so that the work grows with what is alike and not with the
    product of both.
    """
    index: dict[str, list[int]] = {}
    sizes: dict[int, int] = {}
    for key, name in others:
        own = pairs(name)
        sizes[key] = len(own)
        for pair in own:
            index.setdefault(pair, []).append(key)
    found: dict[int, list[Alike]] = {}
    for key, name in names.items():
        own = pairs(name)
        common: dict[int, int] = {}
        for pair in own:
            for other in index.get(pair, ()):
                common[other] = common.get(other, 0) + 1
        found[key] = [
            Alike(other, 2 * n, len(own) + sizes[other])
            for other, n in sorted(common.items())
            if 2 * n * share[1] >= share[0] * (len(own) + sizes[other])
        ]
    return found

"""What offices write in headings and cells, brought to one form: width, spaces, brackets, numbering."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import override

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LANGUAGES = ("zh-hans", "en")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】|〔[^〕]*〕|\{[^{}]*\}")
_NUMBERING = re.compile(r"^(?:\d{1,2}[.、)](?!\d)|\(\d{1,2}\)|[一二三四五六七八九十]{1,3}、)")
_NOISE = re.compile(r"[\s*※★☆#:;,。、\"'“”‘’_\u200b\ufeff]+")
_UNIT_TAIL = re.compile(
    r"[/]?(?:平方公里|平方千米|平方米|公顷|万亩|亩|km2|km²|㎡|m2|hectares?|mu|人|个|名|家)$"
)


@lru_cache(maxsize=16_384)
def normalised(heading: str) -> str:
    """Return a heading without what differs from office to office.

    Width, case, spaces, line breaks, asterisks, numbering, and what stands in brackets (units,
    remarks), unless nothing else is left.
    """
    text = unicodedata.normalize("NFKC", heading).lower().strip()
    text = _NUMBERING.sub("", text.replace("\n", ""))
    bare = _NOISE.sub("", _BRACKETS.sub("", text))
    return bare or _NOISE.sub("", text).strip("()[]【】〔〕{}")


def without_unit(key: str) -> str:
    """Return a normalised heading without a unit at its end; empty if there is none."""
    bare = _UNIT_TAIL.sub("", key)
    return bare.rstrip("/") if bare != key else ""


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """Return text in one width and case, without any space: for comparing words."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def in_all_languages(text: StrOrPromise) -> list[str]:
    """Return a label in each of the site's languages."""
    words = []
    for language in LANGUAGES:
        with override(language):
            words.append(str(text))
    return words

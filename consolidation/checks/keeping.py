"""A judgement as bytes and back: what the rules said, in both languages, and what was counted.

Findings hold texts that are put together when shown. To be kept they are put together once, in
every language of the site; a text that many records share is written once.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, cast

import orjson
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, override

from consolidation.checks.base import Finding, Ratio, RecordRef, Scope, Severity, Status
from consolidation.selectors.counts import Place, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django_stubs_ext import StrOrPromise

    from zones.models import Division

Counted = dict[str, dict[Place, Tally]]
"""The tallies of each count, by place."""


@dataclass(frozen=True)
class Judged:
    """What the rules say of one view, and the tallies that they and the pages count by."""

    findings: list[Finding]
    counted: Counted


class Said(Promise):
    """A text that was put together before, in each language; shown in the reader's."""

    __slots__ = ("_by_language",)

    def __init__(self, by_language: Mapping[str, str]) -> None:
        """Take the text by code of language."""
        self._by_language = by_language

    def __str__(self) -> str:
        spoken = get_language() or settings.LANGUAGE_CODE
        return self._by_language.get(spoken, self._by_language[settings.LANGUAGE_CODE])

    def __bool__(self) -> bool:
        return bool(str(self))

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


def _said(by_language: dict[str, str]) -> StrOrPromise:
    first, *others = by_language.values()
    if all(other == first for other in others):
        return first
    # For the type checker a promise of a text is a class of its stubs alone.
    return cast("StrOrPromise", Said(by_language))


class _Texts:
    """The texts of a judgement, each once, known by its number."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._promises: list[StrOrPromise] = []

    def number(self, promise: StrOrPromise) -> int:
        # By identity: equal texts in one language may differ in another.
        if id(promise) not in self._numbers:
            self._numbers[id(promise)] = len(self._promises)
            self._promises.append(promise)  # Also keeps it alive, so that its id stays its own.
        return self._numbers[id(promise)]

    def spoken(self) -> dict[str, list[str]]:
        by_language: dict[str, list[str]] = {}
        for language, _name in settings.LANGUAGES:
            with override(language):
                by_language[language] = [str(promise) for promise in self._promises]
        return by_language


def pack(judged: Judged) -> bytes:
    """Return ``judged`` as bytes that ``unpack`` reads; no pickled code is in them."""
    texts = _Texts()
    findings = [_finding_as_list(finding, texts) for finding in judged.findings]
    counted = {
        name: [[*place, *astuple(tally)] for place, tally in places.items()]
        for name, places in judged.counted.items()
    }
    return orjson.dumps({"findings": findings, "counted": counted, "texts": texts.spoken()})


def unpack(kept: bytes, divisions: Iterable[Division]) -> Judged:
    """Return the judgement in ``kept``. ``divisions`` hold every division that it names."""
    content = orjson.loads(kept)
    by_pk = {division.pk: division for division in divisions}
    spoken = content["texts"]
    rows = zip(*spoken.values(), strict=True)
    texts = [_said(dict(zip(spoken, row, strict=True))) for row in rows]
    return Judged(
        findings=[_finding_of_list(values, texts, by_pk) for values in content["findings"]],
        counted={
            name: {Place(row[0], row[1]): Tally(*row[2:]) for row in rows}
            for name, rows in content["counted"].items()
        },
    )


def _finding_as_list(finding: Finding, texts: _Texts) -> list[Any]:
    number = texts.number
    return [
        finding.rule,
        finding.aspect,
        number(finding.title),
        finding.clause,
        finding.scope.division.pk,
        finding.scope.is_city,
        finding.status.value,
        finding.severity.value,
        list(finding.actual),
        list(finding.limit),
        finding.margin,
        number(finding.unit),
        number(finding.message),
        finding.counted,
        finding.counts,
        finding.placeholders,
        number(finding.formula),
        [[*record[:-1], number(record.why)] for record in finding.breaking],
        finding.breaking_total,
    ]


def _finding_of_list(
    values: list[Any], texts: list[StrOrPromise], divisions: Mapping[int, Division]
) -> Finding:
    rule, aspect, title, clause, division_id, is_city, status, severity, *rest = values
    actual, limit, margin, unit, message, counted, counts, placeholders, *rest = rest
    formula, breaking, breaking_total = rest
    return Finding(
        rule=rule,
        aspect=aspect,
        title=texts[title],
        clause=clause,
        scope=Scope(divisions[division_id], is_city=is_city),
        status=Status(status),
        severity=Severity(severity),
        actual=Ratio(*actual),
        limit=Ratio(*limit),
        margin=margin,
        unit=texts[unit],
        message=texts[message],
        counted=counted,
        counts=counts,
        placeholders=placeholders,
        formula=texts[formula],
        breaking=tuple(_record(record, texts) for record in breaking),
        breaking_total=breaking_total,
    )


def _record(values: list[Any], texts: list[StrOrPromise]) -> RecordRef:
    type_, id_, name, division_id, why = values
    return RecordRef(type_, id_, name, division_id, texts[why])

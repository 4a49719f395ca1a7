"""The shape of findings and counts, and the four counts divided as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from rest_framework import serializers

from consolidation.checks.base import Scope as FindingScope
from consolidation.checks.base import Severity, Status
from consolidation.selectors.counts import (
    COUNTERS,
    DayMap,
    Tally,
    by_owner,
    by_today,
    tallies,
    total,
)
from consolidation.selectors.plans import owners_of
from consolidation.selectors.state import State
from zones.models import Division

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.selectors.counts import Counter
    from consolidation.selectors.state import StateView
    from platforms_portal.access import Scope


class RatioSerializer(serializers.Serializer[Any]):
    """A figure as integers: a count is over 1, a share over its baseline; null: not known."""

    numerator = serializers.IntegerField(allow_null=True)
    denominator = serializers.IntegerField(allow_null=True)


class FindingScopeSerializer(serializers.Serializer[Any]):
    """Whom a finding is about. City and municipal level share a code: ``kind`` tells them apart."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    kind = serializers.ChoiceField(choices=[("city", _("City")), ("owner", _("Owner"))])


class RecordRefSerializer(serializers.Serializer[Any]):
    """A record that breaks a rule."""

    type = serializers.CharField()
    id = serializers.IntegerField()
    name = serializers.CharField()
    why = serializers.CharField(allow_blank=True)
    why_en = serializers.CharField(allow_blank=True)


class FindingSerializer(serializers.Serializer[Any]):
    """The answer of one rule about one scope."""

    rule = serializers.CharField()
    aspect = serializers.CharField(allow_blank=True, help_text=_("Which part of the rule."))
    title = serializers.CharField()
    title_en = serializers.CharField()
    clause = serializers.CharField(allow_blank=True)
    scope = FindingScopeSerializer()
    status = serializers.ChoiceField(choices=Status.choices)
    severity = serializers.ChoiceField(choices=Severity.choices)
    actual = RatioSerializer()
    limit = RatioSerializer()
    margin = serializers.IntegerField(
        allow_null=True,
        help_text=_("Records that may still be lost before the rule breaks; negative: lacking."),
    )
    unit = serializers.CharField()
    message = serializers.CharField()
    message_en = serializers.CharField()
    formula = serializers.CharField(allow_blank=True, help_text=_("The arithmetic."))
    counted = serializers.IntegerField(help_text=_("Records that the rule looked at."))
    counts = serializers.CharField(allow_blank=True, help_text=_("What kind of records they are."))
    placeholders = serializers.BooleanField()
    breaking = RecordRefSerializer(
        many=True, help_text=_("The records that break the rule; a district is named its own only.")
    )
    breaking_total = serializers.IntegerField()


class ReportSerializer(serializers.Serializer[Any]):
    """The findings of a programme in a state."""

    programme = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    as_of = serializers.DateField()
    placeholders = serializers.BooleanField()
    findings = FindingSerializer(many=True)


class TallySerializer(serializers.Serializer[Any]):
    """What was counted; a figure is null where data that it needs is missing."""

    baseline = serializers.IntegerField(allow_null=True)
    in_state = serializers.IntegerField(allow_null=True)
    cut = serializers.IntegerField(
        allow_null=True, help_text=_("Baseline less state; over “baseline” it is the share.")
    )
    went = serializers.IntegerField(help_text=_("In the baseline and not in the state."))
    came = serializers.IntegerField(help_text=_("In the state and not in the baseline."))
    undecided = serializers.IntegerField()
    placeholders = serializers.IntegerField(help_text=_("Records counted that are placeholders."))
    missing_baseline = serializers.IntegerField(help_text=_("Figures missing for the baseline."))
    missing_in_state = serializers.IntegerField(help_text=_("Figures missing for the state."))


class DivisionTallySerializer(TallySerializer):
    """The part of one division."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()


class CountSerializer(serializers.Serializer[Any]):
    """One of the four counts."""

    count = serializers.CharField()
    title = serializers.CharField()
    title_en = serializers.CharField()
    unit = serializers.CharField()
    declared = serializers.IntegerField(
        allow_null=True, help_text=_("The baseline that the document itself declares.")
    )
    total = TallySerializer()
    divisions = DivisionTallySerializer(many=True)


class NarrowedSerializer(serializers.Serializer[Any]):
    """The one division whose part is shown."""

    code = serializers.CharField()
    name = serializers.CharField()


class CountsSerializer(serializers.Serializer[Any]):
    """The four counts of a programme in a state."""

    programme = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    as_of = serializers.DateField()
    by = serializers.ChoiceField(choices=["owner", "today"])
    placeholders = serializers.BooleanField()
    narrowed_to = NarrowedSerializer(allow_null=True)
    counts = CountSerializer(many=True)


def counts_in(view: StateView, by: str, scope: Scope) -> dict[str, Any]:
    """Return every count of ``view``, its total and its parts in ``scope``.

    ``by`` is ``owner`` (of the baseline) or ``today`` (the divisions of the view's day).
    """
    owners = {owner.pk: owner for owner in owners_of(view.programme)}
    parts, totals = {}, {}
    day_map = DayMap.on(view.as_of) if by == "today" else None
    for counter in COUNTERS.values():
        places = tallies(view, counter.name)
        totals[counter.name] = total(places)
        own = {place: tally for place, tally in places.items() if scope.covers(place.division_id)}
        parts[counter.name] = by_owner(own) if day_map is None else by_today(own, day_map)
    divisions = _divisions(owners, parts.values(), by, scope)
    return {
        "programme": view.programme.code,
        "state": view.state.value,
        "as_of": view.as_of.isoformat(),
        "by": by,
        "placeholders": any(tally.placeholders for tally in totals.values()),
        "counts": [
            _count(view, counter, totals[counter.name], parts[counter.name], divisions)
            for counter in COUNTERS.values()
        ],
    }


def _divisions(
    owners: dict[int, Division], parts: Iterable[dict[int, Tally]], by: str, scope: Scope
) -> list[Division]:
    """Return the divisions to show, the municipal level first: every owner, or all of the day's."""
    if by == "owner":
        return [owner for owner in owners.values() if scope.covers(owner.pk)]
    keys = {key for part in parts for key in part}
    found = Division.objects.filter(pk__in=keys)
    return sorted(found, key=lambda division: (not division.is_municipal, division.code))


def _count(
    view: StateView,
    counter: Counter,
    city: Tally,
    parts: dict[int, Tally],
    divisions: list[Division],
) -> dict[str, Any]:
    with override("zh-hans"):
        words = {"title": str(counter.title), "unit": str(counter.unit)}
    with override("en"):
        words["title_en"] = str(counter.title)
    return {
        "count": counter.name,
        **words,
        "declared": getattr(view.programme, f"declared_{DECLARED.get(counter.name, '')}", None),
        "total": _tally(city),
        "divisions": [
            {**_named(division), **_tally(parts.get(division.pk, Tally()))}
            for division in divisions
        ],
    }


DECLARED = {"platforms": "platforms", "bodies": "bodies", "people": "staff"}
"""The counts whose baseline a document may declare, and the end of that field's name."""


def _tally(tally: Tally) -> dict[str, int | None]:
    baseline = None if tally.missing_baseline else tally.baseline
    in_state = None if tally.missing_in_state else tally.in_state
    known = baseline is not None and in_state is not None
    return {
        "baseline": baseline,
        "in_state": in_state,
        "cut": tally.cut if known else None,
        "went": tally.went,
        "came": tally.came,
        "undecided": tally.undecided,
        "placeholders": tally.placeholders,
        "missing_baseline": tally.missing_baseline,
        "missing_in_state": tally.missing_in_state,
    }


def _named(division: Division) -> dict[str, str]:
    scope = FindingScope(division)
    with override("zh-hans"):
        name = str(scope.label)
    with override("en"):
        name_en = str(scope.label)
    return {"code": division.code, "name": name, "name_en": name_en}

"""The shape of the flows and of the burn-down in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from rest_framework import serializers

from consolidation.api.figures import NarrowedSerializer
from consolidation.checks.base import Scope as Owner
from consolidation.selectors.outcome import Outcome
from consolidation.selectors.state import State
from dashboards.selectors.flows import REST
from dashboards.selectors.forecast import Outlook

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from dashboards.selectors.burndown import BurnDown
    from dashboards.selectors.flows import Flow
    from zones.models import Division


class FlowOwnerSerializer(serializers.Serializer[Any]):
    """An owner of the baseline."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()


class FlowResultSerializer(serializers.Serializer[Any]):
    """What platforms continue in: a platform, or a kind that they are transformed into."""

    sort = serializers.ChoiceField(choices=[("platform", _("Platform")), ("kind", _("Kind"))])
    key = serializers.CharField(
        help_text=_("Code of the platform, or the kind; “rest”: all others; “none”: not named.")
    )
    name = serializers.CharField(allow_blank=True)
    is_rest = serializers.BooleanField()


class FlowSerializer(serializers.Serializer[Any]):
    """How many platforms of an owner go the same way."""

    owner = FlowOwnerSerializer(
        allow_null=True, help_text=_("null where there are too many owners to tell apart.")
    )
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    result = FlowResultSerializer(allow_null=True)
    platforms = serializers.IntegerField()
    placeholders = serializers.IntegerField(help_text=_("How many of them rest on placeholders."))


class FlowsSerializer(serializers.Serializer[Any]):
    """Where the baseline platforms go in a state; the flows add up to ``total``."""

    programme = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    as_of = serializers.DateField()
    narrowed_to = NarrowedSerializer(allow_null=True)
    placeholders = serializers.BooleanField()
    total = serializers.IntegerField()
    flows = FlowSerializer(many=True)


class BurnDownPointSerializer(serializers.Serializer[Any]):
    """A count on one day."""

    day = serializers.DateField()
    planned = serializers.IntegerField(help_text=_("By the days that the plans name."))
    actual = serializers.IntegerField(
        allow_null=True, help_text=_("By what was confirmed; null: not known, or later than as_of.")
    )


class PaceSerializer(serializers.Serializer[Any]):
    """How the count fell lately, and what that comes to at the deadline."""

    since = serializers.DateField()
    days = serializers.IntegerField()
    before = serializers.IntegerField()
    now = serializers.IntegerField()
    expected = serializers.IntegerField()


class ForecastSerializer(serializers.Serializer[Any]):
    """The count at the deadline by the pace so far; or why that cannot be said."""

    low = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)
    outlook = serializers.ChoiceField(choices=Outlook.choices, allow_null=True)
    floor = serializers.IntegerField(allow_null=True, help_text=_("What the plans leave."))
    paces = PaceSerializer(many=True)
    reason = serializers.CharField(allow_blank=True)
    reason_en = serializers.CharField(allow_blank=True)


class BurnDownSerializer(serializers.Serializer[Any]):
    """One count from the baseline to the deadline, on each day on which it changes."""

    count = serializers.CharField()
    title = serializers.CharField()
    title_en = serializers.CharField()
    unit = serializers.CharField()
    target = serializers.IntegerField(
        allow_null=True, help_text=_("The largest number that keeps the rule.")
    )
    forecast = ForecastSerializer()
    points = BurnDownPointSerializer(many=True)


class BurnDownsSerializer(serializers.Serializer[Any]):
    """The burn-down of a programme."""

    programme = serializers.CharField()
    as_of = serializers.DateField()
    deadline = serializers.DateField(allow_null=True)
    placeholders = serializers.BooleanField()
    counts = BurnDownSerializer(many=True)


def in_both(words: StrOrPromise, name: str) -> dict[str, str]:
    """Return ``words`` in Chinese as ``name``, in English as ``name_en``."""
    found = {}
    for language, suffix in (("zh-hans", ""), ("en", "_en")):
        with override(language):
            found[name + suffix] = str(words)
    return found


def flow_as_json(flow: Flow) -> dict[str, Any]:
    """Return a flow as its serializer describes it."""
    result = flow.result
    return {
        "owner": None if flow.owner is None else _owner(flow.owner),
        "outcome": flow.outcome.value,
        "result": {
            "sort": result.sort,
            "key": result.key,
            "name": result.label,
            "is_rest": result.key == REST,
        }
        if result.sort
        else None,
        "platforms": flow.number,
        "placeholders": flow.placeholders,
    }


def _owner(owner: Division) -> dict[str, str]:
    return {"code": owner.code, **in_both(Owner(owner).label, "name")}


def burn_down_as_json(burn: BurnDown) -> dict[str, Any]:
    """Return a burn-down as its serializer describes it."""
    forecast = burn.forecast
    with override("zh-hans"):
        unit = str(burn.counter.unit)
    return {
        "count": burn.counter.name,
        **in_both(burn.counter.title, "title"),
        "unit": unit,
        "target": burn.target,
        "forecast": {
            "low": forecast.low if forecast.is_made else None,
            "high": forecast.high if forecast.is_made else None,
            "outlook": forecast.outlook.value if forecast.outlook else None,
            "floor": forecast.floor,
            "paces": [pace._asdict() for pace in forecast.paces],
            **in_both(forecast.reason, "reason"),
        },
        "points": [
            {"day": point.day, "planned": point.planned, "actual": point.actual}
            for point in burn.points
        ],
    }

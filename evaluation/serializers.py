"""The shape of the evaluation and of national ranks in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from rest_framework import serializers

from consolidation.models.programmes import ZoneKind
from consolidation.serializers.common import DivisionRefSerializer
from evaluation.models import Dimension, Direction, EvaluationYear
from evaluation.selectors.grid import written

if TYPE_CHECKING:
    from consolidation.checks.base import Finding
    from consolidation.models import Programme, RankGoal
    from evaluation.scoring import Measure, Point, Row, Subtotal
    from evaluation.selectors.ranks import RankLine, YearCell
    from evaluation.selectors.years import ShownYear


def points_field(help_text: Any) -> serializers.DecimalField:
    """Return a field of points, with two decimals; null where they are not known."""
    return serializers.DecimalField(
        max_digits=6, decimal_places=2, allow_null=True, help_text=help_text
    )


class MeasureSerializer(serializers.Serializer[Any]):
    """An indicator of the year."""

    code = serializers.CharField()
    dimension = serializers.ChoiceField(choices=Dimension.choices)
    name = serializers.CharField()
    name_en = serializers.CharField(allow_blank=True)
    unit = serializers.CharField()
    weight = serializers.IntegerField(help_text=_("In thousandths: 125 is 12.5%."))
    direction = serializers.ChoiceField(choices=Direction.choices)
    department = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # a serializer's own word too
    is_placeholder = serializers.BooleanField()


class PointSerializer(serializers.Serializer[Any]):
    """A value and what it gives."""

    indicator = serializers.CharField()
    value = serializers.CharField(
        allow_null=True, help_text=_("A decimal number as text; null: not known.")
    )
    best = serializers.CharField(allow_null=True, help_text=_("The best value known."))
    points = points_field(_("Rounded to two decimals, halves up."))
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # a serializer's own word too
    is_placeholder = serializers.BooleanField()


class SubtotalSerializer(serializers.Serializer[Any]):
    """The points of one dimension."""

    dimension = serializers.ChoiceField(choices=Dimension.choices)
    full = points_field(_("The points that can be reached."))
    points = points_field(_("Null where a value is missing."))
    known = points_field(_("The points of the values that are known."))
    missing = serializers.IntegerField()


class EvaluatedSerializer(serializers.Serializer[Any]):
    """The result of one retained platform."""

    rank = serializers.IntegerField(allow_null=True, help_text=_("Null where a value is missing."))
    id = serializers.IntegerField(help_text=_("Key of the retained platform."))
    code = serializers.CharField()
    name = serializers.CharField()
    division = serializers.CharField(help_text=_("Name of the owner."))
    total = points_field(_("Null where a value is missing."))
    known = points_field(_("The points of the values that are known."))
    missing = serializers.IntegerField(help_text=_("How many values are not known."))
    rests_on_placeholder = serializers.BooleanField()
    dimensions = SubtotalSerializer(many=True)
    values = PointSerializer(many=True)


class EvaluationSerializer(serializers.Serializer[Any]):
    """The comprehensive evaluation of one year."""

    programme = serializers.CharField()
    year = serializers.IntegerField()
    years = serializers.ListField(
        child=serializers.IntegerField(), help_text=_("The years that you may see.")
    )
    state = serializers.ChoiceField(choices=EvaluationYear.State.choices)
    version = serializers.IntegerField(
        allow_null=True, help_text=_("Null: not published, seen by the commission alone.")
    )
    published_on = serializers.DateField(allow_null=True)
    document = serializers.CharField(allow_blank=True)
    correction_reason = serializers.CharField(allow_blank=True)
    method = serializers.IntegerField(help_text=_("The number of the method (docs/evaluation.md)."))
    placeholders = serializers.BooleanField()
    indicators = MeasureSerializer(many=True)
    platforms = EvaluatedSerializer(many=True)


class RankFigureSerializer(serializers.Serializer[Any]):
    """The rank that one source gives."""

    rank = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]  # a serializer's own word too
    published_on = serializers.DateField(allow_null=True)
    counts = serializers.BooleanField()


class SourcedRankSerializer(serializers.Serializer[Any]):
    """One platform in one ranking and year."""

    retained = serializers.IntegerField(help_text=_("Key of the retained platform."))
    name = serializers.CharField()
    division = DivisionRefSerializer()
    zone_kind = serializers.ChoiceField(choices=ZoneKind.choices)
    year = serializers.IntegerField()
    rank = serializers.IntegerField(
        allow_null=True, help_text=_("The rank that counts; null: none was chosen.")
    )
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # a serializer's own word too
    is_placeholder = serializers.BooleanField()
    figures = RankFigureSerializer(many=True)


class ReachedGoalSerializer(serializers.Serializer[Any]):
    """A goal of the programme with what R20 says of it."""

    zone_kind = serializers.ChoiceField(choices=ZoneKind.choices)
    rank_max = serializers.IntegerField()
    zones_min = serializers.IntegerField()
    clause = serializers.CharField(allow_blank=True)
    status = serializers.CharField(allow_null=True, help_text=_("Null where R20 is not judged."))
    reached = serializers.IntegerField(allow_null=True)
    message = serializers.CharField(allow_blank=True)


class RanksSerializer(serializers.Serializer[Any]):
    """The national ranks of a programme's retained platforms."""

    programme = serializers.CharField()
    as_of = serializers.DateField()
    placeholders = serializers.BooleanField()
    goals = ReachedGoalSerializer(many=True)
    ranks = SourcedRankSerializer(many=True)


def evaluation_as_json(programme: Programme, shown: ShownYear, years: list[int]) -> dict[str, Any]:
    """Return a year's result as the API answers it."""
    publication, table = shown.publication, shown.table
    return {
        "programme": programme.code,
        "year": shown.year,
        "years": years,
        "state": "published" if publication else shown.evaluation.state,
        "version": publication.version if publication else None,
        "published_on": publication.published_on if publication else None,
        "document": publication.document if publication else "",
        "correction_reason": publication.reason if publication else "",
        "method": shown.method,
        "placeholders": table.rests_on_placeholders,
        "indicators": [_measure(measure) for measure in table.measures],
        "platforms": [_row(row) for row in table.rows],
    }


def _measure(measure: Measure) -> dict[str, Any]:
    names = (
        "code", "dimension", "name", "name_en", "unit", "weight", "department", "source",
        "is_placeholder",
    )  # fmt: skip
    direction = Direction.HIGHER if measure.higher_is_better else Direction.LOWER
    return {name: getattr(measure, name) for name in names} | {"direction": direction.value}


def _row(row: Row) -> dict[str, Any]:
    return {
        "rank": row.rank,
        "id": row.party.id,
        "code": row.party.code,
        "name": row.party.name,
        "division": row.party.division,
        "total": _text(row.total),
        "known": _text(row.known),
        "missing": row.missing,
        "rests_on_placeholder": row.rests_on_placeholder,
        "dimensions": [_subtotal(part) for part in row.dimensions],
        "values": [_point(point) for point in row.points],
    }


def _text(number: Any) -> str | None:
    return None if number is None else f"{number:f}"


def _subtotal(part: Subtotal) -> dict[str, Any]:
    return {
        "dimension": part.dimension,
        "full": _text(part.full),
        "points": _text(part.points),
        "known": _text(part.known),
        "missing": part.missing,
    }


def _point(point: Point) -> dict[str, Any]:
    figure = point.figure
    return {
        "indicator": point.measure.code,
        "value": written(figure.value) if figure else None,
        "best": written(point.best.value) if point.best else None,
        "points": _text(point.points),
        "source": figure.source if figure else "",
        "is_placeholder": figure.is_placeholder if figure else False,
    }


def goal_as_json(goal: RankGoal, finding: Finding | None) -> dict[str, Any]:
    """Return a goal with its finding."""
    with override("zh-hans"):
        message = str(finding.message) if finding else ""
    return {
        "zone_kind": goal.zone_kind,
        "rank_max": goal.rank_max,
        "zones_min": goal.zones_min,
        "clause": goal.clause,
        "status": finding.status.value if finding else None,
        "reached": finding.actual.numerator if finding else None,
        "message": message,
    }


def rank_as_json(line: RankLine, cell: YearCell) -> dict[str, Any]:
    """Return one platform's rank in a year, with the figures of every source."""
    counts = cell.counts
    return {
        "retained": line.retained.pk,
        "name": str(line.retained),
        "division": DivisionRefSerializer(line.retained.platform.division).data,
        "zone_kind": line.zone_kind,
        "year": cell.year,
        "rank": counts.rank if counts else None,
        "source": counts.source if counts else "",
        "is_placeholder": counts.is_placeholder if counts else False,
        "figures": [
            {
                "rank": entry.report.rank,
                "source": entry.report.source,
                "published_on": entry.report.published_on,
                "counts": entry.counts,
            }
            for entry in cell.marked
        ],
    }

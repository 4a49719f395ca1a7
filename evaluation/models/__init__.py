"""What the evaluation keeps: ranks with their sources, indicators, values, publications."""

from evaluation.models.ranks import RankReport
from evaluation.models.years import (
    Dimension,
    Direction,
    EvaluationYear,
    Indicator,
    IndicatorValue,
    Publication,
)

__all__ = [
    "Dimension",
    "Direction",
    "EvaluationYear",
    "Indicator",
    "IndicatorValue",
    "Publication",
    "RankReport",
]

"""A small city with a year of evaluation, for the tests of the evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from consolidation.models import Programme, RetainedPlatform
from evaluation.models import EvaluationYear, Indicator, IndicatorValue
from platforms_portal.access import Role
from tests import factories as make
from zones.models import Division

YEAR = 2020
WEIGHTS = {"rd-gdp": ("innovation", 400), "output": ("output", 355), "energy": ("input", 245)}
VALUES = {"rd-gdp": ("3.25", "2.60"), "output": ("120.5", "241"), "energy": ("0.125", "0.1")}


@dataclass
class City:
    """Divisions with a retained platform each, and a year being drafted."""

    programme: Programme
    divisions: list[Division]
    retained: list[RetainedPlatform]
    evaluation: EvaluationYear
    reviewer: User

    def url(self, name: str, *more: object) -> str:
        return reverse(name, args=[self.programme.code, *more])

    def indicator(self, code: str) -> Indicator:
        return Indicator.objects.get(evaluation=self.evaluation, code=code)

    def official(self, number: int = 0) -> User:
        return make.make_user(Role.DISTRICT_OFFICIAL, division=self.divisions[number])


def build(divisions: int = 2, *, values: bool = True) -> City:
    """Make the city; the values repeat where there are more divisions than two."""
    programme = make.make_programme()
    evaluation = EvaluationYear.objects.create(programme=programme, year=YEAR)
    city = City(programme, [], [], evaluation, make.make_user(Role.COMMISSION_REVIEWER))
    for place, (code, (dimension, weight)) in enumerate(WEIGHTS.items()):
        Indicator.objects.create(
            evaluation=evaluation,
            code=code,
            sequence=place,
            dimension=dimension,
            name=f"指标{code}",
            unit="亿元",
            weight=weight,
            direction="lower" if code == "energy" else "higher",
            decimals=3,
        )
    for _number in range(divisions):
        add_division(city, values=values)
    return city


def add_division(city: City, *, values: bool = True) -> RetainedPlatform:
    """Add a division that retains a platform, with a value for each indicator."""
    division = make.make_division(city.programme)
    platform = make.make_platform(city.programme, division)
    retained = make.make_retained(city.programme, platform, listed_name=platform.name)
    city.divisions.append(division)
    city.retained.append(retained)
    if values:
        turn = (len(city.retained) - 1) % 2
        for indicator in Indicator.objects.filter(evaluation=city.evaluation):
            IndicatorValue.objects.create(
                indicator=indicator,
                retained=retained,
                value=Decimal(VALUES[indicator.code][turn]),
                source="示例年鉴",
            )
    return retained


def history_of(record: Any) -> Any:
    """Return the history of a record, or of all records of a model."""
    return record.history


def client_of(user: User) -> Client:
    """Return the browser of ``user``."""
    client = Client()
    client.force_login(user)
    return client

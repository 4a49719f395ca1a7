"""The years of a programme's evaluation and their results, as far as a reader may see them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from consolidation.models import RetainedPlatform
from evaluation.content import Content, content_of
from evaluation.models import EvaluationYear, Indicator, IndicatorValue, Publication
from evaluation.scoring import METHOD, Figure, Measure, Party
from platforms_portal.access import Right

if TYPE_CHECKING:
    from collections.abc import Collection

    from consolidation.models import Programme
    from evaluation.scoring import Table


@dataclass(frozen=True)
class ShownYear:
    """A year as a reader sees it: what was published of it, or how it stands while it is drafted.

    ``publication`` is ``None`` for what is not published; ``versions`` are all publications of
    the year, the newest first.
    """

    evaluation: EvaluationYear
    publication: Publication | None
    versions: tuple[Publication, ...] = ()

    @property
    def year(self) -> int:
        """The year evaluated."""
        return self.evaluation.year

    @property
    def is_superseded(self) -> bool:
        """Whether a later version corrects what is shown."""
        return self.publication is not None and self.publication != self.versions[0]

    @property
    def method(self) -> int:
        """The number of the method."""
        return self.publication.method if self.publication else METHOD

    @cached_property
    def content(self) -> Content:
        """The indicators, platforms and values: those published, or those of the moment."""
        if self.publication is not None:
            return content_of(self.publication.content)
        return live_content(self.evaluation)

    @cached_property
    def table(self) -> Table:
        """The result."""
        return self.content.table(self.method)


def years_visible_to(programme: Programme, rights: Collection[Right]) -> list[ShownYear]:
    """Return the years of ``programme``, the newest first, in two queries.

    Who evaluates sees each as it stands, drafts too; everybody else what was published last of
    the years that were published.
    """
    evaluations = list(EvaluationYear.objects.filter(programme=programme).order_by("-year"))
    published: dict[int, list[Publication]] = {}
    # What a version holds is read where it is shown: all of them together may be long.
    publications = Publication.objects.filter(evaluation__programme=programme).defer("content")
    for publication in publications.order_by("-version"):
        published.setdefault(publication.evaluation_id, []).append(publication)
    shown = []
    for evaluation in evaluations:
        versions = tuple(published.get(evaluation.pk, ()))
        stands = evaluation.state == EvaluationYear.State.PUBLISHED
        if versions and (stands or Right.EVALUATE not in rights):
            shown.append(ShownYear(evaluation, versions[0], versions))
        elif Right.EVALUATE in rights:
            shown.append(ShownYear(evaluation, None, versions))
    return shown


def version_of(shown: ShownYear, version: int) -> ShownYear | None:
    """Return the same year as an earlier publication has it; ``None`` where there is no such."""
    for publication in shown.versions:
        if publication.version == version:
            return ShownYear(shown.evaluation, publication, shown.versions)
    return None


def live_content(evaluation: EvaluationYear) -> Content:
    """Return the indicators, retained platforms and values of a year as they are now."""
    indicators = Indicator.objects.filter(evaluation=evaluation).select_related("department")
    retained = RetainedPlatform.objects.filter(programme=evaluation.programme_id)
    values = IndicatorValue.objects.filter(indicator__evaluation=evaluation).values_list(
        "indicator__code", "retained_id", "value", "source", "is_placeholder"
    )
    return Content(
        tuple(measure_of(indicator) for indicator in indicators),
        tuple(
            party_of(row)
            for row in retained.select_related("platform__division").order_by("sequence", "pk")
        ),
        {
            (code, key): Figure(value, source, is_placeholder)
            for code, key, value, source, is_placeholder in values
        },
    )


def measure_of(indicator: Indicator) -> Measure:
    """Return an indicator as the method takes it."""
    return Measure(
        code=indicator.code,
        name=indicator.name,
        name_en=indicator.name_en,
        dimension=indicator.dimension,
        unit=indicator.unit,
        weight=indicator.weight,
        higher_is_better=indicator.direction == "higher",
        decimals=indicator.decimals,
        source=indicator.source,
        department=indicator.department.name if indicator.department else "",
        is_placeholder=indicator.is_placeholder,
    )


def party_of(retained: RetainedPlatform) -> Party:
    """Return a retained platform as the method takes it."""
    platform, division = retained.platform, retained.platform.division
    return Party(
        id=retained.pk,
        code=platform.code,
        name=retained.listed_name or platform.name,
        name_en=platform.name_en,
        division_id=division.pk,
        division="市本级" if division.is_municipal else division.name,
        division_en="Municipal level" if division.is_municipal else division.name_en,
        is_placeholder=retained.is_placeholder,
    )

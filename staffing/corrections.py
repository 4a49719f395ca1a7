"""Head counts of the baseline as records that can be corrected: one request a body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consolidation.correctable import CORRECTABLE, Correctable, Reading, register
from consolidation.models import Correction
from consolidation.models.programmes import StaffCategory
from consolidation.services.recording import mark_real
from platforms_portal.access import Right
from platforms_portal.history import delete_recorded, save_recorded
from staffing.models import HeadCount
from staffing.reporting import FIGURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from accounts.models import User
    from consolidation.correctable import Json, Values
    from consolidation.models import Programme
    from zones.models import Division, ManagementBody


class Figure(NamedTuple):
    """One field: the figure and the category that it is of."""

    figure: str
    category: StaffCategory

    @property
    def name(self) -> str:
        """The name of the field."""
        return f"{self.figure}-{self.category.value}"

    @property
    def label(self) -> str:
        """The heading of the field."""
        return f"{self.category.label} · {FIGURES[self.figure]}"


FIELDS = {
    figure.name: figure
    for figure in (Figure(name, category) for category in StaffCategory for name in FIGURES)
}


class HeadCountRecord(Correctable):
    """The head counts of one body at the baseline date; the record is the body."""

    subject = Correction.Subject.HEAD_COUNT
    right = Right.VIEW_PEOPLE
    kinds = (Correction.Kind.CHANGE.value,)

    def records(self, programme: Programme, division_id: int) -> QuerySet[ManagementBody, Any]:
        """Return the division's bodies of the baseline."""
        return CORRECTABLE[Correction.Subject.BODY].records(programme, division_id)

    def read(self, programme: Programme, records: Iterable[Any]) -> dict[int, Reading]:
        """Return the figures of each body, and the first source that is given for one."""
        keys = [record.pk for record in records]
        counts: dict[int, list[HeadCount]] = {key: [] for key in keys}
        for row in self._rows(programme, keys):
            counts[row.body_id].append(row)
        return {key: _reading(rows) for key, rows in counts.items()}

    def _rows(self, programme: Programme, keys: list[int]) -> QuerySet[HeadCount]:
        return HeadCount.objects.filter(body__in=keys, counted_on=programme.baseline_date).order_by(
            "category"
        )

    def placeholders(self, programme: Programme, division_id: int) -> int:
        """Return how many bodies have a figure that stands in for a real one."""
        bodies = self.records(programme, division_id).order_by().values("pk")
        marked = HeadCount.objects.filter(
            body__in=bodies, counted_on=programme.baseline_date, is_placeholder=True
        )
        return marked.values("body").distinct().count()

    def name_of(self, record: Any) -> str:
        """Return whose figures they are."""
        return str(record)

    def form_fields(
        self,
        programme: Programme,  # noqa: ARG002 - see the base
        division: Division,  # noqa: ARG002 - the same
        record: Any,  # noqa: ARG002 - the same
    ) -> dict[str, forms.Field]:
        """Return a field for each figure; empty where it is not known."""
        return {
            name: forms.IntegerField(
                label=figure.label, required=False, min_value=0, max_value=1_000_000
            )
            for name, figure in FIELDS.items()
        }

    def label(self, name: str) -> StrOrPromise:
        """Return the heading of a figure."""
        return FIELDS[name].label if name in FIELDS else _("Source")

    def brief(self, values: Values) -> str:
        """Return staff on post and authorised posts of each category that has a figure."""
        return "、".join(
            f"{category.label} {'/'.join(_shown(values[Figure(f, category).name]) for f in FIGURES)}"
            for category in StaffCategory
            if any(values[Figure(f, category).name] is not None for f in FIGURES)
        )

    def struck(
        self,
        programme: Programme,  # noqa: ARG002 - see the base
        record: Any,  # noqa: ARG002 - the same
    ) -> tuple[Values, Values]:
        """Refuse: figures are corrected, or go with their body."""
        raise ValidationError(_("This cannot be asked for a record of this kind."))

    def check(
        self,
        programme: Programme,  # noqa: ARG002 - see the base
        division: Division,  # noqa: ARG002 - the same
        record: Any,  # noqa: ARG002 - the same
        after: Mapping[str, Json],
    ) -> None:
        """Judge each figure: a whole number of people, or not known."""
        problems = {
            name: _("Write a whole number that is not negative.")
            for name, value in after.items()
            if name in FIELDS and value is not None and not (isinstance(value, int) and value >= 0)
        }
        if problems:
            raise ValidationError(problems)

    def apply(self, correction: Correction, record: Any, *, user: User, reason: str) -> int | None:
        """Write the figures; no figure of the body is a placeholder from then on."""
        programme = correction.programme
        rows = {row.category: row for row in self._rows(programme, [record.pk])}
        for category in StaffCategory:
            row = rows.get(category) or HeadCount(
                body=record, category=category, counted_on=programme.baseline_date
            )
            _set(row, category, correction.after)
            if row.on_post is not None or row.authorised is not None:
                mark_real(row)
                row.source = str(correction.after.get("source", row.source))
                save_recorded(row, user=user, reason=reason)
            elif row.pk is not None:
                delete_recorded(row, user=user, reason=reason)
        return int(record.pk)


def _reading(rows: list[HeadCount]) -> Reading:
    values: Values = dict.fromkeys(FIELDS)
    for row in rows:
        for name in FIGURES:
            values[Figure(name, StaffCategory(row.category)).name] = getattr(row, name)
    values["source"] = next((row.source for row in rows if row.source), "")
    return Reading(values, any(row.is_placeholder for row in rows))


def _set(row: HeadCount, category: StaffCategory, after: Mapping[str, Json]) -> None:
    for figure in FIGURES:
        name = Figure(figure, category).name
        if name in after:
            setattr(row, figure, after[name])


def _shown(value: Json) -> str:
    return "—" if value is None else str(value)


HEAD_COUNT = register(HeadCountRecord())

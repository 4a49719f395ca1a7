"""Platforms, management bodies and plates as records that can be corrected."""

from __future__ import annotations

import copy
import itertools
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import ProtectedError, Q
from django.forms.models import fields_for_model
from django.utils.translation import gettext as _

from consolidation.correctable import Correctable, Reading, as_json, register
from consolidation.models import Correction, RetainedPlatform
from consolidation.selectors.state import baseline_q
from consolidation.services.recording import mark_real
from platforms_portal.access import Right
from platforms_portal.history import delete_recorded, save_recorded
from platforms_portal.words import in_words
from zones.models import BodyPlatform, ManagementBody, Origin, Plate, Platform
from zones.models.bodies import validate_uscc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from accounts.models import User
    from consolidation.correctable import Json, Values
    from consolidation.models import Programme
    from zones.models import Division

REMITS = "platforms"
"""The field of a body that no column holds: the platforms that it manages."""


def platforms_of(programme: Programme, division_id: int) -> QuerySet[Platform]:
    """Return the division's platforms of the baseline."""
    return Platform.objects.filter(
        baseline_q(programme), ledger=programme.ledger_id, division=division_id
    ).order_by("code")


class LedgerRecord(Correctable):
    """A record that is one row of a model: its fields are the model's."""

    model: ClassVar[type[Any]]
    names: ClassVar[tuple[str, ...]]
    code_prefix: ClassVar[str]
    end: ClassVar[str] = ""
    """The field that says since when it no longer exists, where there is one."""

    def read(self, programme: Programme, records: Iterable[Any]) -> dict[int, Reading]:  # noqa: ARG002 - see the base
        """Return each record by its key."""
        return {
            record.pk: Reading(
                {name: as_json(getattr(record, self._column(name))) for name in self._stored()},
                record.is_placeholder,
            )
            for record in records
        }

    def _stored(self) -> list[str]:
        ends = [self.end] if self.end else []
        return [*(name for name in self.names if name != REMITS), *ends, "source"]

    def _column(self, name: str) -> str:
        return str(self.model._meta.get_field(name).attname)  # noqa: SLF001 - documented by Django

    def placeholders(self, programme: Programme, division_id: int) -> int:
        """Return how many of the records are marked."""
        return self.records(programme, division_id).filter(is_placeholder=True).count()

    def name_of(self, record: Any) -> str:
        """Return its name."""
        return str(record)

    def form_fields(
        self,
        programme: Programme,
        division: Division,
        record: Any,  # noqa: ARG002 - for bodies
    ) -> dict[str, forms.Field]:
        """Return the model's own fields; a platform is chosen among the division's."""
        fields = fields_for_model(self.model, fields=[n for n in self.names if n != REMITS])
        for field in fields.values():
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = platforms_of(programme, division.pk)
        return dict(fields)

    def label(self, name: str) -> StrOrPromise:
        """Return the name that the model gives the field."""
        try:
            label: StrOrPromise = self.model._meta.get_field(name).verbose_name  # noqa: SLF001 - see above
        except FieldDoesNotExist:
            return name
        return label

    def words(self, name: str, value: Json) -> str:
        """Return the words of a choice, the names of platforms, and other values as they are."""
        if value is None or value == "":
            return ""
        field = self.model._meta.get_field(name)  # noqa: SLF001 - see above
        if field.is_relation:
            keys = value if isinstance(value, list) else [value]
            return "、".join(str(row) for row in Platform.objects.filter(pk__in=keys))
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        return in_words(value)

    def struck(self, programme: Programme, record: Any) -> tuple[Values, Values]:
        """Let it end on the baseline date: from that day on it does not count."""
        before = as_json(getattr(record, self.end))
        return {self.end: before}, {self.end: programme.baseline_date.isoformat()}

    def check(
        self, programme: Programme, division: Division, record: Any, after: Mapping[str, Json]
    ) -> None:
        """Judge a copy of the record by the model's fields and constraints."""
        trial = copy.copy(record) if record else self._new(programme, division, 0)
        self._set(trial, after)
        problems: dict[str, Any] = {}
        try:
            trial.full_clean()
        except ValidationError as refused:
            problems = refused.update_error_dict({})
        founded = getattr(trial, "established_on", None)
        if record is None and founded and founded > programme.baseline_date:
            problems["established_on"] = _(
                "What was established after the baseline date is no part of it."
            )
        if problems:
            raise ValidationError(problems)

    def _new(self, programme: Programme, division: Division, number: int) -> Any:
        """Return a record of the ledger that is not stored yet, under a code that is free."""
        record = self.model(ledger=programme.ledger)
        if self.end:
            record.division = division
            record.origin = Origin.LEDGER
        first = f"{self.code_prefix}{division.code}-C{number}"
        codes = itertools.chain([first], (f"{first}-{more}" for more in itertools.count(2)))
        taken = self.model.objects.filter(ledger=programme.ledger_id)
        record.code = next(code for code in codes if not taken.filter(code=code).exists())
        return record

    def _set(self, record: Any, after: Mapping[str, Json]) -> None:
        for name, value in after.items():
            if name != REMITS:
                field = self.model._meta.get_field(name)  # noqa: SLF001 - see above
                setattr(record, field.attname, field.to_python(value))

    def apply(self, correction: Correction, record: Any, *, user: User, reason: str) -> int | None:
        """Write the fields; what the commission has confirmed is no placeholder any more."""
        if correction.kind == Correction.Kind.STRIKE and not self.end:
            self._delete(record, user, reason)
            return None
        if record is None:
            record = self._new(correction.programme, correction.division, correction.pk)
        self._set(record, correction.after)
        if correction.kind != Correction.Kind.STRIKE:
            mark_real(record)
        save_recorded(record, user=user, reason=reason)
        return int(record.pk)

    def _delete(self, record: Any, user: User, reason: str) -> None:
        try:
            delete_recorded(record, user=user, reason=reason)
        except ProtectedError as error:
            raise ValidationError(still_referred_to()) from error


def still_referred_to() -> str:
    """Return the sentence for a record that can't be deleted."""
    return _("Plans refer to this record, so it cannot be taken out of the ledger.")


class PlatformRecord(LedgerRecord):
    """A platform of the baseline."""

    subject = Correction.Subject.PLATFORM
    right = Right.VIEW_LEDGER
    model = Platform
    code_prefix = "P"
    end = "closed_on"
    names = (
        "name",
        "name_en",
        "level",
        "kind",
        "gbt37028_code",
        "established_on",
        "approval_document",
        "approved_on",
        "approved_area",
        "managed_area",
        "built_up_area",
        "boundary_north",
        "boundary_east",
        "boundary_south",
        "boundary_west",
    )

    def records(self, programme: Programme, division_id: int) -> QuerySet[Platform]:
        """Return the division's platforms of the baseline."""
        return platforms_of(programme, division_id)

    def struck(self, programme: Programme, record: Any) -> tuple[Values, Values]:
        """Refuse where the programme retains it: that is decided first."""
        if RetainedPlatform.objects.filter(programme=programme, platform=record).exists():
            raise ValidationError(
                _("It is on the list of retained platforms, so it cannot be struck out.")
            )
        return super().struck(programme, record)


class BodyRecord(LedgerRecord):
    """A management body of the baseline, with the platforms that it manages."""

    subject = Correction.Subject.BODY
    right = Right.VIEW_BODIES
    model = ManagementBody
    code_prefix = "B"
    end = "abolished_on"
    names = (
        "name",
        REMITS,
        "uscc",
        "nature",
        "rank",
        "parent_body",
        "approval_document",
        "funding",
        "internal_departments",
        "leadership_teams",
        "secretary_is_director",
    )

    def records(self, programme: Programme, division_id: int) -> QuerySet[ManagementBody]:
        """Return the division's bodies of the baseline."""
        return ManagementBody.objects.filter(
            baseline_q(programme, end=self.end), ledger=programme.ledger_id, division=division_id
        ).order_by("code")

    def read(self, programme: Programme, records: Iterable[Any]) -> dict[int, Reading]:
        """Return each body with the keys of its platforms."""
        found = super().read(programme, records)
        remits: dict[int, list[int]] = {}
        rows = BodyPlatform.objects.filter(body__in=found).order_by("platform_id")
        for body_id, platform_id in rows.values_list("body_id", "platform_id"):
            remits.setdefault(body_id, []).append(platform_id)
        for pk, reading in found.items():
            reading.values[REMITS] = list(remits.get(pk, []))
        return found

    def form_fields(
        self, programme: Programme, division: Division, record: Any
    ) -> dict[str, forms.Field]:
        """Let the platforms be chosen among the division's and those that it manages already."""
        fields = super().form_fields(programme, division, record)
        # The model's form fields leave its own validators to the model; here all errors come at once.
        fields["uscc"].validators.append(validate_uscc)
        known = Q(pk__in=platforms_of(programme, division.pk).values("pk"))
        if record is not None:
            known |= Q(remits__body=record.pk)
        fields[REMITS] = forms.ModelMultipleChoiceField(
            Platform.objects.filter(known).distinct().order_by("code"),
            required=False,
            label=_("Platforms that it manages"),
            widget=forms.CheckboxSelectMultiple(),
        )
        return {name: fields[name] for name in self.names}

    def apply(self, correction: Correction, record: Any, *, user: User, reason: str) -> int | None:
        """Write the fields and the platforms that it manages."""
        key = super().apply(correction, record, user=user, reason=reason)
        if REMITS in correction.after and key is not None:
            self._remit(key, set(correction.after[REMITS] or []), user, reason)
        return key

    def _remit(self, body_id: int, wanted: set[int], user: User, reason: str) -> None:
        held = {row.platform_id: row for row in BodyPlatform.objects.filter(body=body_id)}
        for platform_id in sorted(wanted - held.keys()):
            remit = BodyPlatform(body_id=body_id, platform_id=platform_id)
            save_recorded(remit, user=user, reason=reason)
        for platform_id in sorted(held.keys() - wanted):
            delete_recorded(held[platform_id], user=user, reason=reason)


class PlateRecord(LedgerRecord):
    """A plate of the division's platforms."""

    subject = Correction.Subject.PLATE
    right = Right.VIEW_LEDGER
    model = Plate
    code_prefix = "G"
    names = ("title", "platform", "level", "kind", "gbt37028_code")

    def records(self, programme: Programme, division_id: int) -> QuerySet[Plate]:
        """Return the plates of the division's platforms."""
        platforms = platforms_of(programme, division_id)
        return Plate.objects.filter(
            ledger=programme.ledger_id, platform__in=platforms.order_by().values("pk")
        ).order_by("code")

    def struck(self, programme: Programme, record: Any) -> tuple[Values, Values]:
        """Take it out as it is, as a plate has no end; refuse where plans refer to it."""
        if record.dispositions.exists():
            raise ValidationError(still_referred_to())
        return self.read(programme, [record])[record.pk].values, {}


PLATFORM = register(PlatformRecord())
BODY = register(BodyRecord())
PLATE = register(PlateRecord())

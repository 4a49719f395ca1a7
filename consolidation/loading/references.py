"""How a cell names another record: divisions, owners, platforms, bodies, plates, plans."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consolidation.loading.cells import day_of, text_up_to
from consolidation.loading.loads import CascadeError
from consolidation.loading.tables import Record
from consolidation.models import MergePlan, RetainedPlatform
from zones.models import Department, Division, Industry, ManagementBody, Plate, Platform

if TYPE_CHECKING:
    from django.db import models

    from consolidation.loading.loads import Load
    from consolidation.loading.specs import Parser

_INDUSTRY_NAME = text_up_to(60)


def division(text: str, load: Load) -> Record:
    """Return the division written as a code (at the baseline) or ``code@date`` (on that day)."""
    code, at, on = text.partition("@")
    if not at and not load.baseline_known:
        return _at_unknown_baseline(code.strip(), load)
    day = day_of(on.strip()) if at else load.baseline
    if day is None:
        raise ValidationError(_("Write the day after the @ as 2018-12-31."))
    if load.is_told("divisions", code.strip()):
        # Its days may be what is wrong, and then another row of the code would be found.
        raise CascadeError
    found = division_on(code.strip(), day, load)
    if found is not None:
        return found
    raise ValidationError(
        _("No division %(code)s is valid on %(day)s. Add it to “divisions”, or name another day.")
        % {"code": code.strip(), "day": day.isoformat()}
    )


def _at_unknown_baseline(code: str, load: Load) -> Record:
    """Return the only division with this code; which of several is meant, the missing day says."""
    known = load.table(Division).grouped("code").get(code, [])
    if len(known) == 1 and not load.is_told("divisions", code):
        return known[0]
    raise CascadeError


def division_on(code: str, day: datetime.date, load: Load) -> Record | None:
    """Return the division with this code that exists on ``day``."""
    for record in load.table(Division).grouped("code").get(code, ()):
        if exists_on(record, day):
            return record
    return None


def exists_on(record: Record, day: datetime.date) -> bool:
    """Whether a division exists on ``day``."""
    start = record.values.get("valid_from") or datetime.date.min
    return start <= day < (record.values.get("valid_to") or datetime.date.max)


def owner(text: str, load: Load) -> Record:
    """Return a division that owns records: the city's own row, or one under it at the baseline."""
    found = division(text, load)
    if load.city is None or is_owner(found, load):
        return found
    raise ValidationError(
        _(
            "%(division)s is no owner of this programme: owners are %(city)s itself and the "
            "divisions under it that exist at the baseline date."
        )
        % {"division": text, "city": load.city_code}
    )


def is_owner(record: Record, load: Load) -> bool:
    """Whether a division is an owner of the programme."""
    return record is load.city or (
        record.values.get("parent") is load.city
        and (not load.baseline_known or exists_on(record, load.baseline))
    )


def _by_code(model: type[models.Model], sheet: str) -> Parser:
    def parse(text: str, load: Load) -> Record:
        found = load.table(model).find(text)
        if found is not None:
            return found
        if load.is_told(sheet, text):
            raise CascadeError
        raise ValidationError(
            _("“%(value)s” does not stand in “%(sheet)s”. Add it there, or correct it here.")
            % {"value": text, "sheet": sheet}
        )

    return parse


platform = _by_code(Platform, "platforms")
body = _by_code(ManagementBody, "bodies")
plate = _by_code(Plate, "plates")
department = _by_code(Department, "departments")


def industry(text: str, load: Load) -> Record:
    """Return the industry of this name, a new one if there is none."""
    name = _INDUSTRY_NAME(text, load)
    table = load.table(Industry)
    return table.find(name) or table.add(Record({"name": name}))


def retained(text: str, load: Load) -> Record:
    """Return the entry of a platform on the list of retained ones, by the platform's code."""
    found = load.table(RetainedPlatform).find(platform(text, load))
    if found is not None:
        return found
    if load.is_told("retained", text):
        raise CascadeError
    raise ValidationError(
        _("“%(value)s” is not on the list of retained platforms. Add it to “retained”.")
        % {"value": text}
    )


def plan(text: str, load: Load) -> Record:
    """Return the plan written as an owner's code (its latest version) or ``code#version``."""
    code, sign, version = text.partition("#")
    of = owner(code.strip(), load)
    if not sign:
        return plan_of(of, load)
    for record in load.table(MergePlan).grouped("division").get(of, ()):
        if str(record.values.get("version")) == version.strip():
            return record
    if load.is_told("plans", code.strip()):
        raise CascadeError
    raise ValidationError(
        _("%(division)s has no version %(version)s in “plans”. Add it there.")
        % {"division": code.strip(), "version": version.strip()}
    )


def plan_of(of: Record, load: Load) -> Record:
    """Return the plan of an owner that a decision without a plan belongs to.

    That is the latest version in the files, else in the database, else a first one, submitted.
    """
    table = load.table(MergePlan)
    plans = table.grouped("division").get(of, [])
    candidates = [record for record in plans if record.row] or plans
    if candidates:
        return max(candidates, key=lambda record: record.values.get("version") or 0)
    return table.add(
        Record(
            {
                "programme": load.programme,
                "division": of,
                "version": 1,
                "state": MergePlan.State.SUBMITTED.value,
                # Counted from the baseline on; when it was submitted is not known (R17).
                "submitted_on": load.baseline,
            }
        )
    )

"""Entering the result of a plan: what a retained platform becomes, and which body serves it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consolidation.models import ArrangedIndustry, Arrangement, RetainedPlatform
from consolidation.models.programmes import HighLevelClass
from consolidation.selectors.arranging import (
    ARRANGED_FIELDS,
    BODY_FIELDS,
    SEPARATOR,
    Result,
    ResultCard,
    result_of,
)
from consolidation.services.drafting import locked_draft
from consolidation.services.recording import REASON, mark_real
from consolidation.services.seen import compare
from platforms_portal.history import delete_recorded, save_recorded
from zones.models import Industry
from zones.models.bodies import validate_uscc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from accounts.models import User
    from consolidation.models import BodyDisposition, MergePlan

YES_NO = {"yes": True, "no": False}
NUMBERS = {"leadership_teams": 99, "internal_departments": 999, "parcels": 9999}
"""The largest number that is taken for meant, by field."""

CHOICES = {
    "high_level_class": HighLevelClass.values,
    "discipline": [
        value
        for value in RetainedPlatform.Discipline.values
        if value != RetainedPlatform.Discipline.UNKNOWN
    ],
    "operator_is_separate": list(YES_NO),
    "has_cooperation_park": list(YES_NO),
    "secretary_is_director": list(YES_NO),
}
OPERATOR = ("operator_uscc", "operator_is_separate")
COMPANY_MAX, INDUSTRY_MAX = 120, 60


def save_card(
    *, plan: MergePlan, platform_id: int, given: Mapping[str, str], seen: str, user: User
) -> ResultCard:
    """Save the fields ``given`` of one retained platform's card, and return it as it stands then.

    ``given`` has names and values as ``ResultCard.values``; what it leaves out stays. An industry
    that nobody has named yet is added to the known ones. A body that is chosen takes the place of
    the one that served the platform. Raises ``PermissionDenied`` and ``ValidationError`` as
    ``locked_draft``; ``ValidationError`` with every error by its field; ``ConflictError`` where
    somebody else changed the card since. Clauses: 方案(四)(五)(七)(九)(十二).
    """
    with transaction.atomic():
        locked = locked_draft(plan, user)
        result = result_of(locked)
        card = result.card(platform_id)
        if card is None:
            raise ValidationError(_("This platform is not one that the division retains."))
        known = {name: _tidy(name, text) for name, text in given.items() if name in card.values}
        compare(card.values, card.seen, known, seen)
        values = card.values | known
        if values != card.values:
            problems = _problems(result, card, values)
            if problems:
                raise ValidationError(problems)
            _write_arrangement(locked, card, values, user)
            _write_bodies(result, card, values, user)
        saved = result_of(locked).card(platform_id)
        assert saved is not None  # noqa: S101 - it was there under the same lock
        return saved


def names_in(text: str) -> list[str]:
    """Return the industries that a text names, each once, in the order in which they are kept."""
    parts = re.split(r"[、,，;；\n]", unicodedata.normalize("NFKC", text))
    return sorted({" ".join(part.split()) for part in parts if part.strip()})


def _tidy(name: str, text: str) -> str:
    """Return what was typed without what a hand or an input method adds to it."""
    if name == "industries":
        return SEPARATOR.join(names_in(text))
    text = text.strip()
    if name in NUMBERS or name == "operator_uscc":
        text = unicodedata.normalize("NFKC", text).replace(" ", "").upper()
    return str(int(text)) if name in NUMBERS and _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


# --- What is refused ------------------------------------------------------------------------------


def _problems(result: Result, card: ResultCard, values: dict[str, str]) -> dict[str, StrOrPromise]:
    changed = {name for name, value in values.items() if value != card.values[name]}
    problems = _no_values(values, changed)
    problems |= _of_industries(result, values, changed)
    problems |= _of_operator(values, changed)
    problems |= _of_bodies(result, card, values, changed)
    if (
        "high_level_class" in changed
        and values["high_level_class"]
        and not card.retained.is_high_level
    ):
        problems["high_level_class"] = _("The list does not name it a high-level platform.")
    return problems


def _no_values(values: dict[str, str], changed: set[str]) -> dict[str, StrOrPromise]:
    """Return the problems of fields that hold no number, or no value of their list."""
    problems: dict[str, StrOrPromise] = {
        name: _("Choose one of the list.")
        for name in changed & CHOICES.keys()
        if values[name] and values[name] not in CHOICES[name]
    }
    for name in changed & NUMBERS.keys():
        if values[name] and not (_is_number(values[name]) and int(values[name]) <= NUMBERS[name]):
            problems[name] = _("Write a whole number from 0 to %(n)d.") % {"n": NUMBERS[name]}
    return problems


def _of_industries(
    result: Result, values: dict[str, str], changed: set[str]
) -> dict[str, StrOrPromise]:
    names = names_in(values["industries"])
    if "industries" not in changed:
        return {}
    most = result.industries_max
    if most is not None and len(names) > most:
        return {
            "industries": _("At most %(most)d leading industries; these are %(given)d.")
            % {"most": most, "given": len(names)}
        }
    if any(len(name) > INDUSTRY_MAX for name in names):
        return {"industries": _("Write at most %(n)d characters.") % {"n": INDUSTRY_MAX}}
    return {}


def _of_operator(values: dict[str, str], changed: set[str]) -> dict[str, StrOrPromise]:
    problems: dict[str, StrOrPromise] = {}
    if not changed & {"operator_company", *OPERATOR}:
        return problems
    if len(values["operator_company"]) > COMPANY_MAX:
        problems["operator_company"] = _("Write at most %(n)d characters.") % {"n": COMPANY_MAX}
    if not values["operator_company"] and any(values[name] for name in OPERATOR):
        problems["operator_company"] = _(
            "Name the company too: code and independence are said of the company that the plan names."
        )
    if values["operator_uscc"]:
        try:
            validate_uscc(values["operator_uscc"])
        except ValidationError as refused:
            problems["operator_uscc"] = refused.messages[0]
    return problems


def _of_bodies(
    result: Result, card: ResultCard, values: dict[str, str], changed: set[str]
) -> dict[str, StrOrPromise]:
    chosen = values["body"]
    if "body" not in changed:
        if changed & set(BODY_FIELDS) and len(card.serving) != 1:
            return {"body": _("Choose the one body that serves the platform first.")}
        return {}
    if not chosen and any(values[name] for name in BODY_FIELDS if name in changed):
        return {"body": _("Choose the one body that serves the platform first.")}
    found = _decision(result, chosen)
    if chosen and found is None:
        return {"body": _("Choose a body that the plan keeps or founds.")}
    moved = [row for row in card.serving if row is not found]
    if found is not None and found not in card.serving:
        moved.append(found)
    for row in moved:
        if row.confirmed_on:
            told = _("%(body)s: this was confirmed carried out on %(day)s and stays as it is.")
            return {"body": told % {"body": row.body, "day": row.confirmed_on.isoformat()}}
    return _staying_behind(card, found)


def _staying_behind(card: ResultCard, found: BodyDisposition | None) -> dict[str, StrOrPromise]:
    """Refuse to take the platform from a body that has managed it all along and is kept.

    Nothing sent it elsewhere, so it would go on to serve it beside the new one (R09).
    """
    for row in card.serving:
        if row is not found and row.body_id in card.managing:
            return {
                "body": _(
                    "%(body)s manages this platform at the baseline and is kept. Abolish it on the"
                    " page “Decide”, or let it serve another platform first."
                )
                % {"body": row.body}
            }
    return {}


def _decision(result: Result, chosen: str) -> BodyDisposition | None:
    return next((row for row in result.kept if str(row.body_id) == chosen), None)


# --- What is written ------------------------------------------------------------------------------


def _write_arrangement(
    plan: MergePlan, card: ResultCard, values: dict[str, str], user: User
) -> None:
    names = ("industries", *ARRANGED_FIELDS)
    if all(values[name] == card.values[name] for name in names):
        return
    arrangement = card.arrangement or Arrangement(plan=plan, platform=card.retained.platform)
    if not any(values[name] for name in names):
        _write_industries(arrangement, [], user)
        delete_recorded(arrangement, user=user, reason=str(REASON))
        return
    for name in ARRANGED_FIELDS:
        setattr(arrangement, name, _stored(name, values[name]))
    mark_real(arrangement)
    save_recorded(arrangement, user=user, reason=str(REASON))
    _write_industries(arrangement, names_in(values["industries"]), user)


def _write_industries(arrangement: Arrangement, names: list[str], user: User) -> None:
    held = {
        row.industry.name: row
        for row in ArrangedIndustry.objects.filter(arrangement=arrangement).select_related(
            "industry"
        )
    }
    for name, row in held.items():
        if name not in names:
            delete_recorded(row, user=user, reason=str(REASON))
    for name in names:
        if name not in held:
            industry = _industry(name, user)
            row = ArrangedIndustry(arrangement=arrangement, industry=industry)
            save_recorded(row, user=user, reason=str(REASON))


def _industry(name: str, user: User) -> Industry:
    known = Industry.objects.filter(name=name).first()
    if known is not None:
        return known
    added = Industry(name=name)
    save_recorded(added, user=user, reason=str(REASON))
    return added


def _write_bodies(result: Result, card: ResultCard, values: dict[str, str], user: User) -> None:
    changed = [name for name in ("body", *BODY_FIELDS) if values[name] != card.values[name]]
    if not changed:
        return
    found = _decision(result, values["body"])
    for row in card.serving:
        if row is not found:
            row.serves = None
            _save(row, user)
    if found is None:
        return
    found.serves = card.retained.platform
    for name in BODY_FIELDS:
        setattr(found, name, _stored(name, values[name]))
    _save(found, user)


def _save(decision: BodyDisposition, user: User) -> None:
    mark_real(decision)
    save_recorded(decision, user=user, reason=str(REASON))


def _stored(name: str, text: str) -> Any:
    """Return what a field holds for the text that a form sends."""
    if name in NUMBERS:
        return int(text) if text else None
    if name == "discipline":
        return text or RetainedPlatform.Discipline.UNKNOWN
    if CHOICES.get(name) == list(YES_NO):
        return YES_NO.get(text)
    return text

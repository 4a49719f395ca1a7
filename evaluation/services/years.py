"""The course of a year: opened, frozen, published to the districts, and corrected with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consolidation.models import Notice, Programme
from consolidation.selectors.plans import owners_of
from consolidation.services.notices import notify
from evaluation.content import digest_of
from evaluation.models import EvaluationYear, Indicator, Publication
from evaluation.models.years import FULL_WEIGHT
from evaluation.scoring import METHOD
from evaluation.selectors.years import live_content
from platforms_portal.access import DISTRICT_ROLES, Right, has_right
from platforms_portal.history import create_recorded, save_recorded

if TYPE_CHECKING:
    import datetime

    from accounts.models import User

State = EvaluationYear.State
LONGEST_REASON = 400


def only_who_evaluates(user: User) -> None:
    """Raise ``PermissionDenied`` for whoever may not evaluate."""
    if not has_right(user, Right.EVALUATE):
        raise PermissionDenied(_("Only the commission evaluates."))


def locked_year(evaluation: EvaluationYear) -> EvaluationYear:
    """Return the year, locked until the transaction ends, so that two never change it at once."""
    rows = EvaluationYear.objects.select_for_update(of=("self",)).select_related("programme")
    return rows.get(pk=evaluation.pk)


def refuse_unless_open(evaluation: EvaluationYear) -> None:
    """Raise ``ValidationError`` where indicators and values are frozen."""
    if not evaluation.is_open:
        raise ValidationError(
            _("The figures of %(year)d are frozen. Take the year back to drafting first.")
            % {"year": evaluation.year}
        )


def open_year(*, programme: Programme, year: int, user: User) -> EvaluationYear:
    """Open the evaluation of ``year`` with the indicators of the newest year before. 方案(十五).

    Values are not taken over. Raises ``PermissionDenied``, and ``ValidationError`` for a year that
    is open already or lies ahead.
    """
    only_who_evaluates(user)
    if year > timezone.localdate().year:
        raise ValidationError({"year": _("This year has not begun.")})
    with transaction.atomic():
        locked = Programme.objects.select_for_update().get(pk=programme.pk)
        evaluation = EvaluationYear(programme=locked, year=year)
        save_recorded(evaluation, user=user, reason=_("Year opened"))
        before = (
            EvaluationYear.objects.filter(programme=locked, year__lt=year).order_by("-year").first()
        )
        if before is not None:
            rows = [_copy(indicator, evaluation) for indicator in before.indicators.all()]
            create_recorded(
                Indicator,
                rows,
                actor=user.get_username(),
                reason=_("Taken over from %(year)d") % {"year": before.year},
                user=user,
            )
    return evaluation


def _copy(indicator: Indicator, evaluation: EvaluationYear) -> Indicator:
    kept = {
        field.attname: getattr(indicator, field.attname)
        for field in Indicator._meta.concrete_fields  # noqa: SLF001 - documented by Django
        if field.name not in {"id", "evaluation"}
    }
    return Indicator(evaluation=evaluation, **kept)


def weight_problems(evaluation: EvaluationYear) -> list[str]:
    """Return why the year cannot be calculated: no indicator, or weights that are not 100%."""
    weights = list(evaluation.indicators.values_list("weight", flat=True))
    if not weights:
        return [_("There is no indicator yet.")]
    if (total := sum(weights)) != FULL_WEIGHT:
        return [
            _("The weights make %(total)s%% together; they must make exactly 100%%.")
            % {"total": f"{total // 10}.{total % 10}"}
        ]
    return []


def freeze(*, evaluation: EvaluationYear, user: User) -> EvaluationYear:
    """Freeze the figures of a year, so that what is looked at is what will be published.

    Raises ``PermissionDenied``; ``ValidationError`` with everything that is in the way. Values
    that are not known are none of it: their platforms are shown apart.
    """
    only_who_evaluates(user)
    with transaction.atomic():
        locked = locked_year(evaluation)
        refuse_unless_open(locked)
        if problems := weight_problems(locked):
            raise ValidationError(problems)
        locked.state = State.CALCULATED
        save_recorded(locked, user=user, reason=_("Calculated and frozen"))
    return locked


def take_back(*, evaluation: EvaluationYear, user: User, reason: str) -> EvaluationYear:
    """Take a frozen or published year back to drafting, with a ``reason``.

    What was published stays so, and is seen, until a further version is published. Raises
    ``PermissionDenied``; ``ValidationError`` without a reason or for a year that is drafted.
    """
    only_who_evaluates(user)
    reason = reason.strip()
    with transaction.atomic():
        locked = locked_year(evaluation)
        problems = {}
        if locked.is_open:
            problems["__all__"] = _("This year is being drafted already.")
        if not reason:
            problems["reason"] = _("Give a reason.")
        elif len(reason) > LONGEST_REASON:
            problems["reason"] = _("Write at most %(n)d characters.") % {"n": LONGEST_REASON}
        if problems:
            raise ValidationError(problems)
        if locked.state == State.PUBLISHED:
            locked.correction_reason = reason
        locked.state = State.DRAFTING
        save_recorded(locked, user=user, reason=reason)
    return locked


def publish(
    *, evaluation: EvaluationYear, user: User, day: datetime.date | None, document: str
) -> Publication:
    """Publish a frozen year to the districts, who are told. 方案(十五).

    The publication holds every indicator and value as they stand; nothing changes it later.
    Returns it. Raises ``PermissionDenied``; ``ValidationError`` with every error by its field: no
    day or document, a day to come or before the version that it corrects, a year that is not
    frozen, weights that are not 100%.
    """
    only_who_evaluates(user)
    document = document.strip()
    with transaction.atomic():
        locked = locked_year(evaluation)
        before = locked.publications.order_by("-version").first()
        problems = _publishing_problems(locked, before, day, document)
        if problems or day is None:
            raise ValidationError(problems)
        content = live_content(locked).as_json()
        publication = Publication(
            evaluation=locked,
            version=before.version + 1 if before else 1,
            published_on=day,
            document=document,
            reason=locked.correction_reason,
            method=METHOD,
            content=content,
            digest=digest_of(content),
            published_by=user,
        )
        save_recorded(publication, user=user, reason=document)
        locked.state = State.PUBLISHED
        locked.correction_reason = ""
        save_recorded(locked, user=user, reason=document)
        _tell_districts(publication, user)
    return publication


def _publishing_problems(
    evaluation: EvaluationYear, before: Publication | None, day: datetime.date | None, document: str
) -> dict[str, str | list[str]]:
    problems: dict[str, str | list[str]] = {}
    general = weight_problems(evaluation)
    if evaluation.state != State.CALCULATED:
        general.insert(0, _("Only a year that is calculated and frozen is published."))
    if general:
        problems["__all__"] = general
    if not document:
        problems["document"] = _("Give the document number.")
    if day is None:
        problems["day"] = _("Give the day of publication.")
    elif day > timezone.localdate():
        problems["day"] = _("The day of publication cannot lie ahead.")
    elif before is not None and day < before.published_on:
        problems["day"] = _("Version %(version)d was published on %(day)s, which is later.") % {
            "version": before.version,
            "day": before.published_on.isoformat(),
        }
    elif day.year < evaluation.year:
        problems["day"] = _("This is before the year that is evaluated.")
    return problems


def _tell_districts(publication: Publication, actor: User) -> None:
    evaluation = publication.evaluation
    programme = evaluation.programme
    owners = [owner.pk for owner in owners_of(programme)]
    users = get_user_model()._default_manager.filter(  # noqa: SLF001 - documented by Django
        role__in=DISTRICT_ROLES, division__in=owners, is_active=True
    )
    detail = _("Comprehensive evaluation of %(year)d, version %(version)d, %(document)s")
    notify(
        users=list(users.order_by("pk")),
        kind=Notice.Kind.EVALUATION_PUBLISHED,
        programme=programme,
        url=reverse("evaluation-year", args=[programme.code, evaluation.year]),
        actor=actor,
        detail=detail
        % {
            "year": evaluation.year,
            "version": publication.version,
            "document": publication.document,
        },
    )

"""National ranks: entered with their source, and the commission says which figure counts (R20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consolidation.models import NationalRank, RetainedPlatform
from evaluation.models import RankReport
from evaluation.services.years import LONGEST_REASON, only_who_evaluates
from platforms_portal.history import delete_recorded, save_recorded

if TYPE_CHECKING:
    import datetime

    from accounts.models import User


def report_rank(
    *,
    retained: RetainedPlatform,
    zone_kind: str,
    year: int,
    rank: int,
    source: str,
    published_on: datetime.date | None,
    user: User,
) -> RankReport:
    """Keep the rank that a source gives. It counts at once where no other figure does. 方案(二).

    Returns the report. Raises ``PermissionDenied``; ``ValidationError`` with every error by its
    field: no source, a year or day to come, a rank that the same source has given already.
    """
    only_who_evaluates(user)
    with transaction.atomic():
        locked = _locked(retained)
        report = RankReport(
            retained=locked,
            zone_kind=zone_kind,
            year=year,
            rank=rank,
            source=source.strip(),
            published_on=published_on,
            reported_by=user,
        )
        if problems := _report_problems(report):
            raise ValidationError(problems)
        save_recorded(report, user=user, reason=_("Rank entered"))
        if _counting(report) is None:
            _count(report, user, _("The only figure known"))
    return report


def _report_problems(report: RankReport) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    today = timezone.localdate()
    try:
        report.full_clean()
    except ValidationError as refused:
        problems = refused.message_dict
    if report.year > today.year:
        problems["year"] = [_("This year has not begun.")]
    if report.published_on and report.published_on > today:
        problems["published_on"] = [_("The day of publication cannot lie ahead.")]
    return problems


def let_count(*, report: RankReport, user: User, reason: str) -> NationalRank:
    """Let the figure of ``report`` count from now on, with a ``reason``.

    The figure that counted until now stays beside it with its source. Returns the rank that
    counts. Raises ``PermissionDenied``; ``ValidationError`` without a reason.
    """
    only_who_evaluates(user)
    reason = _reason(reason)
    with transaction.atomic():
        report = _standing(report)
        held = _counting(report)
        if held is not None and (held.rank, held.source) == (report.rank, report.source):
            raise ValidationError(_("This figure counts already."))
        if held is not None:
            _keep_beside(held, user)
        return _count(report, user, reason)


def withdraw(*, report: RankReport, user: User, reason: str) -> None:
    """Withdraw a figure that should not stand there; what it was and why stays in the history.

    Where it was the one that counts, no figure counts until the commission chooses another. Raises
    ``PermissionDenied``; ``ValidationError`` without a reason.
    """
    only_who_evaluates(user)
    reason = _reason(reason)
    with transaction.atomic():
        report = _standing(report)
        held = _counting(report)
        if held is not None and (held.rank, held.source) == (report.rank, report.source):
            delete_recorded(held, user=user, reason=reason)
        delete_recorded(report, user=user, reason=reason)


def _locked(retained: RetainedPlatform) -> RetainedPlatform:
    rows = RetainedPlatform.objects.select_for_update(of=("self",))
    return rows.select_related("platform").get(pk=retained.pk)


def _standing(report: RankReport) -> RankReport:
    """Return the figure as it stands once nobody else changes it; one withdrawn is an error."""
    _locked(report.retained)
    found = RankReport.objects.filter(pk=report.pk).select_related("retained").first()
    if found is None:
        raise ValidationError(_("There is no such rank."))
    return found


def _reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise ValidationError({"reason": _("Give a reason.")})
    if len(text) > LONGEST_REASON:
        told = _("Write at most %(n)d characters.") % {"n": LONGEST_REASON}
        raise ValidationError({"reason": told})
    return text


def _counting(report: RankReport) -> NationalRank | None:
    return NationalRank.objects.filter(
        retained=report.retained_id, zone_kind=report.zone_kind, year=report.year
    ).first()


def _count(report: RankReport, user: User, reason: str) -> NationalRank:
    rank = _counting(report) or NationalRank(
        retained=report.retained, zone_kind=report.zone_kind, year=report.year
    )
    rank.rank = report.rank
    rank.source = report.source
    rank.note = report.note
    rank.is_placeholder = report.is_placeholder
    save_recorded(rank, user=user, reason=reason)
    return rank


def _keep_beside(held: NationalRank, user: User) -> None:
    """Keep the figure that counted among the reports, if it came in without one."""
    source = held.source or _("Loaded with the programme; source not given")
    kept = RankReport.objects.filter(
        retained=held.retained_id, zone_kind=held.zone_kind, year=held.year
    )
    if kept.filter(source=source).exists():
        return
    report = RankReport(
        retained=held.retained,
        zone_kind=held.zone_kind,
        year=held.year,
        rank=held.rank,
        source=source,
        note=held.note,
        is_placeholder=held.is_placeholder,
    )
    save_recorded(report, user=user, reason=_("Kept beside the figure that counts now"))

"""What the commission decides about retained platforms: sub-areas, and places beyond a quota."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consolidation.models import (
    Arrangement,
    Programme,
    QuotaException,
    RetainedIndustry,
    RetainedPlatform,
)
from consolidation.selectors.plans import owners_of
from platforms_portal.access import Right, has_right
from platforms_portal.history import delete_recorded, save_recorded

if TYPE_CHECKING:
    import datetime

    from accounts.models import User
    from consolidation.models import MergePlan
    from zones.models import Division


def designate_sub_area(
    *, retained: RetainedPlatform, user: User, reason: str, document: str, day: datetime.date
) -> RetainedPlatform:
    """Designate ``retained`` a sub-area from ``day`` on, outside its owner's quota. 方案(三).

    Returns the record as saved, with its row of history. Raises ``PermissionDenied`` for users
    who may not decide, and ``ValidationError`` with every error by its field: a reason, document
    or day that is missing, a day to come, a platform that is designated already.
    """
    _only_who_decides(user)
    reason, document = reason.strip(), document.strip()
    with transaction.atomic():
        locked = _locked(retained)
        problems = _problems(reason, document, day, programme=locked.programme)
        if locked.is_designated:
            problems["__all__"] = _("This platform is already designated a sub-area.")
        elif locked.withdrawn_on and day < locked.withdrawn_on and "day" not in problems:
            problems["day"] = _("Its designation was withdrawn on %(day)s, which is later.") % {
                "day": locked.withdrawn_on.isoformat()
            }
        _refuse(problems)
        locked.is_sub_area = True
        locked.designated_on = day
        locked.designation_reason = reason
        locked.designation_document = document
        _withdrawn(locked, day=None)
        save_recorded(locked, user=user, reason=f"{reason} ({document})")
    return locked


def withdraw_designation(
    *, retained: RetainedPlatform, user: User, reason: str, document: str, day: datetime.date
) -> RetainedPlatform:
    """Withdraw the designation of ``retained``, which then counts in its owner's quota. 方案(三).

    It does so from ``day`` on; the days before keep their answers. Returns and raises as
    ``designate_sub_area``; also a day before the designation is an error.
    """
    _only_who_decides(user)
    reason, document = reason.strip(), document.strip()
    with transaction.atomic():
        locked = _locked(retained)
        problems = _problems(reason, document, day, programme=locked.programme)
        if not locked.is_designated:
            problems["__all__"] = _("This platform is not designated a sub-area.")
        elif locked.designated_on and day < locked.designated_on and "day" not in problems:
            problems["day"] = _("It was designated on %(day)s, which is later.") % {
                "day": locked.designated_on.isoformat()
            }
        _refuse(problems)
        _withdrawn(locked, day=day, reason=reason, document=document)
        save_recorded(locked, user=user, reason=f"{reason} ({document}, {day.isoformat()})")
    return locked


def grant_quota_exception(
    *,
    programme: Programme,
    division: Division,
    places: int,
    reason: str,
    document: str,
    day: datetime.date,
    user: User,
) -> QuotaException:
    """Grant ``division`` a number of ``places`` beyond its quota in ``programme``. 方案(三).

    Returns the exception, with its row of history. Raises ``PermissionDenied`` for users who may
    not decide, and ``ValidationError`` with every error by its field: as in ``designate_sub_area``,
    no places, a division that is no owner of the programme, the same exception granted before.
    """
    _only_who_decides(user)
    reason, document = reason.strip(), document.strip()
    with transaction.atomic():
        # The lock keeps a form that is sent twice from granting twice.
        locked = Programme.objects.select_for_update().get(pk=programme.pk)
        problems = _problems(reason, document, day, programme=locked)
        if places < 1:
            problems["places"] = _("Grant at least one place.")
        if division not in owners_of(locked):
            problems["__all__"] = _("This division is no owner of the programme.")
        granted = QuotaException(
            programme=locked,
            division=division,
            places=places,
            reason=reason,
            document=document,
            granted_on=day,
        )
        if not problems and _is_granted(granted):
            problems["__all__"] = _("Exactly this exception has been granted already.")
        _refuse(problems)
        save_recorded(granted, user=user, reason=f"{reason} ({document})")
    return granted


ARRANGED = (
    "high_level_class",
    "operator_company",
    "operator_uscc",
    "operator_is_separate",
    "discipline",
    "has_cooperation_park",
    "parcels",
)
"""What a plan arranges for a retained platform and the list takes over."""


def adopt_arrangements(*, plan: MergePlan, user: User) -> int:
    """Let the list of retained platforms take over what the approved ``plan`` arranges.

    What the plan leaves open stays as the list has it. Returns how many platforms changed, each
    with its row of history. Raises ``ValidationError`` for a platform that left the list since.
    """
    changed = 0
    why = _("Approved with the plan of %(division)s, version %(version)d") % {
        "division": plan.division,
        "version": plan.version,
    }
    arrangements = (
        Arrangement.objects.filter(plan=plan)
        .select_related("platform")
        .prefetch_related("industries")
    )
    for arrangement in arrangements:
        retained = (
            RetainedPlatform.objects.select_for_update(of=("self",))
            .filter(programme=plan.programme_id, platform=arrangement.platform_id)
            .first()
        )
        if retained is None:
            raise ValidationError(
                _("%(platform)s is no longer on the list of retained platforms. Return the plan.")
                % {"platform": arrangement.platform}
            )
        fields = [name for name in ARRANGED if _is_given(arrangement, name)]
        if "operator_company" in fields:
            # An operator's code and its independence are the company's, given or not.
            fields = [*dict.fromkeys([*fields, "operator_uscc", "operator_is_separate"])]
        for name in fields:
            setattr(retained, name, getattr(arrangement, name))
        if fields:
            save_recorded(retained, user=user, reason=why)
        _adopt_industries(arrangement, retained, user, why)
        changed += 1
    return changed


def _is_given(arrangement: Arrangement, name: str) -> bool:
    value = getattr(arrangement, name)
    return value not in (None, "", RetainedPlatform.Discipline.UNKNOWN)


def _adopt_industries(
    arrangement: Arrangement, retained: RetainedPlatform, user: User, why: str
) -> None:
    wanted = {row.industry_id for row in arrangement.industries.all()}
    if not wanted:
        return
    held = {row.industry_id: row for row in RetainedIndustry.objects.filter(retained=retained)}
    for industry_id in wanted - held.keys():
        save_recorded(
            RetainedIndustry(retained=retained, industry_id=industry_id), user=user, reason=why
        )
    for industry_id in held.keys() - wanted:
        delete_recorded(held[industry_id], user=user, reason=why)


def _only_who_decides(user: User) -> None:
    if not has_right(user, Right.DECIDE):
        raise PermissionDenied(_("Only the commission decides this."))


def _locked(retained: RetainedPlatform) -> RetainedPlatform:
    # Without `of`, PostgreSQL would lock the joined programme too.
    rows = RetainedPlatform.objects.select_for_update(of=("self",))
    return rows.select_related("programme").get(pk=retained.pk)


def _withdrawn(
    retained: RetainedPlatform,
    *,
    day: datetime.date | None,
    reason: str = "",
    document: str = "",
) -> None:
    retained.withdrawn_on = day
    retained.withdrawal_reason = reason
    retained.withdrawal_document = document


def _problems(
    reason: str, document: str, day: datetime.date | None, *, programme: Programme
) -> dict[str, Any]:
    problems: dict[str, Any] = {}
    if not reason:
        problems["reason"] = _("Give a reason.")
    if not document:
        problems["document"] = _("Name the document.")
    if day is None:
        problems["day"] = _("Give the day of the decision.")
    elif day > timezone.localdate():
        problems["day"] = _("The day of the decision cannot lie ahead.")
    elif day < programme.baseline_date:
        problems["day"] = _("The day of the decision cannot lie before the baseline date.")
    return problems


def _refuse(problems: dict[str, Any]) -> None:
    if problems:
        raise ValidationError(problems)


def _is_granted(granted: QuotaException) -> bool:
    return QuotaException.objects.filter(
        programme=granted.programme,
        division=granted.division,
        places=granted.places,
        reason=granted.reason,
        document=granted.document,
        granted_on=granted.granted_on,
    ).exists()

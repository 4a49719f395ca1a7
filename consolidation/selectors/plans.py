"""Which plan of which owner counts on a day (domain §10, *Planned*)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from consolidation.models import MergePlan, Programme
from platforms_portal.once import once
from zones.models import Division

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from platforms_portal.access import Scope


def owners_of(programme: Programme) -> list[Division]:
    """Return the owners of ``programme``: the municipal level first, then its divisions.

    An owner is the city's own row, or a division of it that existed at the baseline date. The
    city is always the exact sum of its owners (domain §10).
    """
    return list(once(("owners", programme.pk), lambda: _read_owners(programme)))


def _read_owners(programme: Programme) -> list[Division]:
    owners = Division.objects.filter(owners_q(programme))
    return sorted(owners, key=lambda owner: (owner.pk != programme.division_id, owner.code))


def owners_q(programme: Programme) -> Q:
    """Return the filter for the divisions that are owners of ``programme``."""
    day = programme.baseline_date
    existing = (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (
        Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    )
    return Q(pk=programme.division_id) | (Q(parent=programme.division_id) & existing)


def effective_plans(
    programme: Programme, as_of: datetime.date, *, draft_of: Division | None = None
) -> dict[int, MergePlan]:
    """Return, by owner, the plan that counts on ``as_of``.

    It is the owner's latest version submitted by then, whatever became of it later: a returned
    plan still says what was asked for until a new version comes in. With ``draft_of`` that
    owner's open draft takes the place of what it submitted; only the owner may ask for it.
    """
    key = ("effective", programme.pk, as_of, draft_of and draft_of.pk)
    return dict(once(key, lambda: _read_effective(programme, as_of, draft_of)))


def _read_effective(
    programme: Programme, as_of: datetime.date, draft_of: Division | None
) -> dict[int, MergePlan]:
    counted = Q(submitted_on__lte=as_of) & ~Q(state__in=MergePlan.INTERNAL_STATES)
    if draft_of is not None:
        counted |= Q(division=draft_of, state__in=MergePlan.INTERNAL_STATES, variant="")
    plans = (
        MergePlan.objects.filter(counted, programme=programme)
        .select_related("division")
        .order_by("division_id", "version")
    )
    return {plan.division_id: plan for plan in plans}


def versions_of_owner(programme_id: int, division_id: int) -> list[MergePlan]:
    """Return every version of one owner's plan, variants too, the oldest first."""
    key = ("versions", programme_id, division_id)
    return list(once(key, lambda: _read_versions(programme_id, division_id)))


def _read_versions(programme_id: int, division_id: int) -> list[MergePlan]:
    return list(
        MergePlan.objects.filter(programme=programme_id, division=division_id)
        .select_related("programme", "division")
        .order_by("version", "pk")
    )


def plans_handed_in(programme: Programme) -> list[MergePlan]:
    """Return every plan of ``programme`` that left its division, by owner and version.

    In one query, for whoever looks at several days or states at once.
    """
    return list(
        MergePlan.objects.filter(~Q(state__in=MergePlan.INTERNAL_STATES), programme=programme)
        .select_related("division")
        .order_by("division_id", "version")
    )


def effective_of(handed_in: Iterable[MergePlan], as_of: datetime.date) -> dict[int, MergePlan]:
    """Return what ``effective_plans`` does, out of the plans handed in."""
    return {
        plan.division_id: plan
        for plan in handed_in
        if plan.submitted_on is not None and plan.submitted_on <= as_of
    }


def carried_out_of(handed_in: Sequence[MergePlan], as_of: datetime.date) -> dict[int, MergePlan]:
    """Return what ``plans_carried_out`` does, out of the plans handed in."""
    first = {plan.division_id: plan for plan in reversed(handed_in)}
    return first | effective_of(handed_in, as_of)


def plans_carried_out(programme: Programme, as_of: datetime.date) -> dict[int, MergePlan]:
    """Return, by owner, the plan whose confirmed steps make up the actual state on ``as_of``.

    It is the one that counts as planned; where none was in by then, the owner's first one: what
    was carried out early (Hangzhou's mergers of 2019) does not wait for the plan that records it.
    """
    return carried_out_of(plans_handed_in(programme), as_of)


def plans_visible_to(
    scope: Scope, programme: Programme, *, viewer_division_id: int | None = None
) -> QuerySet[MergePlan]:
    """Return the plans of ``programme`` in ``scope``; drafts only those of the viewer's own.

    Variants are nobody's but the official's who tries them out, see ``plans_of_official``.
    """
    not_a_foreign_draft = ~Q(state__in=MergePlan.INTERNAL_STATES) | Q(
        division_id=viewer_division_id
    )
    return MergePlan.objects.filter(
        scope.q("division_id"), not_a_foreign_draft, programme=programme, variant=""
    ).select_related("programme", "division")


def plans_of_official(scope: Scope, programme: Programme) -> QuerySet[MergePlan]:
    """Return the plans of a district reader's own division, its drafts and variants included."""
    if scope.division_id is None:
        return MergePlan.objects.none()
    return MergePlan.objects.filter(scope.q("division_id"), programme=programme).select_related(
        "programme", "division", "based_on"
    )

"""Every read of the lists: the records that a reader sees, each once, with what a list shows.

Lists show the rows of ``selectors.state`` and nothing else, so that a list opened from a number
is as long as the number is high. ``wanted`` narrows the rows to that number's (``narrowing``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from consolidation.models import (
    BodyDisposition,
    Disposition,
    MergePlan,
    PlateDisposition,
    RetainedPlatform,
    Task,
)
from consolidation.selectors.plans import plans_visible_to
from consolidation.selectors.state import body_rows, flag, plate_rows, platform_rows
from platforms_portal.access import DISTRICT_ROLES, Role, scope_of
from zones.models import BodyPlatform, PlatformName

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from consolidation.models import Programme
    from consolidation.selectors.state import BodyRows, PlateRows, PlatformRows, StateView
    from platforms_portal.access import Scope


def _once(
    rows: QuerySet[Any, Any], column: str, decisions: QuerySet[Any, Any], subject: str
) -> QuerySet[Any, Any]:
    """Return one row per record: of one that was decided twice, the row of the first decision.

    ``column`` holds the key of the decision; a filter on the relation itself would join it anew.
    ``subject`` is the decision's field for the record.
    """
    earlier = decisions.filter(pk__lt=OuterRef("pk"), **{subject: OuterRef(subject)})
    # A set, mostly empty and made once; a question per row would be asked for every record.
    later = decisions.filter(Exists(earlier)).order_by().values("pk")
    return rows.filter(Q(**{f"{column}__isnull": True}) | ~Q(**{f"{column}__in": later}))


def _wanted(rows: QuerySet[Any, Any], wanted: Q) -> Q:
    """Return the filter for records of which any row is wanted: how a tally counts them."""
    return Q(pk__in=rows.filter(wanted).order_by().values("pk")) if wanted else Q()


def _number(rows: QuerySet[Any, Any], key: str, counted: str = "pk") -> Coalesce:
    number = rows.order_by().values(key).annotate(n=Count(counted, distinct=True)).values("n")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def platforms_visible_to(scope: Scope, view: StateView, wanted: Q = Q()) -> PlatformRows:  # noqa: B008 - an empty Q narrows nothing and is never changed
    """Return the platforms in ``scope``, each once, with the columns of ``platform_rows``.

    Columns added: ``listed_name``, ``former_name``, ``target_pk``, ``target_name`` and
    ``target_division`` of a merge, ``transform_into``, ``planned_on``, ``confirmed_on``, and
    ``decisions``, the number of dispositions in the plans that count (R06: two are wrong).
    """
    decisions = Disposition.objects.filter(plan_id__in=view.plan_ids)
    rows = platform_rows(view).filter(scope.q("division_id"))
    platforms: PlatformRows = (
        _once(rows, "disposition_id", decisions, "platform_id")
        .filter(_wanted(rows, wanted))
        .select_related("division")
        .annotate(
            listed_name=F("retention__listed_name"),
            former_name=F("retention__former_name"),
            target_pk=F("disposition__target_id"),
            target_name=F("disposition__target__name"),
            target_division=F("disposition__target__division_id"),
            transform_into=F("disposition__transform_into"),
            planned_on=F("disposition__planned_on"),
            confirmed_on=F("disposition__confirmed_on"),
            decisions=_number(decisions.filter(platform=OuterRef("pk")), "platform"),
        )
    )
    return platforms


def bodies_visible_to(scope: Scope, view: StateView, wanted: Q = Q()) -> BodyRows:  # noqa: B008 - as above
    """Return the management bodies in ``scope``, each once, with the columns of ``body_rows``.

    Columns added: ``serves_name`` and ``serves_division`` of the platform that a plan makes it
    serve, and ``confirmed_on``.
    """
    decisions = BodyDisposition.objects.filter(plan_id__in=view.plan_ids)
    rows = body_rows(view).filter(scope.q("division_id"))
    bodies: BodyRows = (
        _once(rows, "disposition_id", decisions, "body_id")
        .filter(_wanted(rows, wanted))
        .select_related("division")
        .annotate(
            serves_name=F("disposition__serves__name"),
            serves_division=F("disposition__serves__division_id"),
            confirmed_on=F("disposition__confirmed_on"),
        )
    )
    return bodies


def plates_visible_to(scope: Scope, view: StateView, wanted: Q = Q()) -> PlateRows:  # noqa: B008 - as above
    """Return the plates in ``scope``, each once, with the columns of ``plate_rows``.

    Columns added: ``carrier_name`` and ``carrier_division`` of the platform that a plan names.
    """
    decisions = PlateDisposition.objects.filter(plan_id__in=view.plan_ids)
    homes = Disposition.objects.filter(plan_id__in=view.plan_ids)
    rows = (
        plate_rows(view)
        .filter(scope.q("division_id"))
        .annotate(decision_pk=F("decision__pk"), home_pk=F("home__pk"))
    )
    # A platform disposed of twice doubles the rows of its plates as well.
    once = _once(_once(rows, "decision_pk", decisions, "plate_id"), "home_pk", homes, "platform_id")
    plates: PlateRows = (
        once.filter(_wanted(rows, wanted))
        .select_related("platform", "platform__division")
        .annotate(
            carrier_name=F("decision__carrier__name"),
            carrier_division=F("decision__carrier__division_id"),
            confirmed_on=F("home__confirmed_on"),
        )
    )
    return plates


def retained_visible_to(
    scope: Scope,
    view: StateView,
    wanted: Q = Q(),  # noqa: B008 - as above
) -> QuerySet[RetainedPlatform, Any]:
    """Return the programme's list of retained platforms in ``scope``.

    Columns added: ``in_state``, ``rests_on_placeholder``, ``sub_area`` (as ``platform_rows`` says),
    ``incoming`` (how many platforms the plans that count merge into it).
    """
    rows = platform_rows(view).filter(is_retained=True)

    def those(condition: Q) -> Case:
        return flag(Q(platform__in=rows.filter(condition).order_by().values("pk")))

    merged = Disposition.objects.filter(
        target=OuterRef("platform_id"), plan_id__in=view.plan_ids, kind=Disposition.Kind.MERGE
    )
    retained = RetainedPlatform.objects.filter(
        scope.q("platform__division_id"), programme=view.programme
    )
    if wanted:
        retained = retained.filter(platform__in=rows.filter(wanted).order_by().values("pk"))
    return retained.select_related("platform__division", "lead_department").annotate(
        in_state=those(Q(in_state=True)),
        rests_on_placeholder=those(Q(rests_on_placeholder=True)),
        sub_area=those(Q(sub_area=True)),
        incoming=_number(merged.annotate(into=F("target_id")), "into", "platform"),
    )


def plans_listed_for(user: User, programme: Programme) -> QuerySet[MergePlan, Any]:
    """Return the plans that ``user`` sees; drafts only users of the owner itself.

    Column added: ``platforms``, the number of platforms that the plan disposes of.
    """
    own = user.division_id if user.role in DISTRICT_ROLES else None
    return plans_visible_to(scope_of(user), programme, viewer_division_id=own).annotate(
        platforms=Count("dispositions__platform", distinct=True)
    )


def plan_states_waiting_for(user: User) -> list[str]:
    """Return the states of the plans that wait for ``user``; none of them means all."""
    waiting = {
        Role.COMMISSION_REVIEWER: [MergePlan.State.SUBMITTED, MergePlan.State.COUNTERSIGNED],
        Role.COUNTERSIGNER: [MergePlan.State.SUBMITTED],
    }
    return [state.value for state in waiting.get(Role(user.role), [])]


def tasks_visible_to(user: User, view: StateView) -> QuerySet[Task, Any]:
    """Return the programme's tasks; a department sees only those that it answers for.

    Column added: ``late`` (due before the day of ``view``, and with the departments still).
    """
    with_them = Q(state__in=Task.WITH_THE_DEPARTMENTS)
    tasks = tasks_in_sight(user, view.programme)
    return tasks.prefetch_related("departments", "notes__department").annotate(
        late=flag(with_them & Q(due_on__lt=view.as_of))
    )


def tasks_in_sight(user: User, programme: Programme) -> QuerySet[Task, Any]:
    """Return the tasks of ``programme`` that ``user`` may see: a department's own, else all."""
    tasks = Task.objects.filter(programme=programme)
    if user.role == Role.COUNTERSIGNER:
        tasks = tasks.filter(departments=user.department_id)
    return tasks


def platform_text_q(text: str) -> Q:
    """Return the filter for platforms that bear or bore ``text`` in a name, or in a code."""
    listed = Q(listed_name__icontains=text) | Q(former_name__icontains=text)
    retained = RetainedPlatform.objects.filter(listed).order_by().values("platform")
    former = PlatformName.objects.filter(name__icontains=text).order_by().values("platform")
    return (
        Q(name__icontains=text)
        | Q(name_en__icontains=text)
        | Q(code__icontains=text)
        | Q(gbt37028_code__icontains=text)
        | Q(pk__in=former)
        | Q(pk__in=retained)
    )


def decided_q(view: StateView, kind: str) -> Q:
    """Return the filter for platforms that a plan that counts disposes of as ``kind``.

    An empty ``kind`` asks for those that no plan disposes of. A platform disposed of twice is
    found under both.
    """
    decided = Disposition.objects.filter(plan_id__in=view.plan_ids).order_by().values("platform")
    return Q(pk__in=decided.filter(kind=kind)) if kind else ~Q(pk__in=decided)


def body_text_q(text: str) -> Q:
    """Return the filter for bodies with ``text`` in name, code or the name of what they manage."""
    managed = BodyPlatform.objects.filter(platform__name__icontains=text).values("body")
    return (
        Q(name__icontains=text)
        | Q(name_en__icontains=text)
        | Q(code__icontains=text)
        | Q(uscc__icontains=text)
        | Q(pk__in=managed)
    )

"""What becomes of each platform and body, in the order of the forms: by what it goes into.

The rows are those of the lists (``selectors.ledger``), so a form is as long as the list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum

from consolidation.checks.base import Scope as Owner
from consolidation.models import BodyDisposition, Disposition, RetainedPlatform
from consolidation.selectors.ledger import bodies_visible_to, platforms_visible_to
from consolidation.selectors.state import STAYING
from reports.selectors.figures import figures_by_body
from zones.models import BodyPlatform, LeadershipPost

if TYPE_CHECKING:
    import datetime

    from consolidation.selectors.state import StateView
    from platforms_portal.access import Scope
    from reports.selectors.figures import BodyFigures

KEEP = "继续保留"
FOUNDED = "新设"
NOT_DECIDED = "未列处置"


@dataclass
class BodySide:
    """A body before or after: its name, what it is, and its figures; ``None`` is not known."""

    name: str
    rank: str = ""
    figures: BodyFigures | None = None
    leading_posts: int | None = None
    departments: int | None = None


@dataclass
class BodyLine:
    """One body before and after; ``None`` where it is not there."""

    pk: int
    owner: str
    before: BodySide | None
    after: BodySide | None
    remarks: list[str] = field(default_factory=list)
    is_placeholder: bool = False


@dataclass
class PlatformLine:
    """One platform of the baseline; a founded one has no side before."""

    name: str
    level: str
    bodies: list[BodyLine]
    how: str
    planned_on: datetime.date | None
    remarks: list[str] = field(default_factory=list)
    in_baseline: bool = True


@dataclass
class Group:
    """The platforms that go into one: its name, the bodies that serve it after, who owns it."""

    name: str
    bodies: list[str] = field(default_factory=list)
    lines: list[PlatformLine] = field(default_factory=list)
    order: tuple[int, int, str] = (0, 0, "")


class BeforeAfter:
    """The platforms and bodies in scope, each once, with what the plans of ``view`` make of them."""

    def __init__(
        self, scope: Scope, view: StateView, place: Q, *, bodies: bool, people: bool
    ) -> None:
        """Take what the reader sees; without ``bodies`` or ``people`` those columns stay empty."""
        self.view, self.bodies, self.people = view, bodies, people
        self._platforms = list(
            platforms_visible_to(scope, view, place).order_by("division__code", "code")
        )
        self._bodies = (
            list(bodies_visible_to(scope, view, place).order_by("division__code", "code"))
            if bodies
            else []
        )
        self.body_lines = self._read_bodies()
        self._by_body = {line.pk: line for line in self.body_lines}
        self._remits = list(
            BodyPlatform.objects.filter(body__in=[body.pk for body in self._bodies])
            .order_by("body__code", "platform__code")
            .values_list("platform_id", "body_id")
        )
        self._serving = self._read_serving()

    @property
    def rests_on_placeholders(self) -> bool:
        """Whether a record or figure of the form stands in for a real one."""
        return any(row.rests_on_placeholder for row in self._platforms) or any(
            line.is_placeholder for line in self.body_lines
        )

    # --- Bodies ----------------------------------------------------------------------------------

    def _read_bodies(self) -> list[BodyLine]:
        keys = [body.pk for body in self._bodies]
        before, after = figures_by_body(self.view, keys) if self.people else ({}, {})
        posts = _leading_posts(keys)
        fates = {
            fate.body_id: fate
            for fate in BodyDisposition.objects.filter(
                plan_id__in=self.view.plan_ids, body__in=keys
            ).order_by("-pk")
        }
        return [self._body(body, before, after, posts, fates.get(body.pk)) for body in self._bodies]

    def _body(
        self,
        body: Any,
        before: dict[int, BodyFigures],
        after: dict[int, BodyFigures],
        posts: dict[int, int | None],
        fate: BodyDisposition | None,
    ) -> BodyLine:
        was, now = before.get(body.pk), after.get(body.pk)
        rank = "" if body.rank == "unknown" else str(body.get_rank_display())
        line = BodyLine(body.pk, str(Owner(body.division).label), None, None)
        if body.in_baseline:
            leading = posts.get(body.pk)
            line.before = BodySide(body.name, rank, was, leading, body.internal_departments)
        if body.in_state:
            # A plan says nothing of ranks and leading posts: they are not known once it decides.
            decided = fate is not None and fate.fate in STAYING
            departments = fate.internal_departments if decided and fate else None
            line.after = BodySide(body.name, rank, now, None, departments)
            if not decided:
                line.after = BodySide(
                    body.name, rank, now, posts.get(body.pk), body.internal_departments
                )
        if body.undecided:
            line.remarks.append(NOT_DECIDED)
        line.is_placeholder = bool(
            body.rests_on_placeholder
            or (was and was.rests_on_placeholder)
            or (now and now.rests_on_placeholder)
        )
        return line

    def _read_serving(self) -> dict[int, list[str]]:
        """Return by platform the names of the bodies that serve it after (as R09 asks)."""
        serving: dict[int, list[str]] = {}
        staying = {body.pk: body for body in self._bodies if body.in_state}
        for body in staying.values():
            if body.fate_serves is not None:
                serving.setdefault(body.fate_serves, []).append(body.name)
        for platform_id, body_id in self._remits:
            body = staying.get(body_id)
            if body is not None and body.fate_serves is None:
                serving.setdefault(platform_id, []).append(body.name)
        return serving

    # --- Platforms -------------------------------------------------------------------------------

    def groups(self) -> list[Group]:
        """Return the platforms by what they go into: the retained ones in their order first."""
        listed = self._listed()
        groups: dict[Any, Group] = {}
        managed: dict[int, list[BodyLine]] = {}
        for platform_id, body_id in self._remits:
            line = self._by_body[body_id]
            if line.before is not None:
                managed.setdefault(platform_id, []).append(line)
        for row in self._platforms:
            key, group = self._group_of(row, listed)
            found = groups.setdefault(key, group)
            found.lines.append(self._line(row, managed.get(row.pk, [])))
        for group in groups.values():
            # What remains stands first, above what is merged into it.
            group.lines.sort(key=lambda line: line.how not in (KEEP, FOUNDED, _kind("upgrade")))
        return sorted(groups.values(), key=lambda group: group.order)

    def _listed(self) -> dict[int, tuple[int, str]]:
        keys = {row.target_pk for row in self._platforms if row.target_pk}
        keys |= {row.pk for row in self._platforms if row.is_retained}
        found = RetainedPlatform.objects.filter(
            programme=self.view.programme, platform__in=keys
        ).select_related("platform")
        return {
            entry.platform_id: (entry.sequence, entry.listed_name or entry.platform.name)
            for entry in found
        }

    def _group_of(self, row: Any, listed: dict[int, tuple[int, str]]) -> tuple[Any, Group]:
        kind = row.decided_kind
        if kind == Disposition.Kind.MERGE:
            sequence, name = listed.get(row.target_pk, (10_000, row.target_name or ""))
            return row.target_pk, Group(
                name, self._serving.get(row.target_pk, []), order=(0, sequence, name)
            )
        if row.is_retained or kind == Disposition.Kind.UPGRADE:
            sequence, name = listed.get(row.pk, (10_000, row.name))
            return row.pk, Group(name, self._serving.get(row.pk, []), order=(0, sequence, name))
        if kind == Disposition.Kind.TRANSFORM:
            name = row.transform_into
            return ("into", name), Group(f"（转为{name}）", order=(1, 0, name))
        if kind == Disposition.Kind.ABOLISH:
            return "abolished", Group("（不再保留）", order=(2, 0, ""))
        return "open", Group("", order=(3, 0, ""))

    def _line(self, row: Any, bodies: list[BodyLine]) -> PlatformLine:
        if row.decided_kind:
            how = _kind(row.decided_kind)
        elif row.is_retained:
            how = KEEP if row.in_baseline else FOUNDED
        else:
            how = NOT_DECIDED
        level = "" if row.level == "unknown" else str(row.get_level_display())
        line = PlatformLine(row.name, level, bodies, how, row.planned_on, [], row.in_baseline)
        if row.sub_area:
            line.remarks.append("分片区")
        if row.decisions > 1:
            line.remarks.append(f"列有{row.decisions}种处置")
        if row.confirmed_on:
            line.remarks.append(f"{row.confirmed_on:%Y-%m-%d}确认完成")
        if row.rests_on_placeholder:
            line.remarks.append("占位")
        return line


def _kind(value: str) -> str:
    return str(Disposition.Kind(value).label)


def _leading_posts(bodies: list[int]) -> dict[int, int | None]:
    """Return by body its authorised leading posts; unknown where one of them is not given."""
    rows = (
        LeadershipPost.objects.filter(body__in=bodies)
        .order_by()
        .values("body_id")
        .annotate(n=Sum("authorised"), posts=Count("pk"), given=Count("authorised"))
    )
    return {row["body_id"]: row["n"] if row["given"] == row["posts"] else None for row in rows}

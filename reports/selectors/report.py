"""What a report is made for and of: programme, state, day, reader, and what was judged there.

Everything comes from what was ``judged`` and from the rows of the state; nothing is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q

from consolidation.models import Task
from consolidation.selectors.counts import COUNTERS, Tally, by_owner, total
from consolidation.selectors.findings import code_version, data_version
from consolidation.selectors.home import Overview
from consolidation.selectors.ledger import tasks_visible_to
from consolidation.selectors.state import flag, state_views
from consolidation.selectors.visible import right_for
from dashboards.selectors.between import Between
from dashboards.selectors.burndown import burn_downs
from dashboards.selectors.keeping import Kept
from platforms_portal.access import Right, Scope, rights_of, scope_of

if TYPE_CHECKING:
    import datetime
    from typing import Any

    from django.db.models import QuerySet

    from accounts.models import User
    from consolidation.models import MergePlan, Programme
    from consolidation.selectors.counts import Counter
    from consolidation.selectors.state import State, StateView
    from dashboards.selectors.burndown import BurnDown
    from zones.models import Division


@dataclass(frozen=True)
class Reader:
    """For whom a file is made: what they may see, and the name that stands on it.

    ``user`` is ``None`` where the system itself makes the file, which sees everything.
    """

    scope: Scope
    rights: frozenset[Right]
    name: str
    user: User | None = None

    @classmethod
    def of_user(cls, user: User) -> Reader:
        """Return the reader that ``user`` is."""
        return cls(scope_of(user), rights_of(user), str(user), user)

    @classmethod
    def system(cls, name: str) -> Reader:
        """Return the reader of a command that an operator runs."""
        return cls(Scope(), frozenset(Right), name)

    def may(self, right: Right) -> bool:
        """Whether the reader holds ``right``."""
        return right in self.rights


class Report:
    """A programme in a state on a day, as one reader sees it, perhaps one division of it alone."""

    def __init__(
        self,
        programme: Programme,
        state: State,
        as_of: datetime.date,
        reader: Reader,
        *,
        division: Division | None = None,
        since: datetime.date | None = None,
    ) -> None:
        """Take what is reported on. A ``division`` is an owner in the reader's scope."""
        self.programme = programme
        self.state = state
        self.as_of = as_of
        self.reader = reader
        self.since = since
        # What is asked for one division holds nothing of the others: it can be handed to it.
        self.scope = Scope(division.pk) if division is not None else reader.scope
        self.overview = Overview(programme, state, as_of, self.scope, reader.rights)

    @cached_property
    def view(self) -> StateView:
        """The programme in the state on the day."""
        handed_in = self.overview.handed_in
        return state_views(self.programme, self.as_of, handed_in=handed_in)[self.state]

    @property
    def is_whole(self) -> bool:
        """Whether every record of the city is in it, so that the city's figures can be reckoned."""
        return self.scope.is_city

    @cached_property
    def owners(self) -> list[Division]:
        """The owners in it, the municipal level first."""
        return [owner for owner in self.overview.owners if self.scope.covers(owner.pk)]

    # --- Counts ------------------------------------------------------------------------------------

    def shows(self, counter: Counter) -> bool:
        """Whether the records of this count are in it."""
        return self.reader.may(right_for(counter.name))

    @cached_property
    def city(self) -> dict[str, Tally]:
        """The tallies of the whole city, which are published, by name of count."""
        counted = self.overview.judged[self.state].counted
        return {name: total(counted[name]) for name in COUNTERS}

    @cached_property
    def by_owner(self) -> dict[str, dict[int, Tally]]:
        """The tallies of each owner by name of count."""
        counted = self.overview.judged[self.state].counted
        return {name: by_owner(counted[name]) for name in COUNTERS}

    def tally(self, name: str, owner: Division) -> Tally:
        """Return what was counted of one owner."""
        return self.by_owner[name].get(owner.pk, Tally())

    @cached_property
    def plans(self) -> dict[int, MergePlan]:
        """The plan that counts in the state, by owner."""
        keys = set(self.view.plan_ids)
        return {plan.division_id: plan for plan in self.overview.handed_in if plan.pk in keys}

    @cached_property
    def placeholders(self) -> dict[str, tuple[int, int]]:
        """For each count the records (people: figures) that stand in for real ones, and the whole."""
        return {
            name: (tally.placeholders, max(tally.baseline, tally.in_state))
            for name, tally in self.city.items()
        }

    # --- Further parts -----------------------------------------------------------------------------

    @cached_property
    def mark(self) -> str:
        """The marks of data and code under which the portal keeps what it judged."""
        return f"{data_version()}:{code_version()}"

    def make_ready(self) -> None:
        """Judge, and read what is kept beside the judgement: what follows only reads records."""
        _ = self.overview.judged, self.by_owner, self.mark
        if self.is_whole:
            _ = self.burn_downs
        if self.between is not None:
            _ = self.between.rules

    @cached_property
    def between(self) -> Between | None:
        """What changed since the earlier day, where one was asked for."""
        if self.since is None:
            return None
        days = (self.since, self.as_of)
        return Between(self.programme, self.state, days, self.scope, self.reader.rights)

    @cached_property
    def burn_downs(self) -> list[BurnDown]:
        """How the city's counts fall from the baseline to the deadline."""
        return burn_downs(self.overview, Kept())

    def tasks(self) -> QuerySet[Task, Any]:
        """Return the tasks that the reader sees."""
        if self.reader.user is not None:
            return tasks_visible_to(self.reader.user, self.view)
        with_them = Q(state__in=Task.WITH_THE_DEPARTMENTS, due_on__lt=self.as_of)
        rows = Task.objects.filter(programme=self.programme)
        return rows.prefetch_related("departments", "notes__department").annotate(
            late=flag(with_them)
        )

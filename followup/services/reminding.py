"""Reminders (催办): by hand for the items that were ticked, each once a day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consolidation.models import Notice, Programme
from consolidation.services.notices import (
    leaders_of,
    notify,
    officials_of,
    reviewers,
    users_of_departments,
)
from followup.models import Reminder
from followup.selectors.items import Item, items_of
from followup.selectors.lights import clock_of
from followup.selectors.parts import parts, rows
from followup.selectors.shape import Wanted, reach_of
from platforms_portal.access import Right, has_right
from platforms_portal.history import create_recorded
from platforms_portal.words import labelled

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from accounts.models import User

Occasion = Reminder.Occasion

LONGEST = 300


@dataclass
class Outcome:
    """What became of a request to remind, in numbers of items."""

    sent: int = 0
    already: int = 0
    closed: int = 0
    nobody: int = 0


def remind(
    *, programme: Programme, items: Sequence[tuple[str, int]], user: User, message: str = ""
) -> Outcome:
    """Remind whoever is responsible for ``items``, and keep in the log that it was done.

    An item that was reminded of by hand today is not again; one that nobody has to see to (done,
    reported, suspended, out of reach) is left out. Returns how many of each there were. Raises
    ``PermissionDenied`` for users who may not.
    """
    if not has_right(user, Right.FOLLOW_UP):
        raise PermissionDenied(_("Only the commission reminds."))
    outcome = Outcome()
    with transaction.atomic():
        locked = locked_programme(programme)
        day = locked.opens_as_of
        clock = clock_of(locked, day)
        found = parts(locked, clock, reach_of(user), Wanted(items=tuple(items)))
        due = items_of(locked, clock, rows(found, ["rank", "due_key"]))
        outcome.closed = len(set(items)) - sum(item.can_be_reminded for item in due)
        today = set(
            Reminder.objects.filter(
                programme=locked, day=day, occasion=Occasion.MANUAL
            ).values_list("kind", "item")
        )
        wanted = [item for item in due if item.can_be_reminded]
        fresh = [item for item in wanted if (item.kind.value, item.pk) not in today]
        outcome.already = len(wanted) - len(fresh)
        sending = Sending(locked, user, message.strip()[:LONGEST])
        sending.keep(fresh, Occasion.MANUAL)
        sending.tell()
        outcome.nobody = sending.nobody
        outcome.sent = len(fresh) - sending.nobody
    return outcome


def locked_programme(programme: Programme) -> Programme:
    """Return ``programme`` locked, so that no two reminders of it are sent at once."""
    return Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)


@dataclass
class _Letter:
    """What one party is told: how many items, and the one that presses most."""

    users: list[User]
    kind: Notice.Kind
    query: dict[str, str]
    number: int = 0
    first: Item | None = None


class Sending:
    """Reminders on their way: a row of the log for each item, one notice for each party.

    A notice for each item would bury people who are late with forty of them.
    """

    def __init__(
        self, programme: Programme, actor: User | None, message: str, by: str = ""
    ) -> None:
        """Take who sends; a command gives its name in ``by``."""
        self.programme, self.actor, self.message, self.by = programme, actor, message, by
        self.nobody = 0
        self.numbers: Counter[str] = Counter()
        self._letters: dict[tuple[object, str], _Letter] = {}
        self._people: dict[tuple[object, str], list[User]] = {}

    def keep(
        self,
        items: Sequence[Item],
        occasion: Reminder.Occasion,
        offsets: Sequence[int | None] = (),
        day: datetime.date | None = None,
    ) -> None:
        """Write the log for ``items``; ``offsets`` are their days before, of automatic ones."""
        kept = []
        for number, item in enumerate(items):
            users = self._responsible(item, occasion)
            told = [user for user in users if self.actor is None or user.pk != self.actor.pk]
            self.nobody += not told
            kept.append(
                Reminder(
                    programme=self.programme,
                    kind=item.kind,
                    item=item.pk,
                    what=item.label[:300],
                    party=item.responsible[:300],
                    division=item.owner,
                    url=item.url[:300],
                    due_on=item.due,
                    day=day or self.programme.opens_as_of,
                    occasion=occasion,
                    offset=offsets[number] if offsets else None,
                    message=self.message,
                    sent_by=self.actor,
                    told="、".join(str(user) for user in told)[:500],
                    people=len(told),
                )
            )
            self.numbers[occasion] += 1
            self._add(item, occasion, users)
        actor = self.actor.get_username() if self.actor is not None else self.by
        create_recorded(Reminder, kept, actor=actor, reason=str(occasion.label), user=self.actor)

    def tell(self) -> None:
        """Write the notices; mails follow the commit."""
        for letter in self._letters.values():
            notify(
                users=letter.users,
                kind=letter.kind,
                programme=self.programme,
                url=self._address(letter),
                actor=self.actor,
                by=self.by,
                detail=" · ".join(part for part in (_told(letter), self.message) if part),
            )

    def _add(self, item: Item, occasion: str, users: list[User]) -> None:
        key = (_party_of(item), occasion)
        if key not in self._letters:
            escalated = occasion == Occasion.ESCALATION
            kind = Notice.Kind.ESCALATION if escalated else Notice.Kind.REMINDER
            query = {"division": item.owner.code} if item.owner is not None else {"kind": "task"}
            self._letters[key] = _Letter(users, kind, query)
        letter = self._letters[key]
        letter.number += 1
        if letter.first is None:
            letter.first = item

    def _responsible(self, item: Item, occasion: str) -> list[User]:
        key = (_party_of(item), occasion)
        if key not in self._people:
            self._people[key] = self._find(item, escalated=occasion == Occasion.ESCALATION)
        return self._people[key]

    def _find(self, item: Item, *, escalated: bool) -> list[User]:
        owner = item.owner
        if owner is None:
            if escalated:
                return reviewers()
            return users_of_departments([p.department.pk for p in item.parties if p.department])
        if escalated:
            return [*leaders_of(owner.pk), *reviewers()]
        # The municipal level has no officials of its own where the commission does its work.
        return officials_of(owner.pk) or (reviewers() if owner.is_municipal else [])

    def _address(self, letter: _Letter) -> str:
        if letter.number == 1 and letter.first is not None and letter.first.url:
            return letter.first.url
        address = reverse("follow-up", args=[self.programme.code])
        return f"{address}?{urlencode(letter.query)}"


def _party_of(item: Item) -> object:
    if item.owner is not None:
        return item.owner.pk
    return tuple(sorted(party.department.pk for party in item.parties if party.department))


def _told(letter: _Letter) -> str:
    first = letter.first
    if first is None:
        return ""
    about = f"{first.responsible} · {first.label}"
    words = in_days(first)
    told = labelled(about, words) if words else about
    more = letter.number - 1
    if not more:
        return told
    return told + ngettext(" and %(n)d more item", " and %(n)d more items", more) % {"n": more}


def in_days(item: Item) -> str:
    """Return in words when ``item`` is due, or how long it is overdue."""
    days = item.days
    if days is None or item.due is None:
        return ""
    if days < 0:
        overdue = ngettext("%(n)d day overdue", "%(n)d days overdue", -days) % {"n": -days}
        return _("%(day)s, %(days)s") % {"day": item.due.isoformat(), "days": overdue}
    if days == 0:
        return _("due today")
    left = ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
    return _("%(day)s, %(days)s") % {"day": item.due.isoformat(), "days": left}

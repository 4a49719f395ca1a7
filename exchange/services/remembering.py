"""What people said that columns are, kept for their next file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.matching import How, normalised
from exchange.matching.words import in_all_languages
from exchange.models import HeadingMemory
from exchange.problems import VALUE_MAX
from exchange.subjects import subject_with
from platforms_portal.history import save_recorded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User
    from exchange.matching import Match
    from exchange.models import ImportRun
    from exchange.subjects import Subject

_WORTH = {How.CHOSEN, How.CONTENT, How.REMEMBERED}
"""A heading that is known by itself needs no memory."""


def _known_headings(subject: Subject) -> frozenset[str]:
    """Return the headings that name a column by themselves.

    Where one stands over another column, two columns of this one file are swapped. To remember
    that would turn the next file, which has them right, around.
    """
    return frozenset(
        normalised(word)
        for column in subject.columns
        for word in (*in_all_languages(column.label), *column.aliases)
    )


def remember(*, run: ImportRun, matches: Sequence[Match], user: User) -> None:
    """Keep the headings that ``user`` has confirmed, within the caller's transaction."""
    division = run.division or run.programme.division
    for match in matches:
        known = _known_headings(subject_with(match.subject))
        for found in match.found:
            heading = normalised(found.heading)[:VALUE_MAX]
            if found.how not in _WORTH or not heading or heading in known:
                continue
            memory = HeadingMemory.objects.filter(
                division=division, template=run.template, subject=match.subject, heading=heading
            ).first()
            if memory is None:
                memory = HeadingMemory(
                    division=division,
                    template=run.template,
                    subject=match.subject,
                    heading=heading,
                )
            elif memory.column == found.name:
                continue
            memory.column, memory.used_by, memory.used_on = found.name, user, timezone.now()
            save_recorded(memory, user=user, reason=_("Columns confirmed"))

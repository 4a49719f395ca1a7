"""The models' own constraints, judged before the database does, so that errors name their row."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from consolidation.loading.meta import constraints_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, allowed: value in allowed,
}


def holds(condition: Q, values: Mapping[str, Any]) -> bool | None:
    """Whether ``condition`` is true of a row's ``values``; ``None`` for SQL's *unknown*.

    Raises ``NotImplementedError`` for a lookup that no constraint of ours has used so far.
    """
    answers = [
        holds(child, values) if isinstance(child, Q) else _compare(child, values)
        for child in condition.children
    ]
    # SQL's AND is unknown if a part is unknown and none is false; OR the other way round.
    decisive = condition.connector == Q.OR
    if decisive in answers:
        answer: bool | None = decisive
    else:
        answer = None if None in answers else not decisive
    if answer is None or not condition.negated:
        return answer
    return not answer


def _compare(child: Any, values: Mapping[str, Any]) -> bool | None:
    lookup, expected = child
    name, _, comparison = lookup.partition("__")
    value = values.get(name)
    if comparison == "isnull":
        return (value is None) is expected
    if isinstance(expected, F):
        expected = values.get(_name(expected))
    if value is None or expected is None:
        return None
    try:
        return _COMPARISONS[comparison or "exact"](value, expected)
    except KeyError:
        raise NotImplementedError(f"The loader can't judge {lookup}.") from None


def _name(reference: F) -> str:
    # The type stubs leave out the attribute.
    return str(getattr(reference, "name"))  # noqa: B009 - see above


def names_in(condition: Q) -> Iterator[str]:
    """Yield the fields that ``condition`` speaks of."""
    for child in condition.children:
        if isinstance(child, Q):
            yield from names_in(child)
        elif isinstance(child, tuple):
            lookup, expected = child
            yield lookup.partition("__")[0]
            if isinstance(expected, F):
                yield _name(expected)


def checks_of(model: type[models.Model]) -> list[tuple[models.CheckConstraint, frozenset[str]]]:
    """Return the check constraints of ``model``, each with the fields that it speaks of."""
    return [
        (constraint, frozenset(names_in(condition_of(constraint))))
        for constraint in constraints_of(model)
        if isinstance(constraint, models.CheckConstraint)
    ]


def condition_of(constraint: models.CheckConstraint) -> Q:
    """Return the condition of a check constraint; raise if it is written as an expression."""
    if not isinstance(constraint.condition, Q):
        raise NotImplementedError(f"The loader can't judge {constraint.name}.")
    return constraint.condition


def uniques_of(model: type[models.Model], key: frozenset[str]) -> list[models.UniqueConstraint]:
    """Return the unique constraints of ``model`` that the loader's ``key`` does not cover."""
    return [
        constraint
        for constraint in constraints_of(model)
        if isinstance(constraint, models.UniqueConstraint) and not key <= set(constraint.fields)
    ]

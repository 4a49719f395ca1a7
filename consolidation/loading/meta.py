"""What Django tells of any model. Its names begin with an underscore; they are documented."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db import models

    Model = type[models.Model]


@cache
def fields_of(model: Model) -> Mapping[str, models.Field[Any, Any]]:
    """Return the model's columns by name. They are asked for at every cell."""
    return {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001 - see above


def related_model(model: Model, name: str) -> Model:
    """Return the model that a reference of ``model`` points to."""
    relation: Any = fields_of(model)[name].remote_field
    related: Model = relation.model
    return related


def constraints_of(model: Model) -> Sequence[models.BaseConstraint]:
    """Return the constraints that the database holds the model to."""
    return model._meta.constraints  # noqa: SLF001 - see above


def rows_of(model: Model) -> models.QuerySet[Any]:
    """Return every row of the model."""
    return model._base_manager.all()  # noqa: SLF001 - see above


def delete_leaves(rows: models.QuerySet[Any]) -> None:
    """Delete rows that nothing refers to in one statement, without signals.

    The signal of an ordinary deletion would write a row of history a query, with no actor.
    """
    rows._raw_delete(rows.db)  # noqa: SLF001 - what Django itself calls where no signal listens

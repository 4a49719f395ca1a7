"""From records to the database: in bulk, with history, in an order in which references exist."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import UniqueConstraint
from django.utils import timezone

from consolidation.loading.conditions import holds
from consolidation.loading.meta import constraints_of, delete_leaves, fields_of, rows_of
from consolidation.loading.tables import Record
from platforms_portal.history import create_recorded, current_request_id, update_recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db import models

    from accounts.models import User
    from consolidation.loading.loads import Load
    from consolidation.loading.tables import LinkTable, Table

ACTOR = "load_programme"
# Models and their history exist only for so many records at a time, or memory would hold them all.
CHUNK = 5000


@dataclass(frozen=True)
class Author:
    """Who writes, and why: what every row of history says."""

    reason: str
    actor: str = ACTOR
    user: User | None = None


def write(load: Load, author: Author) -> None:
    """Write every new and changed record of ``load``."""
    for table in load.used_tables():
        leaving, others = _changed(table)
        # A row that leaves a conditional unique constraint makes room for one that enters it.
        _update(table.model, leaving, author)
        _create(table.model, (record for record in table if record.pk is None), author)
        _update(table.model, others, author)
    for links in load.used_links():
        _delete(links.link.model, links.removed, author)
        _create(links.link.model, _new_links(links), author)


def _changed(table: Table) -> tuple[list[Record], list[Record]]:
    conditions = [
        constraint.condition
        for constraint in constraints_of(table.model)
        if isinstance(constraint, UniqueConstraint) and constraint.condition
    ]
    leaving: list[Record] = []
    others: list[Record] = []
    for record in table:
        if record.pk is None or not record.before:
            continue
        held = {**record.values, **record.before}
        leaves = any(
            holds(condition, held) and not holds(condition, record.values)
            for condition in conditions
        )
        (leaving if leaves else others).append(record)
    return leaving, others


def _new_links(links: LinkTable) -> Iterator[Record]:
    for owner, targets in links.of.items():
        for target, pk in targets.items():
            if pk is None:
                yield Record({links.link.owner: owner, links.link.target: target})


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _columns(model: type[models.Model]) -> dict[str, str]:
    return {name: field.attname for name, field in fields_of(model).items()}


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Record) else value


def _create(model: type[models.Model], records: Iterable[Record], author: Author) -> None:
    waiting: list[Record] = []
    columns = _columns(model)
    for chunk in _chunks(records):
        ready: list[Record] = []
        for record in chunk:
            (ready if _can_be_written(record) else waiting).append(record)
        _insert(model, ready, columns, author)
    if waiting:
        # Divisions under one that was new itself: it has its key by now.
        _create(model, waiting, author)


def _can_be_written(record: Record) -> bool:
    return all(
        value.pk is not None for value in record.values.values() if isinstance(value, Record)
    )


def _insert(
    model: type[models.Model], records: list[Record], columns: dict[str, str], author: Author
) -> None:
    instances = [
        model(
            **{
                columns[name]: _plain(value)
                for name, value in record.values.items()
                if name in columns
            }
        )
        for record in records
    ]
    if hasattr(model, "history"):
        instances = create_recorded(
            model, instances, actor=author.actor, reason=author.reason, user=author.user
        )
    else:
        rows_of(model).bulk_create(instances, batch_size=2000)
    for record, instance in zip(records, instances, strict=True):
        record.pk = instance.pk


def _update(model: type[models.Model], records: Iterable[Record], author: Author) -> None:
    columns = _columns(model)
    for chunk in _chunks(records):
        held = rows_of(model).in_bulk([record.pk for record in chunk])
        names: set[str] = set()
        for record in chunk:
            for name in record.before or ():
                setattr(held[record.pk], columns[name], _plain(record.values[name]))
                names.add(name)
        update_recorded(
            model,
            list(held.values()),
            sorted(names),
            actor=author.actor,
            reason=author.reason,
            user=author.user,
        )


def _delete(model: type[models.Model], keys: list[int], author: Author) -> None:
    history: Any = getattr(model, "history", None)
    for chunk in _chunks(keys):
        found = rows_of(model).filter(pk__in=chunk)
        if history is not None:
            history.model.objects.bulk_create(
                [
                    history.model(
                        history_date=timezone.now(),
                        history_type="-",
                        history_user=author.user,
                        history_change_reason=author.reason,
                        actor=author.actor,
                        request_id=current_request_id(),
                        **{
                            field.attname: getattr(instance, field.attname)
                            for field in history.model.tracked_fields
                        },
                    )
                    for instance in found
                ],
                batch_size=2000,
            )
        delete_leaves(found)

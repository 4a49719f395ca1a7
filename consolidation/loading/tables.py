"""What is in the database and in the files, by key: lean records that become models when written."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import ForeignKey, Q

from consolidation.loading.meta import fields_of, related_model, rows_of
from consolidation.loading.specs import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db import models

    from consolidation.loading.loads import Load
    from consolidation.loading.specs import Link, Scope, TableSpec


@dataclass(slots=True, eq=False)
class Record:
    """One row: its values by field, where a reference is the other record.

    ``pk`` is empty until it is written; ``row`` is its place in the files, 0 if it is not there;
    ``before`` holds what changed values were in the database.
    """

    values: dict[str, Any]
    pk: int | None = None
    row: int = 0
    before: dict[str, Any] | None = None
    relinked: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether the files say something else of it than the database."""
        return bool(self.before) or self.relinked

    def change(self, values: dict[str, Any]) -> None:
        """Take over ``values``, remembering what the database holds."""
        before = self.before or {}
        for name, value in values.items():
            held = self.values.get(name)
            if held != value:
                before.setdefault(name, held)
                self.values[name] = value
        self.before = before

    def revert(self, name: str) -> None:
        """Take back a change of one field."""
        if self.before and name in self.before:
            self.values[name] = self.before.pop(name)


class Table:
    """The records of one model in the scope of this load."""

    def __init__(self, model: type[models.Model], spec: TableSpec) -> None:
        self.model = model
        self.spec = spec
        self.by_key: dict[tuple[Any, ...], Record] = {}
        self.by_pk: dict[int, Record] = {}
        self._groups: dict[str, defaultdict[Any, list[Record]]] = {}

    def __iter__(self) -> Iterator[Record]:
        return iter(self.by_key.values())

    def key_of(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """Return the key within the scope."""
        return tuple(values.get(name) for name in self.spec.key)

    def add(self, record: Record) -> Record:
        """Hold a record; its key must be new."""
        self.by_key[self.key_of(record.values)] = record
        if record.pk is not None:
            self.by_pk[record.pk] = record
        for name, group in self._groups.items():
            group[record.values.get(name)].append(record)
        return record

    def find(self, *key: Any) -> Record | None:
        """Return the record with this key."""
        return self.by_key.get(key)

    def grouped(self, name: str) -> defaultdict[Any, list[Record]]:
        """Return the records by the value of one field."""
        if name not in self._groups:
            group: defaultdict[Any, list[Record]] = defaultdict(list)
            for record in self:
                group[record.values.get(name)].append(record)
            self._groups[name] = group
        return self._groups[name]

    def read(self, load: Load) -> None:
        """Read what the database holds in one query."""
        found = _in_scope(self.model, self.spec.scope, load)
        if found is None:
            return
        fields = [field for field in fields_of(self.model).values() if self._is_told(field)]
        names = [field.name for field in fields]
        records = [
            Record(dict(zip(names, values, strict=True)), pk=pk)
            for pk, *values in found.values_list("pk", *(field.attname for field in fields))
        ]
        self.by_pk = {record.pk: record for record in records if record.pk is not None}
        for reference in fields:
            if isinstance(reference, ForeignKey):
                related = related_model(self.model, reference.name)
                others = self if related is self.model else load.table(related)
                for record in records:
                    pk = record.values[reference.name]
                    record.values[reference.name] = others.by_pk.get(pk, pk)
        for record in records:
            self.add(record)

    def _is_told(self, field: models.Field[Any, Any]) -> bool:
        """Whether files can tell the field: not a key, nor who in the portal wrote the record."""
        if not isinstance(field, ForeignKey):
            return not field.primary_key
        return related_model(self.model, field.name) in TABLES


def _in_scope(
    model: type[models.Model], scope: Scope | None, load: Load
) -> models.QuerySet[models.Model] | None:
    """Return the rows in scope; ``None`` where the root is new and so can have none."""
    rows = rows_of(model).order_by("pk")
    if model in load.locked:
        rows = rows.select_for_update()
    if model in load.narrowed:
        rows = rows.filter(load.narrowed[model])
    if scope is None:
        return rows
    root = load.root(scope)
    if root is None or root.pk is None:
        return None
    condition = Q()
    for path in scope.paths:
        condition |= Q(**{path: root.pk})
    return rows.filter(condition, **dict(scope.only))


@dataclass
class LinkTable:
    """The rows that tie records to lists of others; ``removed`` are keys of those that go."""

    link: Link
    of: dict[Record, dict[Record, int | None]] = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)

    def read(self, load: Load) -> None:
        """Read what the database holds in one query."""
        found = _in_scope(self.link.model, self.link.scope, load)
        if found is None:
            return
        owners = load.table(related_model(self.link.model, self.link.owner)).by_pk
        targets = load.table(related_model(self.link.model, self.link.target)).by_pk
        for pk, owner, target in found.values_list(
            "pk", f"{self.link.owner}_id", f"{self.link.target}_id"
        ):
            if owner in owners and target in targets:
                self.of.setdefault(owners[owner], {})[targets[target]] = pk

    def replace(self, owner: Record, targets: list[Record]) -> None:
        """Let ``owner`` be tied to exactly ``targets``."""
        held = self.of.get(owner, {})
        wanted = {target: held.get(target) for target in targets}
        gone = [pk for target, pk in held.items() if target not in wanted and pk is not None]
        if gone or len(wanted) != len(held):
            owner.relinked = True
        self.removed += gone
        if wanted:
            self.of[owner] = wanted
        else:
            self.of.pop(owner, None)

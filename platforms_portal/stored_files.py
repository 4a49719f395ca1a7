"""Files in storage, beside the records that name them. Knows no app."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models import FileField, Model

ORPHANED_AFTER = datetime.timedelta(days=1)
"""A file that is younger may belong to an upload that is still under way."""


def orphaned(field: FileField, below: str) -> list[str]:
    """Return the stored files in the folders ``below`` to which no record's ``field`` refers.

    An upload that was undone leaves such files, for storage takes no part in a transaction. One
    less than ``ORPHANED_AFTER`` old is left out.
    """
    storage, model = field.storage, field.model
    if not storage.exists(below):
        return []
    until = timezone.now() - ORPHANED_AFTER
    found = []
    for folder in sorted(storage.listdir(below)[0]):
        path = f"{below}/{folder}"
        kept = _named(model, field.name, path)
        stored = [f"{path}/{name}" for name in sorted(storage.listdir(path)[1])]
        found += [
            name for name in stored if name not in kept and storage.get_modified_time(name) < until
        ]
    return found


def _named(model: type[Model], field: str, path: str) -> set[str]:
    rows = model._default_manager.filter(**{f"{field}__startswith": f"{path}/"})  # noqa: SLF001 - documented by Django
    return set(rows.values_list(field, flat=True))

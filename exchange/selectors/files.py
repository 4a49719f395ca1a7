"""Which stored files of imports have had their time."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from exchange.models import STORED_UNDER, ImportRun

if TYPE_CHECKING:
    from django.db.models import QuerySet

ORPHANED_AFTER = datetime.timedelta(days=1)


def files_kept_for() -> datetime.timedelta:
    """Return how long the file of a run is kept."""
    return datetime.timedelta(days=settings.IMPORT_FILES_DAYS)


def expired_runs() -> QuerySet[ImportRun]:
    """Return the runs whose file has been kept for its time and is not being worked at."""
    until = timezone.now() - files_kept_for()
    runs = ImportRun.objects.filter(uploaded_at__lt=until).exclude(file="")
    return runs.exclude(state__in=ImportRun.UNDER_WAY).order_by("pk")


def orphaned_files() -> list[str]:
    """Return the stored files to which no run refers, as left by an upload undone.

    A file less than ``ORPHANED_AFTER`` old may belong to an upload that is still under way.
    """
    storage = ImportRun._meta.get_field("file").storage  # noqa: SLF001 - documented by Django
    if not storage.exists(STORED_UNDER):
        return []
    until = timezone.now() - ORPHANED_AFTER
    found = []
    for folder in sorted(storage.listdir(STORED_UNDER)[0]):
        path = f"{STORED_UNDER}/{folder}"
        kept = set(
            ImportRun.objects.filter(file__startswith=f"{path}/").values_list("file", flat=True)
        )
        stored = [f"{path}/{name}" for name in sorted(storage.listdir(path)[1])]
        found += [
            name for name in stored if name not in kept and storage.get_modified_time(name) < until
        ]
    return found

"""Which stored files of imports have had their time."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from exchange.models import STORED_UNDER, ImportRun
from platforms_portal.stored_files import orphaned

if TYPE_CHECKING:
    from django.db.models import QuerySet


def files_kept_for() -> datetime.timedelta:
    """Return how long the file of a run is kept."""
    return datetime.timedelta(days=settings.IMPORT_FILES_DAYS)


def expired_runs() -> QuerySet[ImportRun]:
    """Return the runs whose file has been kept for its time and is not being worked at."""
    until = timezone.now() - files_kept_for()
    runs = ImportRun.objects.filter(uploaded_at__lt=until).exclude(file="")
    return runs.exclude(state__in=ImportRun.UNDER_WAY).order_by("pk")


def orphaned_files() -> list[str]:
    """Return the stored files to which no run refers, as left by an upload undone."""
    return orphaned(ImportRun._meta.get_field("file"), STORED_UNDER)  # noqa: SLF001 - documented by Django

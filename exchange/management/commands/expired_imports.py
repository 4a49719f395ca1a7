"""Command ``expired_imports``: uploaded files that have been kept for their time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from exchange.selectors.files import expired_runs, orphaned_files
from exchange.services.keeping import forget_expired


class Command(BaseCommand):
    """List the files of imports that are older than files are kept; delete them if asked."""

    help = "List files of imports older than IMPORT_FILES_DAYS, or of no import; delete them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--delete", action="store_true", help="delete them")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Name each file, and how many there are."""
        if options["delete"]:
            names = forget_expired()
        else:
            names = [*expired_runs().values_list("file_name", flat=True), *orphaned_files()]
        for name in names:
            self.stdout.write(name)
        told = _("%(n)d files deleted.") if options["delete"] else _("%(n)d files found.")
        self.stdout.write(told % {"n": len(names)})

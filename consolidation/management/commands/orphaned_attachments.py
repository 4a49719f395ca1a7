"""Command ``orphaned_attachments``: stored files to which no record refers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from consolidation.selectors.attachments import orphaned_files
from consolidation.services.attachments import delete_orphaned


class Command(BaseCommand):
    """List the uploaded files that an upload undone halfway left behind; delete them if asked."""

    help = "List uploaded files to which no record refers, and are a day old; delete them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--delete", action="store_true", help="delete them")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Name each file, and how many there are."""
        names = delete_orphaned() if options["delete"] else orphaned_files()
        for name in names:
            self.stdout.write(name)
        told = _("%(n)d files deleted.") if options["delete"] else _("%(n)d files found.")
        self.stdout.write(told % {"n": len(names)})

"""Command ``export_report``: the report workbook of a programme, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from consolidation.command_options import WRONG_USE, day, owner_with, programme_with
from consolidation.selectors.state import State
from reports.selectors.report import Reader
from reports.services.workbooks import save_report
from reports.workbook.errors import ReportError


class Command(BaseCommand):
    """Write the report workbook. Exit status 0: written; 2: not, and FILE is as it was."""

    help = "Write the report workbook of a programme."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--programme", required=True, help="code of the programme")
        parser.add_argument("--state", default=State.PLANNED.value, choices=State.values)
        parser.add_argument("--out", required=True, type=Path, metavar="FILE.xlsx")
        parser.add_argument("--as-of", type=day, help="YYYY-MM-DD; default: the programme's day")
        parser.add_argument("--since", type=day, help="an earlier day: tells what changed since")
        parser.add_argument("--division", help="GB/T 2260 code of an owner: its records alone")
        parser.add_argument("--force", action="store_true", help="overwrite FILE")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
            help="of the workbook: zh-hans or en",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file, or say what is wrong."""
        with override(options["language"]):
            path: Path = options["out"]
            _refuse_path(path, force=options["force"])
            programme = programme_with(options["programme"])
            as_of = options["as_of"] or programme.opens_as_of
            since = options["since"]
            if since is not None and since >= as_of:
                _refuse(_("The first day must be before the last one."))
            try:
                save_report(
                    path,
                    programme=programme,
                    state=State(options["state"]),
                    as_of=as_of,
                    reader=Reader.system(_("Command line")),
                    division=owner_with(programme, options["division"]),
                    since=since,
                )
            except (ReportError, OSError) as error:
                _refuse(str(error))
            self.stdout.write(str(path))


def _refuse(message: str) -> None:
    raise CommandError(message, returncode=WRONG_USE)


def _refuse_path(path: Path, *, force: bool) -> None:
    """Refuse a file that would be lost, or that cannot be written, before any work is done."""
    if path.suffix.lower() != ".xlsx":
        _refuse(_("The file's name must end in .xlsx: %(path)s") % {"path": path})
    if path.is_dir() or not path.parent.is_dir():
        _refuse(_("There is no folder %(path)s.") % {"path": path.parent})
    if path.exists() and not force:
        _refuse(_("%(path)s exists; --force overwrites it.") % {"path": path})

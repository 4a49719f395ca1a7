"""The command that loads a whole programme from a folder or a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from consolidation.loading import report
from consolidation.loading.engine import code_at, load_programme
from consolidation.loading.problems import BadDataError
from consolidation.loading.sources import WrongPathError
from consolidation.models import Programme

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Load a programme, all or nothing. Exit status: 0 loaded, 1 bad data, 2 wrong use."""

    help = "Load a programme from a folder of CSV files or a workbook (docs/programme-format.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the path and the ways of loading."""
        parser.add_argument("path", type=Path, help="a folder of CSV files, or a workbook (.xlsx)")
        parser.add_argument(
            "--dry-run", action="store_true", help="do everything, then take it back"
        )
        existing = parser.add_mutually_exclusive_group()
        existing.add_argument(
            "--update", action="store_true", help="change a programme that exists already"
        )
        existing.add_argument(
            "--if-missing", action="store_true", help="leave a programme that exists as it is"
        )
        parser.add_argument("--format", choices=["table", "json"], default="table")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load in the wanted language; raise ``CommandError`` with the exit status."""
        with translation.override(options["language"]):
            try:
                self._load(options)
            except WrongPathError as error:
                raise CommandError(str(error), returncode=2) from error
            except BadDataError as error:
                self._tell_problems(error, as_json=options["format"] == "json")

    def _load(self, options: dict[str, Any]) -> None:
        path, dry_run = options["path"], options["dry_run"]
        as_json = options["format"] == "json"
        if options["if_missing"]:
            code = code_at(path)
            if code and Programme.objects.filter(code=code).exists():
                self._tell_present(code, as_json=as_json)
                return
        summary = load_programme(path, update=options["update"], dry_run=dry_run)
        tell = report.summary_as_json if as_json else report.summary_as_text
        self.stdout.write(tell(summary, dry_run=dry_run))

    def _tell_present(self, code: str, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(report.present_as_json(code))
        else:
            self.stdout.write(_("“%(code)s” is there already and stays as it is.") % {"code": code})

    def _tell_problems(self, error: BadDataError, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(report.problems_as_json(error))
        else:
            self.stdout.write(report.problems_as_text(error.problems))
            self.stdout.write(report.warnings_as_text(error.warnings), ending="")
        # The table comes before the last line, which goes to the other stream.
        self.stdout.flush()
        raise CommandError(report.how_many(error.problems), returncode=1) from error

"""The command that loads a workbook of an office."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from consolidation.command_options import WRONG_USE, owner_with, programme_with
from exchange import report
from exchange.marking import write_marked
from exchange.matching import Match
from exchange.models import ImportRun
from exchange.problems import RefusedError
from exchange.selectors.runs import told_problems
from exchange.services.detecting import templates_of
from exchange.services.importing import cancel, commit, confirm, receive
from exchange.services.keeping import local_file
from exchange.subjects import TEMPLATES

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

BAD_DATA = 1


class Command(BaseCommand):
    """Load a workbook as the system. Exit status: 0 clean, 1 errors, 2 wrong use."""

    help = "Load a workbook or CSV file of an office (docs/import.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file and the ways of loading."""
        parser.add_argument("file", type=Path, help="a workbook (.xlsx) or a CSV file")
        parser.add_argument("--programme", required=True, help="the code of the programme")
        parser.add_argument("--division", default="", help="whose rows it holds: six digits")
        parser.add_argument(
            "--template", choices=list(TEMPLATES), default="", help="else found out from the file"
        )
        parser.add_argument("--dry-run", action="store_true", help="check, and write nothing")
        parser.add_argument(
            "--accept-match", action="store_true", help="take the columns as they are proposed"
        )
        parser.add_argument("--reason", default="", help="what the history says of each row")
        parser.add_argument("--format", choices=["table", "json"], default="table")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load in the wanted language; raise ``CommandError`` with the exit status."""
        with translation.override(options["language"]):
            run = self._checked(options)
            if self._is_clean(run) and not options["dry_run"] and run.to_write:
                run = commit(
                    run=run,
                    digest=run.data_digest,
                    reason=options["reason"],
                    user=None,
                    at_once=True,
                )
            self._tell(run, options)

    def _checked(self, options: dict[str, Any]) -> ImportRun:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(
                _("There is no file “%(path)s”.") % {"path": path}, returncode=WRONG_USE
            )
        programme = programme_with(options["programme"])
        division = owner_with(programme, options["division"] or None)
        template = options["template"] or self._template(path)
        with path.open("rb") as stream:
            try:
                run = receive(
                    programme=programme,
                    division=division,
                    template=template,
                    upload=File(stream, name=path.name),
                    user=None,
                    direct=True,
                    reason=options["reason"],
                    at_once=True,
                )
            except ValidationError as error:
                raise CommandError(" ".join(error.messages), returncode=WRONG_USE) from error
        return self._confirmed(run, options) if run.state == ImportRun.State.TO_CONFIRM else run

    def _template(self, path: Path) -> str:
        try:
            found = templates_of(path)
        except RefusedError as error:
            raise CommandError(f"{error.message} {error.remedy}", returncode=BAD_DATA) from error
        if len(found) != 1:
            known = ", ".join(found or TEMPLATES)
            raise CommandError(
                _("The file does not say which template it is. Say it with --template: %(known)s.")
                % {"known": known},
                returncode=WRONG_USE,
            )
        return found[0]

    def _confirmed(self, run: ImportRun, options: dict[str, Any]) -> ImportRun:
        """Take the columns as proposed, where nobody needs to look or somebody has."""
        matches = [Match.from_json(data) for data in run.matches]
        certain = all(match.is_certain for match in matches)
        if not certain and not options["accept_match"]:
            self.stdout.write(report.match_as_text(matches))
            self.stdout.flush()
            cancel(run=run, user=None)
            raise CommandError(
                _("It is not certain what the columns are. If they are right: --accept-match."),
                returncode=WRONG_USE,
            )
        try:
            return confirm(run=run, matches=matches, user=None, at_once=True)
        except ValidationError as error:
            self.stdout.write(report.match_as_text(matches))
            self.stdout.flush()
            cancel(run=run, user=None)
            raise CommandError(" ".join(error.messages), returncode=BAD_DATA) from error

    def _is_clean(self, run: ImportRun) -> bool:
        return run.state == ImportRun.State.CHECKED and not run.errors

    def _tell(self, run: ImportRun, options: dict[str, Any]) -> None:
        marked = self._marked(run, options["file"]) if run.errors and run.file else ""
        ending = report.Ending(run, options["dry_run"], marked)
        as_json = options["format"] == "json"
        clean = self._is_clean(run) or run.state == ImportRun.State.COMMITTED
        self.stdout.write(
            report.ending_as_json(ending) if as_json else report.ending_as_text(ending)
        )
        if run.state != ImportRun.State.COMMITTED and run.state not in ImportRun.OVER:
            # What the command has shown nobody will look at on a page.
            cancel(run=run, user=None)
        if not clean:
            self.stdout.flush()
            raise CommandError(report.last_line(ending), returncode=BAD_DATA)

    def _marked(self, run: ImportRun, path: Path) -> str:
        """Write the marked workbook beside the file and return its path."""
        suffix = _("errors marked")
        target = path.with_name(f"{path.stem}-{suffix}.xlsx")
        matches = [Match.from_json(data) for data in run.matches]
        with local_file(run) as source:
            write_marked(
                source, run.file_name, matches, told_problems(run), target, only_faulty=False
            )
        return str(target)

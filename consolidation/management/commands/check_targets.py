"""Command ``check_targets``: every rule of a programme, judged from the command line."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override

from consolidation.checks.base import RULES
from consolidation.checks.report import table
from consolidation.checks.run import findings_of, report, run_checks
from consolidation.command_options import day, owner_with, programme_with
from consolidation.selectors.state import State, state_view


class Command(BaseCommand):
    """Judge a programme's rules. Exit status 0: in order; 1: something fails; 2: wrong use."""

    help = "Check a programme against every rule of its document."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--programme", required=True, help="code of the programme")
        parser.add_argument("--state", default=State.PLANNED.value, choices=State.values)
        parser.add_argument(
            "--division",
            help="GB/T 2260 code of an owner; the city's means the city and the municipal level",
        )
        parser.add_argument("--as-of", type=day, help="YYYY-MM-DD; default: the programme's day")
        parser.add_argument("--rule", choices=sorted(RULES), help="only this rule")
        parser.add_argument("--format", default="table", choices=["table", "json"])
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
            help="of the table: zh-hans or en",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the findings and leave with the exit status that they deserve."""
        with override(options["language"]):
            programme = programme_with(options["programme"])
            division = owner_with(programme, options["division"])
            view = state_view(programme, options["state"], options["as_of"])
            findings = findings_of(
                run_checks(view, rules=[options["rule"]] if options["rule"] else None),
                division_id=division.pk if division else None,
                city_id=programme.division_id,
            )
            if options["format"] == "json":
                self.stdout.write(json.dumps(report(view, findings), ensure_ascii=False, indent=2))
            else:
                self.stdout.write(table(view, findings))
        if any(finding.fails for finding in findings):
            sys.exit(1)

"""Command ``send_reminders``: automatic reminders and escalations, for a daily run."""

from __future__ import annotations

import argparse
import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from consolidation.models import Programme
from followup.services.automatic import send_due


class Command(BaseCommand):
    """Send what is due, each reminder once; a second run on the same day sends nothing."""

    help = "Send automatic reminders and escalations of what is due. Meant for a daily cron job."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--programme", help="code of the programme; default: every one")
        parser.add_argument("--as-of", type=_day, help="YYYY-MM-DD; default: the programme's day")
        parser.add_argument("--dry-run", action="store_true", help="count, and send nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Send for each programme and say how much it was."""
        with override(settings.LANGUAGE_CODE):
            programmes = Programme.objects.order_by("code")
            if options["programme"]:
                programmes = programmes.filter(code=options["programme"])
                if not programmes:
                    raise CommandError(
                        _("There is no programme “%(code)s”.") % {"code": options["programme"]}
                    )
            for programme in programmes:
                day = options["as_of"] or programme.opens_as_of
                sent = send_due(programme=programme, day=day, dry_run=options["dry_run"])
                told = (
                    _("%(code)s, %(day)s: would remind of %(n)d items and escalate %(m)d.")
                    if options["dry_run"]
                    else _(
                        "%(code)s, %(day)s: reminded of %(n)d items, escalated %(m)d;"
                        " nobody to tell for %(nobody)d."
                    )
                )
                self.stdout.write(
                    told
                    % {
                        "code": programme.code,
                        "day": day.isoformat(),
                        "n": sent.reminded,
                        "m": sent.escalated,
                        "nobody": sent.nobody,
                    }
                )


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write YYYY-MM-DD") from error

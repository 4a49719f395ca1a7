"""The hidden sheet of lists: what the cells of a template offer to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_range_abs

from exchange.templates_out.words import heading_of, words_of
from platforms_portal.xlsx_files import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter import Workbook

    from exchange.selectors.filled_lists import Choice
    from exchange.subjects import Template

_NAME_BESIDE = 1


class Lists:
    """The lists of a template. Ranges are known before the sheet, which is the last but one."""

    def __init__(
        self, template: Template, choices: Mapping[tuple[str, str], Sequence[Choice]]
    ) -> None:
        """Lay the lists out: one column a list, with the names beside codes."""
        self.sheet_name = _("Choices")
        self._lists: list[tuple[str, list[tuple[str, str]]]] = []
        self._places: dict[tuple[tuple[str, str], ...], int] = {}
        self._sources: dict[tuple[str, str], str] = {}
        for subject in template.subjects:
            for column in subject.read_columns:
                listed = choices.get((subject.key, column.name), ())
                entries = [(choice.text, _beside(choice)) for choice in listed]
                entries = entries or [(word, "") for word in words_of(column)]
                if entries:
                    heading = f"{subject.label}: {heading_of(column)}"
                    self._sources[subject.key, column.name] = self._add(heading, entries)

    def _add(self, heading: str, entries: list[tuple[str, str]]) -> str:
        key = tuple(entries)
        if key not in self._places:
            # Two columns a list: what is chosen, and what it stands for.
            self._places[key] = len(self._lists) * 2
            self._lists.append((heading, entries))
        place = self._places[key]
        return f"='{self.sheet_name}'!{xl_range_abs(1, place, len(entries), place)}"

    def sources_of(self, subject: str) -> dict[str, str]:
        """Return the ranges of a subject's lists by the names of its columns."""
        return {name: source for (of, name), source in self._sources.items() if of == subject}

    def write(self, book: Workbook) -> None:
        """Write the sheet, row by row, and hide it."""
        sheet = book.add_worksheet(self.sheet_name)
        longest = max((len(entries) for _heading, entries in self._lists), default=0)
        for n, (heading, _entries) in enumerate(self._lists):
            sheet.write_string(0, n * 2, heading)
        for at in range(longest):
            for n, (_heading, entries) in enumerate(self._lists):
                if at < len(entries):
                    text, beside = entries[at]
                    sheet.write_string(at + 1, n * 2, plain(text))
                    if beside:
                        sheet.write_string(at + 1, n * 2 + _NAME_BESIDE, plain(beside))
        sheet.hide()


def _beside(choice: Choice) -> str:
    """Return what is not chosen: the name of a code, or the code of a name."""
    return choice.name if choice.text == choice.code else choice.code

"""Which sheet holds which subject, and which of its columns is what."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exchange.reading.book import Book
    from exchange.subjects import Template


class How(StrEnum):
    """By what a column was known."""

    LABEL = "label"
    ALIAS = "alias"
    REMEMBERED = "remembered"
    CONTENT = "content"
    CHOSEN = "chosen"  # By a person, on the page of confirmation.
    NONE = "none"


@dataclass
class Found:
    """One column of the file. ``name`` is the subject's column, empty where it is not used.

    ``samples`` are a few of its values; ``doubt`` is empty, or a sentence why a person should look.
    """

    place: int
    heading: str
    name: str
    how: How
    samples: list[str] = field(default_factory=list)
    doubt: str = ""


@dataclass
class Match:
    """A sheet of the file and the subject that it holds.

    ``heading_rows`` are the first and the last row of its headings; the data follows them.
    ``missing`` are the required columns that no heading gives.
    """

    sheet: str
    subject: str
    heading_rows: tuple[int, int]
    found: list[Found]
    missing: list[str] = field(default_factory=list)

    @property
    def is_certain(self) -> bool:
        """Whether nobody needs to look: known by heading, nothing missing, nothing doubtful."""
        sure = {How.LABEL, How.ALIAS, How.REMEMBERED, How.CHOSEN}
        return not self.missing and all(
            not column.doubt and (not column.name or column.how in sure) for column in self.found
        )

    def as_json(self) -> dict[str, Any]:
        """Return the match as plain values."""
        return {**asdict(self), "heading_rows": list(self.heading_rows)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Match:
        """Return the match that ``as_json`` wrote."""
        return cls(
            sheet=data["sheet"],
            subject=data["subject"],
            heading_rows=(data["heading_rows"][0], data["heading_rows"][1]),
            found=[Found(**{**column, "how": How(column["how"])}) for column in data["found"]],
            missing=list(data["missing"]),
        )


def normalised(heading: str) -> str:
    """Return a heading without what differs from office to office: width, case, spaces, units."""
    raise NotImplementedError


def match_book(
    book: Book, template: Template, remembered: Mapping[tuple[str, str], str]
) -> list[Match]:
    """Return what each sheet of ``book`` holds, in the order of the template's subjects.

    ``remembered`` are the headings that a person confirmed before: by subject and normalised
    heading, the column's name (empty: not used).
    """
    raise NotImplementedError

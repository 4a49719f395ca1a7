"""By what a column of a file was known."""

from enum import StrEnum


class How(StrEnum):
    """By what a column was known."""

    LABEL = "label"
    ALIAS = "alias"
    REMEMBERED = "remembered"
    CONTENT = "content"
    CHOSEN = "chosen"  # By a person, on the page of confirmation.
    NONE = "none"

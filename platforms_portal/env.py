"""The one door to the environment: every setting that is read from it is read, and noted, here.

tests/test_settings_documented.py compares what was noted with the table in docs/settings.md.
"""

from pathlib import Path
from typing import Any

import environ

_environ = environ.Env()
_names_read: set[str] = set()


def load_file(path: Path) -> None:
    """Take what the environment doesn't say from a file of NAME=value lines, where there is one."""
    if path.is_file():
        _environ.read_env(path)


def names_read() -> frozenset[str]:
    """Name every setting that has been read so far."""
    return frozenset(_names_read)


def text(name: str, *, default: str) -> str:
    """Read a text."""
    _names_read.add(name)
    return str(_environ.str(name, default=default))


def boolean(name: str, *, default: bool) -> bool:
    """Read a yes or no: 1, true, yes, on are yes."""
    _names_read.add(name)
    return bool(_environ.bool(name, default=default))


def number(name: str, *, default: int) -> int:
    """Read a whole number."""
    _names_read.add(name)
    return int(_environ.int(name, default=default))


def words(name: str, *, default: list[str]) -> list[str]:
    """Read a list of words with commas between them."""
    _names_read.add(name)
    return [str(word).strip() for word in _environ.list(name, default=default)]


def database(name: str, *, default: str) -> dict[str, Any]:
    """Read a database address into the shape of an entry of DATABASES."""
    _names_read.add(name)
    return dict(_environ.db_url(name, default=default))


def cache(name: str, *, default: str) -> dict[str, Any]:
    """Read a cache address into the shape of an entry of CACHES."""
    _names_read.add(name)
    return dict(_environ.cache_url(name, default=default))


def email(name: str, *, default: str) -> dict[str, Any]:
    """Read a mail server's address into the EMAIL_* settings."""
    _names_read.add(name)
    return dict(_environ.email_url(name, default=default))

"""The key that a developer's checkout signs with, when none is given."""

import secrets
from contextlib import suppress
from pathlib import Path


def checkout_key(path: Path) -> str:
    """Read this checkout's own key, made at the first call, so that sessions outlive a restart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Exclusive creation: of two processes that start at once, one writes and both read the same.
    with suppress(FileExistsError), path.open("x", encoding="ascii") as file:
        path.chmod(0o600)
        file.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii")

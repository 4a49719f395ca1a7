"""Serves a named list of files from node_modules, so that no third-party code is committed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage


class VendorFilesFinder(BaseFinder):
    """Finds settings.VENDOR_FILES, at vendor/ plus the path below node_modules.

    A list rather than whole folders: those hold hundreds of files that no page uses, and Manifest storage would read
    every one of them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Look in settings.NODE_MODULES."""
        self.storage = FileSystemStorage(location=settings.NODE_MODULES)
        # collectstatic asks the storage for the prefix below which its files go.
        self.storage.prefix = "vendor"  # type: ignore[attr-defined]
        super().__init__(*args, **kwargs)

    def find(self, path: str, find_all: bool = False) -> Any:
        """Answer the file's place on disk, or nothing."""
        name = path.removeprefix("vendor/")
        found = path != name and name in settings.VENDOR_FILES and self.storage.exists(name)
        if not found:
            return []
        place = str(Path(self.storage.path(name)))
        return [place] if find_all else place

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:  # noqa: ARG002 - Django names it
        """List every named file; a missing one stops collectstatic, which says which."""
        return ((name, self.storage) for name in settings.VENDOR_FILES)

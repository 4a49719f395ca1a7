"""Writes the sample workbooks and what is expected of them: ``python -m tests.workbooks.make``."""

from __future__ import annotations

import json
from pathlib import Path

from tests.workbooks import failing, passing

FOLDER = Path(__file__).parent


def write(folder: Path) -> None:
    """Write both folders into ``folder``."""
    for name, cases in (("should_pass", passing.cases()), ("should_fail", failing.cases())):
        place = folder / name
        place.mkdir(exist_ok=True)
        for case in cases:
            (place / case.name).write_bytes(case.content)
        expected = {case.name: case.expected for case in sorted(cases, key=lambda case: case.name)}
        text = json.dumps(expected, ensure_ascii=False, indent=1)
        (place / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(FOLDER)

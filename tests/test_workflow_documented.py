"""docs/workflow.md shows the table of transitions as the code has it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from consolidation.transitions import TRANSITIONS

DOCUMENT = (Path(settings.BASE_DIR) / "docs" / "workflow.md").read_text(encoding="utf-8")


def test_every_transition_stands_in_the_document_and_no_other() -> None:
    section = DOCUMENT.split("## The table\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    told = {}
    for line in lines:
        action, sources, targets, right, _who = (
            cell.strip() for cell in line.strip("|").split("|")
        )
        told[action.strip("`")] = (
            tuple(sources.replace("`", "").split(", ")),
            tuple(targets.replace("`", "").split(", ")),
            right.strip("`"),
        )
    assert told == {
        str(action): (step.sources, step.targets, step.right.value)
        for action, step in TRANSITIONS.items()
    }

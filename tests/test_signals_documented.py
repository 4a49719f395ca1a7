"""``docs/signals.md`` says of every signal what the portal itself says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from signals.kinds.base import KINDS

DOCUMENT = (Path(settings.BASE_DIR) / "docs" / "signals.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_kind_stands_in_the_document_in_its_own_words(code: str) -> None:
    kind = KINDS[code]
    section = DOCUMENT.partition(f"\n## {code} ")[2].partition("\n## ")[0]
    for language in ("en", "zh-hans"):
        with override(language):
            told = [str(t) for t in (kind.title, kind.definition, kind.formula, *kind.legitimate)]
            told += [str(threshold.label) for threshold in kind.own_thresholds]
        assert [text for text in told if text not in section] == []
    for threshold in kind.own_thresholds:
        default = f"{threshold.numerator}{'%' if threshold.is_share else ''}"
        assert f"| `{threshold.name}` | {default} |" in section


def test_the_document_names_no_kind_that_is_gone() -> None:
    headings = [line[3:6] for line in DOCUMENT.splitlines() if line.startswith("## S")]
    assert headings == sorted(KINDS)

"""``docs/rules.md`` says of every rule what the portal itself says of it."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import override

from consolidation.checks.base import RULES

DOCUMENT = Path(__file__).parents[1] / "docs" / "rules.md"


def test_every_rule_stands_in_the_document_in_its_own_words() -> None:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    with override("en"):
        told = [f"| {rule.code} | {rule.title} | {rule.explanation} |" for rule in RULES.values()]
    with override("zh-hans"):
        told += [f"| {rule.code} | {rule.title} | {rule.explanation} |" for rule in RULES.values()]
    assert sorted(line for line in told if line not in lines) == []

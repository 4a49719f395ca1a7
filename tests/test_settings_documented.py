"""Every setting that the environment can change is documented, and nothing is documented that is not read."""

import ast
import re
from pathlib import Path

from django.conf import settings

import platforms_portal.settings  # noqa: F401 - reading it notes the names
from platforms_portal import env

ROOT = Path(settings.BASE_DIR)
DOCUMENT = ROOT / "docs" / "settings.md"
# Read only where the database is not SQLite; the suite's other run reads it.
READ_BESIDE = {"DATABASE_CONN_MAX_AGE"}
# Set by Django's own entry points, CI servers and tools; not settings of this site.
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"}


def documented(heading: str) -> set[str]:
    """Read the names in the first column of the table below a heading."""
    text = DOCUMENT.read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE))


def test_the_table_of_the_site_tells_every_setting_and_no_other() -> None:
    assert documented("The site") == env.names_read() | READ_BESIDE


def test_the_example_file_names_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#? ?([A-Z_]+)=", text, re.MULTILINE))
    assert named == documented("The site")


def test_the_table_of_the_commands_tells_every_variable_and_no_other() -> None:
    files = [ROOT / "Makefile", ROOT / ".ci" / "run", *sorted((ROOT / "scripts").glob("*.sh"))]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    read = set(re.findall(r"\$\{([A-Z_]+):?-", text)) | set(
        re.findall(r"^([A-Z_]+) \?=", text, re.MULTILINE)
    )
    tests = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    read |= set(re.findall(r"environ\.get\(\"([A-Z_]+)\"", tests))
    assert documented("The commands") == read


def test_nothing_but_env_reads_the_environment() -> None:
    """A setting read elsewhere would escape the tests above."""
    allowed = {ROOT / "platforms_portal" / "env.py"}
    found = []
    for folder in ("platforms_portal", "accounts", "zones", "consolidation", "staffing"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if file in allowed:
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}:
                    source = file.read_text(encoding="utf-8").splitlines()[node.lineno - 1]
                    if not any(name in source for name in NOT_OURS):
                        found.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert found == []

"""What every test needs: the browser, and the way in which Hypothesis searches."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import settings

# Playwright's loop runs in the thread of the test, whose plain database calls Django would otherwise refuse.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# The same examples at every run; and a slow machine is no failure.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser: coverage that must follow its greenlets slows every test by half."""
    for item in items:
        if "page" in getattr(item, "fixturenames", ()) or item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Let pytest-playwright's `page` fixture use Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.fail(
            f"{CHROMIUM} is missing: scripts/install_test_parts.sh installs it or says how."
        )
    return {
        **browser_type_launch_args,
        "executable_path": str(CHROMIUM),
        "args": CHROMIUM_ARGUMENTS,
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Look as the portal's users do: in Chinese, on the smallest desk screen that must work."""
    return {**browser_context_args, "locale": "zh-CN", "viewport": {"width": 1366, "height": 768}}


@pytest.fixture(autouse=True)
def _judge_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep no findings where a test does not ask for it: what is counted are a rule's own queries.

    Nor does one test's cache reach the next, whose records may bear the same keys.
    """
    cache.clear()
    monkeypatch.setattr("consolidation.selectors.findings.may_keep", lambda *_: False)

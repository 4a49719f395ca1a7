"""What every test needs: the browser, and the way in which Hypothesis searches."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started
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
    monkeypatch.setattr("consolidation.selectors.findings.in_trial", lambda: True)


class InFlight:
    """How many requests the live server's threads are answering."""

    def __init__(self) -> None:
        self.number = 0
        self._lock = threading.Lock()
        request_started.connect(self._begin)
        request_finished.connect(self._end)

    def _begin(self, **_sent: Any) -> None:
        with self._lock:
            self.number += 1

    def _end(self, **_sent: Any) -> None:
        with self._lock:
            self.number -= 1

    def wait(self, seconds: float = 10) -> None:
        """Return once all are answered, or after ``seconds``."""
        until = time.monotonic() + seconds
        while self.number > 0 and time.monotonic() < until:
            time.sleep(0.02)


@pytest.fixture(scope="session")
def in_flight() -> InFlight:
    return InFlight()


@pytest.fixture(autouse=True)
def _let_requests_end(request: pytest.FixtureRequest) -> Iterator[None]:
    """End what a browser still asks before the tables are emptied: each would wait for the other."""
    if request.node.get_closest_marker("browser") is None:
        yield
        return
    request.getfixturevalue("live_server")
    request.getfixturevalue("transactional_db")
    browser, in_flight = (request.getfixturevalue(name) for name in ("browser", "in_flight"))
    in_flight.number = 0
    yield
    for context in browser.contexts:
        for page in context.pages:
            page.close()
    in_flight.wait()

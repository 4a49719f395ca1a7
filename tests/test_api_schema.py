"""The API's description: valid, complete, kept by the answers, and readable in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.authtoken.models import Token
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from platforms_portal.access import Role
from platforms_portal.api_urls import router
from tests import api_city, factories
from tests.api_city import client_of

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import ConsoleMessage, Page
    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def schema_for(client: Any) -> dict[str, Any]:
    response = client.get(reverse("api-schema"), {"format": "json"})
    assert response.status_code == 200
    return dict(response.json())


def test_the_schema_is_valid_and_without_a_warning(tmp_path: Path) -> None:
    call_command(
        "spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yaml")
    )
    assert (tmp_path / "schema.yaml").stat().st_size > 0


@pytest.mark.django_db
def test_the_schema_describes_every_endpoint_in_the_requesters_language() -> None:
    client = client_of(factories.make_user(Role.ANALYST))
    schema = schema_for(client)
    paths = set(schema["paths"])
    for prefix, _view, _name in router.registry:
        assert f"/api/v1/{prefix}/" in paths
    assert {"/api/v1/programmes/{code}/checks/", "/api/v1/programmes/{code}/counts/"} <= paths
    assert "/api/v1/token/" in paths
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["description"], path
            assert operation["tags"], path
    listed = schema["paths"]["/api/v1/platforms/"]["get"]
    assert {"400", "401", "403", "404"} <= set(listed["responses"])
    named = {parameter["name"] for parameter in listed["parameters"]}
    assert {"programme", "state", "as_of", "division", "counted", "search", "page"} <= named


@pytest.fixture
def token(transactional_db: None) -> str:
    """Build a city, and return the token of somebody who may read all of it."""
    cache.clear()
    api_city.build()
    return str(Token.objects.create(user=factories.make_user(Role.ADMINISTRATOR)).key)


def test_no_request_breaks_the_server_or_the_schema(token: str) -> None:
    """Schemathesis makes requests from the schema; answers must keep to it."""
    headers = {"Authorization": f"Token {token}"}
    raw = schema_for(Client(headers={"authorization": headers["Authorization"]}))
    schema: Any = schemathesis.openapi.from_dict(raw)
    schema.app = get_wsgi_application()
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) == 33
    answered = {operation.label: try_out(operation, headers) for operation in operations}
    assert sum(200 in codes for codes in answered.values()) > len(operations) / 3
    assert sum(400 in codes for codes in answered.values()) > len(operations) / 3


def try_out(operation: Any, headers: dict[str, str]) -> set[int]:
    """Try one operation with a handful of requests, the same at every run; return the codes."""
    codes: set[int] = set()

    @settings(
        max_examples=8,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        response = case.call(headers=headers)
        codes.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    ask()
    return codes


class TestDocumentation:
    @pytest.mark.django_db
    def test_a_stranger_is_sent_to_the_login_page(self, client: Client) -> None:
        response = client.get(reverse("api-docs"))
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("login"))

    @pytest.mark.django_db(transaction=True)
    def test_the_page_renders_under_the_strict_policy(
        self, page: Page, live_server: LiveServer, settings: Settings
    ) -> None:
        settings.AXES_ENABLED = False
        user = factories.make_user(Role.ANALYST)
        client = Client()
        client.force_login(user, settings.AUTHENTICATION_BACKENDS[-1])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        said: list[str] = []

        def note(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                said.append(message.text)

        page.on("console", note)
        page.on("pageerror", lambda error: said.append(str(error)))
        response = page.goto(f"{live_server.url}{reverse('api-docs')}")
        assert response is not None
        assert "script-src 'self'" in response.headers["content-security-policy"]
        page.wait_for_selector(".opblock")
        assert page.locator(".opblock").count() == 33
        assert page.locator("html").get_attribute("lang") == "zh-hans"
        assert page.evaluate("document.querySelectorAll('style').length") == 0
        assert said == []

"""What the tests in a browser need: a server that starts when the test database stands."""

import pytest
from pytest_django.live_server_helper import LiveServer


@pytest.fixture(scope="session")
def live_server(django_db_setup: None, live_server: LiveServer) -> LiveServer:
    """Start the server after the test database.

    Before, the settings still name SQLite's database in memory, whose one connection the server's
    threads would share with the test: they close it under each other, and the interpreter crashes.
    """
    return live_server

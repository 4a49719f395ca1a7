"""The ground the apps stand on: environment, static files, logs, deny by default."""

import json
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import number_format
from pytest_django.fixtures import Settings

from platforms_portal import env, keys, logs

STYLES = "vendor/@tabler/core/dist/css/tabler.min.css"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let a test read settings that don't exist, without their being missed in the documents."""
    monkeypatch.setattr(env, "_names_read", set())
    return monkeypatch


class TestEnvironment:
    def test_each_kind_is_read_and_noted(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("A_TEXT", "杭州")
        environment.setenv("A_NUMBER", "17")
        environment.setenv("A_BOOLEAN", "yes")
        environment.setenv("SOME_WORDS", "one, two")
        assert env.text("A_TEXT", default="") == "杭州"
        assert env.number("A_NUMBER", default=0) == 17
        assert env.boolean("A_BOOLEAN", default=False) is True
        assert env.words("SOME_WORDS", default=[]) == ["one", "two"]
        assert env.names_read() == {"A_TEXT", "A_NUMBER", "A_BOOLEAN", "SOME_WORDS"}

    def test_a_file_gives_only_what_the_environment_does_not_say(
        self, environment: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        environment.setenv("SAID", "by the environment")
        # Set, then taken away, so that the end of the test takes away what the file brings.
        environment.setenv("UNSAID", "")
        environment.delenv("UNSAID")
        file = tmp_path / ".env"
        file.write_text("SAID=by the file\nUNSAID=by the file\n")
        env.load_file(file)
        env.load_file(tmp_path / "no such file")
        assert env.text("SAID", default="") == "by the environment"
        assert env.text("UNSAID", default="") == "by the file"

    def test_a_server_without_a_secret_key_does_not_start(self, tmp_path: Path) -> None:
        surroundings = {
            "PATH": os.environ["PATH"],
            "DEBUG": "0",
            "SECRET_KEY": "",
            "DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3",
        }
        command = [sys.executable, "manage.py", "check"]
        done = subprocess.run(  # noqa: S603 - our own command
            command,
            cwd=settings.BASE_DIR,
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert "SECRET_KEY is not set" in done.stderr

    def test_a_checkout_keeps_the_key_it_made(self, tmp_path: Path) -> None:
        path = tmp_path / "var" / "key"
        first = keys.checkout_key(path)
        assert len(first) >= 50
        assert keys.checkout_key(path) == first
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


class TestVendorFiles:
    def test_only_named_files_are_found(self) -> None:
        assert finders.find(STYLES) == str(settings.NODE_MODULES / STYLES.removeprefix("vendor/"))
        assert finders.find(STYLES, find_all=True) == [finders.find(STYLES)]
        assert finders.find("vendor/@tabler/core/package.json") is None
        assert finders.find(STYLES.removeprefix("vendor/")) is None

    def test_everything_is_collected_as_a_server_does(
        self, tmp_path: Path, settings: Settings
    ) -> None:
        settings.STATIC_ROOT = tmp_path
        settings.STORAGES = {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
        }
        call_command("collectstatic", interactive=False, verbosity=0)
        manifest = json.loads((tmp_path / "staticfiles.json").read_text())
        assert (tmp_path / manifest["paths"][STYLES]).is_file()


class TestLogs:
    @pytest.mark.parametrize("as_json", [True, False])
    def test_a_line_tells_the_event(self, as_json: bool) -> None:
        config = logs.logging_config(level="INFO", as_json=as_json)
        options = dict(config["formatters"]["line"])
        formatter = options.pop("()")(**options)
        record = logging.LogRecord("zones", logging.INFO, __file__, 1, "142 个平台", None, None)
        line = formatter.format(record)
        assert "142 个平台" in line
        if as_json:
            assert json.loads(line)["level"] == "info"


class TestDoors:
    @pytest.mark.django_db
    def test_a_stranger_is_sent_to_the_login_page(self, client: Client) -> None:
        response = client.get(reverse("password_change"))
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("login"))

    @pytest.mark.django_db
    def test_a_stranger_may_choose_the_language(self, client: Client) -> None:
        response = client.post(reverse("set_language"), {"language": "en"})
        assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("chosen", "spoken"), [(None, "zh-hans"), ("en", "en"), ("fr", "zh-hans"), ("?", "zh-hans")]
    )
    def test_pages_speak_chinese_until_another_language_is_chosen(
        self, client: Client, chosen: str | None, spoken: str
    ) -> None:
        if chosen:
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = chosen
        response = client.get(reverse("login"), headers={"accept-language": "en-US,en"})
        assert response.headers["Content-Language"] == spoken
        assert f'lang="{spoken}"' in response.content.decode()

    @pytest.mark.django_db
    def test_pages_allow_nothing_from_elsewhere(self, client: Client) -> None:
        policy = client.get(reverse("login")).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_figures_are_grouped_by_three_and_identifiers_are_not(language: str) -> None:
    with translation.override(language):
        assert number_format(1234567, force_grouping=True) == "1,234,567"
        assert Template('<tr id="row-{{ pk }}">').render(Context({"pk": 5039})) == (
            '<tr id="row-5039">'
        )

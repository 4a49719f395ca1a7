"""The site's own settings, in the one environment that the tests are written for.

A developer's .env or shell must not change what is tested, so each setting is given here, before they are read;
only DATABASE_URL is taken from outside, because the suite runs on SQLite and on PostgreSQL.
"""

import os
import tempfile
from pathlib import Path

_temporary = Path(tempfile.gettempdir()) / f"portal-tests-{os.getpid()}"

os.environ.update(
    DEBUG="1",
    SECRET_KEY="only-for-tests",
    ALLOWED_HOSTS="127.0.0.1,localhost",
    CSRF_TRUSTED_ORIGINS="",
    PORTAL_URL="",
    DATABASE_CONN_MAX_AGE="0",  # A connection that outlives its request keeps the database from being dropped.
    CACHE_URL="locmemcache://",
    TASKS_BACKEND="django_tasks.backends.immediate.ImmediateBackend",
    MEDIA_ROOT=f"{_temporary}-media",
    STATIC_ROOT=f"{_temporary}-static",
    SECURE_SSL_REDIRECT="0",
    SECURE_COOKIES="0",
    SECURE_HSTS_SECONDS="0",
    SECURE_HSTS_INCLUDE_SUBDOMAINS="0",
    PROXY_COUNT="0",
    EMAIL_URL="memorymail://",
    DEFAULT_FROM_EMAIL="portal@localhost",
    LOG_LEVEL="WARNING",
)
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")

from platforms_portal.settings import *  # noqa: E402, F403 - after the environment is set
from platforms_portal.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, for the live server's threads write beside the test's own; one a process, so that runs can't meet.
    DATABASES["default"]["TEST"] = {"NAME": f"{_temporary}.sqlite3"}

# A real hash takes a tenth of a second, for every user of every test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# client.login() has no request to count by; the tests of the lockout switch it on.
AXES_ENABLED = False
# The tests have no collected files to scan at the start.
WHITENOISE_AUTOREFRESH = True

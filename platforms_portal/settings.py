"""Settings of the site.

What the environment decides is read through platforms_portal.env and told in docs/settings.md.
"""

from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from platforms_portal import env, keys, logs

# Lets `admin.ModelAdmin[Platform]` and the like be written at run time.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env.load_file(BASE_DIR / ".env")

# --- The mode -------------------------------------------------------------------------------------

DEBUG = env.boolean("DEBUG", default=False)

SECRET_KEY = env.text("SECRET_KEY", default="")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. With DEBUG off it must be: see docs/settings.md."
        )
    SECRET_KEY = keys.checkout_key(VAR_DIR / "secret_key")

ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else []
)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", default=[])

# For links in mails: nobody's request says there under which name the site is reached.
PORTAL_URL = env.text("PORTAL_URL", default="").rstrip("/")
if PORTAL_URL and not PORTAL_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured(
        "PORTAL_URL must begin with https:// (or http://): see docs/settings.md."
    )

# --- What the site is made of ---------------------------------------------------------------------

INSTALLED_APPS = [
    # First, so that its templates and commands win over the libraries'.
    "platforms_portal",
    # Before the accounts, whose admin takes back what libraries register there.
    "django_tasks",
    "django_tasks_db",
    "accounts",
    "zones",
    "consolidation",
    "staffing",
    "signals",
    "solver",
    "exchange",
    "reports",
    "evaluation",
    "followup",
    "dashboards",
    "platforms_portal.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_tables2",
    "simple_history",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "axes",
    "django_structlog",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "platforms_portal.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "platforms_portal.once.OnceMiddleware",
    "platforms_portal.signed_out.SignedOutMiddleware",
    # Deny by default: a view that anybody may see says so with @login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    # Last, so that it turns what the views raise into the page that says "locked".
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "platforms_portal.urls"
WSGI_APPLICATION = "platforms_portal.wsgi.application"
ASGI_APPLICATION = "platforms_portal.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "django_tables2/bootstrap5-responsive.html"

# --- Data -----------------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_default_database = VAR_DIR / "portal.sqlite3"
_database = env.database("DATABASE_URL", default=f"sqlite:///{_default_database}")
if _database["ENGINE"] == "django.db.backends.sqlite3":
    if _database["NAME"] == str(_default_database):
        VAR_DIR.mkdir(exist_ok=True)
    _database["OPTIONS"] = {
        # Take the write lock when a transaction starts: one that reads first and writes later can't be made to wait,
        # and fails with "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    } | _database.get("OPTIONS", {})
else:
    # Judging asks few and long questions, and compiling each of them takes a third of the time.
    _database["OPTIONS"] = {"options": "-c jit=off"} | _database.get("OPTIONS", {})
    _database["CONN_MAX_AGE"] = env.number("DATABASE_CONN_MAX_AGE", default=60)
    _database["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": _database}

CACHES = {"default": env.cache("CACHE_URL", default=f"filecache://{VAR_DIR / 'cache'}")}

# How much one workbook may hold that is sent for import.
IMPORT_MEGABYTES_MAX = env.number("IMPORT_MEGABYTES_MAX", default=50)
IMPORT_SHEETS_MAX = env.number("IMPORT_SHEETS_MAX", default=50)
IMPORT_ROWS_MAX = env.number("IMPORT_ROWS_MAX", default=200_000)
IMPORT_COLUMNS_MAX = env.number("IMPORT_COLUMNS_MAX", default=200)
IMPORT_CELLS_MAX = env.number("IMPORT_CELLS_MAX", default=4_000_000)
# For how many days its file is kept (manage.py expired_imports).
IMPORT_FILES_DAYS = env.number("IMPORT_FILES_DAYS", default=90)

MEDIA_ROOT = Path(env.text("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = "media/"

# --- Work in the background -----------------------------------------------------------------------

# `manage.py db_worker` does what takes longer than a page may; the queue lives in the database.
TASKS = {
    "default": {
        "BACKEND": env.text("TASKS_BACKEND", default="django_tasks_db.DatabaseBackend"),
    }
}

# --- Who may come in ------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.AccountBackend",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"

# Ten wrong passwords for one name from one address close that door for a quarter of an hour.
AXES_FAILURE_LIMIT = 10
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_page"
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# --- The line between browser and site ------------------------------------------------------------

SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", default=not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.boolean(
    "SECURE_COOKIES", default=SECURE_SSL_REDIRECT
)
SECURE_HSTS_SECONDS = env.number(
    "SECURE_HSTS_SECONDS", default=31_536_000 if SECURE_SSL_REDIRECT else 0
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.boolean(
    "SECURE_HSTS_INCLUDE_SUBDOMAINS", default=SECURE_HSTS_SECONDS > 0
)
SILENCED_SYSTEM_CHECKS = [
    # Preloading is asked of browser makers for a whole domain by its owner; one site of that domain must not.
    "security.W021",
    # The columns that an index carries along speed up PostgreSQL's counts; SQLite does without, and says so.
    "models.W040",
]

_proxies = env.number("PROXY_COUNT", default=0)
AXES_IPWARE_PROXY_COUNT = _proxies or None
if _proxies:
    # Only behind a proxy that sets it: anyone else could claim it.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        # Bootstrap's icons inside tabler.min.css are data: pictures.
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    },
}

# --- Languages and numbers ------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["platforms_portal.formats"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
# An identifier in a template is a number like any other: grouped, `id="row-5,039"` is found by
# nobody. Figures ask for their groups themselves (`figure`, `signed`, `platforms_portal.words`).
USE_THOUSAND_SEPARATOR = False

# --- Files for the browser ------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [path for path in [BASE_DIR / "static"] if path.is_dir()]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "platforms_portal.staticfiles_finders.VendorFilesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        ),
    },
}
NODE_MODULES = BASE_DIR / "node_modules"
# Served below vendor/. A stylesheet's map must come with it where its last line names one, or Manifest storage stops.
VENDOR_FILES = [
    "echarts/dist/echarts.min.js",
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/css/tabler.min.css.map",
]

# --- The API --------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    # Tokens first: the first class decides that a stranger is answered 401 with a challenge, not 403.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "platforms_portal.api.schema.PortalSchema",
    "EXCEPTION_HANDLER": "platforms_portal.api.errors.handle",
    "DEFAULT_PAGINATION_CLASS": "platforms_portal.api.paging.Pages",
    "PAGE_SIZE": 50,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    # JSON only: the framework's own pages need scripts inside them, which the policy above forbids.
    "DEFAULT_RENDERER_CLASSES": ["platforms_portal.api.rendering.ExactJSONRenderer"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": _("Platforms portal API"),
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    # From our own pages, not from a CDN.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # Swagger's badge would send the schema to its maker's site.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    # Choices that several records have under one name, each under a name of its own.
    "ENUM_NAME_OVERRIDES": {
        "BasisEnum": "consolidation.models.programmes.Basis",
        "BodyFateEnum": "consolidation.models.BodyDisposition.Fate",
        "DispositionEnum": "consolidation.models.Disposition.Kind",
        "DivisionLevelEnum": "zones.models.Division.Level",
        "LevelEnum": "zones.models.Level",
        "PlanStateEnum": "consolidation.models.MergePlan.State",
        "PlateFateEnum": "consolidation.models.PlateDisposition.Fate",
        "SolverStateEnum": "solver.models.SolverRun.State",
        "StateEnum": "consolidation.selectors.state.State",
        "TaskStateEnum": "consolidation.models.Task.State",
        "ReminderKindEnum": "followup.models.reminders.Kind",
        "ReminderOccasionEnum": "followup.models.Reminder.Occasion",
    },
}

# --- Mail and logs --------------------------------------------------------------------------------

vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", default="portal@localhost")

logs.configure_structlog()
LOGGING = logs.logging_config(level=env.text("LOG_LEVEL", default="INFO"), as_json=not DEBUG)

"""Settings come from the environment; ``.env.example`` and the README list them.

``ENVIRONMENT`` is ``demo`` (the default: everything runs from one folder on this machine), ``development``,
``test`` or ``production``. Production has no default for a secret, a host or a database.
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config import admin_site, openapi_facts
from config.environment import BASE_DIR, DATA_DIR, ENVIRONMENT, IS_DEMO, IS_PRODUCTION, env, required  # noqa: F401
from config.logs import configure_logging
from config.settings_desk import *  # noqa: F403

DEVELOPMENT_SECRET = "development-only-secret-that-production-refuses-to-start-with"  # noqa: S105
DEBUG = env.bool("DEBUG", False) and not IS_PRODUCTION
SECRET_KEY = required("SECRET_KEY", DEVELOPMENT_SECRET)
if IS_PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters in production.")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = required("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", f"http://{env.str('HOST', '127.0.0.1')}:{env.str('PORT', '8000')}")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_fsm",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "simple_history",
    "issues",
    "refunds",
    "orders",
    "events",
    "accounts",
    "config",  # the last to be ready
]

MIDDLEWARE = [
    "config.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ContentSecurityPolicy",
    "config.middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.Csrf",
    "config.middleware.Authentication",
    "config.middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.Htmx",
    "allauth.account.middleware.AccountMiddleware",
    "config.addresses.SoundAddresses",
    "axes.middleware.AxesMiddleware",
]

# config.middleware.Csrf is Django's own, but for calls that bring a key; the check looks for its name alone.
SILENCED_SYSTEM_CHECKS = ["security.W003"]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Database: SQLite by default, PostgreSQL with a pool by DATABASE_URL ---------------------------------------
SQLITE_URL = f"sqlite:///{DATA_DIR / 'redress.sqlite3'}"
DATABASES = {"default": env.db_url("DATABASE_URL", required("DATABASE_URL", SQLITE_URL))}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # the pool keeps the connections
    DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {  # as ?sslmode=require of the URL
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", 10), "timeout": 4},
        "connect_timeout": 4,
        "server_side_binding": True,
        "prepare_threshold": 3,
    }
# Seconds, of web processes on PostgreSQL (config.postgres): a caller hears within five that the desk is not available.
DATABASE_LOCK_TIMEOUT = env.float("DATABASE_LOCK_TIMEOUT", 4)
DATABASE_STATEMENT_TIMEOUT = env.float("DATABASE_STATEMENT_TIMEOUT", 4.5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Broker, cache and tasks: folders and memory by default, Redis by REDIS_URL --------------------------------
REDIS_URL = env.str("REDIS_URL", "")
BROKER_FOLDER = DATA_DIR / "broker"
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", REDIS_URL or "filesystem://localhost")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# --- People --------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Employee"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = LOGOUT_REDIRECT_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.DeskAccounts"
MFA_ADAPTER = "accounts.second_factor.DeskSecondFactors"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip" if IS_PRODUCTION else "600/m/ip"}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"  # of the credentials; the form's own field is "login"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_CLIENT_IP_CALLABLE = "accounts.adapter.address_of"
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_COOKIES = env.bool("SECURE_COOKIES", IS_PRODUCTION)  # off only where the desk is served over plain http
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_SSL_REDIRECT = SECURE_COOKIES
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- API -----------------------------------------------------------------------------------------------------
FILE_UPLOAD_HANDLERS = [
    "common.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 10  # in one form
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # the API refuses earlier: 256 KiB, 8 MiB for an import
RATE_LIMIT_PER_MINUTE = env.int("RATE_LIMIT_PER_MINUTE", 6000 if IS_DEMO else 600)
RATE_LIMIT_BURST = env.int("RATE_LIMIT_BURST", 1000 if IS_DEMO else 100)
IDEMPOTENCY_KEEP_HOURS = env.int("IDEMPOTENCY_KEEP_HOURS", 48)
IDEMPOTENCY_CLAIM_SECONDS = env.int("IDEMPOTENCY_CLAIM_SECONDS", 60)
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "config.openapi.DeskSchema",
    "UNAUTHENTICATED_USER": None,
    "EXCEPTION_HANDLER": "common.api.errors.answer_error",
    "DEFAULT_AUTHENTICATION_CLASSES": [],  # the desk's views name theirs; the schema is public
}
SPECTACULAR_SETTINGS = openapi_facts.SETTINGS

# --- Mail ----------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", "smtp://localhost:25" if IS_PRODUCTION else "consolemail://"))
EMAIL_TIMEOUT = 10
# Instead of SMTP a provider by Anymail's name, like postmark; its own settings are ANYMAIL_… of the environment.
if EMAIL_PROVIDER := env.str("EMAIL_PROVIDER", ""):
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"
ANYMAIL = {
    "REQUESTS_TIMEOUT": EMAIL_TIMEOUT,
    **{name.removeprefix("ANYMAIL_"): value for name, value in env.ENVIRON.items() if name.startswith("ANYMAIL_")},
}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Redress <redress@localhost>")

# --- Time, text, static files --------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static" if IS_PRODUCTION else None  # elsewhere they are served from where they lie
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is kept there
    "uploads": {"BACKEND": UPLOADS_BACKEND, "OPTIONS": UPLOADS_OPTIONS},  # noqa: F405
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if IS_PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

# Pages and API stay strict; config.middleware loosens it for /admin/ alone, whose Alpine needs it.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Admin ---------------------------------------------------------------------------------------------------
UNFOLD = admin_site.SETTINGS

# --- History -------------------------------------------------------------------------------------------------
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_DATE_INDEX = False
SIMPLE_HISTORY_REVERT_DISABLED = True

LOGGING_CONFIG = None
configure_logging(env.str("LOG_LEVEL", "INFO"))

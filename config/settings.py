"""Settings come from the environment; ``.env.example`` and the README list them.

``ENVIRONMENT`` is ``demo`` (the default: everything runs from one folder on this machine), ``development``,
``test`` or ``production``. Production has no default for a secret, a host or a database.
"""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from config import admin_site, openapi_facts
from config.logs import configure_logging

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")
env.ENVIRON = {name: value for name, value in os.environ.items() if value}  # one that is empty is not set

ENVIRONMENT = env.str("ENVIRONMENT", "demo")
IS_PRODUCTION = ENVIRONMENT == "production"
IS_DEMO = ENVIRONMENT in ("demo", "development")
if ENVIRONMENT not in ("demo", "development", "test", "production"):
    raise ImproperlyConfigured("ENVIRONMENT must be demo, development, test or production.")

DEVELOPMENT_SECRET = "development-only-secret-that-production-refuses-to-start-with"  # noqa: S105


def required(name: str, development_default: str) -> str:
    """The setting ``name``, which production must be given, and not as the development default."""
    value = env.str(name, "" if IS_PRODUCTION else development_default)
    if IS_PRODUCTION and value in ("", development_default):
        raise ImproperlyConfigured(f"{name} must be set to a value of its own in production.")
    return value


DEBUG = env.bool("DEBUG", False) and not IS_PRODUCTION
SECRET_KEY = required("SECRET_KEY", DEVELOPMENT_SECRET)
if IS_PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters in production.")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = required("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", f"http://{env.str('HOST', '127.0.0.1')}:{env.str('PORT', '8000')}")
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))
DATA_DIR.mkdir(parents=True, exist_ok=True)

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
    "config",
    "issues",
    "refunds",
    "orders",
    "events",
    "accounts",
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
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", 10), "timeout": 4},
        "connect_timeout": 4,
        "server_side_binding": True,
        "prepare_threshold": 3,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Broker, cache and tasks: folders and memory by default, Redis by REDIS_URL --------------------------------
REDIS_URL = env.str("REDIS_URL", "")
BROKER_FOLDER = DATA_DIR / "broker"
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", REDIS_URL or "filesystem://")
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

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_COOKIES = env.bool("SECURE_COOKIES", IS_PRODUCTION)  # off only where the desk is served over plain http
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_SSL_REDIRECT = SECURE_COOKIES
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- API -----------------------------------------------------------------------------------------------------
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

# --- The desk's own rules ------------------------------------------------------------------------------------
APPROVAL_EXPIRES_DAYS = env.int("APPROVAL_EXPIRES_DAYS", 7)
CLOSE_RESOLVED_AFTER_DAYS = env.int("CLOSE_RESOLVED_AFTER_DAYS", 7)
DUPLICATE_REFUND_MINUTES = env.int("DUPLICATE_REFUND_MINUTES", 10)
# From how many refunds within the days on, a request's page says that they are worth a look; its own one counts too.
REFUND_SIGN_DAYS = 90
REFUND_SIGNS = {"of_customer": 4, "of_agent_and_customer": 3, "under_limit": 3}
REFUND_SIGN_SHARE = Decimal("0.9")  # of somebody's limit; what is above it lies just under the limit
# Hours to a resolution, by priority; an escalated issue has a clock of its own.
SLA_HOURS = {"low": 120, "medium": 72, "high": 24, "critical": 4, "escalated": 8}
SLA_DUE_SOON_HOURS = 4
# When somebody works, in UTC: Monday is 0. The figures know it; after a change of it, ``manage.py rebuild_figures``.
BUSINESS_DAYS = (0, 1, 2, 3, 4)
BUSINESS_HOURS = (9, 17)

# --- Refunds (refunds.md): seconds unless said otherwise; the order of the limits is checked at start-up --------
REFUND_HTTP_TIMEOUT = env.int("REFUND_HTTP_TIMEOUT", 10)
TASK_SOFT_LIMIT = env.int("TASK_SOFT_LIMIT", 15)
TASK_HARD_LIMIT = env.int("TASK_HARD_LIMIT", 20)
LEASE_SECONDS = env.int("LEASE_SECONDS", 30)
BROKER_VISIBILITY_TIMEOUT = 900
REFUND_RETRY_DELAYS = env.list("REFUND_RETRY_DELAYS", cast=float, default=[10, 30, 120, 600, 1800, 7200, 21600])
REFUND_POLL_SECONDS = env.int("REFUND_POLL_SECONDS", 3600)  # how often a provider is asked about a pending refund
STORE_CREDIT_MONTHS = env.int("STORE_CREDIT_MONTHS", 0)  # until it expires; 0: never
# docs/insurer.md. Without an address, claims are answered by hand in the admin.
INSURER_URL = env.str("INSURER_URL", "")
INSURER_SECRET = env.str("INSURER_SECRET", "")
# docs/stripe.md. An account without a key is not connected; one without a secret hears of no events.
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "https://api.stripe.com")
STRIPE_KEYS = {"merchant": env.str("STRIPE_MERCHANT_KEY", ""), "platform": env.str("STRIPE_PLATFORM_KEY", "")}
STRIPE_EVENT_SECRETS = {
    "merchant": env.str("STRIPE_MERCHANT_WEBHOOK_SECRET", ""),
    "platform": env.str("STRIPE_PLATFORM_WEBHOOK_SECRET", ""),
}
SANDBOX_STORE = DATA_DIR / "sandbox_payments.sqlite3"
SANDBOX_LATENCY = env.float("SANDBOX_LATENCY", 0)  # before and after the sandbox acts
# Business days to the money, upper bound, by source and payment method.
REFUND_DAYS = {
    "merchant": {"card": 10, "online": 3, "cash": 3, "corporate_account": 5},
    "platform": {"card": 11, "online": 4, "cash": 4, "corporate_account": 6},
    "insurance": {"card": 20, "online": 13, "cash": 13, "corporate_account": 15},
    "store_credit": {"card": 0, "online": 0, "cash": 0, "corporate_account": 0},
}

# --- Events and messages: seconds until the next try; the last delay is repeated up to the number of tries --------
DELIVERY_RETRY_DELAYS = env.list("DELIVERY_RETRY_DELAYS", cast=float, default=[5, 30, 120, 600, 1800, 7200, 21600])
DELIVERY_MAX_ATTEMPTS = env.int("DELIVERY_MAX_ATTEMPTS", 18)  # three days with the delays above
EVENT_RETENTION_DAYS = env.int("EVENT_RETENTION_DAYS", 90)  # in the feed, and the record of webhooks

# --- Webhooks (docs/webhooks.md): seconds from an attempt to the next; after the last, a person must see to it -----
WEBHOOK_TIMEOUT = env.int("WEBHOOK_TIMEOUT", 15)  # for an attempt as a whole
WEBHOOK_RETRY_DELAYS = env.list(
    "WEBHOOK_RETRY_DELAYS", cast=float, default=[5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
)
WEBHOOK_DISABLE_AFTER_DAYS = env.int("WEBHOOK_DISABLE_AFTER_DAYS", 5)  # of nothing but failures
WEBHOOK_IN_FLIGHT = env.int("WEBHOOK_IN_FLIGHT", 4)  # at once to one address
WEBHOOK_SENDERS = {"prompt": 16, "slow": 8}  # threads of each worker process
WEBHOOK_SLOW_SECONDS = 3  # from which on a receiver waits among its like
# Private networks that webhooks may go to, by plain http too: for development, and refused in production.
WEBHOOK_TEST_NETWORKS: list[str] = env.list("WEBHOOK_TEST_NETWORKS", default=[])
if IS_PRODUCTION and WEBHOOK_TEST_NETWORKS:
    raise ImproperlyConfigured("WEBHOOK_TEST_NETWORKS must be empty in production.")

# --- Mail ----------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", "smtp://localhost:25" if IS_PRODUCTION else "consolemail://"))
EMAIL_TIMEOUT = 10
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
if IS_PRODUCTION:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
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

"""The desk's own settings: its rules, its deadlines, how money is paid and messages are sent."""

from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured

from config.environment import DATA_DIR, IS_PRODUCTION, env

APPROVAL_EXPIRES_DAYS = env.int("APPROVAL_EXPIRES_DAYS", 7)
CLOSE_RESOLVED_AFTER_DAYS = env.int("CLOSE_RESOLVED_AFTER_DAYS", 7)
DUPLICATE_REFUND_MINUTES = env.int("DUPLICATE_REFUND_MINUTES", 10)
# From how many refunds within the days on, a request's page says that they are worth a look; its own one counts too.
REFUND_SIGN_DAYS = 90
REFUND_SIGNS = {"of_customer": 4, "of_agent_and_customer": 3, "under_limit": 3}
REFUND_SIGN_SHARE = Decimal("0.9")  # of somebody's limit; what is above it lies just under the limit
# Hours to a resolution, by priority and for an escalation, while there are no policies (docs/deadlines.md).
SLA_HOURS = {"low": 120, "medium": 72, "high": 24, "critical": 4, "escalated": 8}
SLA_DUE_SOON_HOURS = 4
# When somebody works, in UTC: Monday is 0. The figures know it; after a change of it, ``manage.py rebuild_figures``.
BUSINESS_DAYS = (0, 1, 2, 3, 4)
BUSINESS_HOURS = (9, 17)

# --- Files that are put on issues ----------------------------------------------------------------------------
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 10_000_000)
UPLOAD_MAX_PIXELS = env.int("UPLOAD_MAX_PIXELS", 40_000_000)  # of a picture, before it is decoded
UPLOADS_PER_ISSUE = env.int("UPLOADS_PER_ISSUE", 20)
# Any storage of Django's, as django-storages has them for S3 and its like; several machines need one that they share.
UPLOADS_BACKEND = env.str("UPLOADS_BACKEND", "django.core.files.storage.FileSystemStorage")
UPLOADS_OPTIONS = env.json("UPLOADS_OPTIONS", default={})
if UPLOADS_BACKEND.endswith("FileSystemStorage"):
    ours = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    UPLOADS_OPTIONS = {"location": str(DATA_DIR / "uploads"), **ours, **UPLOADS_OPTIONS}

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
# Mail that comes in (docs/mail.md): the address that customers answer to, and where it is read from.
INBOUND_ADDRESS = env.str("INBOUND_ADDRESS", "")
IMAP_URL = env.str("IMAP_URL", "")  # imaps://user:password@host/folder
INBOUND_PROVIDER = env.str("INBOUND_PROVIDER", "")  # by Anymail's name
INBOUND_MAILS_PER_HOUR = env.int("INBOUND_MAILS_PER_HOUR", 20)  # of one sender to one issue
INBOUND_KEEP_DAYS = env.int("INBOUND_KEEP_DAYS", 30)  # what found no issue, and the list of what came in
# Mails of their own that one person gets within an hour; an employee gets the rest as one, a customer gets it later.
NOTIFICATION_CAP_PER_HOUR = env.int("NOTIFICATION_CAP_PER_HOUR", 30)
# Chats that may be told (docs/notifications.md), by Apprise's names: each with a host of its own, none that we reach.
CHAT_SERVICES = env.list("CHAT_SERVICES", default=["slack", "workflows", "gchat", "discord", "wxteams", "tgram"])
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

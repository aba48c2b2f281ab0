"""One attempt to deliver: what is sent, and what comes of it."""

import time
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import UUIDField
from structlog.contextvars import bound_contextvars

from accounts.actor import Actor
from common import clock
from common.api.renderers import to_json
from common.leases import delay_after
from common.prepared import Parameter, Prepared
from common.sealed import Unreadable
from events.actions.disable_webhook import disable_webhook
from events.deliver import DONE, write_if_ours
from events.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from events.shown import event_answer
from events.webhooks.addresses import Forbidden, Unresolvable, read_url
from events.webhooks.client import NoAnswer, post
from events.webhooks.secrets import signatures, unsealed

log = structlog.get_logger(__name__)

Lane, Disabled = WebhookEndpoint.Lane, WebhookEndpoint.Disabled

SYSTEM = Actor.system("send-webhooks")
GONE = 410
LONGEST_BODY = 1024
LONGEST_HEADER = 200
# Of an answer; others may hold what is none of our business, as cookies.
KEPT_HEADERS = frozenset(
    {"content-type", "content-length", "date", "server", "retry-after", "location", "x-request-id", "via", "allow"}
)
REFUSALS = (Forbidden, Unresolvable, NoAnswer, Unreadable)

_STATE = Prepared(
    lambda: WebhookEndpoint.objects.filter(pk=Parameter("pk", UUIDField())).values_list(
        "lane", "failing_since", "last_success_at"
    )
)


def send(delivery: WebhookDelivery) -> None:
    """Attempt what was taken, and write down what came of it; nothing of the database is held meanwhile."""
    with bound_contextvars(delivery_id=str(delivery.pk)):
        settle(delivery, attempt(delivery))


def attempt(delivery: WebhookDelivery) -> WebhookAttempt:
    """Not stored yet. Whatever goes wrong is an answer of its own."""
    made = WebhookAttempt(delivery=delivery, at=clock.now(), url=delivery.endpoint.url)
    began = time.monotonic()
    try:
        body = to_json(event_answer(delivery.event))
        headers = headers_of(delivery, body, made)
        made.request_headers = headers | {"webhook-signature": "v1,…"}
        reply = post(read_url(made.url), headers, body, seconds=settings.WEBHOOK_TIMEOUT)
        made.status = reply.status
        made.response_headers = cleaned(reply.headers)
        made.response_body = storable(reply.body.decode("utf-8", "replace"), LONGEST_BODY)
        made.error = "" if is_success(made) else f"The receiver answered {reply.status}."
    except REFUSALS as refusal:
        made.error = storable(str(refusal), 500)
    except Exception as error:
        log.exception("webhook.attempt_failed")
        made.error = type(error).__name__
    made.milliseconds = int((time.monotonic() - began) * 1000)
    return made


def headers_of(delivery: WebhookDelivery, body: bytes, made: WebhookAttempt) -> dict[str, str]:
    """The id is the event's: the same in every attempt, and in the feed. Raises ``Unreadable``."""
    message_id = str(delivery.event_id)
    secrets = [unsealed(kept) for kept in delivery.endpoint.signing_secrets(at=made.at)]
    return {
        "content-type": "application/json",
        "user-agent": "Redress-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(made.at.timestamp())),
        "webhook-signature": signatures(secrets, message_id=message_id, at=made.at, body=body),
    }


def is_success(made: WebhookAttempt) -> bool:
    """A redirect is none: it is not followed."""
    return made.status is not None and 200 <= made.status < 300


def cleaned(headers: Mapping[str, str]) -> dict[str, str]:
    kept = {name.lower(): value for name, value in headers.items() if name.lower() in KEPT_HEADERS}
    return {name: storable(value, LONGEST_HEADER) for name, value in kept.items()}


def storable(text: str, length: int) -> str:
    return text.replace("\0", "")[:length]


@transaction.atomic
def settle(delivery: WebhookDelivery, made: WebhookAttempt) -> None:
    """Write down the attempt, where the delivery now stands, and how its endpoint does. Lock order: endpoint first."""
    if is_success(made):
        note_success(delivery.endpoint_id, made)
        note_arrival(delivery)
    else:
        note_failure(delivery.endpoint_id, made)
        put_off(delivery, made)
    made.save(force_insert=True)


def note_success(endpoint_id: UUID, made: WebhookAttempt) -> None:
    """Written where it says something new, and to the minute: most answers write nothing."""
    now = clock.now()
    lane = Lane.SLOW if made.milliseconds > settings.WEBHOOK_SLOW_SECONDS * 1000 else Lane.PROMPT
    [(known_lane, failing_since, last_success)] = _STATE.fetch(pk=endpoint_id)
    is_old = last_success is None or last_success < now - timedelta(minutes=1)
    if is_old or known_lane != lane or failing_since is not None:
        endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id)
        endpoint.update(lane=lane, failing_since=None, last_success_at=now)


def note_arrival(delivery: WebhookDelivery) -> None:
    """Whoever else has it in hand meanwhile, it has arrived."""
    facts = {**DONE, "delivered_at": clock.now()}
    for name, value in facts.items():
        setattr(delivery, name, value)
    delivery.save(update_fields=facts)


def note_failure(endpoint_id: UUID, made: WebhookAttempt) -> None:
    endpoint = WebhookEndpoint.objects.lock(endpoint_id)
    since = endpoint.failing_since or clock.now()
    WebhookEndpoint.objects.filter(pk=endpoint_id).update(lane=Lane.SLOW, failing_since=since)
    if made.status == GONE:
        disable_webhook(endpoint_id, Disabled.GONE, actor=SYSTEM)
    elif clock.now() - since >= timedelta(days=settings.WEBHOOK_DISABLE_AFTER_DAYS):
        disable_webhook(endpoint_id, Disabled.FAILING, actor=SYSTEM)


def put_off(delivery: WebhookDelivery, made: WebhookAttempt) -> None:
    """Later and later; after the last attempt the delivery stands in a list, from which a person may send it again."""
    delays = settings.WEBHOOK_RETRY_DELAYS
    given_up = delivery.attempts > len(delays)
    later = None if given_up else clock.now() + delay_after(delivery.attempts, delays, spread=(1.0, 1.2))
    log.warning("webhook.failed", status=made.status, attempts=delivery.attempts, given_up=given_up)
    write_if_ours(delivery, next_attempt_at=later, leased_until=None, last_error=made.error)

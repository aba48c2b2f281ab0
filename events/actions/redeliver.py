"""Send again what did not arrive: one delivery, or what happened in a span of time. The id stays the event's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.actor import Actor, use_case
from common.errors import NotFound, ValidationFailed
from common.ids import first_id_at, moment_of
from common.nudge import nudge_after_commit
from events.actions.lock_webhook import ensure_enabled, lock_webhook
from events.models import Event, WebhookDelivery, WebhookEndpoint
from events.stores import stores_of
from events.webhooks.fan_out import SEND

MOST = 1000


@dataclass(frozen=True)
class Redelivered:
    """``next_since``: from when on to go on, where there were more events than one call looks at."""

    count: int
    next_since: datetime | None


@use_case
def redeliver(webhook_id: UUID, delivery_id: UUID, *, actor: Actor) -> WebhookDelivery:
    """At once, with all attempts before it; one that is just being sent is left alone.

    Raises ``PermissionDenied``, ``NotFound`` and ``WebhookDisabled``.
    """
    endpoint = lock_webhook(webhook_id, actor=actor)
    one = endpoint.deliveries.filter(pk=delivery_id)
    if not one.exists():
        raise NotFound("There is no such delivery.")
    ensure_enabled(endpoint)
    one.send_again()
    nudge_after_commit(SEND)
    return one.select_related("event").get()


@use_case
def redeliver_span(
    webhook_id: UUID, since: datetime, until: datetime, *, actor: Actor, include_delivered: bool = False
) -> Redelivered:
    """What happened from ``since`` to before ``until``, that the webhook chose and that did not arrive.

    That is also what happened while it was switched off. With ``include_delivered``, what arrived is sent too.
    Raises ``PermissionDenied``, ``NotFound``, ``ValidationFailed`` and ``WebhookDisabled``.
    """
    endpoint = lock_webhook(webhook_id, actor=actor)
    if until <= since:
        raise ValidationFailed({"until": ["Must be later than since."]})
    ensure_enabled(endpoint)
    in_span = Event.objects.filter(pk__gte=first_id_at(since), pk__lt=first_id_at(until)).order_by("pk")
    events = list(in_span[: MOST + 1])
    count = _send_again(endpoint, events[:MOST], include_delivered)
    nudge_after_commit(SEND)
    return Redelivered(count, moment_of(events[MOST].pk) if len(events) > MOST else None)


def _send_again(endpoint: WebhookEndpoint, events: Sequence[Event], include_delivered: bool) -> int:
    stores = stores_of({event.order_id for event in events}) if endpoint.store_id else {}
    wanted = [event for event in events if endpoint.wants(event, stores.get(event.order_id))]
    known = endpoint.deliveries.filter(event__in=wanted)
    without = {event.pk for event in wanted} - set(known.values_list("event", flat=True))
    WebhookDelivery.objects.bulk_create(
        [WebhookDelivery(endpoint=endpoint, event_id=event_id) for event_id in sorted(without)], ignore_conflicts=True
    )
    again = known.failed() | known.delivered() if include_delivered else known.failed()
    return len(without) + again.exclude(event__in=without).send_again()

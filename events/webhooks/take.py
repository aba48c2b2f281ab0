"""Choose what is sent next, so that nobody waits for another's receiver."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, DateTimeField, IntegerField, UUIDField

from common import clock
from common.leases import end_of_lease
from common.prepared import Parameter, Prepared
from events.models import Event, WebhookDelivery, WebhookEndpoint

# Others may have taken the last place or the last delivery of the endpoint that was chosen.
CHOICES = 5

# Asked for every delivery, and by every sender that finds nothing: compiling them would take longer than answering.
_LANE, _LIMIT = Parameter("lane", CharField()), Parameter("limit", IntegerField())
_ENDPOINT, _AT = Parameter("endpoint", UUIDField()), Parameter("at", DateTimeField())
_WITH_WORK = Prepared(
    lambda: WebhookEndpoint.objects.with_work(_LANE, at=_AT, limit=_LIMIT).values_list("pk", flat=True)[:1]
)
_LOCKED = Prepared(lambda: WebhookEndpoint.objects.filter(pk=_ENDPOINT).locked())
_IN_FLIGHT = Prepared(lambda: WebhookDelivery.objects.filter(endpoint=_ENDPOINT).in_flight(_AT).values_list("pk"))
# Without its event: in a long backlog PostgreSQL would join that to every row before it sorts them.
_LONGEST_DUE = Prepared(lambda: WebhookDelivery.objects.filter(endpoint=_ENDPOINT).longest_due(1, _AT))
_EVENT = Prepared(lambda: Event.objects.filter(pk=Parameter("pk", UUIDField())))


def take(lane: str) -> WebhookDelivery | None:
    """The next delivery of the lane, leased, with its endpoint and event; None if nothing may be sent now."""
    for _ in range(CHOICES):
        found = _WITH_WORK.first(lane=lane, at=clock.now(), limit=settings.WEBHOOK_IN_FLIGHT)
        if found is None:
            return None
        if delivery := take_of(found[0], lane):
            return delivery
    return None


@transaction.atomic
def take_of(endpoint_id: UUID, lane: str) -> WebhookDelivery | None:
    """With the endpoint locked, no two count at once what it has in flight.

    The attempt is counted before it is made, so that a delivery which kills its workers is given up too.
    """
    endpoint = lock(endpoint_id)
    if not (endpoint.is_enabled and endpoint.lane == lane and has_room(endpoint_id)):
        return None
    delivery = _LONGEST_DUE.first(endpoint=endpoint_id, at=clock.now())
    if delivery is None:
        return None
    if delivery.attempts > len(settings.WEBHOOK_RETRY_DELAYS):
        WebhookDelivery.objects.filter(pk=delivery.pk).give_up("Every worker that took it died.")
        return None
    delivery.endpoint, [delivery.event] = endpoint, _EVENT.fetch(pk=delivery.event_id)
    delivery.attempts += 1
    delivery.leased_until = end_of_lease()
    delivery.save(update_fields=["attempts", "leased_until"])
    return delivery


def lock(endpoint_id: UUID) -> WebhookEndpoint:
    [endpoint] = _LOCKED.fetch(endpoint=endpoint_id)
    return endpoint


def has_room(endpoint_id: UUID) -> bool:
    return len(_IN_FLIGHT.fetch(endpoint=endpoint_id, at=clock.now())) < settings.WEBHOOK_IN_FLIGHT

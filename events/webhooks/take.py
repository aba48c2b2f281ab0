"""Choose what is sent next, so that nobody waits for another's receiver."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from events.models import WebhookDelivery, WebhookEndpoint

# Others may have taken the last place or the last delivery of the endpoint that was chosen.
CHOICES = 5


def take(lane: str) -> WebhookDelivery | None:
    """The next delivery of the lane, leased, with its endpoint and event; None if nothing may be sent now."""
    for _ in range(CHOICES):
        endpoint_id = WebhookEndpoint.objects.with_work(lane).values_list("pk", flat=True).first()
        if endpoint_id is None:
            return None
        if delivery := take_of(endpoint_id, lane):
            return delivery
    return None


@transaction.atomic
def take_of(endpoint_id: UUID, lane: str) -> WebhookDelivery | None:
    """With the endpoint locked, no two count at once what it has in flight.

    The attempt is counted before it is made, so that a delivery which kills its workers is given up too.
    """
    WebhookEndpoint.objects.lock(endpoint_id)
    if not WebhookEndpoint.objects.with_work(lane).filter(pk=endpoint_id).exists():
        return None
    of_endpoint = WebhookDelivery.objects.filter(endpoint=endpoint_id).select_related("endpoint", "event")
    for delivery in of_endpoint.take(1, attempts=F("attempts") + 1):
        delivery.attempts += 1
        if delivery.attempts <= len(settings.WEBHOOK_RETRY_DELAYS) + 1:
            return delivery
        WebhookDelivery.objects.filter(pk=delivery.pk).give_up("Every worker that took it died.")
    return None

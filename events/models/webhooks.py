"""Who has events sent to them, what is to be sent, and how each attempt went."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from common import clock
from common.audit import Audited, AuditTrail
from common.ids import new_id
from common.leases import LeasedQuerySet
from common.prepared import PreparedWrites
from events.models.outbox import Event, Leased
from events.vocabulary import TEST

if TYPE_CHECKING:
    from accounts.actor import Grants

EVERY = "*"


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    def visible_to(self, grants: "Grants") -> "WebhookEndpointQuerySet":
        return self if grants.stores is None else self.filter(store__in=grants.stores)

    def lock(self, pk) -> "WebhookEndpoint":
        """Raises ``WebhookEndpoint.DoesNotExist``."""
        return self.locked().get(pk=pk)

    def locked(self) -> "WebhookEndpointQuerySet":
        return self.select_for_update(of=("self",), no_key=True)

    def with_work(self, lane: Any, *, at: Any, limit: Any) -> "WebhookEndpointQuerySet":
        """Those of the lane with something to send and less than ``limit`` in flight, at the moment ``at``; the one
        with the least in flight first, then the longest due. Whoever is served is thereby put behind the others.
        """
        of_endpoint = WebhookDelivery.objects.filter(endpoint=OuterRef("pk"))
        in_flight = of_endpoint.in_flight(at).order_by().values("endpoint").annotate(count=Count("pk")).values("count")
        longest_due = of_endpoint.due(at).order_by("next_attempt_at").values("next_attempt_at")[:1]
        endpoints = self.filter(is_enabled=True, lane=lane).annotate(
            in_flight=Coalesce(Subquery(in_flight), 0), longest_due=Subquery(longest_due)
        )
        waiting = endpoints.filter(longest_due__isnull=False, in_flight__lt=limit)
        return waiting.order_by("in_flight", "longest_due", "pk")


class WebhookEndpoint(Audited):
    """An address that is told of the events it chose. It is switched off and never deleted."""

    class Disabled(models.TextChoices):
        BY_HAND = "by_hand"
        GONE = "gone"  # it answered 410
        FAILING = "failing"  # for days it did nothing else

    class Lane(models.TextChoices):
        PROMPT = "prompt"
        SLOW = "slow"  # its last attempt failed or took long

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    url = models.CharField(max_length=2000)
    description = models.CharField(max_length=200, blank=True)
    events = models.JSONField(default=list)  # names, or EVERY
    store = models.ForeignKey("orders.Store", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, db_constraint=False,
        related_name="+",
    )  # fmt: skip
    is_enabled = models.BooleanField(default=True)
    disabled_because = models.CharField(max_length=16, choices=Disabled, blank=True)
    secret = models.TextField()  # encrypted, see events.webhooks.secrets
    secret_changed_at = models.DateTimeField(default=clock.now)
    previous_secret = models.TextField(blank=True)
    previous_secret_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    # How it does; not audited.
    lane = models.CharField(max_length=8, choices=Lane, default=Lane.PROMPT)
    failing_since = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)

    history = AuditTrail(
        excluded_fields=["secret", "previous_secret", "created_at", "lane", "failing_since", "last_success_at"]
    )
    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        permissions = [("manage_webhooks", "Can manage webhooks")]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_enabled=True, disabled_because="") | (Q(is_enabled=False) & ~Q(disabled_because="")),
                name="webhook_disabled_because",
            )
        ]

    def __str__(self) -> str:
        return self.description or self.url

    def signing_secrets(self, *, at: datetime) -> list[str]:
        """Encrypted. During a rotation the earlier one signs too."""
        overlaps = self.previous_secret_until is not None and at < self.previous_secret_until
        return [self.secret, self.previous_secret] if overlaps else [self.secret]

    def wants(self, event: Event, store: str | None) -> bool:
        """``store`` is the one of the event's order."""
        if event.name == TEST:
            return False
        return (self.store_id is None or self.store_id == store) and (EVERY in self.events or event.name in self.events)


class WebhookDeliveryQuerySet(LeasedQuerySet["WebhookDelivery"]):
    def in_flight(self, at: Any) -> "WebhookDeliveryQuerySet":
        return self.filter(leased_until__gt=at)

    def pending(self) -> "WebhookDeliveryQuerySet":
        return self.filter(next_attempt_at__isnull=False)

    def delivered(self) -> "WebhookDeliveryQuerySet":
        return self.filter(next_attempt_at=None, delivered_at__isnull=False)

    def failed(self) -> "WebhookDeliveryQuerySet":
        """Given up: a list for a person, who may have them sent again."""
        return self.filter(next_attempt_at=None, delivered_at=None)

    def give_up(self, why: str) -> int:
        """Those that are still to be sent, at once; whoever has one in hand loses it."""
        return self.pending().update(next_attempt_at=None, leased_until=None, last_error=why)

    def send_again(self) -> int:
        """Now, with all their attempts before them; what is in flight is left alone."""
        now = clock.now()
        free = self.filter(Q(leased_until=None) | Q(leased_until__lte=now))
        return free.update(next_attempt_at=now, leased_until=None, attempts=0)


class WebhookDelivery(Leased):
    """One event for one endpoint, however often it is attempted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="webhook_deliveries")
    created_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="one_delivery_per_endpoint_and_event")
        ]
        indexes = [
            # events.webhooks.take: what an endpoint is to be sent next
            models.Index(
                fields=["endpoint", "next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="webhook_delivery_due",
            ),
            # events.webhooks.take: what is being sent to it
            models.Index(
                fields=["endpoint", "leased_until"],
                condition=Q(leased_until__isnull=False),
                name="webhook_delivery_in_flight",
            ),
            # GET /webhooks/{id}/deliveries and the admin, newest first
            models.Index(fields=["endpoint", "-created_at", "-id"], name="webhook_delivery_of_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.endpoint_id}"

    @property
    def status(self) -> str:
        if self.next_attempt_at is not None:
            return "pending"
        return "delivered" if self.delivered_at else "failed"


class WebhookAttempt(PreparedWrites):
    """One try to deliver: what was sent and what came back, cut short and without what is secret."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="tries", db_index=False)
    at = models.DateTimeField(default=clock.now)
    milliseconds = models.PositiveIntegerField()
    url = models.CharField(max_length=2000)
    request_headers = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(null=True)  # null: no answer
    response_headers = models.JSONField(default=dict)
    response_body = models.TextField(blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["delivery", "at"], name="webhook_attempt_of_delivery")]

    def __str__(self) -> str:
        return f"{self.status or self.error} at {self.at}"

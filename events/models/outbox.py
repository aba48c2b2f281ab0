"""The outbox, and the messages to people that come of it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import Q

from common import clock
from common.ids import first_id_at, new_id
from common.leases import LeasedQuerySet
from common.prepared import PreparedWrites
from events import stores

if TYPE_CHECKING:
    from accounts.actor import Grants


PLACE_OLDEST = """
UPDATE events_event SET position = placed.position FROM (
    SELECT id, %s + row_number() OVER (ORDER BY created_at, id) AS position FROM (
        SELECT id, created_at FROM events_event WHERE position IS NULL ORDER BY created_at, id LIMIT %s
    ) AS oldest
) AS placed WHERE events_event.id = placed.id
"""


class Leased(PreparedWrites):
    """A row of work that a worker takes by lease; what is due and not leased is free for the next one."""

    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=clock.now, null=True)  # null: nothing left to do
    leased_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


class EventQuerySet(LeasedQuerySet["Event"]):
    def untold(self) -> "EventQuerySet":
        """Given up after the tries that the settings allow: a list for a person."""
        return self.filter(next_attempt_at=None).exclude(last_error="")

    def visible_to(self, grants: "Grants") -> "EventQuerySet":
        """Of the orders in the stores that somebody sees; what belongs to no order is for those who see all."""
        return self if grants.stores is None else self.filter(order_id__in=stores.orders_in(grants.stores))

    def unplaced(self) -> "EventQuerySet":
        """Committed, and without their place in the feed yet."""
        return self.filter(position=None).order_by("created_at", "pk")

    def place_oldest(self, limit: int, *, behind: int) -> int:
        """Deal out the places from ``behind`` on; how many. By one statement: others wait for it."""
        with connection.cursor() as cursor:
            cursor.execute(PLACE_OLDEST, [behind, limit])
            return cursor.rowcount

    def forgettable(self, before: datetime) -> "EventQuerySet":
        """Older than that, and nobody is left to be told."""
        old = self.filter(pk__lt=first_id_at(before), next_attempt_at=None, position__isnull=False)
        told = old.exclude(deliveries__next_attempt_at__isnull=False)
        return told.exclude(webhook_deliveries__next_attempt_at__isnull=False).order_by("pk")


class DeliveryQuerySet(LeasedQuerySet["Delivery"]):
    def news_of(self, employee) -> "DeliveryQuerySet":
        """What the product's own list shows somebody, newest first."""
        return self.filter(employee=employee, channel=Channel.IN_PRODUCT).order_by("-created_at", "-id")

    def to_outsiders(self) -> "DeliveryQuerySet":
        """Mails to customers: what has no employee either goes to a chat room."""
        return self.filter(employee=None, channel=Channel.EMAIL)

    def mailed_since(self, moment: Any) -> "DeliveryQuerySet":
        """Mails of their own, sent or to be sent, that were asked for since then."""
        return self.filter(channel=Channel.EMAIL, in_digest=False, created_at__gt=moment)

    def waiting_for_digest(self, employee_id: int | None) -> "DeliveryQuerySet":
        return self.filter(employee=employee_id, channel=Channel.EMAIL, in_digest=True)

    def undeliverable(self) -> "DeliveryQuerySet":
        """Tried as often as the settings allow, in vain: a list for a person."""
        return self.filter(next_attempt_at=None, sent_at=None)


class Event(Leased):
    """Something that happened, by its dotted name. Ids instead of foreign keys: an event outlives its subject."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField(default=1, db_default=1)  # of the data's form, see events.vocabulary
    position = models.BigIntegerField(null=True, unique=True, editable=False)  # in the feed; null: not placed yet
    order_id = models.CharField(max_length=64, blank=True)
    issue_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    employee_id = models.BigIntegerField(null=True)
    key_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=8)
    request_id = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            # events.deliver: what is due
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="event_due"),
            # events.feed: what has no place yet
            models.Index(fields=["created_at"], condition=Q(position=None), name="event_unplaced"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class Channel(models.TextChoices):
    EMAIL = "email"
    IN_PRODUCT = "in_product"
    CHAT = "chat"


class Delivery(Leased):
    """One message about one event to one recipient: an employee, or a customer by address."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.DO_NOTHING, related_name="deliveries", db_constraint=False
    )  # its id stays when the event has gone for its age
    order_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    issue_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=16, choices=Channel)
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, db_constraint=False, related_name="+"
    )
    address = models.CharField(max_length=254)  # an e-mail address, an employee's id, or the name of a chat room
    room = models.ForeignKey(
        "events.ChatRoom", on_delete=models.CASCADE, null=True, db_constraint=False, related_name="+"
    )
    in_digest = models.BooleanField(default=False, db_default=False)  # goes with others of the employee in one mail
    kind = models.CharField(max_length=32)
    once_for = models.UUIDField(null=True)  # what each kind of message is told of once, whatever the event: a refund
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "channel", "address"], name="one_delivery_per_event_and_person"),
            models.UniqueConstraint(
                fields=["once_for", "kind", "channel"],
                condition=Q(once_for__isnull=False),
                name="one_delivery_per_subject_and_kind",
            ),
        ]
        indexes = [
            # events.deliver: what is due
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="delivery_due"),
            # orders.actions.erase_customer
            models.Index(fields=["order_id"], name="delivery_of_order"),
            # the timeline of an issue
            models.Index(fields=["issue_id", "created_at"], name="delivery_of_issue"),
            # events.preferences: how many mails somebody outside was sent within the hour; its condition holds no value
            # that a prepared statement would have for a parameter
            models.Index(fields=["address", "-created_at"], condition=Q(employee=None), name="delivery_outside"),
            # the list of an employee's news, and how many mails they were sent within the hour
            models.Index(fields=["employee", "channel", "-created_at"], name="delivery_of_employee"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address}"

"""What providers told us of their own accord, and the refunds that nobody here made."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from common import clock
from common.audit import Audited, AuditTrail
from common.display import money
from common.ids import new_id
from common.leases import LeasedQuerySet
from common.money import MoneyField
from events.models import Leased
from orders.models import Order

if TYPE_CHECKING:
    from accounts.actor import Grants


class ProviderEvent(Leased):
    """An event as it came, by what it names alone: what is true is read from the provider when it is applied."""

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        APPLIED = "applied"
        NOT_FOLLOWED = "not_followed"  # of a kind that changes nothing here
        NOT_OURS = "not_ours"  # about a payment that no order names

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(max_length=32)
    event_id = models.CharField(max_length=255)
    account = models.CharField(max_length=16)
    kind = models.CharField(max_length=64)
    refund_reference = models.CharField(max_length=255, blank=True)
    disputed_payment = models.CharField(max_length=255, blank=True)
    payment_alias = models.CharField(max_length=255, blank=True, default="")
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.WAITING)
    created_at = models.DateTimeField(default=clock.now)

    objects = LeasedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="one_row_per_provider_event")]
        indexes = [
            # refunds.tasks: what is due
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="provider_event_due"
            ),
            # the admin's list, newest first
            models.Index(fields=["-created_at", "-id"], name="provider_event_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class ExternalRefundQuerySet(models.QuerySet["ExternalRefund"]):
    def visible_to(self, grants: "Grants") -> "ExternalRefundQuerySet":
        """What belongs to no one order is for those who see every store."""
        return self if grants.stores is None else self.filter(order__store__in=grants.stores)

    def counting(self) -> "ExternalRefundQuerySet":
        """Those that hold a part of their order's total."""
        return self.filter(counts=True)

    def for_a_person(self) -> "ExternalRefundQuerySet":
        """Money that went out, and that no order's total has room for."""
        return self.filter(counts=False).exclude(status=ExternalRefund.Status.FAILED)


class ExternalRefund(Audited):
    """Made at the provider by somebody else. Where ``counts``, its part of the total is in ``Order.refund_reserved``.

    ``order`` is None where several orders name the payment.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"  # cancelled, and come back, too: the customer does not have the money

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="external_refunds")
    provider = models.CharField(max_length=32)
    account = models.CharField(max_length=16)
    reference = models.CharField("provider's reference", max_length=255)
    payment_reference = models.CharField(max_length=255)
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=16, choices=Status)
    counts = models.BooleanField("counts against the order")
    made_at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)

    history = AuditTrail(excluded_fields=["created_at"])
    objects = ExternalRefundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="one_row_per_external_refund"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="external_refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(counts=False) | (~Q(status="failed") & Q(order__isnull=False)),
                name="external_refund_counts_while_it_holds",
            ),
        ]
        indexes = [
            # the admin's list, newest first
            models.Index(fields=["-created_at", "-id"], name="external_refund_newest"),
        ]

    def __str__(self) -> str:
        return f"{money(self.amount, self.currency)} at {self.provider}"

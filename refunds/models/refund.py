"""Money on its way back: the refund as the business fact, and each try to pay it."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from common import clock
from common.audit import Audited, AuditTrail
from common.display import money
from common.ids import new_id
from common.leases import LeasedQuerySet
from common.money import MoneyField
from common.prepared import Parameter, Prepared, PreparedWrites
from orders.models import Order

if TYPE_CHECKING:
    from accounts.actor import Grants


class Source(models.TextChoices):
    MERCHANT = "merchant"
    PLATFORM = "platform"
    INSURANCE = "insurance"
    STORE_CREDIT = "store_credit"


class RefundStatus(models.TextChoices):
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_CLAIM = "awaiting_claim"
    QUEUED = "queued"
    PROCESSING = "processing"
    PENDING = "pending"
    UNKNOWN = "unknown"
    NEEDS_REVIEW = "needs_review"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


S = RefundStatus
MOVES: dict[str, set[str]] = {
    S.AWAITING_APPROVAL: {S.QUEUED, S.AWAITING_CLAIM, S.REJECTED, S.CANCELLED},
    S.AWAITING_CLAIM: {S.QUEUED, S.FAILED, S.CANCELLED},
    S.QUEUED: {S.PROCESSING, S.AWAITING_CLAIM, S.CANCELLED},
    S.PROCESSING: {S.PENDING, S.SUCCEEDED, S.FAILED, S.UNKNOWN},
    S.PENDING: {S.SUCCEEDED, S.FAILED},
    S.UNKNOWN: {S.PROCESSING, S.PENDING, S.SUCCEEDED, S.FAILED, S.NEEDS_REVIEW},
    S.NEEDS_REVIEW: {S.PENDING, S.SUCCEEDED, S.FAILED},
    S.SUCCEEDED: {S.RETURNED},
    S.FAILED: {S.QUEUED, S.AWAITING_CLAIM},
    S.RETURNED: {S.QUEUED},
    S.CANCELLED: set(),
    S.REJECTED: set(),
}

# Refunds that no longer hold a part of the order's total; every other one counts, ``unknown`` too.
RELEASED = frozenset({S.REJECTED, S.CANCELLED, S.FAILED, S.RETURNED})

# Where something is still to happen; the reverse of what has ended.
UNDER_WAY = (
    S.AWAITING_APPROVAL, S.AWAITING_CLAIM, S.QUEUED, S.PROCESSING, S.PENDING, S.UNKNOWN, S.NEEDS_REVIEW,
)  # fmt: skip


class RefundQuerySet(LeasedQuerySet["Refund"]):
    def visible_to(self, grants: "Grants") -> "RefundQuerySet":
        return self if grants.stores is None else self.filter(order__store__in=grants.stores)

    def hold(self, refund: "Refund") -> None:
        """Write the lease of a refund that keeps its status."""
        self.filter(pk=refund.pk).update(leased_until=refund.leased_until)

    def plan(self, refund_id, at: datetime | None) -> None:
        """Let a refund that keeps its status be looked at ``at`` a time, or by nobody; no lease holds it any more."""
        self.filter(pk=refund_id).update(next_attempt_at=at, leased_until=None)

    def counting(self) -> "RefundQuerySet":
        """Those that hold a part of their order's total."""
        return self.exclude(status__in=RELEASED)

    def counting_on(self, order_id: str) -> "RefundQuerySet":
        """Those of one order, each with the key by which it was asked for."""
        return self.counting().filter(order=order_id).select_related("requested_with")

    def needing_review(self) -> "RefundQuerySet":
        return self.filter(status=S.NEEDS_REVIEW)

    def not_arrived(self) -> "RefundQuerySet":
        """Failed or came back, and nothing was given in their place."""
        in_their_place = Refund.objects.counting().filter(replaces=models.OuterRef("pk"))
        return self.filter(status__in=[S.FAILED, S.RETURNED]).exclude(models.Exists(in_their_place))

    def overdue(self, today: date) -> "RefundQuerySet":
        """Past the day on which the money should have arrived."""
        return self.filter(expected_by__lt=today, status__in=UNDER_WAY)

    def lock(self, refund_id) -> "Refund":
        """The refund with its order, both locked, the order first. Raises ``Refund.DoesNotExist``."""
        order = Order.objects.lock(self.values_list("order_id", flat=True).get(pk=refund_id))
        [refund] = _LOCK.fetch(refund=refund_id)
        refund.order = order
        return refund


class Refund(Audited):
    """``amount`` of ``currency`` to give back from ``source``; its reservation stands in ``Order.refund_reserved``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    issue = models.ForeignKey("issues.Issue", on_delete=models.PROTECT, related_name="refunds")
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=16, choices=Source)
    payment_method = models.CharField(max_length=20)
    status = models.CharField(max_length=20, choices=RefundStatus)
    provider = models.CharField(max_length=32)
    provider_reference = models.CharField(max_length=255, blank=True)
    failure_code = models.CharField(max_length=64, blank=True)
    failure_reason = models.CharField(max_length=500, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    requested_with = models.ForeignKey(
        "accounts.ApiKey", on_delete=models.SET_NULL, null=True, blank=True, db_constraint=False, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, db_constraint=False, related_name="+"
    )
    credit_for = models.ForeignKey(  # whom store credit was asked for, whoever the order names by now
        "orders.Customer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replacements")
    expected_by = models.DateField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)  # null: waits for a person, the world, or nothing
    leased_until = models.DateTimeField(null=True, blank=True)

    _change_reason: str | None = None  # of the next history row: the note of who moves it

    history = AuditTrail(
        excluded_fields=["replaces", "created_at", "next_attempt_at", "leased_until"],
        indexes=[
            # refunds.reports: what was asked for and what ended, by its time
            models.Index(
                fields=["history_date"],
                condition=Q(history_type="+") | Q(status__in=[S.SUCCEEDED, S.FAILED, S.RETURNED]),
                name="refund_counted",
            )
        ],
    )
    objects = RefundQuerySet.as_manager()

    class Meta:
        permissions = [("start_refund", "Can start refunds, up to the limit of the group")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="refund_status_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="refund_source_known"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("requested_by")), name="refund_not_approved_by_asker"
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=~Q(status__in=sorted(RELEASED)), name="one_counting_replacement"
            ),
        ]
        indexes = [
            # refunds.tasks: what is due, in the order in which it is taken; many can be due since the same moment
            models.Index(
                fields=["next_attempt_at", "id"], condition=Q(next_attempt_at__isnull=False), name="refund_due_first"
            ),
            # GET /refunds, newest first, by status
            models.Index(fields=["-created_at", "-id"], name="refund_newest"),
            models.Index(fields=["status", "-created_at", "-id"], name="refund_status_newest"),
        ]

    def __str__(self) -> str:
        return f"{money(self.amount, self.currency)} from {self.get_source_display().lower()}"

    @property
    def counts(self) -> bool:
        """Whether it holds a part of the order's total."""
        return self.status not in RELEASED

    def read_attempts(self) -> "list[RefundAttempt]":
        """The first one first."""
        return _ATTEMPTS.fetch(refund=self.pk)

    def last_attempt(self) -> "RefundAttempt | None":
        return next(reversed(self.read_attempts()), None)


class RefundAttempt(PreparedWrites):
    """One try to pay. Its row and its key are committed before the provider is called."""

    class Outcome(models.TextChoices):
        SENT = "sent"  # no answer yet
        ACCEPTED = "accepted"
        REFUSED = "refused"
        UNKNOWN = "unknown"
        ABSENT = "absent"  # the provider was asked later and does not know it

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    idempotency_key = models.CharField(max_length=64, unique=True)
    calls = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    last_sent_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.SENT)
    provider_reference = models.CharField(max_length=255, blank=True)
    evidence = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["refund", "number"], name="one_attempt_per_number")]
        indexes = [
            # apply_event: what the provider names
            models.Index(fields=["provider_reference"], name="attempt_provider_reference"),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number}: {self.outcome}"


_REFUND = Parameter("refund", Refund._meta.pk)
_LOCK = Prepared(lambda: Refund.objects.select_for_update(of=("self",)).filter(pk=_REFUND))
_ATTEMPTS = Prepared(lambda: RefundAttempt.objects.filter(refund=_REFUND).order_by("number"))

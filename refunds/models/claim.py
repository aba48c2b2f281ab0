"""What is claimed from the insurer for a refund, try by try."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from common import clock
from common.audit import Audited, AuditTrail
from common.ids import new_id
from common.leases import LeasedQuerySet
from common.money import MoneyField
from refunds.models.refund import Refund


class ClaimStatus(models.TextChoices):
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    ACCEPTED_IN_PART = "accepted_in_part"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # the refund was called back meanwhile


OPEN_CLAIM = (ClaimStatus.SUBMITTED, ClaimStatus.IN_REVIEW)
PAID_CLAIM = (ClaimStatus.ACCEPTED, ClaimStatus.ACCEPTED_IN_PART)


class ClaimQuerySet(LeasedQuerySet["Claim"]):
    def open(self) -> "ClaimQuerySet":
        return self.filter(status__in=OPEN_CLAIM)

    def plan(self, claim_id, at, **changes) -> None:
        """Let a claim that keeps its status be filed or looked at ``at`` a time; no lease holds it any more."""
        self.filter(pk=claim_id).update(next_attempt_at=at, leased_until=None, **changes)


class Claim(Audited):
    """One try to get a refund paid by the insurer. Its id is the key by which the insurer knows it from another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="claims")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, choices=ClaimStatus, default=ClaimStatus.SUBMITTED)
    reference = models.CharField("insurer's reference", max_length=255, blank=True)
    asked_amount = MoneyField()
    accepted_amount = MoneyField(null=True, blank=True)
    reason_code = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    description = models.TextField(max_length=5000)
    attachments = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(default=clock.now)
    filed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)  # null: waits for a person, or is decided
    leased_until = models.DateTimeField(null=True, blank=True)

    _change_reason: str | None = None  # of the next history row: the note of who moves it

    history = AuditTrail(
        excluded_fields=[
            "description", "attachments", "created_at", "tries", "last_error", "next_attempt_at", "leased_until",
        ]
    )  # fmt: skip
    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "number"], name="one_claim_per_number"),
            models.UniqueConstraint(
                fields=["refund"], condition=Q(status__in=OPEN_CLAIM), name="one_open_claim_per_refund"
            ),
            models.CheckConstraint(condition=Q(status__in=ClaimStatus.values), name="claim_status_known"),
            models.CheckConstraint(
                condition=Q(accepted_amount=None)
                | (Q(accepted_amount__gt=0) & Q(accepted_amount__lte=F("asked_amount"))),
                name="claim_accepted_within_asked",
            ),
        ]
        indexes = [
            # actions.claim_file: what is due
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="claim_due"),
            # the admin's list, newest first, by status
            models.Index(fields=["status", "-created_at", "-id"], name="claim_status_newest"),
        ]

    def __str__(self) -> str:
        return f"Claim {self.number} of {self.refund_id}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_CLAIM

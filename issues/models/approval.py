"""A step that somebody asked for and another person decides."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import ApiKey
from common import clock
from common.audit import Audited, AuditTrail
from common.ids import new_id
from common.prepared import Parameter, Prepared
from issues.workflow import ApprovalKind, ApprovalStatus

if TYPE_CHECKING:
    from accounts.actor import Grants
    from accounts.models import Employee
    from issues.models.issue import Issue


class ApprovalQuerySet(models.QuerySet):
    def visible_to(self, grants: "Grants") -> "ApprovalQuerySet":
        return self if grants.stores is None else self.filter(issue__order__store__in=grants.stores)

    def in_full(self) -> "ApprovalQuerySet":
        """With everything that a page or an answer shows, in one statement."""
        return self.select_related("issue__order__customer", "refund", "requested_by", "decided_by", "on_behalf_of")

    def pending(self) -> "ApprovalQuerySet":
        return self.filter(status=ApprovalStatus.PENDING)

    def not_asked_by(self, employee: "Employee") -> "ApprovalQuerySet":
        """Neither in their own name nor in another's with a key of their own."""
        own_keys = ApiKey.objects.filter(employee=employee)
        return self.exclude(requested_by=employee).exclude(requested_with_key__in=own_keys.values("pk"))

    def decided_by_or_for(self, employee: "Employee") -> "ApprovalQuerySet":
        return self.filter(Q(decided_by=employee) | Q(on_behalf_of=employee))

    def pending_steps_of(self, issue: "Issue") -> "list[Approval]":
        """What is asked for on ``issue``, refunds aside: looked up at every change of a status."""
        steps = _PENDING_STEPS.fetch(issue=issue.pk)
        for approval in steps:
            approval.issue = issue
        return steps


class Approval(Audited):
    """``asked_for`` is the hash of what was asked; a decision holds only for exactly that."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=ApprovalKind)
    status = models.CharField(max_length=10, choices=ApprovalStatus, default=ApprovalStatus.PENDING)
    issue = models.ForeignKey("issues.Issue", on_delete=models.PROTECT, related_name="approvals")
    refund = models.ForeignKey(
        "refunds.Refund", on_delete=models.PROTECT, null=True, blank=True, related_name="approvals"
    )
    requested_status = models.CharField(max_length=16, blank=True)
    asked_for = models.CharField(max_length=64)
    note = models.TextField(max_length=2000, blank=True)
    requested_by = models.ForeignKey(  # null: the customer asked, by mail or by a link
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, db_constraint=False, related_name="+"
    )
    requested_with_key = models.BigIntegerField(null=True)
    via = models.CharField(max_length=8)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, db_constraint=False, related_name="+"
    )
    on_behalf_of = models.ForeignKey(  # who was away, where ``decided_by`` stood in for them
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, db_constraint=False, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(max_length=2000, blank=True)

    history = AuditTrail(excluded_fields=["issue", "refund", "created_at", "requested_with_key", "via"])
    objects = ApprovalQuerySet.as_manager()

    class Meta:
        permissions = [("decide_approval", "Can approve and reject what others ask for")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ApprovalKind.values), name="approval_kind_known"),
            models.CheckConstraint(condition=Q(status__in=ApprovalStatus.values), name="approval_status_known"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")), name="approval_not_decided_by_asker"
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of=None)
                | (~Q(on_behalf_of=F("requested_by")) & ~Q(on_behalf_of=F("decided_by")) & Q(decided_by__isnull=False)),
                name="approval_not_for_who_asked",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "rejected"]) | Q(decided_by__isnull=False),
                name="approval_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["issue", "kind"],
                condition=Q(status="pending") & ~Q(kind="refund"),
                name="one_pending_step_per_issue",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="approval_newest"),
            models.Index(fields=["expires_at"], condition=Q(status="pending"), name="approval_pending"),
        ]

    @property
    def requested_with(self) -> ApiKey | None:
        return ApiKey.objects.filter(pk=self.requested_with_key).first() if self.requested_with_key else None

    @property
    def asker(self) -> str:
        return self.requested_by.name if self.requested_by else "The customer"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.issue_id}"


def _pending_steps() -> models.QuerySet[Approval]:
    issue = Parameter("issue", Approval._meta.get_field("issue").target_field)
    return Approval.objects.pending().filter(issue=issue).exclude(kind=ApprovalKind.REFUND)


_PENDING_STEPS = Prepared(_pending_steps)

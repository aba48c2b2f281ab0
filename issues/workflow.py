"""The names of the workflow. The moves are the methods of ``Issue``; who may make them is in ``policy``."""

from django.db import models


class Status(models.TextChoices):
    OPEN = "open"
    INVESTIGATING = "investigating"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CLOSED = "closed"
    ESCALATED = "escalated"


class Priority(models.TextChoices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Priority).index(self)


class IssueType(models.TextChoices):
    WRONG_ITEMS = "wrong_items"
    MISSING_ITEMS = "missing_items"
    DAMAGED_ITEMS = "damaged_items"
    DELIVERY_ISSUE = "delivery_issue"
    PAYMENT_ISSUE = "payment_issue"
    CUSTOMER_COMPLAINT = "customer_complaint"
    QUALITY_ISSUE = "quality_issue"
    OTHER = "other"


class ApprovalKind(models.TextChoices):
    REOPEN = "reopen"
    CLOSE = "close"
    ESCALATE = "escalate"
    REFUND = "refund"


class ApprovalStatus(models.TextChoices):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


# What a step that somebody may not make can be asked for as.
REQUESTABLE_STEPS = {
    ApprovalKind.REOPEN: Status.OPEN,
    ApprovalKind.CLOSE: Status.CLOSED,
    ApprovalKind.ESCALATE: Status.ESCALATED,
}

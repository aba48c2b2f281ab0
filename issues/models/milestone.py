"""What the figures count: dated facts that are read from the audit, added once, and never changed.

A figure of a past day is a sum over the facts of that day, so nothing that happens later can alter it. All of them
can be thrown away and read anew (``manage.py rebuild_figures``).
"""

from django.db import models
from django.db.models import Q

from common.money import MoneyField
from issues.workflow import IssueType, Priority, Status
from refunds.models import Source


class Happened(models.Model):
    """When, and the issue as it stood then. The store is that of the order when the issue was opened.

    Ids without foreign keys, as in the audit itself: a team that is gone still has its past.
    """

    at = models.DateTimeField()
    on = models.DateField()  # the day of ``at`` in UTC
    audit_row = models.BigIntegerField()  # the history row that tells of it
    store_id = models.CharField(max_length=64)
    issue_type = models.CharField(max_length=20, choices=IssueType)
    team_id = models.BigIntegerField(null=True)
    priority = models.CharField(max_length=8, choices=Priority)

    class Meta:
        abstract = True


class MilestoneKind(models.TextChoices):
    CREATED = "created"
    RESPONDED = "responded"  # the first word to the customer was written down
    STEPPED = "stepped"  # from one status to another
    MOVED = "moved"  # an unresolved issue got another team or priority: left the old (-1), came to the new (+1)
    ANSWERED = "answered"  # the customer said whether they are satisfied


class Milestone(Happened):
    """``backlog`` is by how much it changes the number of unresolved issues of this store, type, team and priority.

    ``seconds`` is the time until a response, or that in the status that was left. ``age`` is that of the issue at its
    resolution; it stands where it becomes resolved, and again where the resolution is confirmed by closing.
    """

    issue = models.ForeignKey("issues.Issue", on_delete=models.CASCADE, related_name="milestones")
    kind = models.CharField(max_length=9, choices=MilestoneKind)
    backlog = models.SmallIntegerField(default=0)
    status_before = models.CharField(max_length=16, blank=True)
    status_after = models.CharField(max_length=16, blank=True)
    seconds = models.BigIntegerField(null=True)
    business_seconds = models.BigIntegerField(null=True)
    age = models.BigIntegerField(null=True)
    business_age = models.BigIntegerField(null=True)
    is_first = models.BooleanField(default=False)  # the first time that it became resolved
    satisfied = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audit_row", "kind", "backlog"], name="one_milestone_per_row_and_kind")
        ]
        indexes = [
            # the figures of a period
            models.Index(fields=["on"], name="milestone_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.on}"


class RefundMilestone(Happened):
    """Money that went out, or came back: ``status`` is ``succeeded`` or ``returned``."""

    refund = models.ForeignKey("refunds.Refund", on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=20)
    source = models.CharField(max_length=16, choices=Source)
    amount = MoneyField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audit_row"], name="one_refund_milestone_per_row")]
        indexes = [
            # the figures of a period
            models.Index(fields=["on"], name="refund_milestone_day"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.status} on {self.on}"


class FoldedMonth(models.Model):
    """A month that is over; folded while ``Fold`` holds the milestones of all its days, and again once it is late."""

    month = models.DateField(primary_key=True)  # its first day
    is_folded = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Fold(models.Model):
    """What the milestones of a month say of one ``name``, for all issues or those of one store, type, team or priority.

    ``numbers`` are an array of signed 32-bit integers: by day if the name is a count, else each time that was measured,
    in seconds and in order.
    """

    month = models.ForeignKey(FoldedMonth, on_delete=models.CASCADE, related_name="folds")
    dimension = models.CharField(max_length=16, blank=True)
    key = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=48)
    numbers = models.BinaryField()

    class Meta:
        constraints = [
            # figures of whole months
            models.UniqueConstraint(fields=["month", "dimension", "key", "name"], name="one_fold_per_month_and_name")
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.dimension} {self.key} in {self.month_id:%Y-%m}"


class Standing(models.Model):
    """How far the audit of an issue was read, and what the next row of it is compared with."""

    issue = models.OneToOneField("issues.Issue", on_delete=models.CASCADE, primary_key=True, related_name="+")
    audit_row = models.BigIntegerField(default=0)
    store_id = models.CharField(max_length=64, blank=True)
    issue_type = models.CharField(max_length=20, blank=True)
    team_id = models.BigIntegerField(null=True)
    priority = models.CharField(max_length=8, blank=True)
    status = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True)  # when the status began
    has_response = models.BooleanField(default=False)
    was_resolved = models.BooleanField(default=False)
    age = models.BigIntegerField(null=True)  # at the newest resolution
    business_age = models.BigIntegerField(null=True)
    satisfied = models.BooleanField(null=True)

    class Meta:
        indexes = [
            # the present backlog, from which that of each past day is counted back
            models.Index(
                fields=["store_id", "issue_type", "team_id", "priority"],
                condition=~Q(status__in=["", Status.RESOLVED, Status.CLOSED]),
                name="standing_unresolved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} up to {self.audit_row}"

"""A problem: what several issues have in common, written down so that somebody solves it once."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from common import clock
from common.audit import Audited, AuditTrail
from common.ids import new_id
from issues.models.issue import Issue
from issues.workflow import IssueType

if TYPE_CHECKING:
    from accounts.actor import Grants


class ProblemStatus(models.TextChoices):
    OPEN = "open"
    SOLVED = "solved"


class ProblemQuerySet(models.QuerySet["Problem"]):
    def visible_to(self, grants: "Grants") -> "ProblemQuerySet":
        """Those to which an issue is linked that somebody sees."""
        if grants.stores is None:
            return self
        seen = ProblemIssue.objects.filter(problem=OuterRef("pk"), issue__order__store__in=grants.stores)
        return self.filter(Exists(seen))

    def with_count_of_issues(self, grants: "Grants") -> "ProblemQuerySet":
        """``issues``: how many of them somebody sees."""
        seen = Q() if grants.stores is None else Q(links__issue__order__store__in=grants.stores)
        return self.annotate(issues=Count("links", filter=seen, distinct=True))

    def open(self) -> "ProblemQuerySet":
        return self.filter(status=ProblemStatus.OPEN)


class Problem(Audited):
    """The dimensions are those of the pattern that it began as; what is empty is left open."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=ProblemStatus, default=ProblemStatus.OPEN)
    store = models.CharField(max_length=64, blank=True)
    issue_type = models.CharField(max_length=20, choices=IssueType, blank=True)
    sku = models.CharField(max_length=64, blank=True)
    partner = models.CharField(max_length=64, blank=True)
    customer = models.CharField(max_length=64, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    solved_at = models.DateTimeField(null=True, blank=True)

    history = AuditTrail(excluded_fields=["created_at", "recorded_by"])
    objects = ProblemQuerySet.as_manager()

    class Meta:
        permissions = [("record_problem", "Can make a problem of a pattern, and say that it is solved")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ProblemStatus.values), name="problem_status_known"),
            models.UniqueConstraint(
                fields=["store", "issue_type", "sku", "partner", "customer"],
                condition=Q(status="open"),
                name="one_open_problem_per_pattern",
            ),
        ]
        indexes = [
            # the list of problems, newest first
            models.Index(fields=["status", "-created_at", "-id"], name="problem_newest"),
        ]

    def __str__(self) -> str:
        return self.title


class ProblemIssue(models.Model):
    """An issue that has the problem; who linked it, and when."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="links")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="problems")
    linked_at = models.DateTimeField(default=clock.now)
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["problem", "issue"], name="one_link_per_problem_and_issue")]

    def __str__(self) -> str:
        return f"{self.issue_id} of {self.problem_id}"

"""An issue: what went wrong with an order, and where it stands."""

from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django_fsm import FSMField, transition

from common import clock
from common.audit import Audited, AuditTrail
from common.ids import as_uuid, new_id
from common.prepared import Parameter, Prepared
from issues.models.refresh import SafeRefreshMixin
from issues.workflow import IssueType, Priority, Status
from orders.models import Order

if TYPE_CHECKING:
    from accounts.actor import Grants


# For orders in which what has no date comes last.
FAR_AWAY = Value(datetime(9000, 1, 1, tzinfo=UTC), output_field=models.DateTimeField())
DUE_OR_LAST = Coalesce("due_at", FAR_AWAY)


def follow_up_due(at: datetime) -> Q:
    """In a list; ``Issue.is_follow_up_due`` says the same of a row in hand."""
    return Q(follow_up_required=True, follow_up_date__lt=at)


class IssueQuerySet(models.QuerySet["Issue"]):
    def visible_to(self, grants: "Grants") -> "IssueQuerySet":
        """The issues of the stores that somebody sees: the start of every query that a person asks for."""
        return self if grants.stores is None else self.filter(order__store__in=grants.stores)

    def in_full(self) -> "IssueQuerySet":
        """With everything that an answer shows, in one statement."""
        related = self.select_related("order__customer", "order_item", "assigned_to", "assigned_team", "reported_by")
        return related.defer("clocks")

    def keep_clocks(self, issue: "Issue") -> None:
        """Write down what was told of an issue that is locked; it changes nothing that the audit has."""
        self.filter(pk=issue.pk).update(
            clocks=issue.clocks, clocks_tell_at=issue.clocks_tell_at, follow_up_tell_at=issue.follow_up_tell_at
        )

    def find(self, order_id: str, issue_id: str | UUID) -> "Issue | None":
        """The issue under this order; None also for an id that no issue can have."""
        uuid = as_uuid(issue_id)
        return self.filter(order=order_id, pk=uuid).first() if uuid else None

    def lock(self, order_id: str, issue_id: UUID) -> "Issue | None":
        """The issue with its order, both locked, the order first."""
        return _LOCK.first(order=order_id, issue=issue_id)


class IssueNumber(models.Model):
    """Deals out the running numbers; a number whose issue was not stored stays unused."""


class Issue(SafeRefreshMixin, Audited):
    """Written by ``issues.actions`` alone. ``status`` moves only by the seven methods at the end."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="issues")
    order_item = models.ForeignKey(
        "orders.OrderItem", on_delete=models.PROTECT, null=True, blank=True, related_name="issues"
    )
    issue_type = models.CharField(max_length=20, choices=IssueType)
    description = models.TextField(max_length=5000)
    status = FSMField(max_length=16, choices=Status, default=Status.OPEN, protected=True)
    priority = models.CharField(max_length=8, choices=Priority, default=Priority.MEDIUM)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, db_constraint=False,
        related_name="issues",
    )  # fmt: skip
    assigned_team = models.ForeignKey(
        "issues.Team", on_delete=models.SET_NULL, null=True, blank=True, db_constraint=False, related_name="issues"
    )
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    resolution_description = models.TextField(max_length=5000, blank=True)
    customer_satisfied = models.BooleanField(null=True)
    customer_contacted = models.BooleanField(default=False)
    follow_up_required = models.BooleanField(default=False)
    follow_up_date = models.DateTimeField(null=True, blank=True)
    expected_resolution_time = models.DateTimeField(null=True, blank=True)
    sla_policy = models.CharField(max_length=40, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    # How the deadlines are measured (``issues.sla.written``), when they have something to tell, and until when nobody
    # was told that the follow-up is due: in this row, whose lock keeps those apart who write it.
    clocks = models.JSONField(default=list, editable=False)
    clocks_tell_at = models.DateTimeField(null=True, editable=False)
    follow_up_tell_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    first_response_at = models.DateTimeField(null=True, blank=True)
    last_contact_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reopened_count = models.PositiveIntegerField(default=0)

    history = AuditTrail(
        excluded_fields=[
            "number", "order", "order_item", "issue_type", "description", "reported_by", "created_at",
            "expected_resolution_time", "last_contact_at", "clocks", "clocks_tell_at", "follow_up_tell_at",
        ]
    )  # fmt: skip
    objects = IssueQuerySet.as_manager()

    class Meta:
        permissions = [
            ("work_issue", "Can add notes, assign, prioritise and work issues up to resolved"),
            ("escalate_issue", "Can move issues into and out of escalated"),
            ("close_issue", "Can close issues"),
            ("reopen_issue", "Can reopen closed issues without approval"),
            ("export_issue", "Can export issues"),
            ("view_metrics", "Can see the metrics"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="issue_status_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="issue_priority_known"),
            models.CheckConstraint(
                condition=Q(follow_up_required=True) | Q(follow_up_date=None), name="issue_follow_up_date_required"
            ),
        ]
        indexes = [
            # GET /issues and the admin's list, newest first: alone and with each offered filter
            models.Index(fields=["-created_at", "-id"], name="issue_newest"),
            models.Index(fields=["status", "-created_at", "-id"], name="issue_status_newest"),
            models.Index(fields=["assigned_to", "status", "-created_at", "-id"], name="issue_assignee_newest"),
            models.Index(
                fields=["priority", "-created_at", "-id"],
                condition=~Q(status__in=[Status.RESOLVED, Status.CLOSED]),
                name="issue_priority_newest",
            ),
            models.Index(fields=["assigned_team", "status", "-created_at", "-id"], name="issue_team_newest"),
            # the agents' queue: what is unresolved, by its deadline
            models.Index(
                DUE_OR_LAST,
                "id",
                condition=~Q(status__in=[Status.RESOLVED, Status.CLOSED]),
                name="issue_unresolved_due",
            ),
            # what is due or breached, and follow-ups
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="issue_due"),
            models.Index(fields=["follow_up_date"], condition=Q(follow_up_required=True), name="issue_follow_up"),
            # actions.tell_deadlines and actions.tell_follow_ups
            models.Index(fields=["clocks_tell_at"], condition=Q(clocks_tell_at__isnull=False), name="issue_to_tell"),
            models.Index(
                fields=["follow_up_tell_at"],
                condition=Q(follow_up_tell_at__isnull=False),
                name="issue_follow_up_to_tell",
            ),
            # actions.close_stale: resolved and quiet
            models.Index(fields=["resolved_at"], condition=Q(status=Status.RESOLVED), name="issue_resolved"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_closed(self) -> bool:
        return self.status == Status.CLOSED

    def is_follow_up_due(self, *, at: datetime) -> bool:
        """As ``follow_up_due``."""
        return self.follow_up_required and self.follow_up_date is not None and self.follow_up_date < at

    @cached_property
    def merged_here(self) -> dict[UUID, str]:
        """The numbers of the duplicates that were merged into this issue, in the same store."""
        links = self.links_here.merges().filter(issue__order__store=self.order.store_id)  # type: ignore[attr-defined]
        return dict(links.values_list("issue", "issue__number"))

    @transition(status, [Status.OPEN, Status.IN_PROGRESS, Status.RESOLVED, Status.ESCALATED], Status.INVESTIGATING)
    def investigate(self) -> None:
        self._forget_resolution()

    @transition(status, [Status.INVESTIGATING, Status.RESOLVED, Status.ESCALATED], Status.IN_PROGRESS)
    def start(self) -> None:
        self._forget_resolution()

    @transition(status, [Status.IN_PROGRESS, Status.ESCALATED], Status.RESOLVED)
    def resolve(self) -> None:
        self.resolved_at = clock.now()

    @transition(status, [Status.RESOLVED], Status.CLOSED)
    def close(self) -> None:
        self.closed_at = clock.now()

    @transition(status, [Status.OPEN, Status.INVESTIGATING, Status.IN_PROGRESS, Status.RESOLVED], Status.ESCALATED)
    def escalate(self) -> None:
        self._forget_resolution()

    @transition(status, [Status.INVESTIGATING, Status.IN_PROGRESS], Status.OPEN)
    def send_back(self) -> None:
        pass

    @transition(status, [Status.CLOSED], Status.OPEN)
    def reopen(self) -> None:
        self._forget_resolution()
        self.closed_at = None
        self.reopened_count += 1

    def _forget_resolution(self) -> None:
        self.resolved_at = None


def _issue_to_lock() -> QuerySet[Issue]:
    order, issue = Parameter("order", Order._meta.pk), Parameter("issue", Issue._meta.pk)
    locked = Issue.objects.select_related("order").select_for_update(of=("order", "self"), no_key=True)
    return locked.filter(pk=issue, order=order)


_LOCK = Prepared(_issue_to_lock)

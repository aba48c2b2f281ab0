"""What the desk does by itself when nobody comes back."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.actor import Actor, use_case
from common import clock
from common.errors import DeskError
from issues.actions.lapse import expire
from issues.actions.lock import lock_issue
from issues.actions.update import update_issue
from issues.models import Approval, Issue
from issues.workflow import Status

log = structlog.get_logger(__name__)


def close_stale_issues(*, actor: Actor) -> int:
    """Close the issues that are resolved and without customer contact for the days of the setting; says how many."""
    quiet_since = clock.now() - timedelta(days=settings.CLOSE_RESOLVED_AFTER_DAYS)
    closed = 0
    for order_id, issue_id in stale_issues(quiet_since).values_list("order_id", "pk"):
        try:
            closed += close_if_stale(order_id, issue_id, quiet_since, actor=actor)
        except DeskError as error:
            log.info("issue.not_closed", issue=str(issue_id), reason=error.code)
        except Exception:  # one that can't be closed must not keep the others open
            log.exception("issue.close_failed", issue=str(issue_id))
    return closed


def stale_issues(quiet_since: datetime) -> QuerySet[Issue]:
    return Issue.objects.filter(status=Status.RESOLVED, resolved_at__lte=quiet_since).filter(
        Q(last_contact_at=None) | Q(last_contact_at__lte=quiet_since)
    )


@use_case
def close_if_stale(order_id: str, issue_id: UUID, quiet_since: datetime, *, actor: Actor) -> bool:
    """False where somebody was faster. Asked again under the lock: a word with the customer raises no version."""
    lock_issue(order_id, issue_id, actor=actor)
    if not stale_issues(quiet_since).filter(pk=issue_id).exists():
        return False
    days = settings.CLOSE_RESOLVED_AFTER_DAYS
    note = f"Closed by the desk: resolved, and no contact with the customer for {days} days."
    update_issue(order_id, issue_id, {"status": Status.CLOSED, "notes": note}, actor=actor)
    return True


def expire_approvals(*, actor: Actor) -> int:
    """End the pending approvals whose time is over; the money of a refund among them is free again."""
    due = Approval.objects.pending().filter(expires_at__lte=clock.now())
    expired = 0
    for order_id, issue_id, approval_id in due.values_list("issue__order", "issue", "pk"):
        try:
            expired += expire_one(order_id, issue_id, approval_id, actor=actor)
        except Exception:  # one that can't expire must not keep the others waiting
            log.exception("approval.expire_failed", approval=str(approval_id))
    return expired


@use_case
def expire_one(order_id: str, issue_id, approval_id, *, actor: Actor) -> bool:
    issue = lock_issue(order_id, issue_id, actor=actor)
    approval = Approval.objects.pending().select_related("refund").filter(pk=approval_id).first()
    if approval is None:
        return False
    approval.issue = issue
    expire(approval, actor=actor)
    return True

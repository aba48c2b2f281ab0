"""What the desk does by itself when nobody comes back."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import Q

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
    days = settings.CLOSE_RESOLVED_AFTER_DAYS
    quiet_since = clock.now() - timedelta(days=days)
    stale = Issue.objects.filter(status=Status.RESOLVED, resolved_at__lte=quiet_since).filter(
        Q(last_contact_at=None) | Q(last_contact_at__lte=quiet_since)
    )
    note = f"Closed by the desk: resolved, and no contact with the customer for {days} days."
    closed = 0
    for order_id, issue_id, version in stale.values_list("order_id", "pk", "version"):
        changes = {"status": Status.CLOSED, "notes": note}
        try:
            update_issue(order_id, issue_id, changes, actor=actor, expected_version=version)
        except DeskError as error:  # somebody was faster: look again at the next run
            log.info("issue.not_closed", issue=str(issue_id), reason=error.code)
        else:
            closed += 1
    return closed


def expire_approvals(*, actor: Actor) -> int:
    """End the pending approvals whose time is over; the money of a refund among them is free again."""
    due = Approval.objects.pending().filter(expires_at__lte=clock.now())
    return sum(expire_one(*found, actor=actor) for found in due.values_list("issue__order", "issue", "pk"))


@use_case
def expire_one(order_id: str, issue_id, approval_id, *, actor: Actor) -> bool:
    issue = lock_issue(order_id, issue_id, actor=actor)
    approval = Approval.objects.pending().select_related("refund").filter(pk=approval_id).first()
    if approval is None:
        return False
    approval.issue = issue
    expire(approval, actor=actor)
    return True

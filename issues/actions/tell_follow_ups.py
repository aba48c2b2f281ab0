"""Say that an issue is to be followed up, at the time that was set for it: once for each time."""

from uuid import UUID

import structlog

from accounts.actor import Actor, use_case
from common import clock
from events.record import record
from issues.actions.lock import lock_issue
from issues.models import Issue

BATCH = 100

log = structlog.get_logger(__name__)


def tell_some_follow_ups(*, actor: Actor) -> bool:
    """A batch of those that are due, each in a transaction of its own; False if there is none left."""
    due = Issue.objects.filter(follow_up_tell_at__lte=clock.now()).order_by("follow_up_tell_at", "pk")
    found = list(due.values_list("order_id", "pk")[:BATCH])
    for order_id, issue_id in found:
        try:
            tell_follow_up(order_id, issue_id, actor=actor)
        except Exception:  # one that can't be told must not keep the others from it
            log.exception("follow_up.not_told", issue=str(issue_id))
    return len(found) == BATCH


@use_case
def tell_follow_up(order_id: str, issue_id: UUID, *, actor: Actor) -> bool:
    """False where somebody was faster, or it was moved meanwhile."""
    issue = lock_issue(order_id, issue_id, actor=actor)
    at = issue.follow_up_tell_at
    if at is None or at > clock.now():
        return False
    issue.follow_up_tell_at = None
    Issue.objects.keep_clocks(issue)
    facts = {"follow_up_date": at.isoformat()}
    record({"issue.follow_up_due": facts}, actor=actor, order_id=issue.order_id, issue_id=issue.pk)
    return True

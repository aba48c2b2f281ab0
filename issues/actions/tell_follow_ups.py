"""Say that an issue is to be followed up, at the time that was set for it: once for each time."""

from uuid import UUID

from accounts.actor import Actor, use_case
from common import clock
from events.record import record
from issues.actions.lock import lock_issue
from issues.actions.tell_each import tell_each
from issues.models import Issue


def tell_some_follow_ups(*, actor: Actor) -> bool:
    """As ``tell_each``."""
    return tell_each("follow_up_tell_at", tell_follow_up, failure="follow_up.not_told", actor=actor)


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

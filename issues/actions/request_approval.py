"""Ask for a step that one may not take oneself."""

from uuid import UUID

from accounts import roles
from accounts.actor import Actor, use_case
from common.errors import ValidationFailed
from issues.actions.lock import lock_issue
from issues.actions.open_approval import open_approval, still_pending
from issues.errors import InvalidStatusTransition, IssueClosed
from issues.models import Approval
from issues.policy import allowed_transitions, has_ground, may_step
from issues.workflow import REQUESTABLE_STEPS, ApprovalKind


@use_case
def request_approval(
    order_id: str, issue_id: str | UUID, kind: str, note: str, *, actor: Actor
) -> tuple[Approval, bool]:
    """The pending approval for ``kind`` (reopen, close, escalate), and whether it was made just now.

    Raises OrderNotFound, IssueNotFound, IssueClosed, InvalidStatusTransition, PermissionDenied, and ValidationFailed on
    ``kind`` for somebody who may take the step directly.
    """
    issue = lock_issue(order_id, issue_id, actor=actor)
    target = REQUESTABLE_STEPS[ApprovalKind(kind)]
    if issue.is_closed and kind != ApprovalKind.REOPEN:
        raise IssueClosed
    if not has_ground(kind, issue.status):
        raise InvalidStatusTransition(
            current_status=issue.status,
            requested_status=target,
            allowed_transitions=allowed_transitions(issue.status, actor),
        )
    actor.ensure_may(roles.WORK_ISSUE)
    if may_step(actor, issue.status, target):
        raise ValidationFailed({"kind": [f"You may do this yourself: set the status to {target}."]})
    pending = still_pending(issue, kind)
    return pending or open_approval(issue, kind, note=note, actor=actor), pending is None

"""End a request for approval that nobody decides: its time is over, or the refund it was about was called back."""

from uuid import UUID

from accounts.actor import Actor, use_case
from events.models import Event
from issues.actions.lock import lock_issue
from issues.actions.open_approval import end_undecided
from issues.models import Approval
from issues.workflow import ApprovalStatus
from refunds.actions.approve import reject_refund
from refunds.models import RefundStatus


def expire(approval: Approval, *, actor: Actor) -> None:
    """The money of a refund that still waits for it is free again. The approval's issue and order are locked."""
    if approval.refund is not None and approval.refund.status == RefundStatus.AWAITING_APPROVAL:
        reject_refund(approval.refund.pk, actor=Actor.system("expire-approvals"), note="Nobody decided in time.")
    end_undecided(approval, ApprovalStatus.EXPIRED, actor=actor)


def when_refund_is_cancelled(event: Event) -> None:
    actor = Actor.system("supersede-approvals")
    supersede_refund_approval(event.order_id, event.issue_id or "", event.data["refund_id"], actor=actor)


@use_case
def supersede_refund_approval(order_id: str, issue_id: UUID | str, refund_id: UUID | str, *, actor: Actor) -> None:
    issue = lock_issue(order_id, issue_id, actor=actor)
    for approval in issue.approvals.pending().filter(refund=refund_id):
        approval.issue = issue
        end_undecided(approval, ApprovalStatus.SUPERSEDED, actor=actor)

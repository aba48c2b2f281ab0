"""End a request for approval that nobody decides: its time is over, or what was asked for is not there as it was.

A refund that still waits for it ends with it, and its amount is free again: nobody would be asked about it any more.
"""

from uuid import UUID

import structlog
from django.db import IntegrityError

from accounts.actor import Actor, use_case
from events.models import Event
from issues.actions.lock import lock_issue
from issues.actions.open_approval import end_undecided
from issues.models import Approval
from issues.workflow import ApprovalStatus
from refunds.actions.approve import reject_refund
from refunds.models import RefundStatus

log = structlog.get_logger(__name__)


def expire(approval: Approval, *, actor: Actor) -> None:
    """The approval's issue and order are locked."""
    reject_what_waits(approval, job="expire-approvals", note="Nobody decided in time.")
    end_undecided(approval, ApprovalStatus.EXPIRED, actor=actor)


def supersede(approval: Approval, *, actor: Actor) -> None:
    """As ``expire``, for one on which no decision can be made any more.

    A refund whose amount was changed past the actions may be more than its order holds: then it stays, and the
    reconciliation tells of the order.
    """
    try:
        reject_what_waits(approval, job="supersede-approvals", note="What was asked for has changed since; ask anew.")
    except IntegrityError:
        log.exception("approval.refund_not_rejected", approval=str(approval.pk))
    end_undecided(approval, ApprovalStatus.SUPERSEDED, actor=actor)


def reject_what_waits(approval: Approval, *, job: str, note: str) -> None:
    if approval.refund is not None and approval.refund.status == RefundStatus.AWAITING_APPROVAL:
        reject_refund(approval.refund.pk, actor=Actor.system(job), note=note)


def when_refund_is_cancelled(event: Event) -> None:
    actor = Actor.system("supersede-approvals")
    supersede_refund_approval(event.order_id, event.issue_id or "", event.data["refund_id"], actor=actor)


@use_case
def supersede_refund_approval(order_id: str, issue_id: UUID | str, refund_id: UUID | str, *, actor: Actor) -> None:
    issue = lock_issue(order_id, issue_id, actor=actor)
    for approval in issue.approvals.pending().filter(refund=refund_id):
        approval.issue = issue
        end_undecided(approval, ApprovalStatus.SUPERSEDED, actor=actor)

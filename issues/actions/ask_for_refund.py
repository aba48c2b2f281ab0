"""Open the approval of a refund that was asked for below this app: credit in place of one that failed."""

from accounts.actor import Actor, use_case
from events.models import Event
from issues.actions.open_approval import open_approval
from issues.models import Issue
from issues.workflow import ApprovalKind
from refunds.models import Refund, RefundStatus

NOTE = "Store credit in place of a refund of money that failed"


def when_refund_awaits_approval(event: Event) -> None:
    refund = Refund.objects.select_related("requested_by", "requested_with").get(pk=event.data["refund_id"])
    asker = Actor(employee=refund.requested_by, via=event.via, request_id=event.request_id, key=refund.requested_with)
    ask_for_refund(refund, actor=asker)


@use_case
def ask_for_refund(refund: Refund, *, actor: Actor) -> None:
    """In the name of who asked for it; once, and only while it waits."""
    issue = Issue.objects.lock(refund.order_id, refund.issue_id)
    assert issue is not None, "an issue is never deleted"
    refund.refresh_from_db(fields=["status"])
    if refund.status == RefundStatus.AWAITING_APPROVAL and not issue.approvals.filter(refund=refund).exists():
        open_approval(issue, ApprovalKind.REFUND, refund=refund, note=NOTE, actor=actor)

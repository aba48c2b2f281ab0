"""Put a step that needs another person's word before the deciders, and take back what lost its ground."""

import hashlib
import json
from datetime import timedelta

from django.conf import settings

from accounts.actor import Actor
from common import clock
from events.record import record
from issues.models import Approval, Issue
from issues.policy import has_ground
from issues.workflow import REQUESTABLE_STEPS, ApprovalKind, ApprovalStatus
from refunds.models import Refund, Source


def open_approval(issue: Issue, kind: str, *, note: str, actor: Actor, refund: Refund | None = None) -> Approval:
    """A pending approval for ``kind`` on the locked ``issue``; for a step that is asked for already, that one."""
    if kind != ApprovalKind.REFUND and (pending := still_pending(issue, kind)):
        return pending
    approval = Approval(
        kind=kind,
        issue=issue,
        refund=refund,
        requested_status=REQUESTABLE_STEPS.get(ApprovalKind(kind), ""),
        note=note,
        requested_by=actor.employee,
        requested_with_key=actor.origin.key,
        via=actor.via,
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(days=settings.APPROVAL_EXPIRES_DAYS),
    )
    approval.asked_for = hash_of_what_is_asked(approval)
    approval.save()
    tell("approval.requested", approval, actor=actor)
    return approval


def still_pending(issue: Issue, kind: str) -> Approval | None:
    """What was asked for already; what nobody decided in its time ends, if the sweep has not come by yet."""
    pending = issue.approvals.pending().filter(kind=kind).first()
    if pending is not None and pending.expires_at <= clock.now():
        end_undecided(pending, ApprovalStatus.EXPIRED, actor=Actor.system("expire-approvals"))
        return None
    return pending


def hash_of_what_is_asked(approval: Approval) -> str:
    """A decision is bound to this: it changes when the step, or the refund's money or way, changes.

    The payment can't change while a refund counts; the customer, who gets the credit, can.
    """
    refund = approval.refund
    asked = [approval.kind, approval.issue_id, approval.requested_status] + (
        [refund.pk, f"{refund.amount:.3f}", refund.currency, refund.source, refund.provider] if refund else []
    )
    if refund and refund.source == Source.STORE_CREDIT:
        asked.append(approval.issue.order.customer_id)
    return hashlib.sha256(json.dumps(asked, default=str).encode()).hexdigest()


def supersede_groundless(issue: Issue, *, actor: Actor) -> None:
    """Void what was asked for and can no longer be done, now that the issue's status has changed."""
    for approval in Approval.objects.pending_steps_of(issue):
        if not has_ground(approval.kind, issue.status):
            end_undecided(approval, ApprovalStatus.SUPERSEDED, actor=actor)


def end_undecided(approval: Approval, status: str, *, actor: Actor) -> None:
    """End a pending approval that nobody decides: ``superseded`` or ``expired``."""
    approval.status = status
    approval.decided_at = clock.now()
    approval.version += 1
    approval.save(update_fields=["status", "decided_at", "version"])
    tell(f"approval.{status}", approval, actor=actor)


def tell(event: str, approval: Approval, *, actor: Actor) -> None:
    record(
        {event: {"approval_id": str(approval.pk), "kind": approval.kind}},
        actor=actor,
        order_id=approval.issue.order_id,
        issue_id=approval.issue_id,
    )

"""Approve or reject what somebody else asked for."""

from uuid import UUID

from accounts import roles
from accounts.actor import Actor, use_case
from common import clock
from common.errors import NotFound, PermissionDenied, ValidationFailed
from issues.actions.lapse import expire, supersede
from issues.actions.lock import lock_issue
from issues.actions.open_approval import hash_of_what_is_asked, tell
from issues.actions.update import ensure_may_step, update_issue
from issues.errors import ApprovalAlreadyDecided
from issues.models import Approval
from issues.policy import has_ground
from issues.standing_in import stands_in_for
from issues.workflow import ApprovalStatus, Status
from refunds.actions.approve import approve_refund, reject_refund
from refunds.models import RefundStatus


def decide_approval(approval_id: str | UUID, decision: str, *, actor: Actor, note: str = "") -> Approval:
    """Decide (``approved`` or ``rejected``) and, if approved, carry out in the same transaction.

    Raises NotFound, PermissionDenied (also for one's own request and for an integration), ApprovalAlreadyDecided
    (also where what was asked has lost its ground, which is stored) and ValidationFailed.
    """
    approval = settle(approval_id, decision, actor=actor, note=note)
    if approval.status != decision:
        ended = already_decided(approval)
        ended.leaves_traces = True
        raise ended
    return approval


@use_case
def settle(approval_id: str | UUID, decision: str, *, actor: Actor, note: str) -> Approval:
    """The decided approval; or the one that turned out to be groundless or too old, ended as such."""
    approval = lock_approval(approval_id, actor=actor)
    ensure_may_decide(approval, actor)
    if approval.status != ApprovalStatus.PENDING:
        raise already_decided(approval)
    if decision == ApprovalStatus.REJECTED and not note:
        raise ValidationFailed({"note": ["Say why you reject it: the note goes to who asked."]})
    if ended := reason_to_end(approval):
        end = expire if ended == ApprovalStatus.EXPIRED else supersede
        end(approval, actor=actor)
        return approval
    decide(approval, decision, actor=actor, note=note)
    carry_out(approval, actor=actor)
    tell(f"approval.{decision}", approval, actor=actor)
    return approval


def lock_approval(approval_id: str | UUID, *, actor: Actor) -> Approval:
    """The approval with its issue and order, locked in the order that all keep: order, issue, approval."""
    found = (
        Approval.objects.visible_to(actor.grants).filter(pk=approval_id).values_list("issue__order", "issue").first()
    )
    if found is None:
        raise NotFound("There is no such approval.")
    issue = lock_issue(*found, actor=actor)
    approval = Approval.objects.select_related("refund", "requested_by", "decided_by").get(pk=approval_id)
    approval.issue = issue
    return approval


def ensure_may_decide(approval: Approval, actor: Actor) -> None:
    actor.ensure_may(roles.DECIDE_APPROVAL)
    if actor.is_integration:
        raise PermissionDenied(
            "Only a person decides: use the decider's own key or session.", required_permission=roles.DECIDE_APPROVAL
        )
    if actor.asked(approval.requested_by_id, approval.requested_with):
        raise PermissionDenied(
            "You asked for this yourself; another person must decide.", required_permission=roles.DECIDE_APPROVAL
        )


def reason_to_end(approval: Approval) -> ApprovalStatus | None:
    """``expired`` or ``superseded`` for an approval that can no longer be decided."""
    refund = approval.refund
    if approval.expires_at <= clock.now():
        return ApprovalStatus.EXPIRED
    gone = refund is not None and refund.status != RefundStatus.AWAITING_APPROVAL
    changed = approval.asked_for != hash_of_what_is_asked(approval)
    return (
        ApprovalStatus.SUPERSEDED if gone or changed or not has_ground(approval.kind, approval.issue.status) else None
    )


def decide(approval: Approval, decision: str, *, actor: Actor, note: str) -> None:
    approval.status = decision
    approval.decided_by = actor.employee
    approval.on_behalf_of = stands_in_for(approval, actor)
    approval.decided_at = clock.now()
    approval.decision_note = note
    approval.version += 1
    approval.save(update_fields=["status", "decided_by", "on_behalf_of", "decided_at", "decision_note", "version"])


def carry_out(approval: Approval, *, actor: Actor) -> None:
    approved = approval.status == ApprovalStatus.APPROVED
    if approval.refund is not None:
        decided_refund = approve_refund if approved else reject_refund
        decided_refund(approval.refund.pk, actor=actor)
    elif approved:
        ensure_may_step(approval.issue, approval.requested_status, actor)  # a reopening would be one more request
        changes = {"status": approval.requested_status}
        if approval.requested_status == Status.CLOSED:
            changes["notes"] = approval.note  # the note that the step needs; the request says who wrote it
        updated = update_issue(approval.issue.order_id, approval.issue_id, changes, actor=actor)
        approval.issue = updated.issue


def already_decided(approval: Approval) -> ApprovalAlreadyDecided:
    by = approval.decided_by
    return ApprovalAlreadyDecided(status=approval.status, decided_by=by.employee_id if by else None)

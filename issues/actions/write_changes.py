"""The writing half of ``update_issue``: what is allowed by now is carried out, saved once, and told."""

from collections.abc import Mapping
from typing import Any

from accounts.actor import Actor
from common import clock
from common.audit import tracked_fields
from events.record import record
from issues.actions.add_note import add_note
from issues.actions.open_approval import open_approval, supersede_groundless
from issues.actions.updated import Updated
from issues.facts import facts_of
from issues.models import Issue, Team
from issues.policy import STEPS
from issues.rules import at_least_high
from issues.sla.measure import COLUMNS, Before, Measure, is_measured_otherwise
from issues.workflow import ApprovalKind, Priority, Status
from refunds.actions.request import request_refund
from refunds.models import RefundStatus

# Copied from the changes to the row as they are; status, priority, notes, refund and follow-up have rules of their own.
PLAIN_FIELDS = frozenset({"resolution_description", "customer_satisfied", "assigned_to"})


def write_changes(updated: Updated, changes: Mapping[str, Any], real: Mapping[str, Any], *, actor: Actor) -> None:
    """Carry out ``changes``, none of which breaks a rule; ``real`` are those that differ from the row."""
    issue = updated.issue
    before = _tracked_values(issue)
    if "status" in real:
        _take_step(issue, changes)
        supersede_groundless(issue, actor=actor)
    for name in real.keys() & PLAIN_FIELDS:
        setattr(issue, name, real[name])
    _set_priority(updated, changes, before["priority"])
    _set_follow_up(updated, real)
    unaudited = _measure(updated, before)
    if "refund_amount" in real:
        _start_refund(updated, real, actor)
    issue.version += 1
    issue.updated_at = clock.now()
    if "notes" in real:
        add_note(issue, real["notes"], actor=actor)
    after = _tracked_values(issue)
    changed = [name for name in after if after[name] != before[name]]
    updated.updated_fields = [name for name in changes if name in changed or name in real.keys() - after.keys()]
    issue.save(update_fields=[*changed, *unaudited])
    facts = facts_of(updated.updated_fields, before, after)
    record(facts, actor=actor, order_id=issue.order_id, issue_id=issue.pk)


def _tracked_values(issue: Issue) -> dict[str, Any]:
    return {each.name: getattr(issue, each.attname) for each in tracked_fields(Issue)}


def _take_step(issue: Issue, changes: Mapping[str, Any]) -> None:
    target = changes["status"]
    getattr(issue, STEPS[issue.status, target])()
    if target == Status.ESCALATED:
        issue.assigned_team = Team.objects.that_take_escalations(issue.order.store_id).first()
        issue.assigned_to = changes.get("assigned_to")


def _set_priority(updated: Updated, changes: Mapping[str, Any], before: str) -> None:
    """An escalation raises it to at least high, against a lower one in the same update too."""
    issue, wanted = updated.issue, changes.get("priority", before)
    if changes.get("status") == Status.ESCALATED != updated.previous_status:
        issue.priority = max(at_least_high(before), Priority(wanted), key=lambda each: each.rank)
        if "priority" in changes and issue.priority != wanted:
            updated.warnings.append(f"An escalated issue keeps at least this priority: {issue.priority}.")
    else:
        issue.priority = wanted


def _measure(updated: Updated, before: Mapping[str, Any]) -> frozenset[str]:
    """The columns beside the audited ones that change: how the clocks go, and when to say that it is to follow up."""
    issue, columns = updated.issue, frozenset[str]()
    if issue.follow_up_date != before["follow_up_date"]:
        issue.follow_up_tell_at = issue.follow_up_date
        columns |= {"follow_up_tell_at"}
    if not is_measured_otherwise(issue, updated.previous_status, before["priority"]):
        return columns
    measure = Measure(issue)
    if issue.status == updated.previous_status:
        measure.looked_different(clock.now())
    else:
        measure.stepped(Before(before["status"], before["priority"], before["resolved_at"]), clock.now())
    measure.settle()
    return columns | COLUMNS


def _set_follow_up(updated: Updated, real: Mapping[str, Any]) -> None:
    issue, date = updated.issue, real.get("follow_up_date")
    issue.follow_up_required = bool(date) or real.get("follow_up_required", issue.follow_up_required)
    if "follow_up_date" in real:
        issue.follow_up_date = date
    if not issue.follow_up_required:
        issue.follow_up_date = None
    if date and date <= clock.now():
        updated.warnings.append("follow_up_date is in the past: the follow-up is due now.")


def _start_refund(updated: Updated, real: Mapping[str, Any], actor: Actor) -> None:
    updated.refund = request_refund(updated.issue, real["refund_amount"], real["refund_source"], actor=actor)
    if updated.refund.status == RefundStatus.AWAITING_APPROVAL:
        updated.approval = open_approval(
            updated.issue, ApprovalKind.REFUND, refund=updated.refund, note=real.get("notes", ""), actor=actor
        )

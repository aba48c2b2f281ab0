"""The one way in which an issue changes: for the API, the admin, the web pages, bulk and the system alike."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts import roles
from accounts.actor import Actor, use_case
from common.errors import PermissionDenied, ValidationFailed
from issues.actions.lock import lock_issue
from issues.actions.open_approval import open_approval
from issues.actions.updated import Updated
from issues.actions.write_changes import write_changes
from issues.errors import InvalidStatusTransition, IssueClosed, StaleIssue
from issues.models import Issue
from issues.policy import STEPS, allowed_transitions, is_reopen, may_step, required_permission
from issues.rules import OPEN_ON_CLOSED, broken_pairs, broken_rules
from issues.workflow import ApprovalKind, Status

ALWAYS_A_CHANGE = frozenset({"notes", "refund_amount", "refund_source"})


@use_case
def update_issue(
    order_id: str,
    issue_id: str | UUID,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Updated:
    """Change the fields named in ``changes`` (contract 5, typed), all of them or none.

    Raises OrderNotFound, IssueNotFound, StaleIssue, IssueClosed, InvalidStatusTransition, PermissionDenied,
    ValidationFailed, PossibleDuplicateRefund and RefundFailed, the first that applies.
    """
    issue = lock_issue(order_id, issue_id, actor=actor)
    ensure_current(issue, expected_version)
    real = real_changes(issue, changes)
    asks_to_reopen = is_reopen(issue.status, real.get("status")) and not may_step(actor, issue.status, Status.OPEN)
    if asks_to_reopen:
        del real["status"]
    ensure_open_enough(issue, real)
    ensure_may_step(issue, real.get("status"), actor)
    ensure_may_change(real, actor, asks=asks_to_reopen)
    ensure_no_broken_rules(issue, changes, real)

    updated = Updated(issue, previous_status=issue.status)
    if real:
        write_changes(updated, changes, real, actor=actor)
    if asks_to_reopen:
        updated.approval = open_approval(issue, ApprovalKind.REOPEN, note=real.get("notes", ""), actor=actor)
    return updated


def ensure_current(issue: Issue, expected_version: int | None) -> None:
    if expected_version not in (None, issue.version):
        raise StaleIssue(version=issue.version)


def real_changes(issue: Issue, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Those that change something: a value equal to the present one is no change and no error."""
    present = {name: getattr(issue, name) for name in changes.keys() - ALWAYS_A_CHANGE - {"assigned_to"}}
    present["assigned_to"] = issue.assigned_to_id
    return {
        name: value
        for name, value in changes.items()
        if name in ALWAYS_A_CHANGE or getattr(value, "pk", value) != present[name]
    }


def ensure_open_enough(issue: Issue, real: Mapping[str, Any]) -> None:
    if issue.is_closed and not is_reopen(issue.status, real.get("status")) and not real.keys() <= OPEN_ON_CLOSED:
        raise IssueClosed


def ensure_may_step(issue: Issue, target: str | None, actor: Actor) -> None:
    if target is None:
        return
    if (issue.status, target) not in STEPS:
        raise InvalidStatusTransition(
            current_status=issue.status,
            requested_status=target,
            allowed_transitions=allowed_transitions(issue.status, actor),
        )
    if not may_step(actor, issue.status, target):
        raise PermissionDenied(required_permission=required_permission(issue.status, target))


def ensure_may_change(real: Mapping[str, Any], actor: Actor, *, asks: bool) -> None:
    if real or asks:
        actor.ensure_may(roles.WORK_ISSUE)
    if "refund_amount" in real:
        actor.ensure_may(roles.START_REFUND)


def ensure_no_broken_rules(issue: Issue, changes: Mapping[str, Any], real: Mapping[str, Any]) -> None:
    errors = broken_pairs(changes) | broken_rules(issue, real)
    if errors:
        facts = {"refundable_amount": issue.order.refundable_amount} if "refund_amount" in errors else {}
        raise ValidationFailed(errors, **facts)

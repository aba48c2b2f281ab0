"""Who may take an issue where. The steps themselves are the transition methods of ``Issue``."""

from accounts import roles
from accounts.actor import Actor
from issues.models import Issue
from issues.workflow import REQUESTABLE_STEPS, ApprovalKind, Status

# (from, to) → the method of Issue that takes the step.
STEPS: dict[tuple[str, str], str] = {
    (str(step.source), str(step.target)): step.name
    for step in Issue._meta.get_field("status").get_all_transitions(Issue)
}

# The steps that can be asked for, and as what. Sending an issue back to open is no reopen.
KIND_OF_STEP: dict[tuple[str, str], str] = {
    (source, target): kind
    for source, target in STEPS
    for kind, requested in REQUESTABLE_STEPS.items()
    if target == requested and (kind == ApprovalKind.REOPEN) == (source == Status.CLOSED)
}


def next_statuses(status: str) -> list[str]:
    """Where the workflow leads from ``status``, whoever goes there."""
    return [target for target in Status.values if (status, target) in STEPS]


def required_permission(current: str, target: str) -> str:
    if current == Status.CLOSED:
        return roles.REOPEN_ISSUE
    if Status.ESCALATED in (current, target):
        return roles.ESCALATE_ISSUE
    return roles.CLOSE_ISSUE if target == Status.CLOSED else roles.WORK_ISSUE


def may_step(actor: Actor, current: str, target: str) -> bool:
    """Whether the step goes through by this actor's own word. A reopen is a decision: an integration asks."""
    permission = required_permission(current, target)
    if permission == roles.REOPEN_ISSUE:
        return actor.is_system or permission in actor.own_grants.permissions
    return actor.may(permission)


def is_reopen(current: str, target: str | None) -> bool:
    return current == Status.CLOSED and target == Status.OPEN


def allowed_transitions(status: str, actor: Actor) -> list[str]:
    """What goes through by an update, a request to reopen included; an integration sees what an Agent would."""
    permissions = actor.own_grants.permissions
    return [
        target
        for target in next_statuses(status)
        if required_permission(status, target) in permissions
        or (is_reopen(status, target) and roles.WORK_ISSUE in permissions)
    ]


def requestable_transitions(status: str, actor: Actor) -> list[str]:
    """The steps that this actor may not take, and may ask another person for."""
    permissions = actor.own_grants.permissions
    return [
        target
        for target in next_statuses(status)
        if (status, target) in KIND_OF_STEP and required_permission(status, target) not in permissions
    ]


def has_ground(kind: str, status: str) -> bool:
    """Whether what was asked for as ``kind`` could still be done on an issue that stands at ``status``."""
    return kind == ApprovalKind.REFUND or KIND_OF_STEP.get((status, REQUESTABLE_STEPS[ApprovalKind(kind)])) == kind

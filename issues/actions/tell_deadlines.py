"""Say when so much of an issue's time is used up, and do what its policy has for that moment. Once each.

Which issues have something to say stands in ``Issue.clocks_tell_at``. Two schedulers at once may find the same one: the
issue is locked first, and what has been told by then is told no more.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from accounts.actor import Actor, use_case
from common import clock
from common.errors import DeskError
from events.record import record
from issues.actions.lock import lock_issue
from issues.actions.move_to_team import move_to_team
from issues.actions.tell_each import tell_each
from issues.actions.update import update_issue
from issues.models import Issue, Team
from issues.sla.clocks import BREACH, WARNINGS, Clock
from issues.sla.measure import Measure
from issues.workflow import Priority, Status

WARNING, BREACHED = "sla.warning", "sla.breached"

log = structlog.get_logger(__name__)


def tell_some_deadlines(*, actor: Actor) -> bool:
    """As ``tell_each``."""
    return tell_each("clocks_tell_at", tell_deadlines, failure="deadline.not_told", actor=actor)


@use_case
def tell_deadlines(order_id: str, issue_id: UUID, *, actor: Actor) -> int:
    """How many clocks had something to say."""
    issue, now = lock_issue(order_id, issue_id, actor=actor), clock.now()
    measure = Measure(issue)
    telling = [(each, percent) for each in measure.clocks if (percent := reached(each, now))]
    rules = [(each, percent) for each, percent in telling if is_time_for_rule(each, percent)]
    for each, percent in telling:
        tell(each, percent, issue, actor)
    measure.settle()
    Issue.objects.keep_clocks(issue)
    for each, percent in rules:
        follow_rule(each, percent, issue, actor)
    return len(telling)


def reached(each: Clock, now: datetime) -> int:
    """The highest percentage that is passed and was not told yet; 0 where there is none."""
    if each.breached_at and each.told < BREACH:
        return BREACH
    untold = [percent for percent in (*WARNINGS, BREACH) if percent > each.told]
    return max((percent for percent in untold if (at := each.moment_of(percent)) and at <= now), default=0)


def is_time_for_rule(each: Clock, percent: int) -> bool:
    at = each.terms.rule.get("at")
    return at is not None and each.ended_at is None and each.told < at <= percent


def tell(each: Clock, percent: int, issue: Issue, actor: Actor) -> None:
    each.told = percent
    if percent == BREACH:
        each.breached_at = each.due_at
    due_at = each.due_at.isoformat() if each.due_at else None
    facts: dict[str, Any] = {"target": each.target, "policy": each.terms.policy, "percent": percent, "due_at": due_at}
    name = BREACHED if percent == BREACH else WARNING
    record({name: facts}, actor=actor, order_id=issue.order_id, issue_id=issue.pk)


def follow_rule(each: Clock, percent: int, issue: Issue, actor: Actor) -> None:
    """What the policy has for this moment; what can't be done any more is left undone."""
    rule = each.terms.rule
    try:
        if changes := changes_of(each, percent, issue):
            update_issue(issue.order_id, issue.pk, changes, actor=actor)
        if team := Team.objects.filter(pk=rule["team"]).first():
            move_to_team(issue.order_id, issue.pk, team, actor=actor)
    except DeskError as refusal:
        log.info("deadline.rule_not_followed", issue=str(issue.pk), reason=refusal.code)


def changes_of(each: Clock, percent: int, issue: Issue) -> dict[str, Any]:
    """As ``update_issue`` takes them; the note says why."""
    rule, changes = each.terms.rule, {}
    if rule["escalate"] and issue.status not in (Status.ESCALATED, Status.RESOLVED, Status.CLOSED):
        changes["status"] = str(Status.ESCALATED)
    if rule["priority"] and Priority(rule["priority"]).rank > Priority(issue.priority).rank:
        changes["priority"] = rule["priority"]
    used = "is over" if percent == BREACH else f"is used up to {percent} %"
    words = f"By the policy {each.terms.policy}: the time for the {each.target.replace('_', ' ')} {used}."
    return changes | {"notes": words} if changes else {}

"""By when an issue should be resolved: the hours of its priority, or those of an escalation."""

from datetime import datetime, timedelta

from django.conf import settings

from issues.models import Issue

ESCALATED = "escalated"


def start_clock(issue: Issue, policy: str, *, since: datetime) -> None:
    """Set ``issue.due_at`` by ``policy``: a priority, or ``escalated``."""
    issue.sla_policy = policy
    issue.due_at = since + timedelta(hours=settings.SLA_HOURS[policy])


def switch_clock(issue: Issue, policy: str) -> None:
    """Go on by another policy, counted from when the present clock was started."""
    started = issue.due_at - timedelta(hours=settings.SLA_HOURS[issue.sla_policy]) if issue.due_at else issue.created_at
    start_clock(issue, policy, since=started)


def soon(at: datetime) -> datetime:
    """What is due by then is due soon."""
    return at + timedelta(hours=settings.SLA_DUE_SOON_HOURS)


def is_breached(issue: Issue, *, at: datetime) -> bool:
    """Whether it was resolved too late, or is late already."""
    return issue.due_at is not None and (issue.resolved_at or at) > issue.due_at

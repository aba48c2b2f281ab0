"""By when an issue must be answered and resolved, and how that is measured (docs/deadlines.md)."""

from datetime import datetime, timedelta

from django.conf import settings

from issues.models import Issue


def soon(at: datetime) -> datetime:
    """What is due by then is due soon."""
    return at + timedelta(hours=settings.SLA_DUE_SOON_HOURS)


def is_breached(issue: Issue, *, at: datetime) -> bool:
    """Whether it was resolved too late, or is late already."""
    return issue.due_at is not None and (issue.resolved_at or at) > issue.due_at

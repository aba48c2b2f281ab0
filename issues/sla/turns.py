"""Whose turn an issue was all along, for a clock that begins when that is past."""

from datetime import datetime
from itertools import pairwise

from issues.models import Communication, Issue
from issues.workflow import Status

OUR_TURN_AFTER = (Status.RESOLVED, Status.CLOSED, Status.ESCALATED)


def waits_since(issue: Issue, at: datetime) -> datetime | None:
    """Since when we wait for the customer; None while it is our turn."""
    said = issue.communications.newest()
    if said is None or said.direction != Communication.Direction.OUTBOUND:
        return None
    return min(said.occurred_at, at) if said.occurred_at >= _our_turn_since(issue, at) else None


def _our_turn_since(issue: Issue, at: datetime) -> datetime:
    """The last escalation, reopening or coming back from resolved; a step that is still to be saved is of ``at``."""
    kept = issue.history.order_by("history_id").values_list("status", "history_date")
    steps = pairwise([*kept, (issue.status, at)])
    turns = [
        when for (old, _), (new, when) in steps if new != old and (new == Status.ESCALATED or old in OUR_TURN_AFTER)
    ]
    return max(turns, default=issue.created_at)

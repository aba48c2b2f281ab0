"""From one row of an issue's audit to the milestones in it: pure, so that reading again gives the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from issues.business_time import business_seconds
from issues.models import Milestone, MilestoneKind, Standing
from issues.workflow import Status

DONE = frozenset({Status.RESOLVED, Status.CLOSED})


@dataclass(frozen=True)
class AuditedRow:
    """The columns of a history row that the figures look at."""

    history_id: int
    history_date: datetime
    status: str
    priority: str
    assigned_team_id: int | None
    first_response_at: datetime | None
    customer_satisfied: bool | None


def read(standing: Standing, row: AuditedRow) -> list[Milestone]:
    """The milestones in ``row``, the next one after those that ``standing`` knows; brings it up to there."""
    steps = [_created, _responded, _answered] if not standing.status else [_stepped, _moved, _responded, _answered]
    found = [milestone for step in steps for milestone in step(standing, row)]
    standing.audit_row = row.history_id
    return found


def _created(standing: Standing, row: AuditedRow) -> list[Milestone]:
    standing.since, standing.status = standing.created_at, row.status
    _take_place(standing, row)
    return [_milestone(standing, row, MilestoneKind.CREATED, at=standing.created_at, backlog=_unresolved(row.status))]


def _stepped(standing: Standing, row: AuditedRow) -> list[Milestone]:
    """It counts where the issue was; where it comes back to be worked on, it counts where it comes to."""
    before, after = standing.status, row.status
    if before == after:
        return []
    backlog = _unresolved(after) - _unresolved(before)
    if backlog > 0:
        _take_place(standing, row)
    is_first = after == Status.RESOLVED and not standing.was_resolved
    if after == Status.RESOLVED:
        standing.was_resolved = True
        standing.age, standing.business_age = _stretch(standing.created_at, row.history_date)
    age, business_age = (standing.age, standing.business_age) if after in DONE else (None, None)
    seconds, business = _stretch(standing.since, row.history_date)
    standing.status, standing.since = after, row.history_date
    step = _milestone(standing, row, MilestoneKind.STEPPED, backlog=backlog, seconds=seconds, business_seconds=business)
    step.status_before, step.status_after = before, after
    step.age, step.business_age, step.is_first = age, business_age, is_first
    return [step]


def _moved(standing: Standing, row: AuditedRow) -> list[Milestone]:
    if (standing.team_id, standing.priority) == (row.assigned_team_id, row.priority):
        return []
    left = _milestone(standing, row, MilestoneKind.MOVED, backlog=-1)
    _take_place(standing, row)
    came = _milestone(standing, row, MilestoneKind.MOVED, backlog=1)
    return [left, came] if row.status not in DONE else []


def _responded(standing: Standing, row: AuditedRow) -> list[Milestone]:
    """On the day on which it was written down, for those before it are told already."""
    if standing.has_response or row.first_response_at is None:
        return []
    standing.has_response = True
    seconds, business = _stretch(standing.created_at, row.first_response_at)
    return [_milestone(standing, row, MilestoneKind.RESPONDED, seconds=seconds, business_seconds=business)]


def _answered(standing: Standing, row: AuditedRow) -> list[Milestone]:
    """Another answer counts again, on its own day."""
    if row.customer_satisfied == standing.satisfied:
        return []
    standing.satisfied = row.customer_satisfied
    if row.customer_satisfied is None:
        return []
    return [_milestone(standing, row, MilestoneKind.ANSWERED, satisfied=row.customer_satisfied)]


def _take_place(standing: Standing, row: AuditedRow) -> None:
    standing.team_id, standing.priority = row.assigned_team_id, row.priority


def _milestone(
    standing: Standing, row: AuditedRow, kind: str, *, at: datetime | None = None, **facts: Any
) -> Milestone:
    moment = at or row.history_date
    return Milestone(
        issue_id=standing.issue_id,
        kind=kind,
        at=moment,
        on=moment.date(),
        audit_row=row.history_id,
        store_id=standing.store_id,
        issue_type=standing.issue_type,
        team_id=standing.team_id,
        priority=standing.priority,
        **facts,
    )


def _unresolved(status: str) -> int:
    return int(status not in DONE)


def _stretch(start: datetime | None, end: datetime) -> tuple[int, int]:
    """Seconds by the clock and of business hours."""
    if start is None:
        return 0, 0
    return max(int((end - start).total_seconds()), 0), business_seconds(start, end)

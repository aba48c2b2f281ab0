"""The milestones of money: when a refund went out, and when one came back."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from issues.models import Issue, RefundMilestone, Standing
from refunds.models import Refund, RefundStatus

TOLD = (RefundStatus.SUCCEEDED, RefundStatus.RETURNED)

Place = tuple[int | None, str]  # team and priority


def read_refunds(issue_ids: Collection[UUID]) -> None:
    """Each time that a refund of these issues came to one of ``TOLD``; what is there already stays."""
    rows = [row for row in _rows_of(issue_ids) if row.status in TOLD]
    if not rows:
        return
    standings = Standing.objects.in_bulk({row.issue_id for row in rows})
    places = _places({row.issue_id for row in rows})
    milestones = [
        _milestone(row, standings[row.issue_id], places[row.issue_id]) for row in rows if row.issue_id in standings
    ]
    RefundMilestone.objects.bulk_create(milestones, batch_size=500, ignore_conflicts=True)


def _rows_of(issue_ids: Collection[UUID]) -> list:
    """The audit rows by which a refund came to another status."""
    refunds = Refund.objects.filter(issue__in=issue_ids).values_list("pk", flat=True)
    history: QuerySet = Refund.history.model.objects.filter(id__in=list(refunds)).order_by("id", "history_id")
    changed, last = [], None
    for row in history:
        if last is None or (last.id, last.status) != (row.id, row.status):
            changed.append(row)
        last = row
    return changed


def _places(issue_ids: set[UUID]) -> dict[UUID, list[tuple[datetime, Place]]]:
    """Since when each issue had which team and priority, the oldest first."""
    history = Issue.history.model.objects.filter(id__in=issue_ids).order_by("history_id")
    places: dict[UUID, list[tuple[datetime, Place]]] = defaultdict(list)
    for pk, at, team, priority in history.values_list("id", "history_date", "assigned_team_id", "priority"):
        places[pk].append((at, (team, priority)))
    return places


def _milestone(row, standing: Standing, places: list[tuple[datetime, Place]]) -> RefundMilestone:
    until = bisect_right(places, row.history_date, key=lambda since: since[0])
    team, priority = places[max(until - 1, 0)][1]
    return RefundMilestone(
        refund_id=row.id,
        status=row.status,
        at=row.history_date,
        on=row.history_date.date(),
        audit_row=row.history_id,
        store_id=standing.store_id,
        issue_type=standing.issue_type,
        team_id=team,
        priority=priority,
        source=row.source,
        amount=row.amount,
        currency=row.currency,
    )

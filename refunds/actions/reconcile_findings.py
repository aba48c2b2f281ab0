"""What a run of the reconciliation writes down: how it went, and each difference once, however many runs see it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.actor import Actor, use_case
from common import clock
from events.record import record
from refunds.actions.reconcile_run import Run, tell_of_unread
from refunds.differences import Difference
from refunds.models import Finding, Reconciliation

DIFFERS = "reconciliation.differs"


@use_case
def note_differences(run: Run, differences: Iterable[Difference], *, actor: Actor) -> None:
    """Refresh what an earlier run found too, and add what is new."""
    by_key = {difference.key: difference for difference in differences}
    known = Finding.objects.open().select_for_update().filter(key__in=by_key)
    for finding in known:
        refresh(finding, by_key.pop(finding.key), run.row)
        run.row.found += 1
    now = clock.now()
    new = [new_finding(difference, run.row, now) for difference in by_key.values()]
    Finding.objects.bulk_create(new, ignore_conflicts=True)  # another run may find it at the same moment
    run.row.found += len(new)


def refresh(finding: Finding, difference: Difference, run: Reconciliation) -> None:
    """One that looks otherwise than when somebody looked into it needs to be looked into again."""
    if (finding.ours, finding.theirs) != (difference.ours, difference.theirs):
        finding.looked_into_at = finding.looked_into_by = None
    finding.ours, finding.theirs = difference.ours, difference.theirs
    finding.last_seen, finding.seen_in = clock.now(), run
    finding.save()


def new_finding(difference: Difference, run: Reconciliation, now: datetime) -> Finding:
    return Finding(
        kind=difference.kind,
        key=difference.key,
        order_id=difference.order_id,
        refund_id=difference.refund_id,
        provider=difference.provider,
        reference=difference.reference,
        ours=difference.ours,
        theirs=difference.theirs,
        happened_at=difference.happened_at,
        first_seen=now,
        last_seen=now,
        seen_in=run,
    )


@use_case
def finish(run: Run, *, is_whole: bool, actor: Actor) -> Reconciliation:
    """Say how it went, what is gone, and tell of each new finding once. A run that broke off tells of nothing gone."""
    row, now = run.row, clock.now()
    if is_whole:
        Finding.objects.open().filter(is_judged(run), seen_in__in=run.earlier).update(gone_at=now)
    new = Finding.objects.open().filter(told_in=None).update(told_in=row)
    row.unread, row.finished_at, row.outcome = run.unread, now, outcome_of(run)
    row.save()
    tell_of_unread(row, actor=actor)
    if new:
        record({DIFFERS: facts_of(row, new)}, actor=actor)
    return row


def is_judged(run: Run) -> Q:
    """Of a finding: whether the run would have seen it again, if it were still there."""
    read = Q(happened_at__gte=run.row.since, provider__in=run.read)
    not_looked_for = Q(kind=Finding.Kind.MISSING_AT_PROVIDER, happened_at__lt=run.ours_since)
    return (Q(happened_at=None) | read) & ~not_looked_for & ~Q(refund__in=run.moving)


def outcome_of(run: Run) -> str:
    if run.row.found:
        return Reconciliation.Outcome.DIFFERS
    return Reconciliation.Outcome.INCOMPLETE if run.unread else Reconciliation.Outcome.AGREES


def facts_of(row: Reconciliation, new: int) -> dict[str, Any]:
    return {"reconciliation_id": str(row.pk), "found": row.found, "new": new}

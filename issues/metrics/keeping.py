"""Keep the milestones up with the audit: behind each event, and whole histories that nobody has read yet.

An update pays nothing for the figures: a worker reads what it wrote. The audit of an issue is written under the
lock of its row, so that its rows appear in their order; how far they were read stands in ``Standing``, whose lock
keeps two workers apart. Reading the same twice adds nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from events.models import Event
from events.subscribers import subscribe_to_many
from issues.metrics.folds import unfold
from issues.metrics.reading import AuditedRow, read
from issues.metrics.refunds import read_refunds
from issues.models import FoldedMonth, Issue, Milestone, RefundMilestone, Standing
from orders.models import Order

BATCH = 500
STRETCH = 1000
COLUMNS = (
    "history_id", "history_date", "status", "priority", "assigned_team_id", "first_response_at", "customer_satisfied",
)  # fmt: skip
OF_REFUND = ("refund.succeeded", "refund.returned")
HEARD = ("issue.created", "issue.updated", "communication.added", *OF_REFUND)
READ = [field.attname for field in Standing._meta.concrete_fields if not field.primary_key]


def subscribe_all() -> None:
    subscribe_to_many(HEARD, read_what_happened)


def read_what_happened(events: Sequence[Event]) -> None:
    read_issues({event.issue_id for event in events if event.issue_id})
    read_refunds({event.issue_id for event in events if event.issue_id and event.name in OF_REFUND})


def read_unread() -> Iterator[int]:
    """Whole histories that nobody has read, in one stretch of the issues after the other: how many were in each.

    No statement looks at more than a stretch, however many issues there are.
    """
    after: UUID | None = UUID(int=0)
    while after is not None:
        end = Issue.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[STRETCH - 1 : STRETCH]
        stretch = Q(pk__gt=after) & Q(pk__lte=end[0]) if end else Q(pk__gt=after)
        ids = list(unread_issues(stretch).values_list("pk", flat=True))
        if ids:
            with transaction.atomic():
                read_issues(ids)
                read_refunds(ids)
        yield len(ids)
        after = end[0] if end else None


def unread_issues(stretch: Q) -> QuerySet[Issue]:
    """``stretch`` is by primary key, which a standing has from its issue."""
    read_before = Standing.objects.filter(stretch, issue=OuterRef("pk")).exclude(status="")
    return Issue.objects.filter(stretch, ~Exists(read_before))


def forget_everything() -> None:
    """So that all of it is read anew."""
    for model in (Milestone, RefundMilestone, Standing, FoldedMonth):
        model.objects.all().delete()


def read_issues(ids: Collection[UUID]) -> None:
    """Read on in the audit of these issues, up to its end."""
    standings = lock_standings(ids)
    rows = _rows_after(standings)
    introduce([standings[pk] for pk in rows if not standings[pk].status])
    milestones = [each for pk in rows for row in rows[pk] for each in read(standings[pk], row)]
    Milestone.objects.bulk_create(milestones, batch_size=BATCH, ignore_conflicts=True)
    unfold(milestone.on for milestone in milestones)
    write_standings([standings[pk] for pk in rows])


def lock_standings(ids: Collection[UUID]) -> dict[UUID, Standing]:
    locked = Standing.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    standings = {standing.pk: standing for standing in locked}
    if missing := sorted(set(ids) - standings.keys()):
        Standing.objects.bulk_create([Standing(issue_id=pk) for pk in missing], ignore_conflicts=True)
        standings |= {standing.pk: standing for standing in locked.all()}
    return standings


def write_standings(standings: Sequence[Standing]) -> None:
    """All of them by one statement."""
    Standing.objects.bulk_create(standings, update_conflicts=True, unique_fields=["issue"], update_fields=READ)


def _rows_after(standings: dict[UUID, Standing]) -> dict[UUID, list[AuditedRow]]:
    """What stands behind the place up to which each was read; those read equally far are asked for at once."""
    read_to: dict[int, list[UUID]] = defaultdict(list)
    for pk, standing in standings.items():
        read_to[standing.audit_row].append(pk)
    unread = Q(pk__in=[])
    for audit_row, ids in read_to.items():
        unread |= Q(id__in=ids, history_id__gt=audit_row)
    rows: dict[UUID, list[AuditedRow]] = defaultdict(list)
    history = Issue.history.model.objects.filter(unread).order_by("id", "history_id")
    for pk, *values in history.values_list("id", *COLUMNS):
        rows[pk].append(AuditedRow(*values))
    return rows


def introduce(standings: Sequence[Standing]) -> None:
    """What does not change: when and of what kind the issue is, and where its order stood then."""
    if not standings:
        return
    by_id = {standing.pk: standing for standing in standings}
    columns = ("pk", "created_at", "issue_type", "order_id", "order__store_id")
    found = list(Issue.objects.filter(pk__in=by_id).values_list(*columns))
    stores = _stores_since({order_id for *_, order_id, _ in found})
    for pk, created_at, issue_type, order_id, present in found:
        then = [store for at, store in stores[order_id] if at <= created_at]
        standing = by_id[pk]
        standing.created_at, standing.issue_type = created_at, issue_type
        standing.store_id = then[-1] if then else present


def _stores_since(order_ids: Iterable[str]) -> dict[str, list[tuple[datetime, str]]]:
    """Since when each order belonged to which store, the oldest first."""
    history = Order.history.model.objects.filter(id__in=order_ids).order_by("history_id")
    stores: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for order_id, at, store_id in history.values_list("id", "history_date", "store_id"):
        stores[order_id].append((at, store_id))
    return stores

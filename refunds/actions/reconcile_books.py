"""Our refunds against the providers' own record of them, and their record against ours."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from orders.models import Order
from refunds.actions.reconcile_findings import note_differences
from refunds.actions.reconcile_run import Run
from refunds.books import Books, Record
from refunds.differences import (
    IN_DOUBT,
    ON_RECORD,
    Difference,
    differences_of,
    is_missed,
    missing,
    unknown_here,
    will_be_asked,
)
from refunds.models import ExternalRefund, Refund, RefundAttempt
from refunds.providers import keeper_of

BATCH = 500
FIRST = UUID(int=0)


def compare_books(books: Books, run: Run) -> None:
    for records in books.of_nobody(BATCH):
        books.assign(ours_by_reference(records))
    for by_refund in books.of_refunds(BATCH):
        note(run, compare_theirs(by_refund, run))
    for records in books.of_nobody(BATCH):
        note(run, made_elsewhere(records))
    last = FIRST
    while refunds := list(ours_after(last, run)):
        last = refunds[-1].pk
        note(run, compare_ours(refunds, books, run))
        run.watch(len(refunds))


def note(run: Run, differences: Iterable[Difference]) -> None:
    if found := list(differences):
        note_differences(run, found, actor=run.actor)


def ours_by_reference(records: list[Record]) -> Iterator[tuple[Record, UUID]]:
    """A provider may have lost our id, and a person may have told us the reference."""
    references = [record.reference for record in records]
    ours = dict(Refund.objects.filter(provider_reference__in=references).values_list("provider_reference", "pk"))
    return ((record, ours[record.reference]) for record in records if record.reference in ours)


def compare_theirs(by_refund: dict[UUID, list[Record]], run: Run) -> Iterator[Difference]:
    refunds = Refund.objects.in_bulk(list(by_refund))
    for refund_id, records in by_refund.items():
        if refund_id not in refunds:
            yield from made_elsewhere(records)
        elif any(differences_of(refunds[refund_id], records)):
            refund = at_rest(refund_id, run)
            yield from differences_of(refund, records) if refund else ()


def made_elsewhere(records: list[Record]) -> Iterator[Difference]:
    """Of money that no refund of ours gave back, and that no event has told us of either.

    What neither bears our id nor pays back an order of ours is none of our business.
    """
    moved = [record for record in records if record.is_money]
    orders = orders_by_payment(moved)
    known = ExternalRefund.objects.filter(reference__in=[record.reference for record in moved])
    written_down = set(known.values_list("provider", "reference"))
    for record in moved:
        order_id = next((orders[payment] for payment in record.payments if payment in orders), None)
        if (order_id or record.refund_id) and (record.provider, record.reference) not in written_down:
            yield unknown_here(record, order_id)


def orders_by_payment(records: list[Record]) -> dict[tuple[str, str], str]:
    """Which order was paid by a provider's payment of that name, for the payments of ``records``."""
    names = {name for record in records for _, name in record.payments}
    found = Order.objects.filter(payment_reference__in=names).values_list("payment_provider", "payment_reference", "pk")
    return {(provider, reference): order_id for provider, reference, order_id in found}


def ours_after(last: UUID, run: Run) -> QuerySet[Refund]:
    tried = Refund.objects.annotate(tried_at=Subquery(tries(OuterRef("pk"))[:1])).filter(
        pk__gt=last, status__in=(*ON_RECORD, *IN_DOUBT), tried_at__gte=run.ours_since
    )
    return tried.select_related("order").order_by("pk")[:BATCH]


def tries(refund) -> QuerySet[RefundAttempt, datetime]:
    """When the refund was tried, the last time first."""
    return RefundAttempt.objects.filter(refund=refund).order_by("-number").values_list("created_at", flat=True)


def compare_ours(refunds: list[Refund], books: Books, run: Run) -> Iterator[Difference]:
    kept = [refund for refund in refunds if keeper_of(refund) in run.read]
    run.row.refunds_checked += len(kept)
    recorded = books.of(refund.pk for refund in kept)
    for refund in kept:
        run.row.in_flight += will_be_asked(refund)
        if refund.pk not in recorded and is_missed(refund):
            found = at_rest(refund.pk, run)
            if found and is_missed(found):
                yield missing(found, keeper_of(refund), tries(refund)[0])


def at_rest(refund_id: UUID, run: Run) -> Refund | None:
    """The refund as it is now; None if it has moved since the books were asked for, so that they may be older."""
    refund = Refund.objects.get(pk=refund_id)
    is_held = refund.leased_until is not None and refund.leased_until > run.row.started_at
    if is_held or refund.history.filter(history_date__gte=run.row.started_at).exists():
        run.row.in_flight += 1
        run.moving.add(refund_id)
        return None
    return refund

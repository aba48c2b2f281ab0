"""What differs between a refund of ours and what its provider has on record: rules, which read nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from common import clock
from common.display import in_words, money
from refunds.books import Record
from refunds.models import Finding, Refund, RefundStatus
from refunds.providers.base import Outcome

Kind = Finding.Kind
S = RefundStatus

# What a record of a provider can mean for us. One that moved nothing says little: another try may be on its way.
FITTING: dict[str, frozenset[str]] = {
    Outcome.SUCCEEDED: frozenset({S.SUCCEEDED}),
    Outcome.PENDING: frozenset({S.PENDING}),
    Outcome.FAILED: frozenset(S.values) - {S.SUCCEEDED, S.PENDING},
    Outcome.RETURNED: frozenset(S.values) - {S.SUCCEEDED, S.PENDING},
}
# Those whose provider has told us of them, or must have.
ON_RECORD = (S.PENDING, S.SUCCEEDED, S.RETURNED)
IN_DOUBT = (S.PROCESSING, S.UNKNOWN)
ASKED_BY_US = (*IN_DOUBT, S.PENDING)
LATE_AFTER = timedelta(minutes=15)
MOST = 300  # of the words of either side


@dataclass(frozen=True, slots=True)
class Difference:
    """``ours`` and ``theirs`` in words. ``happened_at`` is None for what every run checks."""

    kind: str
    ours: str
    theirs: str
    order_id: str | None = None
    refund_id: UUID | None = None
    provider: str = ""
    reference: str = ""
    happened_at: datetime | None = None

    @property
    def key(self) -> str:
        """The same in every run that finds it, whatever the sums are by then."""
        about = self.refund_id or (f"{self.provider}:{self.reference}" if self.reference else self.order_id)
        return f"{self.kind}:{about}"


def counter_differs(order_id: str, currency: str, reserved: Decimal, summed: Decimal) -> Difference:
    return Difference(Kind.COUNTER_DIFFERS, money(reserved, currency), money(summed, currency), order_id)


def differences_of(refund: Refund, records: Sequence[Record]) -> Iterator[Difference]:
    """What differs from the provider's ``records`` of the refund, of which there is at least one, oldest first."""
    moved = [record for record in records if record.is_money]
    if len(moved) > 1:
        twice = _difference(Kind.PAID_TWICE, refund, moved[0])
        yield replace(twice, theirs=" and ".join(map(_in_words, moved))[:MOST])
    newest = (moved or records)[-1]
    if newest.is_money and (newest.amount, newest.currency) != (refund.amount, refund.currency):
        yield _difference(Kind.AMOUNT_DIFFERS, refund, newest)
    if refund.status not in FITTING.get(newest.outcome, S.values) and not will_be_asked(refund):
        yield _difference(Kind.STATUS_DIFFERS, refund, newest)


def is_missed(refund: Refund) -> bool:
    """For a refund that its provider has no record of: whether that is a wonder."""
    return refund.status in ON_RECORD or (refund.status in IN_DOUBT and not will_be_asked(refund))


def missing(refund: Refund, provider: str, tried_at: datetime) -> Difference:
    return Difference(
        Kind.MISSING_AT_PROVIDER,
        _ours(refund),
        "No record",
        refund.order_id,
        refund.pk,
        provider,
        refund.provider_reference,
        tried_at,
    )


def unknown_here(record: Record, order_id: str | None) -> Difference:
    """For money that nobody here gave back."""
    return Difference(
        Kind.UNKNOWN_HERE,
        "No refund",
        _in_words(record)[:MOST],
        order_id,
        provider=record.provider,
        reference=record.reference,
        happened_at=record.made_at,
    )


def will_be_asked(refund: Refund) -> bool:
    """Whether a worker asks the provider about it before long anyway; one that is late with it does not count."""
    due = refund.next_attempt_at
    return refund.status in ASKED_BY_US and due is not None and due > clock.now() - LATE_AFTER


def _difference(kind: str, refund: Refund, record: Record) -> Difference:
    return Difference(
        kind,
        _ours(refund),
        _in_words(record)[:MOST],
        refund.order_id,
        refund.pk,
        record.provider,
        record.reference,
        record.made_at,
    )


def _ours(refund: Refund) -> str:
    return f"{money(refund.amount, refund.currency)}, {in_words(refund.status).lower()}"


def _in_words(record: Record) -> str:
    return f"{money(record.amount, record.currency)}, {in_words(record.outcome).lower()} ({record.reference})"

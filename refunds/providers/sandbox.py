"""A provider that is built in and behaves by the payment's reference, so that every turn can be seen.

What it paid stands in an SQLite file of its own, outside our transactions, as a real provider's books would.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings

from common import clock
from common.ids import as_uuid
from refunds.models import Source
from refunds.providers.base import (
    Answer,
    Outcome,
    Payment,
    PayRequest,
    Provider,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
    ensure_refundable,
)

EXPIRED = ProviderRefused("payment_expired", "Payment method no longer valid")
DECLINED = ProviderRefused("declined", "The provider declined the refund")
FLAKY_ERRORS = 2

SCHEMA = """
PRAGMA journal_mode=WAL;
CREATE TABLE IF NOT EXISTS calls (idempotency_key TEXT NOT NULL, refund_id TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS calls_of_key ON calls (idempotency_key);
CREATE TABLE IF NOT EXISTS payments (
    idempotency_key TEXT PRIMARY KEY, refund_id TEXT NOT NULL, payment_reference TEXT NOT NULL, account TEXT NOT NULL,
    amount TEXT NOT NULL, currency TEXT NOT NULL, outcome TEXT NOT NULL, at TEXT NOT NULL
);
"""


class Sandbox(Provider):
    def check(self, payment: Payment) -> None:
        ensure_refundable(payment)
        if payment.reference.startswith("pay_expired"):
            raise EXPIRED

    def refund(self, request: PayRequest, idempotency_key: str) -> Answer:
        time.sleep(settings.SANDBOX_LATENCY)
        with _store() as store:
            calls = _count_call(store, request, idempotency_key)
            known = _payment(store, idempotency_key)
            if known is None:
                _refuse_or_fail(request.payment.reference, calls)
                known = _pay(store, request, idempotency_key)
                answer_is_lost = request.payment.reference.startswith("pay_timeout")
            else:
                answer_is_lost = False
        time.sleep(settings.SANDBOX_LATENCY)
        if answer_is_lost:
            raise ProviderUnavailable("The sandbox did not answer in time")
        return known

    def find(self, request: PayRequest, idempotency_key: str) -> Answer | None:
        with _store() as store:
            return _payment(store, idempotency_key)

    @property
    def accounts(self) -> tuple[str, ...]:
        return (Source.MERCHANT, Source.PLATFORM, Source.INSURANCE)

    def refunds_since(self, account: str, since: datetime) -> Iterator[ProviderRefund]:
        with _store() as store:
            found = "SELECT rowid, * FROM payments WHERE account = ? AND at >= ? ORDER BY at, rowid"
            rows = store.execute(found, (account, f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}")).fetchall()
        yield from map(_refund, rows)

    def read(self, account: str, reference: str) -> ProviderRefund | None:
        with _store() as store:
            found = "SELECT rowid, * FROM payments WHERE account = ? AND 'sandbox_' || rowid = ?"
            row = store.execute(found, (account, reference)).fetchone()
        return _refund(row) if row else None


def payments() -> list[dict[str, Any]]:
    """What the sandbox has paid, as it has it on record; what it still has pending is not paid."""
    columns = "idempotency_key, refund_id, payment_reference, amount, currency, at"
    with _store() as store:
        rows = store.execute(
            f"SELECT {columns} FROM payments WHERE outcome IN ('succeeded', 'returned') ORDER BY at, rowid"  # noqa: S608
        ).fetchall()
    return [{**row, "amount": Decimal(row["amount"])} for row in map(dict, rows)]


def calls() -> list[tuple[str, str]]:
    """Each call to pay that the sandbox ever got: its key and refund."""
    with _store() as store:
        return [tuple(row) for row in store.execute("SELECT idempotency_key, refund_id FROM calls ORDER BY rowid")]


def tell(refund_id: UUID, outcome: Outcome) -> bool:
    """Let the sandbox decide on its newest payment of a refund; False if it has none that can go there."""
    before = Outcome.SUCCEEDED if outcome == Outcome.RETURNED else Outcome.PENDING
    with _store() as store:
        changed = store.execute(
            "UPDATE payments SET outcome = ? WHERE outcome = ? AND rowid = "
            "(SELECT max(rowid) FROM payments WHERE refund_id = ?)",
            (outcome, before, str(refund_id)),
        )
        return changed.rowcount == 1


@contextmanager
def _store() -> Iterator[sqlite3.Connection]:
    """A connection of its own; each statement commits by itself, as the world does."""
    try:
        with closing(sqlite3.connect(settings.SANDBOX_STORE, timeout=5, isolation_level=None)) as store:
            store.row_factory = sqlite3.Row
            store.executescript(SCHEMA)
            yield store
    except sqlite3.OperationalError as error:
        raise ProviderUnavailable(f"The sandbox's books can't be opened: {error}") from error


def _count_call(store: sqlite3.Connection, request: PayRequest, key: str) -> int:
    store.execute("INSERT INTO calls VALUES (?, ?, ?)", (key, str(request.refund_id), _timestamp(clock.now())))
    return store.execute("SELECT count(*) FROM calls WHERE idempotency_key = ?", (key,)).fetchone()[0]


def _payment(store: sqlite3.Connection, key: str) -> Answer | None:
    row = store.execute("SELECT rowid, outcome FROM payments WHERE idempotency_key = ?", (key,)).fetchone()
    return _answer(row) if row else None


def _answer(row: sqlite3.Row) -> Answer:
    declined = row["outcome"] == Outcome.FAILED
    return Answer(
        Outcome(row["outcome"]),
        reference=f"sandbox_{row['rowid']}",
        code=DECLINED.code if declined else "",
        reason=DECLINED.reason if declined else "",
    )


def _refund(row: sqlite3.Row) -> ProviderRefund:
    return ProviderRefund(
        payment_reference=row["payment_reference"],
        amount=Decimal(row["amount"]),
        currency=row["currency"],
        made_at=datetime.fromisoformat(row["at"]),
        answer=_answer(row),
        refund_id=as_uuid(row["refund_id"]),  # none where somebody else paid
        attempt=_attempt_of(row["idempotency_key"]),
    )


def _attempt_of(key: str) -> int | None:
    number = key.rpartition("-")[2]
    return int(number) if number.isdecimal() else None


def _refuse_or_fail(reference: str, calls: int) -> None:
    if reference.startswith("pay_expired"):
        raise EXPIRED
    if reference.startswith("pay_decline"):
        raise DECLINED
    if reference.startswith("pay_flaky") and calls <= FLAKY_ERRORS:
        raise ProviderUnavailable("The sandbox answered 500")


def _pay(store: sqlite3.Connection, request: PayRequest, key: str) -> Answer:
    """Book the payment; of two calls with one key at once, the second finds the first's."""
    outcome = Outcome.PENDING if request.payment.reference.startswith("pay_pending") else Outcome.SUCCEEDED
    store.execute(
        "INSERT OR IGNORE INTO payments VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key,
            str(request.refund_id),
            request.payment.reference,
            request.account,
            str(request.amount),
            request.currency,
            outcome,
            _timestamp(clock.now()),
        ),
    )
    booked = _payment(store, key)
    assert booked is not None, "it was booked just now"
    return booked


def _timestamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")

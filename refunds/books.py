"""A copy of what the providers have on record, on disk and for one run, so that memory stays flat.

It is read from the providers first and compared afterwards: nobody's rows are held while a provider is asked.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from refunds.providers.base import Outcome, ProviderRefund

CACHE_KIB = 4096
SCHEMA = """
CREATE TABLE records (
    provider TEXT NOT NULL, account TEXT NOT NULL, reference TEXT NOT NULL, refund_id TEXT,
    payment_reference TEXT NOT NULL, payment_alias TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL,
    outcome TEXT NOT NULL, made_at TEXT NOT NULL, UNIQUE (provider, reference)
);
CREATE INDEX records_of_refund ON records (refund_id);
"""
WIDTH = 10
COLUMNS = (
    "rowid, provider, account, reference, refund_id, payment_reference, payment_alias, amount, currency,"
    " outcome, made_at"
)


@dataclass(frozen=True, slots=True)
class Record:
    """A refund as a provider has it; ``row`` is its number in this copy."""

    row: int
    provider: str
    account: str
    reference: str
    refund_id: UUID | None
    payment_reference: str
    payment_alias: str
    amount: Decimal
    currency: str
    outcome: Outcome
    made_at: datetime

    @property
    def payments(self) -> list[tuple[str, str]]:
        """The provider with each name of the payment: an order may know either."""
        return [(self.provider, name) for name in (self.payment_reference, self.payment_alias) if name]

    @property
    def is_money(self) -> bool:
        """Whether the customer has it or will: what failed or came back moved nothing."""
        return self.outcome in (Outcome.SUCCEEDED, Outcome.PENDING)


class Books:
    def __init__(self, store: sqlite3.Connection) -> None:
        self.store = store

    def copy(self, provider: str, account: str, refunds: Iterable[ProviderRefund]) -> int:
        """How many there were; none is kept of books that broke off. Raises as the iteration does.

        One that is listed twice, because the list grew while its pages were turned, is kept once.
        """
        rows = (_row(provider, account, refund) for refund in refunds)
        marks = ", ".join("?" * WIDTH)
        with self.store:
            self.store.execute("BEGIN")
            return self.store.executemany(f"INSERT OR REPLACE INTO records VALUES ({marks})", rows).rowcount  # noqa: S608

    def of_refunds(self, size: int) -> Iterator[dict[UUID, list[Record]]]:
        """The records of ``size`` refunds at a time, the oldest of each first."""
        last = ""
        while ids := self._refund_ids(last, size):
            last = ids[-1]
            yield self.of(ids)

    def of(self, refund_ids: Iterable[UUID | str]) -> dict[UUID, list[Record]]:
        """The records of these refunds, the oldest of each first."""
        ids = [str(refund_id) for refund_id in refund_ids]
        marks = ", ".join("?" * len(ids))
        found = self._records(f"refund_id IN ({marks}) ORDER BY refund_id, made_at, rowid", *ids)
        return {key: list(records) for key, records in groupby(found, lambda record: record.refund_id) if key}

    def of_nobody(self, size: int) -> Iterator[list[Record]]:
        """Those that name no refund of ours, ``size`` at a time."""
        last = 0
        while records := list(self._records("refund_id IS NULL AND rowid > ? ORDER BY rowid LIMIT ?", last, size)):
            last = records[-1].row
            yield records

    def assign(self, records: Iterable[tuple[Record, UUID]]) -> None:
        """Say of records which refunds of ours they are."""
        pairs = [(str(refund_id), record.row) for record, refund_id in records]
        self.store.executemany("UPDATE records SET refund_id = ? WHERE rowid = ?", pairs)

    def _refund_ids(self, last: str, size: int) -> list[str]:
        found = "SELECT DISTINCT refund_id FROM records WHERE refund_id > ? ORDER BY refund_id LIMIT ?"
        return [refund_id for (refund_id,) in self.store.execute(found, (last, size))]

    def _records(self, condition: str, *values: str | int) -> Iterator[Record]:
        found = self.store.execute(f"SELECT {COLUMNS} FROM records WHERE {condition}", values)  # noqa: S608
        return map(_record, found.fetchall())


@contextmanager
def open_books() -> Iterator[Books]:
    """Empty ones, in a file that SQLite makes and removes."""
    store = sqlite3.connect("", isolation_level=None)
    try:
        store.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        store.executescript(SCHEMA)
        yield Books(store)
    finally:
        store.close()


def _row(provider: str, account: str, refund: ProviderRefund) -> tuple[str | None, ...]:
    return (
        provider,
        account,
        refund.answer.reference,
        str(refund.refund_id) if refund.refund_id else None,
        refund.payment_reference,
        refund.payment_alias,
        str(refund.amount),
        refund.currency,
        refund.answer.outcome,
        refund.made_at.astimezone(UTC).isoformat(),
    )


def _record(row: tuple) -> Record:
    number, provider, account, reference, refund_id, payment, alias, amount, currency, outcome, made_at = row
    return Record(
        row=number,
        provider=provider,
        account=account,
        reference=reference,
        refund_id=UUID(refund_id) if refund_id else None,
        payment_reference=payment,
        payment_alias=alias,
        amount=Decimal(amount),
        currency=currency,
        outcome=Outcome(outcome),
        made_at=datetime.fromisoformat(made_at),
    )

"""The bookkeeping of store credit. Whoever posts holds both accounts locked (``LedgerAccount.objects.lock_pair``).

All sums are made in Python, under the lock: the database would add SQLite's floats.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings

from common import clock
from common.money import as_currency
from refunds.errors import InsufficientCredit
from refunds.models import LedgerAccount, LedgerEntry, LedgerLot, LedgerPosting, PostingKind

if TYPE_CHECKING:
    from accounts.actor import Actor

Part = tuple[LedgerLot, Decimal]  # what a posting adds to a lot, or takes from it


class UnevenPosting(RuntimeError):
    """Entries that do not sum to zero were about to be posted: a fault of ours."""


def new_posting(account: LedgerAccount, kind: str, *, actor: "Actor", **subject) -> LedgerPosting:
    origin = actor.origin
    return LedgerPosting(account=account, kind=kind, employee_id=origin.employee, key_id=origin.key, **subject)


def give(posting: LedgerPosting, amount: Decimal, *, counter: LedgerAccount) -> None:
    """A lot of its own for what a refund credits, with the day on which it expires."""
    now = clock.now()
    assert posting.account is not None, "credit goes to somebody"
    lot = LedgerLot(account=posting.account, posting=posting, amount=amount, remaining=0, created_at=now)
    lot.expires_at = expires_at(now)
    lot.save()
    post(posting, [(lot, amount)], counter=counter)


def post(posting: LedgerPosting, parts: Sequence[Part], *, counter: LedgerAccount) -> None:
    """Write the entries of a stored ``posting``: each part on its lot, and the opposite of all on ``counter``."""
    account = posting.account
    assert account is not None, "every posting is about a customer's account"
    total = sum((amount for _, amount in parts), Decimal(0))
    entries = [LedgerEntry(posting=posting, account=account, lot=lot, amount=amount) for lot, amount in parts]
    entries.append(LedgerEntry(posting=posting, account=counter, amount=-total))
    ensure_even(entries)
    for lot, amount in parts:
        lot.remaining += amount
        lot.save(update_fields=["remaining"])
    for side, change in ((account, total), (counter, -total)):
        side.balance += change
        side.save(update_fields=["balance"])
    LedgerEntry.objects.bulk_create(entries)


def ensure_even(entries: Iterable[LedgerEntry]) -> None:
    """Raises ``UnevenPosting``; PostgreSQL looks once more when the transaction commits."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        sums[entry.account.currency] += entry.amount
    if any(sums.values()):
        raise UnevenPosting(dict(sums))


def draw(account: LedgerAccount, amount: Decimal) -> list[Part]:
    """From which lots ``amount`` is taken, soonest to expire first. Raises ``InsufficientCredit``."""
    parts: list[Part] = []
    missing = amount
    lots = list(account.lots.spendable(clock.now()))
    for lot in lots:
        taken = min(lot.remaining, missing)
        parts.append((lot, -taken))
        missing -= taken
        if not missing:
            return parts
    raise InsufficientCredit(available=available(lots, account.currency), currency=account.currency)


def available(lots: Iterable[LedgerLot], currency: str) -> Decimal:
    return as_currency(sum((lot.remaining for lot in lots), Decimal(0)), currency)


def kept_of(credit: LedgerPosting) -> Decimal:
    """What a refund gave to the customer, without what was taken back of it."""
    entries = credit.lot.entries.all()
    reverted = (entry.amount for entry in entries if entry.posting.kind == PostingKind.REVERT)
    return credit.lot.amount + sum(reverted, Decimal(0))


def expires_at(start: datetime) -> datetime | None:
    """``settings.STORE_CREDIT_MONTHS`` later, on the month's last day where the day is missing; None for never."""
    if not settings.STORE_CREDIT_MONTHS:
        return None
    year, month = divmod(start.year * 12 + start.month - 1 + settings.STORE_CREDIT_MONTHS, 12)
    return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1]))

"""What every provider of payments can do, and how it says that it can't."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

# Stripe and its like forget a key after a day; an hour less is safe.
KEY_WINDOW = timedelta(hours=23)


def storable(text: str, length: int) -> str:
    """A stranger's words, as every database takes them."""
    return text.replace("\0", "")[:length]


class ProviderUnavailable(Exception):
    """No definite answer: a time-out, a reset, a 5xx, a 429, garbage. Ask again, with the same key."""


class EventRejected(Exception):
    """What says that it is a provider's event is not, or is too old: nothing of it may be believed."""


class EventMalformed(EventRejected):
    """It is the provider's, and can't be read."""


class ProviderRefused(Exception):
    """A definite no: nothing was done and asking again is of no use."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = storable(code, 64)
        self.reason = storable(reason, 500)
        super().__init__(f"{code}: {reason}")


@dataclass(frozen=True, slots=True)
class Payment:
    """How the order was paid, whom to credit, and which of our accounts pays: the source.

    ``customer_changed``: the order no longer names the customer whom credit was asked for.
    """

    method: str
    provider: str
    reference: str
    disputed: bool
    customer_id: str | None
    account: str = ""
    customer_changed: bool = False


@dataclass(frozen=True, slots=True)
class PayRequest:
    """What to pay back. ``account`` is ours at the provider: the refund's source. ``attempt`` is counted from 1."""

    refund_id: UUID
    amount: Decimal
    currency: str
    account: str
    payment: Payment
    attempt: int = 1


def ensure_refundable(payment: Payment) -> None:
    """What holds for every payment that a provider made. Raises ``ProviderRefused``."""
    if not payment.reference:
        raise ProviderRefused("no_payment", "The order names no payment to pay back to")
    if payment.disputed:
        raise ProviderRefused("disputed", "The payment is disputed")


class Outcome(StrEnum):
    """Where the money is: the first four by a provider's word, the others for want of one."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    FAILED = "failed"
    RETURNED = "returned"
    UNKNOWN = "unknown"
    ABSENT = "absent"  # looked up, and the provider does not know it


ENDINGS = (Outcome.SUCCEEDED, Outcome.FAILED, Outcome.RETURNED)


@dataclass(frozen=True, slots=True)
class Answer:
    """``ask_again``: the provider can be asked how a pending refund goes on."""

    outcome: Outcome
    reference: str = ""
    code: str = ""
    reason: str = ""
    ask_again: bool = True


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    """A refund as the provider's own books have it; nobody here made one without ``refund_id`` and ``attempt``.

    Some payments have two names, and an order may know either: ``payment_alias`` is the other one.
    """

    payment_reference: str
    amount: Decimal
    currency: str
    made_at: datetime
    answer: Answer
    refund_id: UUID | None = None
    attempt: int | None = None
    payment_alias: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """An event: that something happened to a refund, or to the dispute of a payment. What, is read from the provider.

    ``kind`` is the provider's name for it. One that names neither changes nothing here.
    """

    event_id: str
    kind: str
    account: str
    refund_reference: str = ""
    disputed_payment: str = ""
    payment_alias: str = ""


class Provider(ABC):
    """An adapter. Only ``check`` may run inside a transaction: it uses what is known here and asks nobody."""

    @abstractmethod
    def check(self, payment: Payment) -> None:
        """Raises ``ProviderRefused`` when it is known at once that nothing can be paid back."""

    @abstractmethod
    def refund(self, request: PayRequest, idempotency_key: str) -> Answer:
        """Pay. The same key again pays nothing more. Raises ``ProviderUnavailable`` and ``ProviderRefused``."""

    @abstractmethod
    def find(self, request: PayRequest, idempotency_key: str) -> Answer | None:
        """What came of the try with this key; None if the provider does not know it. Raises as ``refund``."""

    @property
    def accounts(self) -> tuple[str, ...]:
        """Ours there, whose refunds can be listed and read; none where nobody but us keeps books."""
        return ()

    def refunds_since(self, account: str, since: datetime) -> Iterator[ProviderRefund]:
        """All refunds made from then on, whoever made them, failed ones too. Raises ``ProviderUnavailable``."""
        yield from ()

    def read(self, account: str, reference: str) -> ProviderRefund | None:
        """The refund that the provider calls so; None if it does not know it. Raises ``ProviderUnavailable``."""
        return None

    def is_disputed(self, account: str, payment_reference: str) -> bool:
        """Whether the payer's bank has, or may take, the money back. Raises ``ProviderUnavailable``."""
        return False

    def parse_event(self, raw: bytes, headers: Mapping[str, str]) -> News:
        """The event in the body of a call. Raises ``EventRejected`` unless its signature proves whose it is."""
        raise EventRejected("This provider sends no events")

"""Stripe, by its own library. Its retries are off: when to ask again is for the refund's row to say.

Merchant and platform have accounts of their own. Each refund carries our id and the number of the attempt in its
metadata, by which it is found again once Stripe has forgotten the idempotency key.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings

from refunds.models import Source
from refunds.providers.base import (
    Answer,
    News,
    Payment,
    PayRequest,
    Provider,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
    ensure_refundable,
)
from refunds.providers.stripe_event import parse_event
from refunds.providers.stripe_words import (
    ATTEMPT,
    REFUND,
    answer_of,
    is_open_dispute,
    is_try,
    minor_units,
    refund_of,
    refusal_of,
)

ACCOUNTS = (Source.MERCHANT, Source.PLATFORM)
MISSING = "resource_missing"
PAGE = 100


class Stripe(Provider):
    def check(self, payment: Payment) -> None:
        ensure_refundable(payment)
        if not settings.STRIPE_KEYS[account_of(payment.account)]:
            raise ProviderRefused("not_configured", f"No Stripe account is connected for the {payment.account}")
        if not payment.reference.startswith(("pi_", "ch_", "py_")):
            raise ProviderRefused("no_payment", "The order names no payment of Stripe")

    def refund(self, request: PayRequest, idempotency_key: str) -> Answer:
        """A refusal is believed once the payment's own list does not show the try: an earlier call may have paid."""
        wanted: Any = {
            **named(request.payment.reference),
            "amount": minor_units(request.amount, request.currency),
            "metadata": {REFUND: str(request.refund_id), ATTEMPT: str(request.attempt)},
        }
        try:
            with translated():
                made = refunds_at(request.account).create(wanted, {"idempotency_key": idempotency_key})
        except ProviderRefused as refusal:
            found = self.find(request, idempotency_key)
            if found is None:
                raise refusal_of(refusal) from refusal
            return found
        return answer_of(made.to_dict())

    def find(self, request: PayRequest, idempotency_key: str) -> Answer | None:
        """By our id in the metadata of the payment's refunds."""
        wanted: Any = {**named(request.payment.reference), "limit": PAGE}
        try:
            with translated():
                listed = rows_of(refunds_at(request.account).list(wanted))
                return next((answer_of(refund) for refund in listed if is_try(refund, request)), None)
        except ProviderRefused as refusal:
            if refusal.code == MISSING:
                return None
            raise

    @property
    def accounts(self) -> tuple[str, ...]:
        return tuple(account for account in ACCOUNTS if settings.STRIPE_KEYS[account])

    def refunds_since(self, account: str, since: datetime) -> Iterator[ProviderRefund]:
        with translated():
            wanted: Any = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
            yield from map(refund_of, rows_of(refunds_at(account).list(wanted)))

    def read(self, account: str, reference: str) -> ProviderRefund | None:
        try:
            with translated():
                return refund_of(refunds_at(account).retrieve(reference).to_dict())
        except ProviderRefused as refusal:
            if refusal.code == MISSING:
                return None
            raise

    def is_disputed(self, account: str, payment_reference: str) -> bool:
        with translated():
            wanted: Any = {**named(payment_reference), "limit": PAGE}
            return any(map(is_open_dispute, rows_of(client_of(account).v1.disputes.list(wanted))))

    def parse_event(self, raw: bytes, headers: Mapping[str, str]) -> News:
        return parse_event(raw, headers)


def account_of(source: str) -> str:
    """An accepted claim is paid from where the merchant pays."""
    return source if source in ACCOUNTS else Source.MERCHANT


def named(reference: str) -> dict[str, str]:
    return {"payment_intent" if reference.startswith("pi_") else "charge": reference}


def refunds_at(source: str) -> Any:
    return client_of(source).v1.refunds


def client_of(source: str) -> stripe.StripeClient:
    """Raises ``ProviderUnavailable`` where the key is gone: that says nothing of an earlier call."""
    key = settings.STRIPE_KEYS[account_of(source)]
    if not key:
        raise ProviderUnavailable(f"No Stripe account is connected for the {source}")
    return _client(key, settings.STRIPE_API_BASE, settings.REFUND_HTTP_TIMEOUT)


@lru_cache(maxsize=8)
def _client(key: str, base: str, seconds: float) -> stripe.StripeClient:
    """It keeps its connections. ``seconds`` are for both: a quarter to connect, the rest for the answer."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": base},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(seconds / 4, seconds * 3 / 4)),
    )


def rows_of(page: Any) -> Iterator[dict[str, Any]]:
    """Of this page and all after it."""
    return (row.to_dict() for row in page.auto_paging_iter())


@contextmanager
def translated() -> Iterator[None]:
    """Stripe's errors as ours. Only an error object about the request itself is a no.

    A key that is refused, one used with another body, a busy server and garbage say nothing of an earlier call.
    """
    try:
        yield
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        raise ProviderRefused(error.code or "invalid_request", error.user_message or str(error)) from error
    except stripe.StripeError as error:
        raise ProviderUnavailable(f"{type(error).__name__}: {error}") from error

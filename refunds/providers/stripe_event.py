"""Events of Stripe: whose they are, told by the signature over the raw body, and what they are about."""

import json
from collections.abc import Mapping
from typing import Any

import stripe
from django.conf import settings

from refunds.providers.base import EventMalformed, EventRejected, News

TOLERANCE = 300  # seconds that a signature is good for
LONGEST = 255


def parse_event(raw: bytes, headers: Mapping[str, str]) -> News:
    """Raises ``EventRejected``."""
    account = signer_of(raw, headers.get("Stripe-Signature", ""))
    try:
        event = json.loads(raw)
        about = event["data"]["object"]
        return News(event_id=_word(event["id"]), kind=_word(event["type"], 64), account=account, **_named_by(about))
    except (ValueError, LookupError, TypeError) as error:
        raise EventMalformed("It is not an event of Stripe") from error


def signer_of(raw: bytes, signature: str) -> str:
    """The account whose secret the signature was made with. Raises ``EventRejected``."""
    for account, secret in settings.STRIPE_EVENT_SECRETS.items():
        if secret and _is_signed(raw, signature, secret):
            return account
    raise EventRejected("The signature is missing, wrong or too old")


def _is_signed(raw: bytes, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(raw, signature, secret, TOLERANCE)
    except (stripe.SignatureVerificationError, ValueError, TypeError):
        return False
    return True


def _named_by(about: Mapping[str, Any]) -> dict[str, str]:
    if about["object"] == "refund":
        return {"refund_reference": _word(about["id"])}
    if about["object"] == "dispute":
        names = [_word(about[name]) for name in ("payment_intent", "charge") if about.get(name)]
        return {"disputed_payment": names[0], "payment_alias": names[-1]}
    return {}


def _word(value: Any, longest: int = LONGEST) -> str:
    """Raises ``ValueError``."""
    if not (isinstance(value, str) and 0 < len(value) <= longest and value.isascii() and value.isprintable()):
        raise ValueError(value)
    return value

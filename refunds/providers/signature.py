"""How the desk and an insurer prove to each other who speaks: an HMAC over the time and the words (docs/insurer.md)."""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

from refunds.providers.base import EventRejected

HEADER = "Redress-Signature"
TOLERANCE = timedelta(seconds=300)
FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def sign(words: bytes, *, secret: str, at: datetime) -> str:
    """The header's value: ``t=<seconds>,v1=<hex>``."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(words, secret, seconds)}"


def verify(words: bytes, signature: str, *, secret: str, at: datetime) -> None:
    """Raises ``EventRejected`` for what was not signed with ``secret``, or not within ``TOLERANCE`` of ``at``."""
    form = FORM.fullmatch(signature)
    if not secret or form is None:
        raise EventRejected("The signature is missing or has another form")
    seconds = int(form[1])
    if not hmac.compare_digest(_digest(words, secret, seconds), form[2]):
        raise EventRejected("The signature does not fit")
    if abs(at.timestamp() - seconds) > TOLERANCE.total_seconds():
        raise EventRejected("The signature is too old, or of the future")


def _digest(words: bytes, secret: str, seconds: int) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + words, hashlib.sha256).hexdigest()

"""The secrets that webhooks are signed with: made, kept encrypted, and used.

The form is that of Standard Webhooks: ``whsec_`` and base64; a signature is ``v1,`` and the base64 of an HMAC-SHA256
over id, time and body.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

from common.sealed import seal, unseal

PREFIX = "whsec_"
BYTES = 32
PURPOSE = "webhook secrets"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def sealed(secret: str) -> str:
    """As it is kept."""
    return seal(secret.encode(), purpose=PURPOSE).decode()


def unsealed(kept: str) -> str:
    """Raises ``Unreadable``."""
    return unseal(kept.encode(), purpose=PURPOSE).decode()


def signatures(secrets_: Iterable[str], *, message_id: str, at: datetime, body: bytes) -> str:
    """The header's value: one signature for each secret."""
    signed = f"{message_id}.{int(at.timestamp())}.".encode() + body
    return " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets_)


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()

"""The address at which a customer's answer to our mail arrives. It names the issue, and is signed, so that nobody
writes into an issue whose mail they never had.
"""

import base64
import binascii
from collections.abc import Iterator
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "redress reply address"
SIGNATURE = 10  # bytes: 80 bits, and with the issue's 16 bytes still a local part that mail servers take


def reply_address(issue_id: UUID) -> str:
    """``support+<token>@desk.example``; nothing where the desk takes no mail."""
    if not settings.INBOUND_ADDRESS:
        return ""
    local, _, domain = settings.INBOUND_ADDRESS.partition("@")
    return f"{local}+{_token(issue_id, settings.SECRET_KEY)}@{domain}"


def issue_at(address: str) -> UUID | None:
    """The issue that ``address`` names under a signature of ours."""
    local, _, domain = parseaddr(address)[1].lower().partition("@")
    box, _, token = local.partition("+")
    if not token or f"{box}@{domain}" != settings.INBOUND_ADDRESS.lower():
        return None
    try:
        issue_id = UUID(bytes=base64.b32decode(token.upper() + "=" * (-len(token) % 8))[:16])
    except (binascii.Error, ValueError):
        return None
    return issue_id if any(constant_time_compare(token, each) for each in _tokens(issue_id)) else None


def message_id_of(delivery_id: UUID) -> str:
    """The Message-ID of what we sent; a sequel to it names it among its references."""
    return f"<{delivery_id}@{own_domain()}>"


def delivery_named(message_id: str) -> UUID | None:
    """Which of our mails ``message_id`` is."""
    name, _, domain = message_id.strip().strip("<>").partition("@")
    if domain.lower() != own_domain().lower():
        return None
    try:
        return UUID(name)
    except ValueError:
        return None


def own_domain() -> str:
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return address.partition("@")[2] or "localhost"


def _tokens(issue_id: UUID) -> Iterator[str]:
    """Under the present key and those before it: mails live longer than keys."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _token(issue_id, key)


def _token(issue_id: UUID, key: str) -> str:
    signature = salted_hmac(SALT, issue_id.bytes, secret=key, algorithm="sha256").digest()[:SIGNATURE]
    return base64.b32encode(issue_id.bytes + signature).decode().rstrip("=").lower()

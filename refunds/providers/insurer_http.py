"""Claims filed with an insurer over signed HTTP; docs/insurer.md describes both sides.

By the standard library's client: it follows no redirect and tries nothing twice.
"""

import socket
import time
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from io import BufferedReader, RawIOBase
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

import orjson
from django.conf import settings

from common import clock
from common.money import as_currency
from refunds.models import PAID_CLAIM, Claim, ClaimStatus
from refunds.providers import signature
from refunds.providers.base import ProviderRefused, ProviderUnavailable, storable

LARGEST_ANSWER = 64 * 1024
CHUNK = 8 * 1024
KNOWN = tuple(status.value for status in ClaimStatus if status != ClaimStatus.WITHDRAWN)
# Ours to mend or theirs to get over: none of them says anything about the claim.
NO_ANSWER = frozenset({401, 403, 404, 408, 409, 425, 429})


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """Where the insurer says that the claim stands. ``accepted_amount``: None means all that was asked."""

    status: str
    reference: str = ""
    accepted_amount: Decimal | None = None
    reason: str = ""


def file(claim: Claim) -> ClaimAnswer:
    """The same claim again is no second one. Raises ``ProviderUnavailable`` and ``ProviderRefused``."""
    refund = claim.refund
    body = {
        "claim_id": str(claim.pk),
        "refund_id": str(refund.pk),
        "order_id": refund.order_id,
        "issue_number": refund.issue.number,
        "issue_type": refund.issue.issue_type,
        "amount": str(as_currency(claim.asked_amount, refund.currency)),
        "currency": refund.currency,
        "description": claim.description,
        "evidence": claim.attachments,
        "created_at": claim.created_at,
    }
    return _answer(*_call("POST", settings.INSURER_URL, orjson.dumps(body), key=str(claim.pk)))


def look(claim: Claim) -> ClaimAnswer:
    """What became of a claim that is filed. Raises ``ProviderUnavailable``."""
    known_as = quote(claim.reference or str(claim.pk), safe="")
    status, raw = _call("GET", f"{settings.INSURER_URL.rstrip('/')}/{known_as}", b"")
    if not 200 <= status < 300:
        raise ProviderUnavailable(f"The insurer answered {status}")
    return _answer(status, raw)


def is_safe(url: SplitResult) -> bool:
    """https; and plain http to this machine, or in development."""
    return url.scheme == "https" or (url.scheme == "http" and (settings.IS_DEMO or is_loopback(url.hostname or "")))


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _call(method: str, address: str, body: bytes, *, key: str = "") -> tuple[int, bytes]:
    """Status and body of the answer."""
    url = urlsplit(address)
    if not is_safe(url):
        raise ProviderUnavailable("INSURER_URL must be https")
    target = url.path + (f"?{url.query}" if url.query else "")
    words = body or target.encode()
    signed = signature.sign(words, secret=settings.INSURER_SECRET, at=clock.now())
    headers = {"Accept": "application/json", "User-Agent": "Redress", signature.HEADER: signed}
    if body:
        headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
    kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
    end = time.monotonic() + settings.REFUND_HTTP_TIMEOUT
    connection = kind(url.hostname or "", url.port, timeout=settings.REFUND_HTTP_TIMEOUT)
    try:
        connection.connect()
        connection.sock.settimeout(_left(end))
        connection.request(method, target, body or None, headers)
        return _read(_Answering(connection.sock, end), method)
    except (OSError, HTTPException) as error:
        raise ProviderUnavailable(f"The insurer can't be reached: {type(error).__name__}") from error
    finally:
        connection.close()


class _Answering(RawIOBase):
    """What a socket gives until ``end``. Its own time-out begins anew with each byte, of the headers too."""

    def __init__(self, connection: socket.socket, end: float) -> None:
        self._connection, self._end = connection, end

    def makefile(self, mode: str) -> BufferedReader:
        return BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(_left(self._end))
        return self._connection.recv_into(buffer)


def _left(end: float) -> float:
    """Seconds. Raises ``TimeoutError``."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _read(answering: Any, method: str) -> tuple[int, bytes]:
    response = HTTPResponse(answering, method=method)
    response.begin()
    raw = b""
    while chunk := response.read1(CHUNK):
        raw += chunk
        if len(raw) > LARGEST_ANSWER:
            raise ProviderUnavailable("The insurer's answer is too long")
    return response.status, raw


def _answer(status: int, raw: bytes) -> ClaimAnswer:
    content = _object(raw)
    if 400 <= status < 500 and status not in NO_ANSWER and isinstance(content.get("error"), dict):
        error = content["error"]
        raise ProviderRefused(str(error.get("code") or "claim_refused"), str(error.get("reason") or "Refused"))
    if not 200 <= status < 300 or content.get("status") not in KNOWN:
        raise ProviderUnavailable(f"The insurer answered {status}, and nothing that can be understood")
    accepted = _amount(content.get("accepted_amount"))
    if content["status"] == ClaimStatus.ACCEPTED_IN_PART and accepted is None:
        raise ProviderUnavailable("The insurer accepted a part, and does not say which")
    return ClaimAnswer(
        status=content["status"],
        reference=storable(str(content.get("reference") or ""), 255),
        accepted_amount=accepted if content["status"] in PAID_CLAIM else None,
        reason=storable(str(content.get("reason") or ""), 500),
    )


def _object(raw: bytes) -> dict[str, Any]:
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}


def _amount(told: Any) -> Decimal | None:
    """A decimal string; anything else that is no null can't be understood."""
    if told is None:
        return None
    try:
        return Decimal(told if isinstance(told, str) else "")
    except InvalidOperation as error:
        raise ProviderUnavailable("The insurer accepted an amount that is none") from error

"""A request's body as bytes, never more of it than is allowed."""

from typing import Any

from django.http import HttpRequest, RawPostDataException

KIB = 1024
MOST_DISCARDED = 32 * KIB * KIB


def read_body(request: HttpRequest, limit: int) -> bytes | None:
    """None for a body of more than ``limit`` bytes."""
    if _comes_in_chunks(request):
        raw = request.META["wsgi.input"].read(limit + 1)
        if len(raw) <= limit:
            return raw
        _discard(request.META["wsgi.input"])
        return None
    if _declared_length(request) > limit:
        _discard(request)
        return None
    try:
        return request.body
    except RawPostDataException:  # the check of a browser's CSRF token has read a form; nobody here takes one
        return b""


def has_body(request: HttpRequest) -> bool:
    return _comes_in_chunks(request) or _declared_length(request) > 0


def _discard(stream: Any) -> None:
    """Read on and keep nothing: a caller who is cut off while sending never sees why. Within reason."""
    left = MOST_DISCARDED
    while left > 0 and (piece := stream.read(min(64 * KIB, left))):
        left -= len(piece)


def _comes_in_chunks(request: HttpRequest) -> bool:
    """Without a declared length, which Django would read as no body; the server must mark the end."""
    in_chunks = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    return in_chunks and bool(request.META.get("wsgi.input_terminated"))


def _declared_length(request: HttpRequest) -> int:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    return int(declared) if declared.isdigit() else 0

"""Headers of a call that Django's reader takes for granted and a caller may have malformed."""

from django.http import HttpRequest
from django.utils.http import parse_header_parameters

JSON = "application/json"
UNREADABLE = (ValueError, TypeError, LookupError)  # what the reader makes of a parameter that is none


def media_type_of(header: str) -> tuple[str, dict[str, str]]:
    """A media type and its parameters; an empty one where the header can't be read."""
    try:
        return parse_header_parameters(header)
    except UNREADABLE:
        return "", {}


def is_plain_json(request: HttpRequest) -> bool:
    """Whether the body says that it is JSON, packed by nothing."""
    is_packed = request.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity")
    return request.content_type == JSON and not is_packed


def accepts(request: HttpRequest, media_type: str) -> bool:
    """Whatever the parameters: ``application/json; charset=utf-8`` is what we send. An empty header asks nothing."""
    if not request.headers.get("Accept"):
        return True
    main, _, sub = media_type.partition("/")
    try:
        ranges = request.accepted_types
    except UNREADABLE:
        return False
    return any(each.main_type in ("*", main) and each.sub_type in ("*", sub) for each in ranges)

"""What can be the address of nothing, since no database takes it."""

from django.http import HttpRequest


def holds_nul(request: HttpRequest) -> bool:
    """In its path or its query; PostgreSQL takes no text with it."""
    return "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")

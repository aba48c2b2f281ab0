"""``ETag`` and ``If-Match``: the version of an issue in quotes."""

import re

from django.http import HttpRequest

NEVER = -1  # no row has this version


def etag_of(version: int) -> str:
    return f'"{version}"'


def expected_version(request: HttpRequest) -> int | None:
    """The version that the caller has seen; None if they do not say, ``NEVER`` if it can match nothing."""
    header = request.META.get("HTTP_IF_MATCH", "").strip()
    if header in ("", "*"):
        return None
    known = re.fullmatch(r'"(0|[1-9][0-9]{0,17})"', header)
    return int(known[1]) if known else NEVER

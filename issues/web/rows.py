"""Pages of rows below a query that says more than where the page begins."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict

from common.api.cursor import PARAMETERS, Page, page_of
from common.errors import ValidationFailed
from issues.listing import Unfit, moment_of


def rows_page(rows: Any, request: HttpRequest) -> Page:
    """One page; the first one for a cursor of another list."""
    try:
        return page_of(rows, request)
    except ValidationFailed:
        return Page(rows=list(rows.order_by("-created_at", "-id")[:50]), next=None, previous=None)


def without_page(query: QueryDict) -> QueryDict:
    rest = query.copy()
    for name in PARAMETERS:
        rest.pop(name, None)
    return rest


def moment_or_none(text: str) -> datetime | None:
    """What is no moment bounds nothing."""
    try:
        return moment_of(text)
    except Unfit:
        return None

"""The admin's first page: what an agent has to do."""

from typing import Any

from django.http import HttpRequest

from accounts.browser import actor_of
from issues.short_lists import FOR_AGENTS, short_lists


def prepare(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """For Unfold's DASHBOARD_CALLBACK."""
    lists = short_lists(FOR_AGENTS, actor=actor_of(request, via="admin"))
    return context | {"title": "My desk", "short_lists": lists, "issue_page": "admin:issues_issue_change"}

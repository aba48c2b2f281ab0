"""The cells and the headings of the agents' queue."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import template
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import clock, display
from common.api.cursor import PARAMETERS
from issues import sla
from issues.models import Issue
from issues.queue import COLUMNS, NEWEST

register = template.Library()


def _name(thing: Any) -> str:
    return str(thing) if thing else display.NOTHING


def deadline(issue: Issue) -> SafeString:
    """How far off it is in a word and a colour, and the moment itself."""
    if issue.due_at is None or issue.resolved_at or issue.is_closed:
        return SafeString(display.NOTHING)
    now = clock.now()
    soon = issue.due_at <= sla.soon(now)
    state = "late" if sla.is_breached(issue, at=now) else "soon" if soon else "in_time"
    word = f"{_span(now - issue.due_at)} late" if state == "late" else f"in {_span(issue.due_at - now)}"
    return format_html('<span class="badge is-{}">{}</span> {}', state, word, display.moment(issue.due_at))


def _span(time: timedelta) -> str:
    """In its largest unit."""
    minutes = int(time.total_seconds() // 60)
    return f"{minutes // 1440} d" if minutes >= 1440 else f"{minutes // 60} h" if minutes >= 60 else f"{minutes} min"


CELLS: dict[str, Callable[[Any], str]] = {
    "status": lambda issue: display.badge(issue.status),
    "priority": lambda issue: display.badge(issue.priority),
    "due": deadline,
    "assignee": lambda issue: issue.assigned_to.name if issue.assigned_to else "Nobody",
    "team": lambda issue: _name(issue.assigned_team),
    "customer": lambda issue: _name(issue.order.customer),
    "order": lambda issue: issue.order_id,
    "store": lambda issue: issue.order.store_id,
    "tags": lambda issue: ", ".join(tag.name for tag in issue.tags_on) or display.NOTHING,
    "follow_up": lambda issue: display.moment(issue.follow_up_date),
    "created": lambda issue: display.moment(issue.created_at),
    "updated": lambda issue: display.moment(issue.updated_at),
}


@register.simple_tag
def cell(issue: Issue, column: str) -> str:
    return CELLS[column](issue)


@register.filter
def titled(column: str) -> str:
    return COLUMNS[column][0]


@register.inclusion_tag("admin/issues/queue_heading.html")
def heading(query: QueryDict, column: str) -> dict[str, Any]:
    """A column that sorts is a link: to its first order, and from there to the reverse."""
    title, first = COLUMNS[column]
    present = query.get("ordering", NEWEST)
    is_sorted = bool(first) and present.removeprefix("-") == first.removeprefix("-")
    direction = ("descending" if present.startswith("-") else "ascending") if is_sorted else ""
    turned = opposite(first) if present == first else first
    return {"column": column, "title": title, "direction": direction, "query": first and replaced(query, turned)}


def opposite(ordering: str) -> str:
    return ordering[1:] if ordering.startswith("-") else f"-{ordering}"


@register.filter
def without_page(query: QueryDict) -> str:
    return _encoded(query, PARAMETERS)


def replaced(query: QueryDict, ordering: str) -> str:
    rest = query.copy()
    rest["ordering"] = ordering
    return _encoded(rest, PARAMETERS)


def _encoded(query: QueryDict, leave_out: tuple[str, ...]) -> str:
    rest = query.copy()
    for name in leave_out:
        rest.pop(name, None)
    return rest.urlencode()

"""An issue's clocks in words."""

from datetime import timedelta
from itertools import pairwise

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from issues.sla.explain import Explained

register = template.Library()

STATES = {
    "running": ("Running", "in_time"),
    "waiting_for_customer": ("Waits for the customer", "paused"),
    "resolved": ("Resolved", "paused"),
    "late": ("Late", "late"),
    "met": ("Met", "in_time"),
    "met_late": ("Met late", "late"),
    "replaced": ("Went over to another", "paused"),
}
SEGMENTS = {
    "running": "Counted",
    "closed": "Outside business hours",
    "waiting_for_customer": "Waited for the customer",
    "resolved": "Was resolved",
    "earlier": "Used up before",
}
MINUTE, HOUR, DAY = 60, 3600, 86400


@register.simple_tag
def deadline_state(explained: Explained) -> SafeString:
    word, colour = STATES[explained.state]
    return format_html('<span class="badge is-{}">{}</span>', colour, word)


@register.filter
def state_of_segment(state: str) -> str:
    return SEGMENTS[state]


@register.filter
def span(time: timedelta) -> str:
    """In its two largest units: ``2 d 3 h``, ``4 h 5 min``, ``20 s``."""
    seconds = int(time.total_seconds())
    units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1, "s")]
    for (size, name), (smaller, its_name) in pairwise(units):
        if seconds >= size:
            rest = seconds % size // smaller
            return f"{seconds // size} {name}" + (f" {rest} {its_name}" if rest else "")
    return f"{seconds} s"

"""``common.display`` for templates, and what is told of an issue's time."""

from django import template
from django.utils.safestring import SafeString

from common import clock, display
from issues import sla
from issues.models import Issue

register = template.Library()
register.filter(display.in_words)
register.filter(display.isolated)
register.filter(display.money)
register.simple_tag(display.badge)
register.simple_tag(display.moment)


@register.simple_tag
def due(issue: Issue) -> SafeString:
    """By when it should be resolved, and whether that is too late."""
    if issue.due_at is None or issue.is_closed:
        return SafeString(display.NOTHING)
    late = sla.is_breached(issue, at=clock.now())
    mark = SafeString(' <span class="badge is-late">Late</span>' if late else "")
    return display.moment(issue.due_at) + mark

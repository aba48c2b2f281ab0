"""Where a new issue goes: the first fitting rule's team, and its member with the fewest issues in hand."""

from collections.abc import Iterable, Mapping

from issues.models import RoutingRule, Team


def choose_team(rules: Iterable[RoutingRule], *, issue_type: str, priority: str, store: str) -> Team | None:
    """``rules`` in the order of their position; an empty condition fits everything."""
    for rule in rules:
        fits_type = rule.issue_type in ("", issue_type)
        fits_priority = rule.priority in ("", priority)
        if fits_type and fits_priority and rule.store_id in (None, store):
            return rule.team
    return None


def choose_assignee(loads: Mapping[int, int]) -> int | None:
    """The employee (by primary key) with the fewest unresolved issues; of equals, the one with the lowest key."""
    return min(loads, key=lambda employee: (loads[employee], employee), default=None)

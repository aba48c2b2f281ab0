"""After a stale save: what each field was when the page was opened, what it is now, and what was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Employee
from common.display import NOTHING, in_words

LABELS = {
    "status": "Status", "priority": "Priority", "assigned_to": "Assignee", "customer_satisfied": "Satisfied",
    "follow_up_required": "Follow up", "follow_up_date": "Follow up on", "resolution_description": "Resolution",
}  # fmt: skip


@dataclass(frozen=True)
class Side:
    """``yours`` is '' where nothing was chosen; ``now`` then stays."""

    field: str
    label: str
    seen: str
    now: str
    yours: str

    @property
    def was_changed(self) -> bool:
        """Whether somebody else changed it meanwhile."""
        return self.seen != self.now


def standoff(seen: Mapping[str, Any], now: Mapping[str, Any], typed: Mapping[str, Any]) -> list[Side]:
    """The fields that somebody else changed, and those that were altered here."""
    sides = [_side(name, seen[name], now[name], typed[name]) for name in LABELS]
    return [side for side in sides if side.was_changed or side.yours]


def _side(name: str, seen: Any, now: Any, typed: Any) -> Side:
    is_altered = (typed or None) != (seen or None) if not isinstance(typed, bool) else typed != seen
    return Side(name, LABELS[name], _words(seen), _words(now), _words(typed) if is_altered else "")


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Employee):
        return value.name
    if isinstance(value, datetime):
        return f"{value:%-d %b %Y, %H:%M} UTC"
    return in_words(value) if isinstance(value, str) and value.islower() and " " not in value else value or NOTHING

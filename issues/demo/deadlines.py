"""The demo's deadlines: answers within the hours of its stores, each where it is, and resolutions by priority."""

from datetime import time
from typing import Any

from accounts.actor import Actor
from issues.actions.tell_deadlines import tell_some_deadlines
from issues.actions.tell_follow_ups import tell_some_follow_ups
from issues.actions.write_deadlines import POLICY_FIELDS, write_hours, write_policy
from issues.demo.shop import STORES
from issues.models import SlaPolicy
from issues.workflow import Priority
from orders.models import Store

DEMO = Actor.system("demo")
HOUR = 60
# Minutes to the first answer, to the next ones, and to the resolution; in business hours or round the clock.
TARGETS = {
    Priority.CRITICAL: (1 * HOUR, 1 * HOUR, 8 * HOUR, False),
    Priority.HIGH: (2 * HOUR, 4 * HOUR, 16 * HOUR, True),
    Priority.MEDIUM: (8 * HOUR, 8 * HOUR, 40 * HOUR, True),
    Priority.LOW: (16 * HOUR, 16 * HOUR, 80 * HOUR, True),
}


PLACES: dict[str, dict[str, Any]] = {
    "boston": {"time_zone": "America/New_York", "country": "US", "part": "MA"},
    "austin": {"time_zone": "America/Chicago", "country": "US", "part": "TX"},
    "lyon": {"time_zone": "Europe/Paris", "country": "FR"},
    "kuwait": {"time_zone": "Asia/Kuwait", "country": "KW", "days": [6, 0, 1, 2, 3]},
}


def make_deadlines() -> None:
    empty = {field.name: field.get_default() for field in SlaPolicy._meta.fields if field.name in POLICY_FIELDS}
    escalated = {"name": "Escalated", "for_escalated": True, "position": 10, "resolution": 8 * HOUR}
    write_policy(empty | escalated | {"in_business_hours": False}, actor=DEMO)
    for place, (priority, (first, following, resolution, in_hours)) in enumerate(TARGETS.items(), start=2):
        targets = {"first_response": first, "next_response": following, "resolution": resolution}
        named = {"name": priority.label, "position": place * 10, "priority": str(priority)}
        write_policy(empty | named | targets | {"in_business_hours": in_hours}, actor=DEMO)
    usual: dict[str, Any] = {"days": [0, 1, 2, 3, 4], "opens": time(8), "closes": time(20), "country": "", "part": ""}
    for store_id, name, _ in STORES:
        store, _ = Store.objects.get_or_create(pk=store_id, defaults={"name": name})
        write_hours(usual | PLACES[store_id] | {"store": store}, actor=DEMO)


def tell_what_was_due() -> None:
    """So that the first beat of a new desk is not the one that tells of three months."""
    while tell_some_deadlines(actor=DEMO):
        pass
    while tell_some_follow_ups(actor=DEMO):
        pass

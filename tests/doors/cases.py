"""Updates of an issue and what comes of them, whichever door they come through."""

from dataclasses import dataclass, field
from typing import Any

from accounts.roles import AGENT, MANAGER, SENIOR_AGENT

TOO_LONG = "x" * 2001


@dataclass(frozen=True)
class Case:
    """``changes`` by the names and values of the API; ``ends`` is the status after, or the code of the refusal.

    ``fields``: where a VALIDATION_ERROR shows. ``asks_for``: the kind of the approval that it opens. ``paid_with``: the
    reference of the order's payment, which is 100.00 USD by card.
    """

    name: str
    role: str
    starts: str
    changes: dict[str, Any]
    ends: str
    fields: frozenset[str] = field(default_factory=frozenset)
    asks_for: str = ""
    paid_with: str = "pay_ok_1"

    def __str__(self) -> str:
        return self.name


def refund(amount: str, source: str = "merchant", **more) -> dict[str, Any]:
    return {"refund_amount": amount, "refund_source": source, **more}


def wrong(name: str, role: str, starts: str, changes: dict[str, Any], *fields: str) -> Case:
    return Case(name, role, starts, changes, "VALIDATION_ERROR", frozenset(fields))


CASES = [
    Case("a note", AGENT, "open", {"notes": "Called."}, "open"),
    Case("a note with markup", AGENT, "open", {"notes": "<script>alert(1)</script>"}, "open"),
    Case("a first step", AGENT, "open", {"status": "investigating"}, "investigating"),
    Case("a step back", AGENT, "in_progress", {"status": "open"}, "open"),
    Case("a resolution", AGENT, "in_progress", {"status": "resolved", "notes": "Sent a new one."}, "resolved"),
    wrong("a resolution without a note", AGENT, "in_progress", {"status": "resolved"}, "notes"),
    Case("a skipped step", AGENT, "open", {"status": "resolved", "notes": "Why."}, "INVALID_STATUS_TRANSITION"),
    Case("from escalated to closed", MANAGER, "escalated", {"status": "closed", "notes": "Why."},
         "INVALID_STATUS_TRANSITION"),
    Case("closing as an agent", AGENT, "resolved", {"status": "closed", "notes": "Done."}, "PERMISSION_DENIED"),
    Case("closing as a senior agent", SENIOR_AGENT, "resolved", {"status": "closed", "notes": "Done."}, "closed"),
    wrong("closing without a note", SENIOR_AGENT, "resolved", {"status": "closed"}, "notes"),
    Case("escalating as an agent", AGENT, "open", {"status": "escalated"}, "PERMISSION_DENIED"),
    Case("escalating as a senior agent", SENIOR_AGENT, "open", {"status": "escalated"}, "escalated"),
    Case("reopening as an agent", AGENT, "closed", {"status": "open"}, "closed", asks_for="reopen"),
    Case("reopening as a manager", MANAGER, "closed", {"status": "open"}, "open"),
    Case("a note on a closed issue", AGENT, "closed", {"notes": "They wrote again."}, "closed"),
    Case("satisfaction on a closed issue", AGENT, "closed", {"customer_satisfied": True}, "closed"),
    Case("a priority on a closed issue", MANAGER, "closed", {"priority": "high", "notes": "Why."}, "ISSUE_CLOSED"),
    Case("a refund on a closed issue", MANAGER, "closed", refund("5.00"), "ISSUE_CLOSED"),
    wrong("a rising priority without a note", AGENT, "open", {"priority": "critical"}, "notes"),
    Case("a rising priority with a note", AGENT, "open", {"priority": "critical", "notes": "Child seat."}, "open"),
    Case("a falling priority", AGENT, "open", {"priority": "low"}, "open"),
    Case("a follow-up", AGENT, "open", {"follow_up_date": "2031-01-31T09:00:00Z"}, "open"),
    Case("a refund", AGENT, "open", refund("25.50"), "open"),
    Case("store credit", AGENT, "open", refund("10", "store_credit"), "open"),
    Case("all of it, at the limit", AGENT, "open", refund("100.00", notes="All of it.", priority="high"), "open"),
    wrong("a refund above the order", AGENT, "open", refund("100.01"), "refund_amount"),
    wrong("a refund of nothing", AGENT, "open", refund("0"), "refund_amount"),
    wrong("a negative refund", AGENT, "open", refund("-60"), "refund_amount"),
    wrong("a refund of no number", AGENT, "open", refund("NaN"), "refund_amount"),
    wrong("a refund with a comma", AGENT, "open", refund("60,00"), "refund_amount"),
    wrong("too fine a refund", AGENT, "open", refund("33.333"), "refund_amount"),
    wrong("a refund without its source", AGENT, "open", {"refund_amount": "5.00"}, "refund_source"),
    wrong("a source without its refund", AGENT, "open", {"refund_source": "merchant"}, "refund_amount"),
    wrong("an unknown source", AGENT, "open", refund("5.00", "lottery"), "refund_source"),
    Case("a refund of a dead payment", AGENT, "open", refund("5.00"), "REFUND_FAILED", paid_with="pay_expired_1"),
    wrong("an unknown status", AGENT, "open", {"status": "done"}, "status"),
    wrong("an unknown priority", AGENT, "open", {"priority": "urgent"}, "priority"),
    wrong("an unknown assignee", AGENT, "open", {"assigned_to": "EMP-NOBODY"}, "assigned_to"),
    wrong("too long a note", AGENT, "open", {"notes": TOO_LONG}, "notes"),
    wrong("several at once", AGENT, "open", refund("1e309", notes=TOO_LONG, priority="urgent"),
          "notes", "priority", "refund_amount"),
    wrong("two broken rules at once", AGENT, "open", refund("500.00", priority="high"), "notes", "refund_amount"),
]  # fmt: skip

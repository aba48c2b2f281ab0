"""What the page of one refund shows: where it stands, in words, every try with its evidence, and who moved it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.actor import Actor
from common.audit_admin import steps_of
from common.money import as_currency
from orders.models import Order
from refunds.admin.possible import deeds_of
from refunds.models import ExternalRefund, Refund, RefundAttempt, RefundStatus
from refunds.words import evidence_of, meaning_of, next_of, outcome_of, why_in_review

OTHERS = 50


@dataclass(frozen=True, slots=True)
class Move:
    at: datetime
    who: str
    via: str
    before: str
    after: str
    note: str


@dataclass(frozen=True, slots=True)
class Cap:
    """How much of the order's total is promised back, this refund included."""

    total: Decimal
    reserved: Decimal
    left: Decimal
    currency: str

    @property
    def percent(self) -> int:
        return int(self.reserved * 100 / self.total) if self.total else 100

    @classmethod
    def of(cls, order: Order) -> "Cap":
        def exact(amount: Decimal) -> Decimal:
            return as_currency(amount, order.currency)

        total, reserved, left = order.total_amount, order.refund_reserved, order.refundable_amount
        return cls(exact(total), exact(reserved), exact(left), order.currency)


def context_of(refund: Refund, *, actor: Actor) -> dict[str, Any]:
    attempts = list(refund.attempts.order_by("-number"))
    last = attempts[0] if attempts else None
    others = Refund.objects.filter(order=refund.order_id).exclude(pk=refund.pk)
    return {
        "refund": refund,
        "meaning": meaning_of(refund),
        "next": next_of(refund, last),
        "why": why_in_review(last) if refund.status == RefundStatus.NEEDS_REVIEW else "",
        "deeds": list(deeds_of(refund, actor=actor)),
        "attempts": [described(attempt) for attempt in attempts],
        "claims": list(refund.claims.order_by("-number")),
        "consent": getattr(refund, "consent", None),
        "replacements": list(refund.replacements.order_by("created_at")),
        "findings": list(refund.findings.open().order_by("first_seen")),
        "others": list(others.select_related("requested_by").order_by("-created_at")[:OTHERS]),
        "elsewhere": list(ExternalRefund.objects.filter(order=refund.order_id).order_by("-made_at")[:OTHERS]),
        "cap": Cap.of(refund.order),
        "moves": list(moves_of(refund)),
    }


def described(attempt: RefundAttempt) -> dict[str, Any]:
    return {"attempt": attempt, "outcome": outcome_of(attempt), "evidence": evidence_of(attempt)}


def moves_of(refund: Refund) -> Iterator[Move]:
    """The newest first; a change that moved nothing is left to the audit."""
    for step in steps_of(refund):
        before, after = _status_in(step.changes)
        is_first = not step.changes and step.row.history_type == "+"  # type: ignore[attr-defined]
        if after or is_first:
            yield _move(step.row, before, after or step.row.status)  # type: ignore[attr-defined]


def _status_in(changes: Iterable[tuple[str, Any, Any]]) -> tuple[str, str]:
    return next(((before, after) for name, before, after in changes if name == "status"), ("", ""))


def _move(row: Any, before: str, after: str) -> Move:
    who = row.history_user.name if row.history_user else "Redress"
    return Move(row.history_date, who, row.via, before, after, row.history_change_reason or "")

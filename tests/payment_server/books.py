"""What the payment server knows: payments, refunds, disputes, the events they make, and what money moved."""

import itertools
import threading
import time
from collections import defaultdict, deque
from enum import StrEnum
from typing import Any

DEAD = ("failed", "canceled")


class Step(StrEnum):
    """How one call to make a refund goes. Before it acts, or after; what is answered is kept with the key."""

    OK = "ok"
    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    DECLINE = "decline"  # made, and failed at once
    REFUSE = "refuse"  # an error object, nothing made
    DROP = "drop"  # acts, and the connection closes without an answer
    DROP_BEFORE = "drop_before"
    ERROR = "error"  # acts, answers 500, and answers it to the same key again
    ERROR_BEFORE = "error_before"
    GARBAGE = "garbage"  # acts, and answers what is no JSON
    BUSY = "busy"  # 429, and nothing is kept
    CONFLICT = "conflict"  # 409: the key is in use
    SLOW = "slow"  # acts, and answers after ``latency`` seconds


class ApiError(Exception):
    """An answer with an error object. ``is_kept``: the same key gets it again."""

    def __init__(self, status: int, code: str, message: str, *, kind="invalid_request_error", is_kept=True) -> None:
        self.status, self.is_kept = status, is_kept
        self.body = {"error": {"type": kind, "code": code, "message": message}}
        super().__init__(message)


class Books:
    """All that happened; one lock for everybody, so a method is one deed."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.latency = 0.0
        self.reset()

    def reset(self) -> None:
        with self.lock:
            self.payments: dict[str, dict[str, Any]] = {}
            self.refunds: dict[str, dict[str, Any]] = {}
            self.disputes: dict[str, dict[str, Any]] = {}
            self.effects: list[dict[str, Any]] = []
            self.events: list[dict[str, Any]] = []
            self.calls: list[dict[str, Any]] = []
            self.scripts: dict[str, deque[str]] = defaultdict(deque)
            self.refunds_of: dict[str, list[str]] = defaultdict(list)
            self.ahead = 0.0
            self._numbers = itertools.count(1)

    # Controls

    def add_payments(self, payments: list[dict[str, Any]]) -> None:
        """Each with ``id`` (``pi_…`` or ``ch_…``), ``amount`` in minor units and ``currency``; ``account`` at will."""
        with self.lock:
            for given in payments:
                number = given["id"].partition("_")[2]
                payment = {"currency": "usd", "account": "", **given, "pi": f"pi_{number}", "ch": f"ch_{number}"}
                self.payments[payment["pi"]] = self.payments[payment["ch"]] = payment

    def add_payment(self, id: str, amount: int = 10000, currency: str = "usd", **more: Any) -> None:  # noqa: A002
        self.add_payments([{"id": id, "amount": amount, "currency": currency.lower(), **more}])

    def script(self, payment: str, steps: list[str]) -> None:
        """How the next calls for this payment go, one step each; ``ok`` after that."""
        with self.lock:
            self.scripts[payment].extend(Step(step) for step in steps)

    def next_step(self, payment: str) -> str:
        with self.lock:
            for script in (self.scripts.get(payment), self.scripts.get("*")):
                if script:
                    return script.popleft()
            return Step.OK

    def set_latency(self, seconds: float) -> None:
        self.latency = seconds

    def forward(self, seconds: float) -> None:
        """Let time pass: keys are forgotten after a day."""
        self.ahead += seconds

    def now(self) -> float:
        return time.time() + self.ahead

    # Deeds

    def find_payment(self, reference: str, account: str) -> dict[str, Any]:
        payment = self.payments.get(reference)
        if payment is None or payment["account"] not in ("", account):
            raise ApiError(404, "resource_missing", f"No such payment: '{reference}'", is_kept=False)
        return payment

    def refund(self, reference: str, amount: int | None, *, status="succeeded", account="", **more: Any) -> dict:
        """Made by a call or, without ``metadata``, by a person in the dashboard. Raises ``ApiError``."""
        with self.lock:
            payment = self.find_payment(reference, account)
            left = payment["amount"] - self.refunded(payment)
            amount = left if amount is None else amount
            self._ensure_refundable(payment, amount, left)
            refund = self._new_refund(payment, amount, status=status, account=account, **more)
            self.refunds[refund["id"]] = refund
            self.refunds_of[payment["pi"]].append(refund["id"])
            self._note_money(refund, "paid", if_status="succeeded")
            self._tell("refund.created", refund, account)
            return dict(refund)

    def settle(self, refund: str, status: str, failure_reason: str | None = None) -> dict[str, Any]:
        """Let a refund end, or fail late, and tell of it."""
        with self.lock:
            found = self.refunds[refund]
            before, found["status"] = found["status"], status
            if status in DEAD:
                found["failure_reason"] = failure_reason or ("unknown" if status == "failed" else None)
                if before == "succeeded":
                    self._note_money(found, "returned")
            elif before != "succeeded":
                self._note_money(found, "paid", if_status="succeeded")
            account = found["_account"]
            self._tell("refund.updated", found, account)
            if status == "failed":
                self._tell("refund.failed", found, account)
            return dict(found)

    def dispute(self, payment: str, status: str = "needs_response", account: str = "") -> dict[str, Any]:
        with self.lock:
            found = self.payments[payment]
            number = f"dp_{next(self._numbers)}"
            names = {"charge": found["ch"], "payment_intent": found["pi"]}
            row = {"id": number, "object": "dispute", "status": status, **names, "_account": account}
            self.disputes[number] = row
            self._tell("charge.dispute.created", row, account)
            return dict(row)

    def close_dispute(self, dispute: str, status: str) -> None:
        """``won``, ``lost`` or ``warning_closed``."""
        with self.lock:
            row = self.disputes[dispute]
            row["status"] = status
            self._tell("charge.dispute.closed", row, row["_account"])

    def refunded(self, payment: dict[str, Any]) -> int:
        refunds = (self.refunds[number] for number in self.refunds_of[payment["pi"]])
        return sum(refund["amount"] for refund in refunds if refund["status"] not in DEAD)

    def _ensure_refundable(self, payment: dict[str, Any], amount: int, left: int) -> None:
        disputed = [row for row in self.disputes.values() if row["payment_intent"] == payment["pi"]]
        if any(row["status"] in ("needs_response", "under_review", "lost") for row in disputed):
            raise ApiError(400, "charge_disputed", "The charge has been charged back.")
        if amount <= 0:
            raise ApiError(400, "parameter_invalid_integer", "Invalid positive integer", is_kept=False)
        if left <= 0:
            raise ApiError(400, "charge_already_refunded", f"Charge {payment['ch']} has already been refunded.")
        if amount > left:
            raise ApiError(400, "amount_too_large", f"Refund amount ({amount}) is greater than what is left ({left}).")

    def _new_refund(self, payment, amount, *, status, account, metadata=None, key="") -> dict[str, Any]:
        return {
            "id": f"re_{next(self._numbers)}",
            "object": "refund",
            "amount": amount,
            "charge": payment["ch"],
            "created": int(self.now()),
            "currency": payment["currency"],
            "failure_reason": "unknown" if status == "failed" else None,
            "metadata": dict(metadata or {}),
            "payment_intent": payment["pi"],
            "status": status,
            "_key": key,
            "_account": account,
        }

    def _note_money(self, refund: dict[str, Any], kind: str, *, if_status: str = "") -> None:
        if if_status and refund["status"] != if_status:
            return
        self.effects.append(
            {
                "kind": kind,
                "refund": refund["id"],
                "payment": refund["payment_intent"],
                "amount": refund["amount"],
                "currency": refund["currency"],
                "metadata": dict(refund["metadata"]),
                "idempotency_key": refund["_key"],
                "account": refund["_account"],
                "at": self.now(),
            }
        )

    def _tell(self, kind: str, subject: dict[str, Any], account: str) -> None:
        shown = public(subject)
        number = next(self._numbers)
        event = {"id": f"evt_{number}", "object": "event", "type": kind, "created": int(self.now())}
        self.events.append(event | {"data": {"object": shown}, "_account": account})


def public(row: dict[str, Any]) -> dict[str, Any]:
    """Without what is for the books alone."""
    return {name: value for name, value in row.items() if not name.startswith("_")}

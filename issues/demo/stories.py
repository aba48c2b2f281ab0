"""What happened to each of the demo's issues, as dated steps: pure, and the same every time.

A step names a deed of ``play.py``. Who does it is a username, or ``assignee`` for whoever has the issue in hand by
then. Steps that lie after the present are not played, so that a young story simply ends in the middle.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from common.money import as_currency
from issues.demo import texts
from issues.demo.shop import DAYS, DemoOrder
from issues.workflow import ApprovalKind, ApprovalStatus, IssueType, Priority, Status

ISSUES = 400
TYPES = tuple(WEIGHT_OF_TYPE := {
    IssueType.DELIVERY_ISSUE: 24, IssueType.DAMAGED_ITEMS: 20, IssueType.WRONG_ITEMS: 13, IssueType.MISSING_ITEMS: 13,
    IssueType.PAYMENT_ISSUE: 11, IssueType.QUALITY_ISSUE: 9, IssueType.CUSTOMER_COMPLAINT: 6, IssueType.OTHER: 4,
})  # fmt: skip
PRIORITIES, WEIGHT_OF_PRIORITY = tuple(Priority), (18, 55, 20, 7)
SENIORS, MANAGERS = ("senior", "senior2", "senior3"), ("manager", "manager2")
CHANNELS = ("phone", "email", "chat", "sms")


@dataclass(frozen=True)
class Step:
    at: datetime
    deed: str
    by: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    number: int
    order: DemoOrder
    steps: list[Step]


class Teller:
    """Tells one story: keeps its clock and collects its steps."""

    def __init__(self, number: int, order: DemoOrder, began: datetime) -> None:
        self.number, self.order, self.now = number, order, began
        self.random = Random(f"story {number}")  # noqa: S311
        self.issue_type = self.random.choices(TYPES, tuple(WEIGHT_OF_TYPE.values()))[0]
        self.words = texts.WORDS[self.issue_type]
        self.steps: list[Step] = []

    def pick(self, choices: Iterable[Any]) -> Any:
        return self.random.choice(tuple(choices))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def after(self, hours: float, at_most: float) -> "Teller":
        """Let time pass."""
        self.now += timedelta(hours=self.random.uniform(hours, at_most))
        return self

    def step(self, deed: str, by: str, **facts: Any) -> None:
        self.steps.append(Step(self.now, deed, by, facts))

    def update(self, by: str, **changes: Any) -> None:
        self.step("update", by, changes=changes)

    def talk(self, direction: str, body: str, by: str = "assignee") -> None:
        self.step("talk", by, word={"channel": self.pick(CHANNELS), "direction": direction, "body": body})

    def part_of_total(self, at_least: float, at_most: float) -> Decimal:
        """An amount of the order's currency that leaves room for the refunds of a second issue."""
        return as_currency(
            self.order.total * Decimal(str(round(self.random.uniform(at_least, at_most), 2))), self.order.currency
        )


def stories(orders: list[DemoOrder], until: datetime) -> Iterator[Story]:
    """Nine in ten have an order to themselves; more began lately than long ago."""
    random = Random("stories")  # noqa: S311
    ages = sorted((DAYS * random.random() ** 2.3 for _ in range(ISSUES)), reverse=True)
    issues_of: Counter[str] = Counter()
    for number, age in enumerate(ages, start=1):
        began = until - timedelta(days=age, minutes=random.uniform(5, 90))
        most = 2 if random.random() < 0.1 else 1
        placed = [order for order in orders if order.placed_at < began and issues_of[order.id] < most]
        teller = Teller(number, random.choice(placed[-120:]), began)
        issues_of[teller.order.id] += 1
        random.choices(PLOTS, WEIGHT_OF_PLOT)[0](teller)
        yield Story(number, teller.order, teller.steps)


def plain(teller: Teller) -> None:
    """Found, done, confirmed."""
    open_issue(teller)
    look_into(teller)
    resolve(teller)
    close(teller)


def refunded(teller: Teller) -> None:
    """The common case: a part of the money goes back."""
    open_issue(teller)
    look_into(teller)
    refund(teller, teller.part_of_total(0.1, 0.4))
    resolve(teller)
    close(teller)


def large_refund(teller: Teller) -> None:
    """Above what the agent may refund: another person decides, or nobody does in time."""
    open_issue(teller)
    look_into(teller)
    refund(teller, teller.part_of_total(0.45, 0.5))
    decide(teller, ApprovalKind.REFUND, approved=0.75)
    resolve(teller)
    close(teller)


def escalated(teller: Teller) -> None:
    open_issue(teller, priority=teller.pick((Priority.MEDIUM, Priority.HIGH, Priority.CRITICAL)))
    teller.after(2, 20).talk("inbound", teller.pick(teller.words.said))
    reason = teller.pick(texts.ESCALATION_REASONS)
    if teller.chance(0.4):
        teller.after(1, 6).step("ask", "assignee", kind=ApprovalKind.ESCALATE, note=reason)
        decide(teller, ApprovalKind.ESCALATE, approved=1.0)
    else:
        teller.after(1, 6).update(teller.pick(SENIORS), status=Status.ESCALATED, notes=reason)
    senior = teller.pick(SENIORS[:2])
    teller.after(1, 40).update(
        senior, status=Status.IN_PROGRESS, assigned_to=senior, notes=teller.pick(teller.words.found)
    )
    resolve(teller, by=senior)
    close(teller)


def reopened(teller: Teller) -> None:
    """Closed too early: the agent asks, a manager decides."""
    open_issue(teller)
    look_into(teller)
    resolve(teller)
    close_as_senior(teller)
    reason = teller.pick(texts.REOPEN_REASONS)
    teller.after(30, 120).talk("inbound", reason, by="agent")
    teller.after(0.2, 5).update("agent", status=Status.OPEN, notes=reason)
    if decide(teller, ApprovalKind.REOPEN, approved=0.8):
        look_into(teller)
        resolve(teller)
        close(teller)


PLOTS: tuple[Callable[[Teller], None], ...] = (plain, refunded, large_refund, escalated, reopened)
WEIGHT_OF_PLOT = (38, 28, 12, 12, 10)


def open_issue(teller: Teller, priority: str = "") -> None:
    new: dict[str, Any] = {
        "issue_type": teller.issue_type,
        "description": teller.pick(teller.words.description),
        "priority": priority or teller.random.choices(PRIORITIES, WEIGHT_OF_PRIORITY)[0],
        "customer_contacted": False,
    }
    if teller.chance(0.5):
        new["order_item_id"] = teller.pick(teller.order.items)["id"]
    if teller.chance(0.25):
        new["attachments"] = [f"https://files.shop.example/{teller.order.id}/photo-{teller.number}.jpg"]
    teller.step("open", teller.pick(("agent", "agent2", "agent3", "agent4", "agent5")), new=new)


def look_into(teller: Teller) -> None:
    said, found = teller.pick(teller.words.said), teller.pick(teller.words.found)
    if teller.chance(0.3):
        teller.after(0.1, 4).talk("inbound", said)
    teller.after(0.5, 30).update("assignee", status=Status.INVESTIGATING)
    if teller.chance(0.7):
        teller.after(0.2, 12).talk("outbound", "Told the customer that we are looking into it.")
    if teller.chance(0.2):
        due = teller.now + timedelta(days=teller.random.randint(1, 5))
        teller.after(0.1, 2).update("assignee", follow_up_date=due, notes=texts.CALL_BACK)
    if teller.chance(0.08):
        teller.after(1, 9).update("assignee", priority=Priority.CRITICAL, notes=said)
    if teller.chance(0.08):
        teller.after(1, 9).update(
            "assignee", assigned_to=teller.pick(("agent2", "agent4", "senior")), notes=texts.HANDOVER
        )
    teller.after(1, 40).update("assignee", status=Status.IN_PROGRESS, notes=found)


def refund(teller: Teller, amount: Decimal) -> None:
    """From the original payment, and, where that fails, as store credit."""
    alive = not teller.order.payment_reference.startswith("pay_expired")
    source = (
        teller.random.choices(("merchant", "platform", "store_credit"), (60, 15, 25))[0] if alive else "store_credit"
    )
    note = f"Refunding {amount} {teller.order.currency}."
    teller.after(0.2, 8).update("assignee", refund_amount=amount, refund_source=source, notes=note)
    if source != "store_credit" and teller.order.payment_reference.startswith("pay_decline"):
        credit = {"refund_amount": amount, "refund_source": "store_credit", "notes": texts.CREDIT_INSTEAD}
        teller.after(3, 20).step("credit_instead", "assignee", **credit)


def decide(teller: Teller, kind: str, *, approved: float) -> bool:
    """Whether it was approved; some are left until they expire."""
    if approved < 1 and teller.chance(0.12):
        teller.after(170, 180)
        return False
    decision = ApprovalStatus.APPROVED if teller.chance(approved) else ApprovalStatus.REJECTED
    note = teller.pick(texts.REJECTIONS) if decision == ApprovalStatus.REJECTED else ""
    teller.after(1, 50).step("decide", teller.pick(MANAGERS), kind=kind, decision=decision, note=note)
    return decision == ApprovalStatus.APPROVED


def resolve(teller: Teller, by: str = "assignee") -> None:
    done = teller.pick(teller.words.done)
    teller.after(3, 70).update(
        by, status=Status.RESOLVED, notes=done, resolution_description=done, follow_up_required=False
    )
    if teller.chance(0.3):
        teller.after(0.1, 5).talk("outbound", done, by=by)


def close(teller: Teller) -> None:
    """By a senior, or asked for by the agent; what nobody closes, the desk does by itself after a week."""
    how = teller.random.random()
    if how < 0.45:
        close_as_senior(teller)
    elif how < 0.6:
        teller.after(5, 50).step("ask", "assignee", kind=ApprovalKind.CLOSE, note=texts.ASK_TO_CLOSE)
        decide(teller, ApprovalKind.CLOSE, approved=0.95)


def close_as_senior(teller: Teller) -> None:
    satisfied = teller.pick((True, True, True, False))
    note = "The customer has confirmed." if satisfied else "Closed; the customer would have wished for more."
    by = teller.pick(SENIORS)
    teller.after(10, 70).update(by, status=Status.CLOSED, notes=note, customer_satisfied=satisfied)

"""Plays the stories through the same actions as everybody's, each step at its time, so that the audit is true."""

import heapq
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from django.db.models import DateTimeField, F

from accounts.actor import Actor, Grants
from accounts.models import ApiKey, Employee
from common import clock
from common.prepared import Parameter, Prepared
from events.models import Channel, Delivery, Event
from events.subscribers import heard_names, subscribers_of
from issues.actions.add_communication import add_communication
from issues.actions.close_stale import close_stale_issues, expire_approvals
from issues.actions.create import create_issue
from issues.actions.decide_approval import decide_approval
from issues.actions.request_approval import request_approval
from issues.actions.update import update_issue
from issues.demo.deadlines import tell_what_was_due
from issues.demo.shop import DAYS, DemoOrder
from issues.demo.stories import Step, Story
from issues.metrics.keeping import read_unread
from issues.models import Issue
from issues.policy import may_step
from issues.workflow import REQUESTABLE_STEPS, ApprovalKind
from orders.actions.put_order import put_order
from refunds.actions.pay import pay_refund
from refunds.models import Refund, RefundStatus

DOORS = {"agent": "admin", "senior": "admin", "manager": "web"}

Deed = Callable[[], Any]


class Play:
    """An agenda of deeds by time, and what has come of each story so far."""

    def __init__(self, employees: dict[str, Employee], shop_key: ApiKey) -> None:
        self.employees, self.shop_key = employees, shop_key
        self.grants = {name: Grants.of_employee(employee) for name, employee in employees.items()}
        self.usernames = {employee.pk: name for name, employee in employees.items()}
        self.issues: dict[int, Issue] = {}  # by story, as last seen
        self.agenda: list[tuple[datetime, int, Deed]] = []
        self.serial = count()

    def plan(self, at: datetime, deed: Deed) -> None:
        heapq.heappush(self.agenda, (at, next(self.serial), deed))

    def plan_orders(self, orders: Iterable[DemoOrder]) -> None:
        for order in orders:
            actor = self.shop("agent", order.id)
            self.plan(order.placed_at, partial(put_order, order.id, order.content, actor=actor))

    def plan_story(self, story: Story) -> None:
        for number, step in enumerate(story.steps):
            self.plan(step.at, partial(self.do, story, number, step))

    def plan_jobs(self, until: datetime) -> None:
        """What the scheduler does each night."""
        for days in range(DAYS):
            for job in (close_stale_issues, expire_approvals):
                actor = Actor.system(job.__name__.replace("_", "-"))
                self.plan(until - timedelta(days=days, hours=21), partial(job, actor=actor))

    def deeds_before(self, until: datetime) -> int:
        return sum(at < until for at, _, _ in self.agenda)

    def run(self, until: datetime, done: Callable[[], Any]) -> None:
        """Do everything that lies before ``until``, and tell about each deed as soon as it is done."""
        while self.agenda and self.agenda[0][0] < until:
            at, _, deed = heapq.heappop(self.agenda)
            with clock.as_if_at(at):
                deed()
            with clock.as_if_at(at + timedelta(seconds=1)):
                tell_of_deed(at)
            done()
        with clock.as_if_at(until - timedelta(seconds=1)):
            tell_what_was_due()
        end_deliveries(until)
        for _ in read_unread():
            pass

    def do(self, story: Story, number: int, step: Step) -> None:
        """Hand the step to the method that its deed names; it returns the issue as it is then."""
        if step.deed == "open":
            actor = self.shop(step.by, f"demo-{story.number}")
            self.issues[story.number] = create_issue(story.order.id, step.facts["new"], actor=actor)
        else:
            issue = self.issues[story.number]
            actor = self.actor(step.by, issue, f"demo-{story.number}-{number}")
            self.issues[story.number] = getattr(self, step.deed)(issue, actor, **step.facts)

    def update(self, issue: Issue, actor: Actor, changes: dict[str, Any]) -> Issue:
        named = {"assigned_to": self.employees[changes["assigned_to"]]} if "assigned_to" in changes else {}
        updated = update_issue(issue.order_id, issue.pk, changes | named, actor=actor)
        self.plan_payment(updated.refund)
        return updated.issue

    def talk(self, issue: Issue, actor: Actor, word: dict[str, str]) -> Issue:
        return add_communication(issue.order_id, issue.pk, word, actor=actor).issue

    def ask(self, issue: Issue, actor: Actor, kind: str, note: str) -> Issue:
        """Whoever may take the step does."""
        target = REQUESTABLE_STEPS[ApprovalKind(kind)]
        if may_step(actor, issue.status, target):
            return self.update(issue, actor, {"status": target, "notes": note})
        approval, _ = request_approval(issue.order_id, issue.pk, kind, note, actor=actor)
        return approval.issue

    def decide(self, issue: Issue, actor: Actor, kind: str, *, decision: str, note: str) -> Issue:
        """Nothing to do where the step needed nobody's word."""
        approval = issue.approvals.pending().filter(kind=kind).first()
        if approval is None:
            return issue
        decided = decide_approval(approval.pk, decision, actor=actor, note=note)
        self.plan_payment(approval.refund)
        return decided.issue

    def credit_instead(self, issue: Issue, actor: Actor, **changes: Any) -> Issue:
        failed = issue.refunds.filter(status=RefundStatus.FAILED).exists()
        return self.update(issue, actor, changes) if failed else issue

    def plan_payment(self, refund: Refund | None) -> None:
        if refund is not None:
            self.plan(clock.now() + timedelta(seconds=2), partial(self.pay, refund))

    def pay(self, refund: Refund) -> None:
        """As the worker does, and again when the sandbox left it open; what is pending stays for the viewer."""
        pay_refund(refund.pk, actor=Actor.system("pay-refunds"))
        refund.refresh_from_db(fields=["status", "next_attempt_at"])
        if refund.status != RefundStatus.PENDING and refund.next_attempt_at:
            self.plan(refund.next_attempt_at, partial(self.pay, refund))

    def actor(self, by: str, issue: Issue, request_id: str) -> Actor:
        username = self.usernames.get(issue.assigned_to_id or 0, "agent") if by == "assignee" else by
        return self.person(username, via=DOORS[username.rstrip("0123456789")], request_id=request_id)

    def shop(self, username: str, request_id: str) -> Actor:
        """The web shop, in an employee's name."""
        return self.person(username, via="api", key=self.shop_key, request_id=request_id)

    def person(self, username: str, **how: Any) -> Actor:
        return Actor(employee=self.employees[username], _grants=self.grants[username], **how)


# Prepared, for it is asked after each of thousands of deeds.
_HEARD = Prepared(
    lambda: Event.objects.filter(next_attempt_at=Parameter("at", DateTimeField()), name__in=heard_names()).order_by(
        "pk"
    )
)


def tell_of_deed(at: datetime) -> None:
    """What the worker does: let the subscribers hear what happened at ``at``; the figures are read at the end."""
    for event in _HEARD.fetch(at=at):
        for subscriber in subscribers_of(event.name):
            subscriber(event)


def end_deliveries(until: datetime) -> None:
    """No mail about the past goes out: all of it was sent, and what is older than a day was read, when it was new."""
    Event.objects.update(next_attempt_at=None, attempts=1)
    Delivery.objects.update(next_attempt_at=None, attempts=1, sent_at=F("created_at"))
    news = Delivery.objects.filter(channel=Channel.IN_PRODUCT, created_at__lt=until - timedelta(days=1))
    news.update(read_at=F("created_at") + timedelta(hours=2))

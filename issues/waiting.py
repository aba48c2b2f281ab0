"""What waits for one person: requests to decide, escalations, and refunds that are stuck or late."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from accounts.actor import Actor
from accounts.roles import DECIDE_APPROVAL
from common import clock
from issues.models import Approval, Issue
from issues.models.approval import ApprovalQuerySet
from issues.workflow import Status
from refunds.models import Refund
from refunds.models.refund import RefundQuerySet

MOST = 99


@dataclass(frozen=True)
class Waiting:
    """``count`` in words: a long list costs no more than a short one."""

    title: str
    count: str
    url: str


def requests_to_decide(actor: Actor) -> ApprovalQuerySet:
    """Those that wait for somebody who may decide, and are not of their own asking."""
    requests = Approval.objects.visible_to(actor.grants).pending()
    return requests.not_asked_by(actor.person) if actor.may(DECIDE_APPROVAL) else requests.none()


def refunds_to_review(actor: Actor) -> RefundQuerySet:
    return Refund.objects.visible_to(actor.grants).needing_review()


def overdue_refunds(actor: Actor) -> RefundQuerySet:
    return Refund.objects.visible_to(actor.grants).overdue(clock.now().date())


REFUNDS = {"review": refunds_to_review, "overdue": overdue_refunds}


def what_waits(actor: Actor) -> list[Waiting]:
    escalated = Issue.objects.visible_to(actor.grants).filter(status=Status.ESCALATED)
    refunds = [(REFUND_TITLES[name], find(actor), reverse("web:refunds_waiting", args=[name]))
               for name, find in REFUNDS.items()]  # fmt: skip
    rows: list[tuple[str, QuerySet, str]] = [
        ("Escalated", escalated, f"{reverse('web:issues')}?status={Status.ESCALATED}"),
        *refunds,
    ]
    if actor.may(DECIDE_APPROVAL):
        rows.insert(0, ("For you to decide", requests_to_decide(actor), reverse("web:approvals")))
    return [Waiting(title, count_of(found), url) for title, found, url in rows]


REFUND_TITLES = {"review": "Refunds to look into", "overdue": "Refunds overdue"}


def count_of(rows: QuerySet) -> str:
    count = rows.order_by().values("pk")[: MOST + 1].count()
    return f"{MOST}+" if count > MOST else str(count)

"""What to know before deciding on a refund: the order's money, the asker's day, and what is worth a look.

The signs are advice: each says what was counted and links to it, and none says what it means.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts.actor import Actor, Grants
from common import clock
from common.display import money
from issues.models import Approval, Issue
from refunds.models import ExternalRefund, Refund, RefundStatus
from refunds.models.refund import RefundQuerySet

MOST, SHOWN = 100, 8


@dataclass(frozen=True)
class Sign:
    """``more``: how many issues are not among those that are linked."""

    text: str
    issues: list[Issue]
    more: int


@dataclass(frozen=True)
class Review:
    """``paid`` and ``promised``: of the order, without this refund. ``day``: the sum of each currency."""

    refund: Refund
    others: list[Refund]
    external: list[ExternalRefund]
    paid: Decimal
    promised: Decimal
    day_count: int
    day_sums: list[str]
    signs: list[Sign]


def review_of(approval: Approval, *, actor: Actor) -> Review | None:
    """In the same few statements, however many refunds there are; of those that the actor sees."""
    refund = approval.refund
    if refund is None:
        return None
    assert approval.requested_by is not None  # a customer asks for no refund
    refund.order, refund.requested_by = approval.issue.order, approval.requested_by
    order = refund.order
    others = list(order.refunds.exclude(pk=refund.pk).select_related("requested_by", "issue").order_by("-pk"))
    external = list(order.external_refunds.order_by("-made_at"))
    seen = Refund.objects.visible_to(actor.grants)
    day = of_the_day(refund, seen)
    rows: list[Any] = [*others, *external]
    holding = [each for each in rows if each.counts]
    paid = [each.amount for each in holding if each.status == RefundStatus.SUCCEEDED]
    promised = [each.amount for each in holding if each.status != RefundStatus.SUCCEEDED]
    return Review(
        refund=refund,
        others=others,
        external=external,
        paid=sum(paid, Decimal(0)),
        promised=sum(promised, Decimal(0)),
        day_count=sum(len(amounts) for amounts in day.values()),
        day_sums=[money(sum(amounts, Decimal(0)), currency) for currency, amounts in sorted(day.items())],
        signs=signs_of(refund, seen),
    )


def of_the_day(refund: Refund, seen: RefundQuerySet) -> dict[str, list[Decimal]]:
    """The amounts, by currency, of all that its asker asked for on the day (UTC) of this refund."""
    start = datetime.combine(refund.created_at.astimezone(UTC).date(), time(), UTC)
    asked = seen.filter(requested_by=refund.requested_by_id)
    amounts: dict[str, list[Decimal]] = defaultdict(list)
    for currency, amount in asked.filter(created_at__gte=start, created_at__lt=start + timedelta(days=1)).values_list(
        "currency", "amount"
    ):
        amounts[currency].append(amount)
    return amounts


def signs_of(refund: Refund, seen: RefundQuerySet) -> list[Sign]:
    name = refund.requested_by.name
    since = clock.now() - timedelta(days=settings.REFUND_SIGN_DAYS)
    lately = seen.filter(created_at__gte=since).exclude(status__in=[RefundStatus.CANCELLED, RefundStatus.REJECTED])
    lately = lately.select_related("issue").order_by("-created_at", "-pk")
    customers = list(lately.filter(order__customer=refund.order.customer_id)[:MOST]) if refund.order.customer_id else []
    same_asker = [each for each in customers if each.requested_by_id == refund.requested_by_id]
    limit = Grants.of_employee(refund.requested_by).refund_limit
    near = just_under(limit, lately.filter(requested_by=refund.requested_by_id))
    within = f"within {settings.REFUND_SIGN_DAYS} days"
    found = [
        (customers, "of_customer", f"refunds for this customer {within}, by anybody"),
        (same_asker, "of_agent_and_customer", f"refunds for this customer {within} were asked for by {name}"),
        (near, "under_limit", f"refunds that {name} asked for {within} lie just under the limit of {limit:,.2f}"),
    ]
    return [
        sign(refunds, words, refund) for refunds, rule, words in found if len(refunds) >= settings.REFUND_SIGNS[rule]
    ]


def just_under(limit: Decimal, refunds: RefundQuerySet) -> list[Refund]:
    least = limit * settings.REFUND_SIGN_SHARE
    return list(refunds.filter(amount__gt=least, amount__lte=limit)[:MOST])


def sign(refunds: list[Refund], words: str, this: Refund) -> Sign:
    count = f"{MOST} or more" if len(refunds) == MOST else str(len(refunds))
    issues = other_issues(refunds, this)
    return Sign(f"{count} {words}.", issues[:SHOWN], len(issues[SHOWN:]))


def other_issues(refunds: Iterable[Refund], this: Refund) -> list[Issue]:
    """Each once, in the order of their newest refund."""
    return list({each.issue_id: each.issue for each in refunds if each.issue_id != this.issue_id}.values())

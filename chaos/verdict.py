"""What became of the refunds, by the providers' record and by ours: ``python -m chaos.verdict``, which prints JSON."""

import json
import os
import random
import sys
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import Count  # noqa: E402

from chaos.payments import DECLINED  # noqa: E402
from common.audit import broken_links  # noqa: E402
from orders.models import Order  # noqa: E402
from refunds.actions.move import ENDED  # noqa: E402
from refunds.models import Refund, RefundStatus  # noqa: E402
from refunds.providers import sandbox  # noqa: E402

SAMPLE = 200


def paid_by_refund() -> dict[str, list[Decimal]]:
    """Each amount that a provider says it paid."""
    paid: dict[str, list[Decimal]] = defaultdict(list)
    for payment in sandbox.payments():
        paid[payment["refund_id"]].append(payment["amount"])
    with urllib.request.urlopen(f"{settings.STRIPE_API_BASE}/_effects", timeout=30) as effects:
        for effect in json.load(effects):
            paid[effect["metadata"]["redress_refund"]].append(Decimal(effect["amount"]) / 100)
    return paid


def is_lost(refund: Refund, paid: list[Decimal]) -> bool:
    """It never ended, or what we tell of it is not what the provider did, or not what was to come of it."""
    if refund.status == RefundStatus.NEEDS_REVIEW:
        return False
    was_paid = bool(paid)
    expected = not refund.order.payment_reference.startswith(DECLINED)
    return refund.status not in ENDED or was_paid != (refund.status == RefundStatus.SUCCEEDED) or was_paid != expected


def counts(seed: int) -> Iterator[tuple[str, Any]]:
    refunds = list(Refund.objects.select_related("order"))
    paid = paid_by_refund()
    yield "asked for", len(refunds)
    yield from Counter(refund.status for refund in refunds).items()
    yield "paid by the provider", sum(map(len, paid.values()))
    yield "lost", sum(is_lost(refund, paid[str(refund.pk)]) for refund in refunds)
    yield "doubled", sum(sum(paid[str(refund.pk)]) > refund.amount for refund in refunds)
    yield "over the cap", len(over_the_cap(refunds, paid))
    yield "a second key", Refund.objects.annotate(tries=Count("attempts")).filter(tries__gt=1).count()
    yield "wrong counters", len(wrong_counters(refunds))
    sample = random.Random(seed).sample(refunds, min(SAMPLE, len(refunds)))
    yield "broken chains", sum(any(broken_links(row)) for each in sample for row in (each, each.order))


def over_the_cap(refunds: list[Refund], paid: dict[str, list[Decimal]]) -> list[Order]:
    spent: Counter[str] = Counter()
    for refund in refunds:
        spent[refund.order_id] += sum(paid[str(refund.pk)])
    return [order for order in Order.objects.all() if spent[order.pk] > order.total_amount]


def wrong_counters(refunds: list[Refund]) -> list[Order]:
    """Orders that hold back more or less than their refunds."""
    held: Counter[str] = Counter()
    for refund in refunds:
        held[refund.order_id] += refund.amount if refund.counts else 0
    return [order for order in Order.objects.all() if held[order.pk] != order.refund_reserved]


if __name__ == "__main__":
    json.dump(dict(counts(int(sys.argv[1]))), sys.stdout)

"""Stripe's events and our workers at the same moment, over real HTTP and with real connections."""

import json
import threading
import time
from datetime import timedelta
from decimal import Decimal

import pytest
import stripe
from django.db import transaction
from django.test import Client

from accounts.actor import Actor
from common import clock
from common.errors import ValidationFailed
from events.models import Event
from orders.models import Order
from refunds.actions import take as take_action
from refunds.actions.apply_event import apply_due_events
from refunds.actions.pay import ask, pay_refund
from refunds.actions.retry import retry_refund
from refunds.actions.settle import settle
from refunds.models import ExternalRefund, ProviderEvent, Refund
from refunds.models import RefundStatus as S
from refunds.providers import PAYERS
from tests.concurrency.together import all_at_once
from tests.refunds.cashier import WORKER, pay, status_of
from tests.refunds.cashier import ask as ask_for
from tests.refunds.stripe_desk import SECRETS, connected, keys_sent, paid_by, reserved, stripe_refund

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
HEARER = Actor.system("provider-events")


@pytest.fixture
def server(settings):
    with connected(settings) as server:
        yield server


def send(event: dict) -> int:
    raw = json.dumps({name: value for name, value in event.items() if not name.startswith("_")})
    signature = stripe.WebhookSignature.generate_signature_header(raw, SECRETS["merchant"], int(time.time()))
    path, headers = "/api/v1/providers/stripe/events", {"Stripe-Signature": signature}
    return Client().post(path, raw, content_type="application/json", headers=headers).status_code


def test_of_eight_workers_with_one_task_one_calls(alice, server):
    """Case 13."""
    refund = stripe_refund(server, by=alice)
    all_at_once(8, lambda number: pay_refund(refund.pk, actor=WORKER))
    assert status_of(refund) == S.SUCCEEDED
    assert keys_sent(server) == [f"{refund.pk}-1"]
    assert paid_by(server, refund) == [6000]


def test_a_failure_that_is_told_eight_times_at_once_frees_the_amount_once(alice, server):
    """Case 9."""
    refund = stripe_refund(server, by=alice)
    pay(refund)
    server.books.settle(Refund.objects.get().provider_reference, "failed")
    event = server.books.events[-1]
    twins = [event | {"id": f"evt_twin_{number}"} for number in range(4)] * 2
    assert set(all_at_once(8, lambda number: send(twins[number]))) == {200}
    assert ProviderEvent.objects.count() == 4
    all_at_once(8, lambda number: apply_due_events(actor=HEARER))
    assert (status_of(refund), reserved(refund)) == (S.RETURNED, 0)
    assert Event.objects.filter(name="refund.returned").count() == 1
    assert paid_by(server, refund) == [6000, -6000]
    assert_free_again_once(server, refund, by=alice)


def assert_free_again_once(server, refund: Refund, *, by) -> None:
    """All of the 100 can be asked for and the server pays it; not a cent more can."""
    again = ask_for(refund.issue, "100.00", actor=Actor(employee=by, via="api"))
    assert pay(again) == S.SUCCEEDED
    assert paid_by(server, again) == [10000]
    with pytest.raises(ValidationFailed):
        ask_for(refund.issue, "0.01", actor=Actor(employee=by, via="api"))
    assert sum(row["amount"] for row in server.books.effects if row["kind"] == "paid") == 16000


def test_an_event_before_our_own_word_of_it(alice, server):
    """Case 5: Stripe has paid, its event is here, and the worker has not written down the answer yet."""
    refund = stripe_refund(server, by=alice)
    job = take_action.take(Refund.objects.filter(pk=refund.pk), actor=WORKER)
    answer = ask(job)
    send(server.books.events[0])
    apply_due_events(actor=HEARER)
    assert status_of(refund) == S.SUCCEEDED
    settle(job, answer, actor=WORKER)
    assert (status_of(refund), reserved(refund), paid_by(server, refund)) == (S.SUCCEEDED, 60, [6000])
    assert Event.objects.filter(name="refund.succeeded").count() == 1
    assert ExternalRefund.objects.count() == 0


@pytest.mark.postgresql
def test_an_event_while_our_own_word_of_it_is_open(alice, server):
    """Case 5: it waits for the row, and then finds that there is nothing left to say."""
    refund = stripe_refund(server, by=alice)
    job = take_action.take(Refund.objects.filter(pk=refund.pk), actor=WORKER)
    answer = ask(job)
    send(server.books.events[0])
    hearing = threading.Thread(target=lambda: all_at_once(1, lambda _: apply_due_events(actor=HEARER)))
    with transaction.atomic():
        settle(job, answer, actor=WORKER)
        hearing.start()
        time.sleep(0.3)
    hearing.join(timeout=10)
    assert (status_of(refund), reserved(refund), paid_by(server, refund)) == (S.SUCCEEDED, 60, [6000])
    assert Event.objects.filter(name="refund.succeeded").count() == 1


def test_who_read_that_it_is_pending_and_writes_after_it_failed_keeps_nobody_from_trying_again(
    alice, server, monkeypatch
):
    """Two events at once: the first worker reads, Stripe fails it, the second reads and writes, the first writes."""
    server.books.script("pi_1", ["pending", "ok"])
    refund = stripe_refund(server, by=alice)
    assert pay(refund) == S.PENDING
    read, has_read, may_write = PAYERS["stripe"].read, threading.Event(), threading.Event()

    def read_and_wait(*args):
        found = read(*args)
        if found.answer.outcome == "pending":
            has_read.set()
            assert may_write.wait(10)
        return found

    def apply(number):
        if number:
            assert has_read.wait(10)
            server.books.settle(Refund.objects.get().provider_reference, "failed")
            send(server.books.events[-1])
        apply_due_events(actor=HEARER)
        if number:
            may_write.set()

    monkeypatch.setattr(PAYERS["stripe"], "read", read_and_wait)
    send(server.books.events[0])
    assert all_at_once(2, apply) == [None, None]
    assert (status_of(refund), reserved(refund)) == (S.FAILED, 0)
    retry_refund(refund.pk, actor=Actor(employee=alice, via="api"))
    assert pay(refund) == S.SUCCEEDED
    assert sum(paid_by(server, refund)) == 6000


def test_refunds_made_elsewhere_and_here_at_once_stay_within_the_order(alice, server):
    """Case 15: whichever comes first has its part; what does not fit is refused, or marked for a person."""
    refund = stripe_refund(server, amount="40.00", by=alice)
    for amount in (3000, 2000, 4000):
        server.books.refund("pi_1", amount)
    events = [event for event in server.books.events if event["type"] == "refund.created"]
    all_at_once(3, lambda number: send(events[number]))
    all_at_once(4, lambda number: apply_due_events(actor=HEARER))
    order = Order.objects.get(pk=refund.order_id)
    counted = sum((external.amount for external in ExternalRefund.objects.counting()), Decimal(0))
    assert order.refund_reserved == 40 + counted <= order.total_amount
    assert ExternalRefund.objects.count() == 3
    assert ExternalRefund.objects.for_a_person().count() >= 1


def test_an_event_taken_by_a_worker_that_died_is_applied_after_its_lease(alice, server, settings):
    server.books.script("pi_1", ["drop"])
    refund = stripe_refund(server, by=alice)
    pay(refund)
    send(server.books.events[0])
    with transaction.atomic():
        ProviderEvent.objects.all().take(1)
    apply_due_events(actor=HEARER)
    assert status_of(refund) == S.UNKNOWN
    with clock.as_if_at(clock.now() + timedelta(seconds=settings.LEASE_SECONDS + 1)):
        apply_due_events(actor=HEARER)
    assert status_of(refund) == S.SUCCEEDED

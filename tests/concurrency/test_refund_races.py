"""Many at once for the same money, with real connections: the cap holds, a payment is made once, and why."""

import itertools
import threading
from decimal import Decimal
from unittest import mock

import pytest
from django.db import IntegrityError

from accounts.actor import Actor
from common.errors import ValidationFailed
from issues.models.issue import IssueQuerySet
from orders.models import Order
from refunds.actions import pay as pay_action
from refunds.actions.cancel import cancel_refund
from refunds.errors import RefundNotCancellable
from refunds.models import LedgerAccount, Refund, RefundAttempt, RefundQuerySet
from refunds.models import RefundStatus as S
from refunds.providers import sandbox
from tests import factories
from tests.concurrency.together import all_at_once
from tests.refunds.cashier import WORKER, ask, calls_for, paid, pay, refund_of, reserved, status_of

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def sandbox_books(settings, tmp_path):
    settings.SANDBOX_STORE = tmp_path / "sandbox.sqlite3"


def sixty_four_of_sixty(order) -> list:
    """Half of them on either of two issues, by two managers, each saying that it is meant."""
    issues = factories.IssueFactory.create_batch(2, order=order)
    managers = [factories.EmployeeFactory(role="Manager") for _ in range(2)]

    def ask_for_sixty(number):
        actor = Actor(employee=managers[number % 2], via="api", idempotency_key=f"race-{number}")
        return ask(issues[number // 2 % 2], "60", actor=actor)

    return all_at_once(64, ask_for_sixty)


def test_of_64_refunds_of_60_on_100_from_two_issues_one_is_accepted_and_paid():
    one_of_64_is_paid(factories.OrderFactory(total_amount=Decimal(100)))


@pytest.mark.postgresql
def test_twenty_times_over_one_of_64_is_accepted_and_the_provider_sees_one_call():
    for number in range(20):
        one_of_64_is_paid(factories.OrderFactory(total_amount=Decimal(100), payment_reference=f"pay_ok_{number}"))
    assert len(sandbox.calls()) == 20


def one_of_64_is_paid(order) -> None:
    answers = sixty_four_of_sixty(order)
    accepted = [answer for answer in answers if isinstance(answer, Refund)]
    refused = [answer for answer in answers if isinstance(answer, ValidationFailed)]
    assert (len(accepted), len(refused)) == (1, 63), [repr(each) for each in answers if each not in accepted][:3]
    assert {refusal.facts["refundable_amount"] for refusal in refused} == {40}
    assert reserved(order) == 60
    pay_action.pay_due_refunds(actor=WORKER)
    assert paid(accepted[0]) == [60]
    assert len(calls_for(accepted[0])) == 1
    assert Refund.objects.filter(order=order).count() == 1


@pytest.mark.postgresql
def test_control_without_the_lock_more_is_promised_than_the_order_is_worth():
    order = factories.OrderFactory(total_amount=Decimal(100))

    def read_without_lock(self, order_id, issue_id):
        return self.select_related("order").get(pk=issue_id, order=order_id)

    with mock.patch.object(IssueQuerySet, "lock", read_without_lock):
        sixty_four_of_sixty(order)
    promised = sum(refund.amount for refund in Refund.objects.counting().filter(order=order))
    assert promised > order.total_amount


def test_one_task_delivered_to_eight_workers_is_one_call():
    refund = refund_of(by=factories.EmployeeFactory())
    all_at_once(8, lambda number: pay_action.pay_refund(refund.pk, actor=WORKER))
    assert status_of(refund) == S.SUCCEEDED
    assert len(calls_for(refund)) == 1
    assert refund.attempts.count() == 1


@pytest.mark.postgresql
def test_control_without_the_lease_and_with_keys_of_their_own_eight_workers_pay_more_than_once(monkeypatch):
    """The lease is the first guard; the unique number of an attempt, from which its key is made, is the second."""
    refund = refund_of(by=factories.EmployeeFactory())
    numbers = itertools.count(1)
    all_have_looked = threading.Barrier(8)

    def look_without_lease(self):
        refunds = list(self.filter(status=S.QUEUED))
        all_have_looked.wait(timeout=30)
        return refunds

    def attempt_of_ones_own(refund, last):
        number = next(numbers)
        return RefundAttempt(refund=refund, number=number, idempotency_key=f"{refund.pk}-{number}")

    monkeypatch.setattr(RefundQuerySet, "pick", look_without_lease)
    monkeypatch.setattr("refunds.actions.take.new_attempt", attempt_of_ones_own)
    all_at_once(8, lambda number: pay_action.pay_refund(refund.pk, actor=WORKER))
    assert len(paid(refund)) == 8


def test_eight_sweeps_at_once_pay_twenty_refunds_once_each():
    alice = factories.EmployeeFactory()
    refunds = [refund_of(by=alice) for _ in range(20)]
    all_at_once(8, lambda number: pay_action.pay_due_refunds(actor=WORKER))
    pay_action.pay_due_refunds(actor=WORKER)
    assert [paid(refund) for refund in refunds] == [[60]] * 20
    assert [len(calls_for(refund)) for refund in refunds] == [1] * 20


def test_one_decline_delivered_eight_times_frees_the_amount_once():
    alice = factories.EmployeeFactory()
    order = factories.OrderFactory(payment_reference="pay_decline")
    issue = factories.IssueFactory(order=order)
    actor = Actor(employee=alice, via="api")
    declined = ask(issue, "30", actor=actor)
    job = pay_action.take(Refund.objects.filter(pk=declined.pk), actor=WORKER)
    answer = pay_action.ask(job)
    ask(issue, "50", "store_credit", actor=actor)
    all_at_once(8, lambda number: pay_action.settle(job, answer, actor=WORKER))
    assert reserved(order) == 50


def test_cancelling_and_paying_at_once_is_one_or_the_other():
    alice = factories.EmployeeFactory()
    for _ in range(5):
        refund = refund_of(by=alice)
        outcomes = all_at_once(
            2,
            lambda number, refund=refund: (
                pay_action.pay_refund(refund.pk, actor=WORKER)
                if number
                else cancel_refund(refund.pk, actor=Actor(employee=alice, via="api"))
            ),
        )
        assert outcomes[1] is None
        if isinstance(outcomes[0], RefundNotCancellable):
            assert (status_of(refund), paid(refund), reserved(refund.order)) == (S.SUCCEEDED, [60], 60)
        else:
            assert isinstance(outcomes[0], Refund), outcomes
            assert (status_of(refund), paid(refund), reserved(refund.order)) == (S.CANCELLED, [], 0)


def test_64_credits_at_once_are_all_in_the_balance():
    alice, customer = factories.EmployeeFactory(), factories.CustomerFactory()
    refunds = [refund_of(amount="1.10", source="store_credit", by=alice, customer=customer) for _ in range(64)]
    assert all_at_once(64, lambda number: pay(refunds[number])) == ["succeeded"] * 64
    assert {status_of(refund) for refund in refunds} == {S.SUCCEEDED}
    balances = dict(LedgerAccount.objects.values_list("customer", "balance"))
    assert balances == {customer.pk: Decimal("70.40"), None: Decimal("-70.40")}


def test_the_counter_never_leaves_the_sum_of_what_counts():
    """Requests and cancellations, all at once, on one order."""
    order = factories.OrderFactory(total_amount=Decimal(100))
    issue = factories.IssueFactory(order=order)
    manager = factories.EmployeeFactory(role="Manager")

    def ask_and_maybe_cancel(number):
        actor = Actor(employee=manager, via="api", idempotency_key=str(number))
        refund = ask(issue, "7.77", actor=actor)
        return cancel_refund(refund.pk, actor=actor) if number % 2 else refund

    all_at_once(32, ask_and_maybe_cancel)
    counting = sum(refund.amount for refund in Refund.objects.counting().filter(order=order))
    assert reserved(order) == counting <= 100


def test_the_check_of_the_database_holds_without_any_code_of_ours():
    order = factories.OrderFactory(total_amount=Decimal(100))
    with pytest.raises(IntegrityError):
        Order.objects.filter(pk=order.pk).update(refund_reserved=Decimal("100.01"))

"""The sixteen cases of refunds that others paid for: where each is held, and those that are held here.

Each is asserted on what the provider says it paid: the sandbox's books, the payment server's, or the ledger's.
"""

import ast
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from common import clock
from refunds.actions import pay as pay_action
from refunds.models import Refund
from refunds.models import RefundStatus as S
from refunds.providers import sandbox
from refunds.providers.base import ProviderUnavailable
from tests import factories
from tests.api_client import ApiClient, path_of
from tests.refunds.cashier import WORKER, calls_for, paid, pay, refund_of, reserved, status_of
from tests.untouched import nothing_happens

TESTS = Path(__file__).parents[1]

CASES = {
    1: [
        "concurrency/test_refund_races.py::test_of_64_refunds_of_60_on_100_from_two_issues_one_is_accepted_and_paid",
        "concurrency/test_refund_races.py::test_twenty_times_over_one_of_64_is_accepted_and_the_provider_sees_one_call",
        "concurrency/test_refund_races.py::test_control_without_the_lock_more_is_promised_than_the_order_is_worth",
    ],
    2: [
        "refunds/test_paid_for_by_others.py::test_a_dropped_answer_three_retries_a_killed_worker_and_a_sweep_pay_once",
        "refunds/test_stripe.py::TestWhatIsNotKnown::test_it_is_asked_again_with_the_same_key_and_paid_once",
        "concurrency/test_kill.py::test_after_kill_9_of_the_worker_and_of_the_group_every_refund_is_paid_once",
    ],
    3: [
        "refunds/test_stripe.py::TestWhatIsNotKnown::test_an_answer_that_comes_too_late_is_unknown",
        "refunds/test_stripe.py::TestWhatIsNotKnown::test_what_is_promised_can_not_be_asked_for_again",
    ],
    4: [
        "refunds/test_stripe.py::TestWhatIsNotKnown::test_an_old_key_is_never_sent_and_what_was_never_there_gets_a_new_attempt",
        "refunds/test_pay_unknown.py::TestUnknown::test_an_old_key_is_never_sent_again_and_nothing_moves_without_a_look",
    ],
    5: [
        "concurrency/test_stripe_races.py::test_an_event_before_our_own_word_of_it",
        "concurrency/test_stripe_races.py::test_an_event_while_our_own_word_of_it_is_open",
    ],
    6: ["refunds/test_provider_events.py::TestOurs::test_three_parts_of_a_payment_do_not_mix"],
    7: [
        "refunds/test_provider_events.py::TestOurs::test_pending_ends_as_the_provider_says",
        "refunds/test_pay.py::test_pending_is_polled_and_moves_what_is_expected",
    ],
    8: ["refunds/test_provider_events.py::TestOurs::test_twelve_days_late_it_comes_back_and_people_hear_of_it"],
    9: [
        "concurrency/test_refund_races.py::test_one_decline_delivered_eight_times_frees_the_amount_once",
        "concurrency/test_stripe_races.py::test_a_failure_that_is_told_eight_times_at_once_frees_the_amount_once",
    ],
    10: [
        "refunds/test_provider_events.py::TestOurs::test_while_it_is_unknown_it_is_found_by_our_id",
        "refunds/test_stripe.py::TestWhatIsNotKnown::test_a_stored_error_is_answered_again_and_again_and_then_looked_up",
        "refunds/test_stripe.py::test_a_try_is_found_among_many_refunds_of_its_payment",
    ],
    11: [
        "refunds/test_paid_for_by_others.py::test_a_third_of_a_hundred_is_refused_and_three_parts_sum_to_the_total",
        "refunds/test_stripe.py::test_amounts_are_sent_in_the_minor_units_of_stripe",
        "refunds/test_stripe.py::test_a_part_of_a_unit_that_stripe_can_not_pay_is_refused_and_not_rounded",
    ],
    12: [
        "refunds/test_stripe.py::TestDisputes::test_a_dispute_that_stripe_knows_of",
        "refunds/test_stripe.py::TestDisputes::test_when_it_is_won_the_refund_can_be_tried_again",
        "refunds/test_made_elsewhere.py::TestDisputes::test_a_dispute_stops_refunds_until_it_is_won",
    ],
    13: [
        "concurrency/test_refund_races.py::test_one_task_delivered_to_eight_workers_is_one_call",
        "concurrency/test_stripe_races.py::test_of_eight_workers_with_one_task_one_calls",
    ],
    14: [
        "concurrency/test_credit_races.py::test_64_credits_and_debits_at_once_leave_the_sum_of_the_postings",
        "concurrency/test_credit_races.py::test_control_without_the_lock_the_books_are_wrong",
    ],
    15: [
        "refunds/test_made_elsewhere.py::TestMadeElsewhere::test_it_counts_against_the_order_once",
        "refunds/test_made_elsewhere.py::TestMadeElsewhere::test_what_is_left_is_what_can_be_asked_for",
        "concurrency/test_stripe_races.py::test_refunds_made_elsewhere_and_here_at_once_stay_within_the_order",
    ],
    16: [
        "refunds/test_paid_for_by_others.py::test_what_is_no_amount_reaches_no_provider",
        "refunds/test_request.py::test_an_amount_that_cannot_be_is_refused",
    ],
}  # fmt: skip


def test_there_are_sixteen_cases():
    assert list(CASES) == list(range(1, 17))


@pytest.mark.parametrize("name", [name for names in CASES.values() for name in names])
def test_a_case_is_held_by_a_test_that_is_there(name):
    file, *path = name.split("::")
    scope = ast.parse((TESTS / file).read_text()).body
    for part in path:
        [found] = [node for node in scope if getattr(node, "name", "") == part]
        scope = found.body


def test_a_dropped_answer_three_retries_a_killed_worker_and_a_sweep_pay_once(alice, monkeypatch, settings):
    refund = refund_of(by=alice)
    acts = sandbox.Sandbox.refund

    def act_and_drop(self, request, idempotency_key):
        acts(self, request, idempotency_key)
        raise ProviderUnavailable("the connection dropped")

    with monkeypatch.context() as dropping:
        dropping.setattr(sandbox.Sandbox, "refund", act_and_drop)
        for _ in range(4):
            assert pay(refund) == S.UNKNOWN
            assert reserved(refund.order) == 60
            Refund.objects.plan(refund.pk, clock.now())
    killed = pay_action.take(Refund.objects.filter(pk=refund.pk), actor=WORKER)
    pay_action.ask(killed)  # and its worker dies before it can say so
    with clock.as_if_at(clock.now() + timedelta(seconds=settings.LEASE_SECONDS)):
        pay_action.pay_due_refunds(actor=WORKER)
    assert status_of(refund) == S.SUCCEEDED
    assert paid(refund) == [60]
    assert calls_for(refund) == [f"{refund.pk}-1"] * 6


def test_a_third_of_a_hundred_is_refused_and_three_parts_sum_to_the_total(max_):
    api = ApiClient(factories.key_for(max_))
    issue = factories.IssueFactory(order=factories.OrderFactory(payment_reference="pay_ok_thirds"))
    with nothing_happens():
        assert refund_over(api, issue, b"33.333").status_code == 400
    for amount in (b"33.33", b"33.34", b"33.3300"):
        answer = refund_over(api, issue, amount, Idempotency_Key=amount.decode())
        assert answer.status_code == 200, answer.json()
    pay_action.pay_due_refunds(actor=WORKER)
    assert sum(paid_on("pay_ok_thirds")) == 100
    assert reserved(issue.order) == 100


@pytest.mark.parametrize("literal", [b"-60", b"0", b"0.00", b"NaN", b"1e309", b'"60,00"', b"true", b"null", b"[60]"])
def test_what_is_no_amount_reaches_no_provider(max_, literal):
    api = ApiClient(factories.key_for(max_))
    issue = factories.IssueFactory()
    with nothing_happens():
        assert 400 <= refund_over(api, issue, literal).status_code < 500
        pay_action.pay_due_refunds(actor=WORKER)
    assert sandbox.calls() == []


def refund_over(api: ApiClient, issue, literal: bytes, **headers):
    """The update of the issue that asks for a refund of ``literal``, as it stands in the body."""
    body = b'{"updated_by": "EMP-MAX", "refund_source": "merchant", "refund_amount": ' + literal + b"}"
    return api.patch(path_of(issue), body, **headers)


def paid_on(reference: str) -> list[Decimal]:
    return [payment["amount"] for payment in sandbox.payments() if payment["payment_reference"] == reference]

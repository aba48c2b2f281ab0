"""What happens at once when a refund is asked for, and what is refused at once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor, use_case
from accounts.models import ApiKey
from common import clock
from common.errors import PermissionDenied, ValidationFailed
from events.models import Event
from issues.models import Issue
from refunds.actions.cancel import cancel_refund
from refunds.actions.request import request_refund
from refunds.errors import PossibleDuplicateRefund, RefundFailed
from refunds.models import Refund
from refunds.models import RefundStatus as S
from refunds.providers import sandbox
from tests import factories
from tests.refunds.cashier import ask, paid, pay, refund_of, reserved
from tests.untouched import nothing_happens


@pytest.mark.parametrize(
    ("source", "order", "status", "provider"),
    [
        ("merchant", {}, S.QUEUED, "sandbox"),
        ("platform", {"payment_method": "online"}, S.QUEUED, "sandbox"),
        ("store_credit", {}, S.QUEUED, "store_credit"),
        ("store_credit", {"payment_reference": "pay_expired"}, S.QUEUED, "store_credit"),
        ("insurance", {}, S.AWAITING_CLAIM, "insurance"),
        ("merchant", {"payment_method": "cash", "payment_provider": "", "payment_reference": ""}, S.QUEUED, "payout"),
        ("platform", {"payment_method": "corporate_account"}, S.QUEUED, "payout"),
        ("insurance", {"payment_method": "cash", "payment_provider": ""}, S.AWAITING_CLAIM, "insurance"),
    ],
)
def test_who_pays_follows_from_source_and_payment(alice, as_, source, order, status, provider):
    issue = factories.IssueFactory(order=factories.OrderFactory(**order))
    refund = ask(issue, source=source, actor=as_(alice))
    assert (refund.status, refund.provider) == (status, provider)
    assert (refund.next_attempt_at is None) == (status != S.QUEUED)


@pytest.mark.parametrize(
    ("source", "order", "reason"),
    [
        ("merchant", {"payment_reference": "pay_expired_1"}, "Payment method no longer valid"),
        ("insurance", {"payment_reference": "pay_expired_1"}, "Payment method no longer valid"),
        ("merchant", {"payment_provider": "acme"}, "The payment's provider is not known here"),
        ("merchant", {"payment_provider": ""}, "The payment's provider is not known here"),
        ("merchant", {"payment_provider": "store_credit"}, "The payment's provider is not known here"),
        ("merchant", {"payment_provider": "insurance"}, "The payment's provider is not known here"),
        ("platform", {"payment_reference": ""}, "The order names no payment to pay back to"),
        ("platform", {"payment_disputed": True}, "The payment is disputed"),
        ("store_credit", {"customer": None}, "The order has no customer to credit"),
    ],
)
def test_what_is_known_to_be_unpayable_is_refused_at_once(alice, as_, source, order, reason):
    issue = factories.IssueFactory(order=factories.OrderFactory(**order))
    with nothing_happens(), pytest.raises(RefundFailed) as refused:
        ask(issue, "60.00", source, actor=as_(alice))
    assert refused.value.facts == {"refund_amount": Decimal("60.00"), "reason": reason}
    assert sandbox.calls() == []


def test_above_the_limit_it_waits_for_approval_and_holds_its_part_of_the_order(alice):
    refund = refund_of(amount="100.01", by=alice, total_amount=Decimal(500))
    assert refund.status == S.AWAITING_APPROVAL
    assert refund.next_attempt_at is None
    assert reserved(refund.order) == Decimal("100.01")


def test_the_asker_their_key_and_the_events_are_written_down(alice, issue):
    factories.key_for(alice)
    key = ApiKey.objects.get()
    refund = ask(issue, actor=Actor(employee=alice, via="api", key=key, request_id="r-1"))
    row = refund.history.get()
    assert (row.history_user_id, row.key_id, row.via, row.request_id) == (alice.pk, key.pk, "api", "r-1")
    assert (refund.requested_by, refund.requested_with) == (alice, key)
    events = Event.objects.filter(name__startswith="refund.").order_by("created_at")
    assert [event.name for event in events] == ["refund.requested", "refund.queued"]
    assert {event.data["refund_id"] for event in events} == {str(refund.pk)}


def test_without_the_permission_nothing_is_refunded(alice, issue, as_):
    alice.groups.clear()
    with nothing_happens(), pytest.raises(PermissionDenied) as refused:
        ask(issue, actor=as_(alice))
    assert refused.value.facts == {"required_permission": "refunds.start_refund"}


AMOUNTS_REFUSED = [
    ("USD", "-60"),
    ("USD", "0"),
    ("USD", "0.00"),
    ("USD", "NaN"),
    ("USD", "Infinity"),
    ("USD", "1e309"),
    ("USD", "33.333"),
    ("USD", "100.01"),
    ("JPY", "1.5"),
    ("KWD", "1.2555"),
]


@pytest.mark.parametrize(("currency", "amount"), AMOUNTS_REFUSED)
def test_an_amount_that_cannot_be_is_refused(max_, as_, currency, amount):
    issue = factories.IssueFactory(order=factories.OrderFactory(currency=currency))
    with nothing_happens(), pytest.raises(ValidationFailed) as refused:
        ask(issue, amount, actor=as_(max_))
    assert refused.value.errors.keys() == {"refund_amount"}
    assert refused.value.facts["refundable_amount"] == 100


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "50"), ("KWD", "1.255"), ("USD", "33.330"), ("USD", "100")])
def test_an_amount_in_the_currencys_digits_is_sent_as_it_is(alice, currency, amount):
    refund = refund_of(amount=amount, currency=currency, by=alice)
    assert pay(refund) == S.SUCCEEDED
    assert paid(refund) == [Decimal(amount)]


def test_an_unknown_source_is_refused(alice, issue, as_):
    with nothing_happens(), pytest.raises(ValidationFailed) as refused:
        ask(issue, "10", "petty_cash", actor=as_(alice))
    assert refused.value.errors.keys() == {"refund_source"}


def test_all_the_orders_refunds_count_against_its_total(alice, order, as_):
    one, other = factories.IssueFactory.create_batch(2, order=order)
    ask(one, "60", actor=as_(alice))
    with nothing_happens(), pytest.raises(ValidationFailed) as refused:
        ask(other, "40.01", actor=as_(alice))
    assert refused.value.facts["refundable_amount"] == Decimal("40.00")
    ask(other, "40", actor=as_(alice))
    assert reserved(order) == 100


class TestTheDuplicateGuard:
    def test_the_same_again_is_refused_and_names_the_first(self, alice, issue, as_):
        first = ask(issue, "10", actor=as_(alice))
        with nothing_happens(), pytest.raises(PossibleDuplicateRefund) as refused:
            ask(issue, "10.00", actor=as_(alice))
        assert refused.value.facts == {"refund_id": str(first.pk)}

    def test_an_idempotency_key_says_that_it_is_meant(self, alice, issue):
        for _ in range(2):
            ask(issue, "10", actor=Actor(employee=alice, via="api", idempotency_key="again"))
        assert Refund.objects.count() == 2

    @pytest.mark.parametrize(("amount", "source"), [("10.01", "merchant"), ("10", "platform")])
    def test_another_amount_or_source_is_another_refund(self, alice, issue, as_, amount, source):
        ask(issue, "10", actor=as_(alice))
        ask(issue, amount, source, actor=as_(alice))
        assert Refund.objects.count() == 2

    def test_another_issue_of_the_order_is_another_refund(self, alice, order, as_):
        for issue in factories.IssueFactory.create_batch(2, order=order):
            ask(issue, "10", actor=as_(alice))
        assert Refund.objects.count() == 2

    def test_it_ends_after_ten_minutes(self, alice, issue, as_):
        with clock.as_if_at(clock.now() - timedelta(minutes=10)):
            ask(issue, "10", actor=as_(alice))
        ask(issue, "10", actor=as_(alice))
        assert Refund.objects.count() == 2

    def test_a_cancelled_one_does_not_count(self, alice, issue, as_):
        cancel_refund(ask(issue, "10", actor=as_(alice)).pk, actor=as_(alice))
        ask(issue, "10", actor=as_(alice))
        assert Refund.objects.count() == 2


@pytest.mark.parametrize(
    ("source", "method", "day"),
    [
        ("merchant", "card", date(2026, 3, 20)),
        ("merchant", "online", date(2026, 3, 11)),
        ("platform", "card", date(2026, 3, 23)),
        ("insurance", "card", date(2026, 4, 3)),
        ("store_credit", "card", date(2026, 3, 6)),
    ],
)
def test_the_money_is_expected_in_business_days(alice, source, method, day):
    with clock.as_if_at(datetime(2026, 3, 6, 12, tzinfo=UTC)):  # a Friday
        refund = refund_of(source=source, payment_method=method, by=alice)
    assert refund.expected_by == day


@pytest.mark.parametrize("earlier", [0, 12])
def test_a_refund_costs_an_update_five_statements_however_many_there_are(alice, max_, order, as_, earlier):
    for each in factories.IssueFactory.create_batch(earlier, order=order):
        ask(each, "1", actor=as_(max_))
    actor = as_(alice)
    _ = actor.grants  # an update has read them already

    @use_case
    def update(*, actor) -> int:
        issue = Issue.objects.lock(order.pk, factories.IssueFactory(order=order).pk)
        with CaptureQueriesContext(connection) as statements:
            request_refund(issue, Decimal("20"), "merchant", actor=actor)
        return len(statements)

    assert update(actor=actor) <= 5

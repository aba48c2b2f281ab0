"""What a manager is told before deciding on a refund: counted truly, linked, and never a verdict."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.actor import Actor
from common import clock
from issues.actions.update import update_issue
from issues.models import Approval
from issues.refund_review import MOST, SHOWN, review_of
from refunds.models import RefundStatus as S
from tests.doors.doors import signed_in
from tests.factories import CustomerFactory, EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory
from tests.issues.test_refund_messages import through
from tests.refunds.cashier import ask

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
BY_ANYBODY, BY_THE_ASKER, UNDER_LIMIT = "by anybody", "were asked for by", "just under the limit"


@pytest.fixture(autouse=True)
def at_noon():
    with clock.as_if_at(NOON):
        yield


@pytest.fixture
def customer(db):
    return CustomerFactory()


@pytest.fixture
def refund(alice, customer):
    """``refund(amount, days=…)``: one that was asked for so many days ago, on an order of the customer's."""

    def make(amount="10.00", *, by=alice, days=0, of=customer, **order):
        with clock.as_if_at(NOON - timedelta(days=days)):
            order = OrderFactory(**{"customer": of, "total_amount": 9000} | order)
            return ask(IssueFactory(order=order), amount, actor=Actor(employee=by, via="api"))

    return make


@pytest.fixture
def request_(alice, customer, as_):
    """``request_(amount, order)``: a refund above Alice's limit, as its approval is found."""

    def make(amount="500.00", order=None):
        order = order or OrderFactory(customer=customer, total_amount=9000)
        changes = {"refund_amount": Decimal(amount), "refund_source": "merchant"}
        approval = update_issue(order.pk, IssueFactory(order=order).pk, changes, actor=as_(alice)).approval
        return Approval.objects.in_full().get(pk=approval.pk)

    return make


def signs(approval, by) -> list[str]:
    return [sign.text for sign in review_of(approval, actor=Actor(employee=by, via="web")).signs]


def test_the_money_of_the_order_without_this_request(request_, alice, max_, as_):
    order = OrderFactory(total_amount=9000)
    paid, failed = (ask(IssueFactory(order=order), amount, actor=as_(alice)) for amount in ("10.00", "20.00"))
    through(paid, S.PROCESSING, S.SUCCEEDED)
    through(failed, S.PROCESSING, S.FAILED)
    ask(IssueFactory(order=order), "5.00", actor=as_(alice))
    review = review_of(request_(order=order), actor=as_(max_))
    assert (review.paid, review.promised) == (Decimal("10.00"), Decimal("5.00"))
    assert [str(each.amount) for each in review.others] == ["5.000", "20.000", "10.000"]
    assert review.refund.order.refundable_amount == 9000 - 500 - 15


def test_the_askers_day_by_currency_ends_at_midnight_of_utc(refund, request_, max_, as_):
    refund("10.00")
    refund("5.00", by=max_)
    refund("7", currency="JPY")
    refund("10.00", days=1)
    review = review_of(request_(), actor=as_(max_))
    assert (review.day_count, review.day_sums) == (3, ["7 JPY", "510.00 USD"])


class TestSigns:
    def test_a_first_refund_has_none(self, request_, max_):
        assert signs(request_(), max_) == []

    def test_many_refunds_of_a_customer_whoever_asked(self, refund, request_, max_, sofia):
        for employee in (max_, sofia, max_):
            refund(by=employee)
        (text,) = signs(request_(), max_)
        assert text == "4 refunds for this customer within 90 days, by anybody."

    def test_one_below_the_threshold_is_no_sign(self, refund, request_, max_, sofia):
        for employee in (max_, sofia):
            refund(by=employee)
        assert signs(request_(), max_) == []

    def test_what_is_older_or_of_others_or_was_called_off_does_not_count(self, refund, request_, max_):
        for _ in range(2):
            refund(by=max_, days=91)
            refund(by=max_, of=CustomerFactory())
            through(refund(by=max_), S.CANCELLED)
        assert signs(request_(), max_) == []

    def test_the_same_agent_and_customer_again_and_again(self, refund, request_, max_, alice):
        refund()
        refund()
        (text,) = signs(request_(), max_)
        assert text == f"3 refunds for this customer within 90 days were asked for by {alice.name}."

    def test_amounts_just_under_the_limit(self, refund, request_, max_, alice):
        for amount in ("90.01", "99.99", "100.00"):
            refund(amount, of=CustomerFactory())
        (text,) = signs(request_(), max_)
        assert text == f"3 refunds that {alice.name} asked for within 90 days lie just under the limit of 100.00."

    @pytest.mark.parametrize("amount", ["90.00", "100.01"])
    def test_amounts_that_are_not_close_are_no_sign(self, refund, request_, max_, amount):
        for _ in range(3):
            refund(amount, of=CustomerFactory())
        assert not [text for text in signs(request_(), max_) if UNDER_LIMIT in text]

    def test_thresholds_are_settings(self, refund, request_, max_, settings):
        settings.REFUND_SIGNS = {"of_customer": 2, "of_agent_and_customer": 9, "under_limit": 9}
        refund()
        (text,) = signs(request_(), max_)
        assert BY_ANYBODY in text

    def test_refunds_of_another_store_are_not_told(self, refund, request_, customer, as_):
        team, store = TeamFactory(), StoreFactory()
        team.stores.add(store)
        ida = EmployeeFactory(role="Manager", team=team)
        for _ in range(4):
            refund()
        order = OrderFactory(customer=customer, total_amount=9000, store=store)
        review = review_of(request_(order=order), actor=as_(ida))
        assert (review.signs, review.day_count) == ([], 1)

    def test_an_order_without_a_customer_is_nobodys_pattern(self, request_, max_):
        assert signs(request_(order=OrderFactory(customer=None, total_amount=9000)), max_) == []

    def test_the_issues_are_linked_each_once_and_the_rest_is_counted(self, refund, request_, max_, as_):
        refunds = [refund() for _ in range(SHOWN + 2)]
        approval = request_()
        sign, *_ = review_of(approval, actor=as_(max_)).signs
        assert [issue.pk for issue in sign.issues] == [each.issue_id for each in refunds[:1:-1]]
        assert (len(sign.issues), sign.more) == (SHOWN, 2)
        assert approval.issue not in sign.issues

    def test_very_many_are_not_all_read(self, refund, request_, max_, monkeypatch):
        monkeypatch.setattr("issues.refund_review.MOST", 5)
        assert MOST == 100
        for _ in range(8):
            refund()
        assert signs(request_(), max_)[0].startswith("5 or more refunds")


def test_the_page_says_it_as_advice_with_links_and_lets_decide(refund, request_, max_):
    others = [refund() for _ in range(3)]
    approval = request_()
    page = signed_in(max_).get(reverse("web:approval", args=[approval.pk])).content.decode()
    assert page.count("Worth a look: ") == 2
    for other in others:
        assert f'<a href="{reverse("web:issue", args=[other.issue_id])}">{other.issue.number}</a>' in page
    assert "you decide" in page
    assert 'value="approved"' in page
    assert "500.00 USD" in page
    assert not any(word in page.lower() for word in ("fraud", "suspicious", "abuse", "cheat"))


def test_a_request_that_is_no_refund_has_no_such_part(as_, alice, max_):
    closed = IssueFactory(status="closed")
    approval = update_issue(closed.order_id, closed.pk, {"status": "open", "notes": "x"}, actor=as_(alice)).approval
    page = signed_in(max_).get(reverse("web:approval", args=[approval.pk]))
    assert page.context["review"] is None
    assert "The money of this order" not in page.content.decode()

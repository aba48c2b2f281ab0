"""What a customer hears of a refund: each kind once, nothing that is untrue, and nothing of what goes on inside."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import transaction

from accounts.actor import Actor, use_case
from common import clock
from common.ids import new_id
from events.deliver import deliver_due
from events.models import Delivery, Event
from issues import refund_messages
from issues.actions.decide_approval import decide_approval
from issues.actions.update import update_issue
from issues.models import Issue
from issues.story import story_of
from issues.timeline import entries_of
from refunds.actions.cancel import cancel_refund
from refunds.actions.move import lock_refund, move
from refunds.actions.retry import retry_refund
from refunds.models import Refund
from refunds.models import RefundStatus as S
from refunds.providers import sandbox
from tests.factories import CustomerFactory, IssueFactory, OrderFactory
from tests.refunds.cashier import pay

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")
INTERNAL = re.compile(r"provider|sandbox|queued|claim|merchant|platform|attempt|declined|EMP-|None|[{][{%]", re.I)


@pytest.fixture(autouse=True)
def books(settings, tmp_path):
    settings.SANDBOX_STORE = tmp_path / "sandbox.sqlite3"


@pytest.fixture
def start(alice, as_):
    """``start(amount, source, **order)``: a refund that Alice asked for in an update."""

    def run(amount="25.50", source="merchant", **order) -> Refund:
        order = OrderFactory(**{"total_amount": 9000} | order)
        issue = IssueFactory(order=order)
        changes = {"refund_amount": Decimal(amount), "refund_source": source, "notes": "Internal word."}
        return update_issue(order.pk, issue.pk, changes, actor=as_(alice)).refund

    return run


def through(refund: Refund, *statuses: str) -> None:
    go(refund, statuses, actor=SYSTEM)


@use_case
def go(refund: Refund, statuses, *, actor: Actor) -> None:
    for status in statuses:
        move(lock_refund(refund.pk, actor=actor), status, actor=actor)


def heard(refund: Refund) -> list[str]:
    """The kinds of the mails that went to the customer of the refund, in their order; all that is due is done."""
    deliver_due()
    address = refund.order.customer.email
    sent = Delivery.objects.filter(once_for=refund.pk, sent_at__isnull=False).order_by("created_at", "pk")
    assert len([each for each in mail.outbox if each.to == [address]]) == len(sent)
    assert set(sent.values_list("address", flat=True)) <= {address}
    return [each.kind.removeprefix("customer_refund_") for each in sent]


def last_mail(refund: Refund):
    return [each for each in mail.outbox if each.to == [refund.order.customer.email]][-1]


def test_started_with_the_day_and_done(start):
    refund = start()
    assert heard(refund) == ["started"]
    message = last_mail(refund)
    assert message.subject == f"About your order {refund.order_id}: your refund of 25.50 USD has been started"
    assert f"You can expect the money by {refund.expected_by:%-d %B %Y}." in message.body
    assert f"{refund.expected_by:%-d %B %Y}" in message.alternatives[0].content
    through(refund, S.PROCESSING, S.SUCCEEDED)
    assert heard(refund) == ["started", "done"]
    assert "25.50 USD has been paid back" in last_mail(refund).subject


@pytest.mark.parametrize(("end", "kind"), [(S.FAILED, "failed"), (S.SUCCEEDED, "done")])
def test_pending_is_no_end(start, end, kind):
    refund = start()
    through(refund, S.PROCESSING, S.PENDING)
    assert heard(refund) == ["started"]
    through(refund, end)
    assert heard(refund) == ["started", kind]


@pytest.mark.parametrize("status", [S.PROCESSING, S.PENDING, S.UNKNOWN, S.NEEDS_REVIEW])
def test_what_is_under_way_says_nothing_more(start, status):
    refund = start()
    way = {S.PENDING: [S.PROCESSING], S.UNKNOWN: [S.PROCESSING], S.NEEDS_REVIEW: [S.PROCESSING, S.UNKNOWN]}
    through(refund, *way.get(status, []), status)
    assert heard(refund) == ["started"]


def test_money_that_came_back_is_told(start):
    refund = start()
    through(refund, S.PROCESSING, S.SUCCEEDED)
    assert heard(refund) == ["started", "done"]
    through(refund, S.RETURNED)
    assert heard(refund) == ["started", "done", "returned"]


def test_money_that_is_back_before_anybody_heard_is_not_called_paid(start):
    refund = start()
    through(refund, S.PROCESSING, S.SUCCEEDED, S.RETURNED)
    assert heard(refund) == ["started", "returned"]


def test_a_retry_that_fails_again_says_nothing_twice_and_its_success_is_told(start, alice, as_):
    refund = start()
    through(refund, S.PROCESSING, S.FAILED)
    for _ in range(2):
        assert heard(refund) == ["started", "failed"]
        retry_refund(refund.pk, actor=as_(alice))
        through(refund, S.PROCESSING, S.FAILED)
    retry_refund(refund.pk, actor=as_(alice))
    through(refund, S.PROCESSING, S.SUCCEEDED)
    assert heard(refund) == ["started", "failed", "done"]


class TestARefundAboveTheLimit:
    def test_says_nothing_until_it_is_approved(self, start, max_, as_):
        refund = start("500.00")
        assert refund.status == S.AWAITING_APPROVAL
        assert heard(refund) == []
        decide_approval(refund.approvals.get().pk, "approved", actor=as_(max_))
        assert heard(refund) == ["started"]

    def test_says_nothing_when_it_is_rejected(self, start, max_, as_):
        refund = start("500.00")
        decide_approval(refund.approvals.get().pk, "rejected", actor=as_(max_), note="No.")
        assert heard(refund) == []

    def test_says_nothing_when_it_is_called_off(self, start, alice, as_):
        refund = start("500.00")
        heard(refund)
        cancel_refund(refund.pk, actor=as_(alice))
        assert heard(refund) == []


def test_what_was_announced_and_called_off_is_told(start, alice, as_):
    refund = start()
    assert heard(refund) == ["started"]
    cancel_refund(refund.pk, actor=as_(alice))
    assert heard(refund) == ["started", "cancelled"]


def test_what_is_called_off_before_anybody_heard_is_no_news(start, alice, as_):
    refund = start()
    cancel_refund(refund.pk, actor=as_(alice))
    assert heard(refund) == []


def test_what_was_rolled_back_is_not_told(start):
    with transaction.atomic():
        refund = start()
        transaction.set_rollback(True)
    deliver_due()
    assert not Delivery.objects.filter(once_for=refund.pk).exists()
    assert mail.outbox == []


class TestTwice:
    def test_an_event_that_is_delivered_again(self, start):
        refund = start()
        through(refund, S.PROCESSING, S.FAILED)
        heard(refund)
        Event.objects.update(next_attempt_at=clock.now(), leased_until=None)
        assert heard(refund) == ["started", "failed"]

    def test_a_decline_that_is_told_by_two_events(self, start):
        refund = start()
        through(refund, S.PROCESSING, S.FAILED)
        again = Event.objects.get(name="refund.failed")
        again.pk, again.position = new_id(), None
        again.save(force_insert=True)
        assert heard(refund) == ["started", "failed"]

    def test_two_workers_that_both_found_nothing_told(self, start, monkeypatch):
        """As where the second looked before the first had stored its message."""
        refund = start()
        monkeypatch.setattr(refund_messages, "is_news", lambda kind, refund: True)
        assert Event.objects.filter(name__in=["refund.requested", "refund.queued"]).count() == 2
        assert heard(refund) == ["started"]


def test_two_refunds_of_a_customer_are_two_matters(start):
    customer = CustomerFactory()
    refunds = [start(customer=customer), start("10.00", customer=customer)]
    deliver_due()
    assert {each.once_for for each in Delivery.objects.filter(kind="customer_refund_started")} == {
        refund.pk for refund in refunds
    }


WAYS = {
    "merchant": ([S.PROCESSING, S.SUCCEEDED], [S.RETURNED]),
    "platform": ([S.PROCESSING, S.SUCCEEDED], [S.RETURNED]),
    "store_credit": ([S.PROCESSING, S.SUCCEEDED], [S.RETURNED]),
    "insurance": ([S.QUEUED, S.PROCESSING, S.SUCCEEDED], [S.RETURNED]),
}


@pytest.mark.parametrize("method", ["card", "online", "cash", "corporate_account"])
@pytest.mark.parametrize("source", WAYS)
def test_the_words_of_every_kind_are_for_a_customer(start, source, method):
    refund = start("50", source, currency="JPY", payment_method=method)
    done, back = WAYS[source]
    through(refund, *done)
    heard(refund)
    through(refund, *back)
    assert heard(refund) == ["started", "done", "returned"]
    for message in (each for each in mail.outbox if each.to == [refund.order.customer.email]):
        for text in (message.subject, message.body, message.alternatives[0].content):
            assert not INTERNAL.search(text.replace(refund.order.store.name, "")), text
        assert refund.order_id in message.subject
        assert refund.order_id in message.body
        assert "50 JPY" in message.subject
        assert "Internal word" not in message.body


def test_store_credit_and_claims_promise_no_day_that_is_not_theirs(start):
    credit, claim = start(source="store_credit"), start(source="insurance")
    assert heard(credit) == ["started"]
    assert "at once" in last_mail(credit).body
    names = f"{credit.order_id}|{credit.order.customer.name}|{credit.order.store.name}"
    assert not re.search(r"\d{4}\b", re.sub(names, "", last_mail(credit).body))
    assert heard(claim) == ["started"]
    assert "The insurer decides" in last_mail(claim).body
    assert f"If it agrees, you can expect the money by {claim.expected_by:%-d %B %Y}." in last_mail(claim).body
    through(claim, S.FAILED)
    assert heard(claim) == ["started", "failed"]


def test_a_day_that_has_passed_is_not_promised(start):
    refund = start()
    with clock.as_if_at(clock.now() + timedelta(days=60)):
        assert heard(refund) == ["started"]
    assert "expect" not in last_mail(refund).body


@pytest.mark.parametrize("order", [{"customer": None}, {"customer__email": ""}], ids=["no customer", "no address"])
def test_a_customer_without_an_address_is_seen_not_to_have_been_told(start, order):
    refund = start(**order)
    for _ in range(2):
        deliver_due()
    (row,) = Delivery.objects.undeliverable()
    assert (row.kind, row.last_error) == ("customer_refund_started", refund_messages.NO_ADDRESS)
    assert mail.outbox == []
    issue = Issue.objects.get(pk=refund.issue_id)
    told = [entry.data for entry in entries_of(issue)[0] if entry.type == "notification"]
    assert [(each["recipient"], each["sent_at"], each["undeliverable"]) for each in told] == [("customer", None, True)]
    deeds = [part.deed for passage in story_of(issue)[0] for part in passage.parts]
    assert "could not tell the customer:" in deeds


def test_the_sandbox_pays_and_the_customer_hears_it(start):
    refund = start(payment_reference="pay_ok_1")
    pay(refund)
    assert heard(refund) == ["started", "done"]
    assert len(sandbox.payments()) == 1

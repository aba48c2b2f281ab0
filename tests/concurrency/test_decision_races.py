"""Two decisions on one refund at the same moment: one of them counts, and the money goes out once or not at all.

Each has a control beside it; those of the order's cap and of the credit accounts are in ``test_refund_races`` and
``test_credit_races``.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from decimal import Decimal
from unittest import mock

import pytest
from django.db import OperationalError

from accounts.actor import Actor
from common import clock
from common.errors import DeskError, ValidationFailed
from events.models import Event
from issues.actions.decide_approval import decide_approval
from issues.actions.update import update_issue
from issues.models.issue import IssueQuerySet
from orders.models import Order
from refunds.actions.cancel import cancel_refund
from refunds.actions.claim import accept_claim, reject_claim
from refunds.actions.credit_expire import expire_credit
from refunds.actions.credit_instead import Consent, credit_instead
from refunds.actions.credit_revert import revert_credit
from refunds.actions.credit_spend import spend_credit
from refunds.actions.pay import pay_due_refunds
from refunds.actions.retry import retry_refund
from refunds.models import LedgerLot, Refund, RefundQuerySet
from refunds.models import RefundStatus as S
from tests import factories
from tests.concurrency.together import all_at_once
from tests.refunds.cashier import WORKER, ask, paid, pay, refund_of, reserved, status_of
from tests.refunds.shop_credit import assert_the_books_are_right, credit_of

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
INSURER = Actor.system("sandbox-tell")
LOCKED = nullcontext()


@pytest.fixture(autouse=True)
def sandbox_books(settings, tmp_path):
    settings.SANDBOX_STORE = tmp_path / "sandbox.sqlite3"


def by(employee) -> Actor:
    return Actor(employee=employee, via="api", idempotency_key="meant")


@contextmanager
def without_locks(racers: int) -> Iterator[None]:
    """Each of the racers has read the refund before any of them writes it."""
    all_have_looked = threading.Barrier(racers)

    def look_at_refund(self, refund_id):
        refund = self.select_related("order").get(pk=refund_id)
        all_have_looked.wait(timeout=30)
        return refund

    def look_at_issue(self, order_id, issue_id):
        return self.select_related("order").get(pk=issue_id, order=order_id)

    with (
        mock.patch.object(RefundQuerySet, "lock", look_at_refund),
        mock.patch.object(IssueQuerySet, "lock", look_at_issue),
    ):
        yield


def accepted(answers: list) -> list[Refund]:
    return [answer for answer in answers if isinstance(answer, Refund)]


def eight_retries(locks=LOCKED) -> tuple[Refund, list]:
    alice = factories.EmployeeFactory()
    refund = refund_of("pay_decline", by=alice)
    assert pay(refund) == S.FAILED
    Order.objects.update(payment_reference="pay_ok_after_all")
    with locks:
        return refund, all_at_once(8, lambda number: retry_refund(refund.pk, actor=by(alice)))


def test_eight_retries_at_once_are_one_payment():
    refund, answers = eight_retries()
    assert len(accepted(answers)) == 1
    pay_due_refunds(actor=WORKER)
    assert (paid(refund), reserved(refund.order)) == ([60], 60)


@pytest.mark.postgresql
def test_control_without_the_lock_eight_retries_are_accepted():
    _, answers = eight_retries(without_locks(8))
    assert len(accepted(answers)) > 1


def retry_and_credit_instead(locks=LOCKED) -> tuple[Refund, list]:
    alice, mina = factories.EmployeeFactory(), factories.CustomerFactory()
    refund = refund_of("pay_decline", amount="30", by=alice, customer=mina)
    assert pay(refund) == S.FAILED
    consent = Consent(given_by="Mina", given_at=refund.created_at, channel="phone")
    deeds = (
        lambda: retry_refund(refund.pk, actor=by(alice)),
        lambda: credit_instead(refund.pk, consent=consent, actor=by(alice)),
    )
    with locks:
        return refund, all_at_once(2, lambda number: deeds[number]())


def test_a_retry_and_credit_instead_at_once_give_the_money_once():
    for _ in range(4):
        refund, answers = retry_and_credit_instead()
        assert sorted(isinstance(answer, DeskError) for answer in answers) == [False, True], answers
        assert reserved(refund.order) == 30


@pytest.mark.postgresql
def test_control_without_the_lock_a_retry_and_credit_instead_promise_the_money_twice():
    refund, answers = retry_and_credit_instead(without_locks(2))
    assert len(accepted(answers)) == 2, answers
    assert sum(each.amount for each in Refund.objects.counting().filter(order=refund.order)) == 60


def three_answers_to_a_claim(alice, locks=LOCKED) -> tuple[Refund, list]:
    refund = refund_of(source="insurance", by=alice)
    deeds = (
        lambda: accept_claim(refund.pk, actor=INSURER, amount=Decimal(40)),
        lambda: reject_claim(refund.pk, actor=INSURER),
        lambda: cancel_refund(refund.pk, actor=by(alice)),
    )
    with locks:
        return refund, all_at_once(3, lambda number: deeds[number]())


def test_accepted_in_part_rejected_and_cancelled_at_once_is_one_of_them():
    alice = factories.EmployeeFactory()
    for _ in range(4):
        refund, answers = three_answers_to_a_claim(alice)
        pay_due_refunds(actor=WORKER)
        left = {S.SUCCEEDED: (40, [40]), S.FAILED: (0, []), S.CANCELLED: (0, [])}
        assert (reserved(refund.order), paid(refund)) == left[status_of(refund)], answers


@pytest.mark.postgresql
def test_control_without_the_lock_a_claim_has_several_answers():
    alice = factories.EmployeeFactory()
    _, answers = three_answers_to_a_claim(alice, without_locks(3))
    assert len(accepted(answers)) > 1


def test_what_a_claim_in_part_frees_is_given_once():
    """60 of 100 are claimed and 40 accepted, while sixteen ask for the other 60."""
    manager = factories.EmployeeFactory(role="Manager")
    refund = refund_of(source="insurance", by=manager, total_amount=Decimal(100))
    issue = factories.IssueFactory(order=refund.order)

    def race(number):
        if number:
            return ask(issue, "60", actor=by(manager))
        return accept_claim(refund.pk, actor=INSURER, amount=Decimal(40))

    answers = all_at_once(17, race)
    asked = [answer for answer in answers[1:] if isinstance(answer, Refund)]
    assert len(asked) <= 1
    assert all(isinstance(answer, Refund | ValidationFailed) for answer in answers), answers
    assert reserved(refund.order) == 40 + 60 * len(asked)
    pay_due_refunds(actor=WORKER)
    assert sum(sum(paid(each)) for each in (refund, *asked)) == 40 + 60 * len(asked)


def approved_and_run_out(number: int, locks=LOCKED):
    alice, max_ = factories.EmployeeFactory(), factories.EmployeeFactory(role="Manager")
    order = factories.OrderFactory(total_amount=500, payment_reference=f"pay_ok_late_{number}")
    issue = factories.IssueFactory(order=order)
    changes = {"refund_amount": Decimal(200), "refund_source": "merchant"}
    approval = update_issue(issue.order_id, issue.pk, changes, actor=by(alice)).approval

    def decide(racer):
        at = approval.expires_at if racer else clock.now()
        with clock.as_if_at(at):
            return decide_approval(approval.pk, "approved", actor=by(max_))

    with locks:
        answers = all_at_once(2, decide)
    approval.refresh_from_db()
    return approval, answers


def test_approved_and_run_out_at_once_is_one_or_the_other():
    for number in range(4):
        approval, _ = approved_and_run_out(number)
        refund = approval.refund
        pay_due_refunds(actor=WORKER)
        left = {"approved": (S.SUCCEEDED, [200], 200), "expired": (S.REJECTED, [], 0)}
        assert (status_of(refund), paid(refund), reserved(refund.order)) == left[approval.status]


@pytest.mark.postgresql
def test_control_without_the_locks_it_is_approved_and_has_run_out():
    """Or each waits for the rows of the other until the database ends one of them."""
    _, answers = approved_and_run_out(9, without_locks(2))
    told = set(Event.objects.filter(name__startswith="approval.").values_list("name", flat=True))
    assert {"approval.approved", "approval.expired"} <= told or OperationalError in map(type, answers), answers


def test_credit_that_is_spent_expires_and_is_taken_back_at_once_is_gone_once(settings):
    settings.STORE_CREDIT_MONTHS = 1
    alice, max_ = factories.EmployeeFactory(), factories.EmployeeFactory(role="Manager")
    mina = factories.CustomerFactory()
    refund = refund_of(amount="60", source="store_credit", by=alice, customer=mina)
    pay(refund)
    after = LedgerLot.objects.get().expires_at + timedelta(seconds=1)

    def race(number):
        if number % 3 == 0:
            return spend_credit(mina.pk, Decimal(20), "USD", f"ORDER-{number}", actor=by(max_))
        if number % 3 == 1:
            return revert_credit(refund.pk, actor=by(max_))
        with clock.as_if_at(after):
            return expire_credit(actor=WORKER)

    answers = all_at_once(12, race)
    assert all(not isinstance(answer, Exception) or isinstance(answer, DeskError) for answer in answers), answers
    assert credit_of(mina).balance == 0
    assert_the_books_are_right()

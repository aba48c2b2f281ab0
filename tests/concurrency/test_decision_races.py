"""Two decisions on one refund at the same moment: one of them counts, and the money goes out once or not at all."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.actor import Actor
from common import clock
from common.errors import DeskError, ValidationFailed
from issues.actions.decide_approval import decide_approval
from issues.actions.update import update_issue
from orders.models import Order
from refunds.actions.cancel import cancel_refund
from refunds.actions.claim import accept_claim, reject_claim
from refunds.actions.credit_expire import expire_credit
from refunds.actions.credit_instead import Consent, credit_instead
from refunds.actions.credit_revert import revert_credit
from refunds.actions.credit_spend import spend_credit
from refunds.actions.pay import pay_due_refunds
from refunds.actions.retry import retry_refund
from refunds.models import LedgerLot, Refund
from refunds.models import RefundStatus as S
from tests import factories
from tests.concurrency.together import all_at_once
from tests.refunds.cashier import WORKER, ask, paid, pay, refund_of, reserved, status_of
from tests.refunds.test_ledger import assert_the_books_are_right, credit_of

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
INSURER = Actor.system("sandbox-tell")


@pytest.fixture(autouse=True)
def sandbox_books(settings, tmp_path):
    settings.SANDBOX_STORE = tmp_path / "sandbox.sqlite3"


def by(employee) -> Actor:
    return Actor(employee=employee, via="api", idempotency_key="meant")


def test_eight_retries_at_once_are_one_payment():
    alice = factories.EmployeeFactory()
    refund = refund_of("pay_decline", by=alice)
    assert pay(refund) == S.FAILED
    Order.objects.update(payment_reference="pay_ok_after_all")
    answers = all_at_once(8, lambda number: retry_refund(refund.pk, actor=by(alice)))
    assert len([answer for answer in answers if isinstance(answer, Refund)]) == 1
    pay_due_refunds(actor=WORKER)
    assert (paid(refund), reserved(refund.order)) == ([60], 60)


def test_a_retry_and_credit_instead_at_once_give_the_money_once():
    alice, mina = factories.EmployeeFactory(), factories.CustomerFactory()
    for _ in range(4):
        refund = refund_of("pay_decline", amount="30", by=alice, customer=mina)
        assert pay(refund) == S.FAILED
        consent = Consent(given_by="Mina", given_at=refund.created_at, channel="phone")
        deeds = (
            lambda refund=refund: retry_refund(refund.pk, actor=by(alice)),
            lambda refund=refund, consent=consent: credit_instead(refund.pk, consent=consent, actor=by(alice)),
        )
        answers = all_at_once(2, lambda number, deeds=deeds: deeds[number]())
        assert sorted(isinstance(answer, DeskError) for answer in answers) == [False, True], answers
        assert reserved(refund.order) == 30


def test_accepted_in_part_rejected_and_cancelled_at_once_is_one_of_them():
    alice = factories.EmployeeFactory()
    for _ in range(4):
        refund = refund_of(source="insurance", by=alice)
        deeds = (
            lambda refund=refund: accept_claim(refund.pk, actor=INSURER, amount=Decimal(40)),
            lambda refund=refund: reject_claim(refund.pk, actor=INSURER),
            lambda refund=refund: cancel_refund(refund.pk, actor=by(alice)),
        )
        answers = all_at_once(3, lambda number, deeds=deeds: deeds[number]())
        pay_due_refunds(actor=WORKER)
        left = {S.SUCCEEDED: (40, [40]), S.FAILED: (0, []), S.CANCELLED: (0, [])}
        assert (reserved(refund.order), paid(refund)) == left[status_of(refund)], answers


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


def test_approved_and_run_out_at_once_is_one_or_the_other():
    alice, max_ = factories.EmployeeFactory(), factories.EmployeeFactory(role="Manager")
    for number in range(4):
        order = factories.OrderFactory(total_amount=500, payment_reference=f"pay_ok_late_{number}")
        issue = factories.IssueFactory(order=order)
        changes = {"refund_amount": Decimal(200), "refund_source": "merchant"}
        approval = update_issue(issue.order_id, issue.pk, changes, actor=by(alice)).approval

        def decide(racer, approval=approval):
            at = approval.expires_at if racer else clock.now()
            with clock.as_if_at(at):
                return decide_approval(approval.pk, "approved", actor=by(max_))

        all_at_once(2, decide)
        approval.refresh_from_db()
        pay_due_refunds(actor=WORKER)
        left = {"approved": (S.SUCCEEDED, [200], 200), "expired": (S.REJECTED, [], 0)}
        refund = approval.refund
        assert (status_of(refund), paid(refund), reserved(order)) == left[approval.status]


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

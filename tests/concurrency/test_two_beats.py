"""Two schedulers at once, by accident or while one takes over: whatever each job has to do is done once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail

from accounts.actor import Actor
from common import clock
from config.celery import BEAT_TABLE, app
from events.messages import Message, queue_messages
from events.models import Event
from events.record import record
from events.threads import reply_address
from issues.actions.keep_mail import keep_mail
from issues.actions.update import update_issue
from issues.models import Communication, Note
from refunds.models import Reconciliation
from refunds.models.ledger import LedgerPosting, PostingKind
from tests import factories
from tests.concurrency.test_deadline_races import late_issue
from tests.concurrency.together import all_at_once
from tests.mail.letters import letter
from tests.refunds.cashier import paid, pay, refund_of

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

SYSTEM = Actor.system("test")
EACH = 5


@pytest.fixture(autouse=True)
def own_settings(settings):
    settings.INBOUND_ADDRESS = "support@desk.example"
    settings.STORE_CREDIT_MONTHS = 1


def told(name: str) -> Callable[[], int]:
    return lambda: Event.objects.filter(name=name).count()


def issues_to_close() -> Callable[[], int]:
    long_ago = clock.now() - timedelta(days=30)
    for _ in range(EACH):
        factories.IssueFactory(status="resolved", resolved_at=long_ago)
    return Note.objects.count


def approvals_to_expire() -> Callable[[], int]:
    agent = Actor(employee=factories.EmployeeFactory(), via="api")
    for _ in range(EACH):
        issue = factories.IssueFactory(order=factories.OrderFactory(total_amount=Decimal(500)))
        changes = {"refund_amount": Decimal(200), "refund_source": "merchant"}
        update_issue(issue.order_id, issue.pk, changes, actor=agent)
    return told("approval.expired")


def mails_to_place() -> Callable[[], int]:
    for _ in range(EACH):
        keep_mail(bytes(letter(to=reply_address(factories.IssueFactory().pk))), actor=SYSTEM)
    return Communication.objects.count


def mails_to_send() -> Callable[[], int]:
    employee = factories.EmployeeFactory()
    for number in range(EACH):
        (event,) = record({"order.updated": {"changed": [str(number)]}}, actor=SYSTEM)
        message = Message(kind="webhook_disabled", subject=str(number), text="x", html="x", url="/", employee=employee)
        queue_messages(event, [message])
    return lambda: len(mail.outbox)


def refunds_to_pay() -> Callable[[], int]:
    refunds = [refund_of(by=factories.EmployeeFactory()) for _ in range(EACH)]
    return lambda: sum(len(paid(refund)) for refund in refunds)


def credit_to_expire() -> Callable[[], int]:
    for _ in range(EACH):
        pay(refund_of(source="store_credit", by=factories.EmployeeFactory()))
    return LedgerPosting.objects.filter(kind=PostingKind.EXPIRY).count


def deadline() -> Callable[[], int]:
    late_issue()
    return told("sla.breached")


def follow_up() -> Callable[[], int]:
    late_issue()
    return told("issue.follow_up_due")


def books_to_compare() -> Callable[[], int]:
    return Reconciliation.objects.count


# What there is to do for a job, when, and how often it is to be done; what is made says how often it has been.
WORK: dict[str, tuple[Callable[[], Callable[[], int]], timedelta, int]] = {
    "close-stale-issues": (issues_to_close, timedelta(0), EACH),
    "expire-approvals": (approvals_to_expire, timedelta(days=8), EACH),
    "place-mail": (mails_to_place, timedelta(0), EACH),
    "deliver-events": (mails_to_send, timedelta(0), EACH),
    "pay-refunds": (refunds_to_pay, timedelta(0), EACH),
    "expire-store-credit": (credit_to_expire, timedelta(days=40), EACH),
    "tell-deadlines": (deadline, timedelta(0), 2),  # that of medium, then that of critical
    "tell-follow-ups": (follow_up, timedelta(0), 1),
    "reconcile-refunds": (books_to_compare, timedelta(0), 1),
}


def beat_twice_at_once(name: str, at: datetime) -> list:
    app.loader.import_default_modules()
    task, _ = BEAT_TABLE[name]

    def beat(number: int) -> None:
        with clock.as_if_at(at):
            app.tasks[task]()

    return all_at_once(2, beat)


@pytest.mark.parametrize("name", WORK)
def test_two_beats_at_once_do_it_once(name):
    make, later, expected = WORK[name]
    done = make()
    at = clock.now() + later
    assert beat_twice_at_once(name, at) == [None, None]
    beat_twice_at_once(name, at)  # what one passed over because the other had it in hand
    assert done() == expected


@pytest.mark.parametrize("name", BEAT_TABLE)
def test_no_job_stumbles_over_its_twin(name):
    assert beat_twice_at_once(name, clock.now()) == [None, None]

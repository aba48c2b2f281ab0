"""kill -9 in the middle of paying: after a restart every refund ends, and the provider has paid each once."""

import os
from collections import Counter
from uuid import UUID

import pytest
from django.conf import settings

from tests.concurrency.real_desk import RealDesk, wait_until

pytestmark = [
    pytest.mark.long,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),  # for its tables
]

REFUNDS = 100
PAYMENTS = ("pay_ok", "pay_timeout", "pay_flaky")

ASK_FOR_MANY = f"""
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("sandbox_payments", "--json")  # opens its books
from accounts.actor import Actor
from tests import factories
from tests.refunds.cashier import ask
alice = factories.EmployeeFactory()
for number in range({REFUNDS}):
    order = factories.OrderFactory(payment_reference={PAYMENTS!r}[number % 3] + str(number))
    issue = factories.IssueFactory(order=order, reported_by=alice)
    ask(issue, "1.10", actor=Actor(employee=alice, via="api"))
"""


def shapes():
    """The one that these tests run on, and, visibly skipped, the one that they do not."""
    services = os.environ.get("DATABASE_URL", ""), settings.REDIS_URL  # of this process: a worker takes what it finds
    if all(services):
        return [pytest.param(services, id="postgresql-and-redis")]
    skipped = pytest.mark.skip(reason="needs DATABASE_URL and REDIS_URL")
    return [
        pytest.param(("", ""), id="sqlite-and-files"),
        pytest.param(services, id="postgresql-and-redis", marks=skipped),
    ]


@pytest.fixture(params=shapes())
def desk(request, tmp_path):
    desk = RealDesk(tmp_path, *request.param)
    desk.begin_with_tables()
    yield desk
    desk.end()


def test_after_kill_9_of_the_worker_and_of_the_group_every_refund_is_paid_once(desk):
    desk.run("-c", ASK_FOR_MANY)
    kills = []

    desk.start()
    wait_until(lambda: desk.sandbox_calls() >= 20, seconds=120, what="20 calls")
    desk.kill_the_worker()
    kills.append(desk.sandbox_calls())
    desk.kill_everything()

    desk.start()
    wait_until(lambda: desk.sandbox_calls() >= 80, seconds=120, what="80 calls")
    desk.kill_everything()
    kills.append(desk.sandbox_calls())
    assert statuses(desk)["succeeded"] < REFUNDS, "the kills came too late to tell anything"

    desk.start()
    wait_until(lambda: statuses(desk) == {"succeeded": REFUNDS}, seconds=180, what="the end of every refund")
    desk.kill_everything()

    times_paid = Counter(payment["refund_id"] for payment in desk.payments())
    print(f"{REFUNDS} refunds, kill -9 after calls {kills}, {desk.sandbox_calls()} calls in all")  # noqa: T201
    assert times_paid == dict.fromkeys(refund_ids(desk), 1)
    assert {str(total) for (total,) in desk.query("SELECT refund_reserved FROM orders_order")} <= {"1.1", "1.100"}
    assert desk.query("SELECT count(*) FROM refunds_refundattempt") == [(REFUNDS,)], "one key ever for each"


def statuses(desk) -> Counter:
    return Counter(dict(desk.query("SELECT status, count(*) FROM refunds_refund GROUP BY status")))


def refund_ids(desk) -> list[str]:
    return [str(UUID(str(row[0]))) for row in desk.query("SELECT id FROM refunds_refund")]

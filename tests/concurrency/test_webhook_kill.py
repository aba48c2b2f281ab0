"""kill -9 in the middle of sending, or a broker that forgets: every event arrives, each under its one id."""

from contextlib import closing
from uuid import UUID

import pytest

from tests.concurrency.real_desk import RealDesk, wait_until
from tests.concurrency.test_kill import shapes
from tests.receiver import Receiver, wait

pytestmark = [
    pytest.mark.long,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),  # for its tables
]

EVENTS = 300

TELL_MANY = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from accounts.actor import Actor
from events.actions.create_webhook import create_webhook
from events.record import record
system = Actor.system("test")
create_webhook({{"url": {url!r}, "events": ["order.updated"]}}, actor=system)
for number in range({count}):
    record({{"order.updated": {{"changed": []}}}}, actor=system)
"""


@pytest.fixture(params=shapes())
def desk(request, tmp_path):
    desk = RealDesk(tmp_path, *request.param)
    desk.begin_with_tables()
    desk.environment |= {"WEBHOOK_TEST_NETWORKS": "127.0.0.0/8", "WEBHOOK_TIMEOUT": "2", "LEASE_SECONDS": "4"}
    yield desk
    desk.end()


def test_after_kill_9_of_the_worker_and_of_the_group_every_event_has_arrived(desk):
    with closing(Receiver(wait(0.02))) as receiver:
        desk.run("-c", TELL_MANY.format(url=receiver.url, count=EVENTS))
        kills = []
        for arrived in (50, 150):
            desk.start()
            wait_until(lambda: len(receiver.calls) >= arrived, seconds=120, what=f"{arrived} calls")  # noqa: B023
            desk.kill_the_worker()
            desk.kill_everything()
            kills.append(len(set(receiver.ids)))
        assert kills[-1] < EVENTS, "the kills came too late to tell anything"

        desk.start()
        wait_until(lambda: delivered(desk) == EVENTS, seconds=180, what="the arrival of every event")
        desk.kill_everything()
        ids = receiver.ids

    print(f"{EVENTS} events, kill -9 after {kills} had arrived, {len(ids)} calls in all")  # noqa: T201
    assert len(set(ids)) == EVENTS
    assert set(ids) == {event_id(row) for (row,) in desk.query("SELECT id FROM events_event")}


LET_THE_WORKER_WRITE = "import config.celery; config.celery.app.send_task('refunds.reconcile')"


@pytest.mark.parametrize("desk", shapes()[-1:], indirect=True)
def test_what_a_flushed_broker_forgot_is_found_by_the_sweep_and_without_it_by_nobody(desk):
    with closing(Receiver()) as receiver:
        desk.run("-c", TELL_MANY.format(url=receiver.url, count=20))
        desk.flush_the_broker()

        desk.start(with_beat=False)
        desk.run("-c", LET_THE_WORKER_WRITE)
        wait_until(lambda: reconciliations(desk) == 1, seconds=60, what="a sign of the worker")
        assert (delivered(desk), receiver.ids) == (0, []), "the control: it works, and knows of nothing to send"
        desk.kill_everything()

        desk.start()
        wait_until(lambda: delivered(desk) == 20, seconds=60, what="the arrival of every event")
        desk.kill_everything()
    assert len(set(receiver.ids)) == 20


def reconciliations(desk) -> int:
    return desk.query("SELECT count(*) FROM refunds_reconciliation")[0][0]


def delivered(desk) -> int:
    return desk.query("SELECT count(*) FROM events_webhookdelivery WHERE delivered_at IS NOT NULL")[0][0]


def event_id(value) -> str:
    return str(UUID(str(value)))

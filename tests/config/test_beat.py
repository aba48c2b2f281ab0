"""What beat asks for while no worker is there does not wait for ever; what waits for its turn for a while is done."""

from datetime import datetime, timedelta

import pytest
from celery.beat import Scheduler
from celery.worker import request
from celery.worker.request import Request
from kombu import Connection

from config.celery import BEAT_TABLE, app

MINUTE = 60.0


@pytest.fixture
def asked_by_beat():
    """``asked_by_beat(name)``: the message by which beat asks for a job, as a worker gets it."""
    app.loader.import_default_modules()
    with Connection("memory://") as broker, broker.SimpleQueue("celery") as queue:

        def asked_by_beat(name: str) -> Request:
            queue.clear()  # of nudges that tests before this one gave
            entry = Scheduler.Entry(name=name, app=app, **app.conf.beat_schedule[name])
            Scheduler(app, lazy=True).apply_async(entry, producer=app.amqp.Producer(broker), advance=False)
            message = queue.get(timeout=5)
            message.ack()
            return Request(message, app=app)

        yield asked_by_beat


def is_done_after(asked: Request, monkeypatch, *, seconds: float) -> bool:
    """Whether a worker that gets the message so late does what it asks for."""

    class Late(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(seconds=seconds)

    monkeypatch.setattr(request, "datetime", Late)
    return not asked.revoked()


@pytest.mark.parametrize("name", BEAT_TABLE)
def test_a_job_that_was_asked_for_long_ago_is_left_to_the_next_time(asked_by_beat, monkeypatch, name):
    _, every = BEAT_TABLE[name]
    asked = asked_by_beat(name)
    assert not is_done_after(asked, monkeypatch, seconds=max(every, 10 * MINUTE) + 1)


@pytest.mark.parametrize("name", BEAT_TABLE)
def test_a_job_that_waits_for_a_busy_worker_or_one_whose_clock_is_ahead_is_done(asked_by_beat, monkeypatch, name):
    assert is_done_after(asked_by_beat(name), monkeypatch, seconds=10 * MINUTE - 1)

"""A nudge is sent after the commit, by a thread of its own: the broker keeps nobody waiting and loses nothing."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import transaction

from common import nudge
from common.nudge import nudge_after_commit, nudges_held

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ROOT = Path(__file__).parents[2]


class Broker:
    """Takes what is sent while it is open, and has it in ``sent``."""

    def __init__(self) -> None:
        self.sent: list[tuple] = []
        self.opened = threading.Event()
        self.opened.set()
        self.is_down = False

    def send_task(self, task, args=(), **options) -> None:
        assert self.opened.wait(10)
        if self.is_down:
            raise ConnectionError("The broker is down")
        self.sent.append((task, *args))


@pytest.fixture
def broker(monkeypatch):
    broker = Broker()
    monkeypatch.setattr(nudge, "current_app", broker)
    monkeypatch.setattr(nudge, "_nudger", nudge._Nudger())
    yield broker
    nudge._nudger.finish(10)


def finish() -> None:
    nudge._nudger.finish(10)


def test_it_is_sent_when_the_change_is_committed_and_not_before(broker):
    with transaction.atomic():
        nudge_after_commit("pay", "1")
        finish()
        assert broker.sent == []
    finish()
    assert broker.sent == [("pay", "1")]


def test_what_is_rolled_back_sends_none(broker):
    with transaction.atomic():
        nudge_after_commit("pay", "1")
        transaction.set_rollback(True)
    finish()
    assert broker.sent == []


def test_nobody_waits_for_a_slow_broker(broker):
    broker.opened.clear()
    nudge_after_commit("pay", "1")
    assert broker.sent == [], "we are here, and it is not sent"
    broker.opened.set()
    finish()
    assert broker.sent == [("pay", "1")]


def test_what_is_asked_for_again_before_it_is_sent_is_sent_once(broker):
    broker.opened.clear()
    for number in range(50):
        nudge_after_commit("deliver")
        nudge_after_commit("pay", str(number % 2))
    broker.opened.set()
    finish()
    assert {*broker.sent} == {("deliver",), ("pay", "0"), ("pay", "1")}
    assert len(broker.sent) <= 6, "once, and once more for what came while it was being sent"


def test_after_a_broker_that_was_down_the_next_one_is_sent(broker):
    broker.is_down = True
    nudge_after_commit("pay", "1")
    finish()
    broker.is_down = False
    nudge_after_commit("pay", "2")
    finish()
    assert broker.sent == [("pay", "2")]


def test_a_broker_that_takes_none_for_long_costs_no_memory(broker, monkeypatch):
    monkeypatch.setattr(nudge, "MOST_WAITING", 10)
    broker.opened.clear()
    for number in range(100):
        nudge_after_commit("pay", str(number))
    assert len(nudge._nudger._waiting) <= 10
    broker.opened.set()


def test_what_is_held_is_not_sent(broker):
    with nudges_held():
        nudge_after_commit("pay", "1")
    finish()
    assert broker.sent == []


def test_a_process_that_was_forked_sends_its_own(broker, tmp_path):
    nudge_after_commit("pay", "the parent's")
    finish()
    if (pid := os.fork()) == 0:
        nudge_after_commit("pay", "the child's")
        finish()
        (tmp_path / "sent").write_text(repr(broker.sent[1:]))
        os._exit(0)
    os.waitpid(pid, 0)
    assert (tmp_path / "sent").read_text() == repr([("pay", "the child's")])


def test_a_process_that_ends_sends_what_waits(tmp_path):
    clean = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(tmp_path), "ENVIRONMENT": "development"}
    ask = "import django; django.setup(); from common.nudge import nudge_after_commit; nudge_after_commit('pay', '1')"
    subprocess.run([sys.executable, "-c", ask], cwd=ROOT, env=clean | settings, check=True)
    assert len(list(tmp_path.glob("broker/queue/*"))) == 1

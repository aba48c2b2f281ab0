"""The daily run of the reconciliation: once a day, whoever asks for it, and made again where its worker died."""

from datetime import timedelta

import pytest

from common import clock
from refunds.actions.reconcile import reconcile_today
from refunds.models import Reconciliation
from tests.refunds.auditor import ACTOR

pytestmark = pytest.mark.django_db


def test_it_is_done_once_a_day_however_often_it_is_asked_for():
    noon = clock.now().replace(hour=12, minute=0)
    tomorrow = noon + timedelta(days=1)
    for at in (noon, noon + timedelta(hours=1), tomorrow):
        with clock.as_if_at(at):
            reconcile_today(actor=ACTOR)
    assert [row.started_at for row in Reconciliation.objects.order_by("started_at")] == [noon, tomorrow]


def test_one_whose_worker_died_is_made_again_when_it_is_surely_dead(settings):
    midnight = clock.now().replace(hour=0, minute=0)
    dead = Reconciliation.objects.create(day=midnight.date(), since=midnight, started_at=midnight)
    with clock.as_if_at(midnight + timedelta(seconds=settings.BROKER_VISIBILITY_TIMEOUT - 1)):
        assert reconcile_today(actor=ACTOR) is None
    with clock.as_if_at(midnight + timedelta(seconds=settings.BROKER_VISIBILITY_TIMEOUT + 1)):
        made = reconcile_today(actor=ACTOR)
    dead.refresh_from_db()
    assert (dead.outcome, dead.day) == ("incomplete", None)
    assert dead.unread[0]["reason"] == "The run broke off: its worker died"
    assert (made.outcome, made.day) == ("agrees", midnight.date())

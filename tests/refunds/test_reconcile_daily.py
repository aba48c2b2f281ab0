"""The daily run of the reconciliation: once a day, whoever asks for it, and made again where it was in vain."""

from datetime import datetime, timedelta

import pytest

from common import clock
from events.deliver import deliver_due
from events.models import Delivery, Event
from refunds import providers
from refunds.actions import reconcile
from refunds.actions.reconcile import reconcile_today
from refunds.actions.reconcile_run import MOST_IN_VAIN
from refunds.models import Reconciliation
from tests.refunds.auditor import ACTOR, run
from tests.refunds.test_reconcile_runs import Down

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


@pytest.fixture
def midnight() -> datetime:
    return clock.now().replace(hour=0, minute=0, second=0, microsecond=0)


def hourly(midnight: datetime, hours: range) -> list[str | None]:
    """How the runs went that beat asked for; None where there was none to make."""
    outcomes = []
    for hour in hours:
        with clock.as_if_at(midnight + timedelta(hours=hour, minutes=5)):
            row = reconcile_today(actor=ACTOR)
            outcomes.append(row and row.outcome)
    return outcomes


class TestADayInVain:
    @pytest.fixture
    def down(self, monkeypatch):
        monkeypatch.setitem(providers.PAYERS, "sandbox", Down())

    def test_what_could_not_be_read_is_tried_again_until_it_can(self, down, midnight, monkeypatch):
        assert hourly(midnight, range(3)) == ["incomplete"] * 3
        monkeypatch.undo()
        assert hourly(midnight, range(3, 6)) == ["agrees", None, None]
        assert list(Reconciliation.objects.exclude(day=None).values_list("outcome", flat=True)) == ["agrees"]

    def test_it_is_tried_so_often_and_no_more_and_the_next_day_anew(self, down, midnight):
        assert hourly(midnight, range(24)) == ["incomplete"] * MOST_IN_VAIN + [None] * (24 - MOST_IN_VAIN)
        assert hourly(midnight, range(24, 25)) == ["incomplete"]

    def test_two_that_ask_one_after_the_other_make_one_run(self, down, midnight):
        assert hourly(midnight, range(1)) + hourly(midnight, range(1)) == ["incomplete", None]

    def test_one_that_broke_off_is_made_again(self, midnight, monkeypatch):
        monkeypatch.setattr(reconcile, "compare_books", lambda books, run: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            hourly(midnight, range(1))
        monkeypatch.undo()
        assert hourly(midnight, range(1, 3)) == ["agrees", None]


class TestTheNewsOfIt:
    def mails(self) -> list[Delivery]:
        deliver_due()
        return list(Delivery.objects.filter(kind="reconciliation", channel="email").order_by("address"))

    def test_managers_hear_once_a_day_what_could_not_be_read(self, max_, ada, midnight, monkeypatch):
        monkeypatch.setitem(providers.PAYERS, "sandbox", Down())
        hourly(midnight, range(3))
        mails = self.mails()
        assert [mail.address for mail in mails] == sorted([max_.email, ada.email])
        assert mails[0].subject == "The refunds' books could not be read"
        assert "- sandbox, platform: It answered 503" in mails[0].text
        assert mails[0].url.endswith(f"{Reconciliation.objects.earliest('started_at').pk}/change/")
        hourly(midnight, range(24, 27))
        assert Event.objects.filter(name="reconciliation.incomplete").count() == 2

    def test_of_a_run_by_the_command_too(self, max_, monkeypatch):
        monkeypatch.setitem(providers.PAYERS, "sandbox", Down())
        run()
        assert [mail.address for mail in self.mails()] == [max_.email]

    def test_of_a_worker_that_died_too(self, midnight):
        Reconciliation.objects.create(day=midnight.date(), since=midnight, started_at=midnight)
        assert hourly(midnight, range(1, 2)) == ["agrees"]
        assert Event.objects.get(name="reconciliation.incomplete").data["unread"] == 1

    def test_where_all_was_read_nobody_hears_of_anything(self, max_, midnight):
        hourly(midnight, range(3))
        assert self.mails() == []

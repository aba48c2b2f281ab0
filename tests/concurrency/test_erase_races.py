"""Whoever has read a customer's name, and has still to commit where it stands, is waited for by their erasure."""

from collections.abc import Callable
from threading import Event as Moment

import pytest
from django.db import transaction

from accounts.actor import Actor
from accounts.models import IdempotentCall
from events import deliver
from events.models import Delivery
from events.record import record
from issues import notifications
from issues.actions.update import update_issue
from issues.models import Note
from orders.actions import put_order as put_order_module
from orders.actions.erase_customer import erase_customer
from orders.actions.put_order import put_order
from orders.api import views
from orders.models import OrderQuerySet
from tests.api_client import ApiClient
from tests.concurrency.together import all_at_once
from tests.factories import EmployeeFactory, IssueFactory, key_for
from tests.orders.test_orders_api import LEAST

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.postgresql]

NAME, ADDRESS = "Niamh O'Brien", "niamh@shop.example"
ORDER = LEAST | {"customer": {"id": "c-1", "name": NAME, "email": ADDRESS}}
SYSTEM = Actor.system("test")


class Pause:
    """Between the reading and the commit: until the erasure is over, or for a second if it waits as it should."""

    def __init__(self) -> None:
        self.has_read, self.is_erased = Moment(), Moment()

    def __call__(self) -> None:
        self.has_read.set()
        self.is_erased.wait(timeout=1)

    def after(self, deed: Callable) -> Callable:
        def paused(*args, **kwargs):
            result = deed(*args, **kwargs)
            self()
            return result

        return paused

    def before(self, deed: Callable) -> Callable:
        def paused(*args, **kwargs):
            self()
            return deed(*args, **kwargs)

        return paused


@pytest.fixture
def pause():
    return Pause()


@pytest.fixture
def issue(db):
    order, _ = put_order("A-1", views.typed_order("A-1", ORDER), actor=SYSTEM)
    return IssueFactory(order=order, status="resolved", description="It waits.")


@pytest.fixture
def erased_beside(pause, issue):
    """``erased_beside(write)``: the customer is erased after ``write`` has read them, and before it commits."""

    def erase() -> None:
        assert pause.has_read.wait(timeout=10)
        erase_customer("c-1", actor=SYSTEM)
        pause.is_erased.set()

    def erased_beside(write: Callable[[], object]) -> None:
        for result in all_at_once(2, lambda number: erase() if number else write()):
            if isinstance(result, Exception):
                raise result

    return erased_beside


def nothing() -> None:
    """In place of what holds the erasure off."""


class TestAMessageThatIsBeingWritten:
    @pytest.fixture
    def told(self, pause, issue, erased_beside, monkeypatch):
        monkeypatch.setattr(notifications, "queue_messages", pause.before(notifications.queue_messages))

        def told() -> list[str]:
            facts = {"issue.resolved": {"from": "in_progress", "to": "resolved"}}
            record(facts, actor=SYSTEM, order_id="A-1", issue_id=issue.pk)
            erased_beside(deliver.deliver_events)
            return list(Delivery.objects.to_outsiders().values_list("address", flat=True))

        return told

    def test_is_erased(self, told):
        assert told() == ["(erased)"]

    def test_control_without_the_waiting_it_keeps_the_address(self, told, monkeypatch):
        monkeypatch.setattr(deliver, "copies_names", nothing)
        assert told() == [ADDRESS]


class TestAnAnswerThatIsKept:
    @pytest.fixture
    def kept(self, pause, issue, erased_beside, monkeypatch):
        monkeypatch.setattr(views, "order_answer", pause.after(views.order_answer))

        def kept(order_id: str) -> bool:
            shop = ApiClient(key_for(None))
            erased_beside(lambda: shop.put(f"/orders/{order_id}", ORDER, Idempotency_Key="k"))
            return any(NAME.encode() in bytes(call.body) for call in IdempotentCall.objects.all())

        return kept

    @pytest.mark.parametrize("order_id", ["A-1", "A-2"], ids=["of an order that does not change", "of a new one"])
    def test_goes(self, kept, order_id):
        assert not kept(order_id)

    def test_control_without_the_waiting_it_names_them(self, kept, monkeypatch):
        monkeypatch.setattr(put_order_module, "copies_names", nothing)
        assert kept("A-2")


class TestANoteThatIsBeingWritten:
    @pytest.fixture
    def noted(self, pause, issue, erased_beside):
        alice = Actor(employee=EmployeeFactory(), via="api")

        def write() -> None:
            with transaction.atomic():
                update_issue("A-1", issue.pk, {"notes": f"{NAME} called."}, actor=alice)
                pause()

        def noted() -> str:
            erased_beside(write)
            return Note.objects.get().body

        return noted

    def test_is_without_the_name(self, noted):
        assert noted() == "(erased) called."

    def test_control_where_the_order_is_not_held_it_keeps_the_name(self, noted, monkeypatch):
        def unlocked(orders, order_ids):
            return dict(orders.filter(pk__in=order_ids).values_list("pk", "customer_id"))

        monkeypatch.setattr(OrderQuerySet, "lock_all", unlocked)
        assert noted() == f"{NAME} called."

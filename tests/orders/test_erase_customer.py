"""After an erasure no personal data of the customer is left."""

import pytest
from django.apps import apps
from django.db import models

from accounts.models import IdempotentCall
from common.errors import NotFound, PermissionDenied
from events.messages import Message, queue_messages
from events.models import Delivery, Event
from issues.models import SearchEntry
from issues.search import index_issue
from orders.actions.erase_customer import erase_customer
from orders.actions.put_order import put_order
from orders.models import Customer, Order
from tests.factories import EmployeeFactory, IssueFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db
PERSONAL = ("Mina Harker", "mina@shop.example", "+49 30 1")


@pytest.fixture
def order(content, as_, ada):
    order, _ = put_order("A-1", content, actor=as_(ada))
    return order


@pytest.fixture
def told(order, alice):
    """An issue of the order, of which the customer and Alice were told."""
    issue = IssueFactory(order=order)
    index_issue(issue)
    event = Event.objects.create(name="test.thunder", order_id=order.pk, issue_id=issue.pk, via="api")
    queue_messages(
        event,
        [
            Message(
                "closed", "Dear Mina Harker", "Mina Harker, it is closed.", "<p>Mina Harker</p>", address=PERSONAL[1]
            ),
            Message("assigned", "An issue of Mina Harker", "Mina Harker: mina@shop.example", employee=alice),
        ],
    )
    return issue


def rows_with(text: str) -> list[str]:
    """Every table whose columns hold ``text``, in letters or in bytes."""
    found = []
    if any(text.encode() in bytes(call.body) for call in IdempotentCall.objects.all()):
        found.append("accounts.IdempotentCall.body")
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
            if is_text and model.objects.filter(**{f"{field.name}__icontains": text}).exists():
                found.append(f"{model._meta.label}.{field.name}")
    return found


def deliver_events_to_subscribers() -> None:
    from events.subscribers import subscribers_of

    for event in Event.objects.filter(name="customer.erased"):
        for subscriber in subscribers_of(event.name):
            subscriber(event)


def test_nothing_personal_is_left_in_any_table(told, as_, ada):
    assert all(rows_with(text) for text in PERSONAL)
    erase_customer("c-1", actor=as_(ada))
    deliver_events_to_subscribers()
    assert {text: rows_with(text) for text in PERSONAL} == {text: [] for text in PERSONAL}
    assert Customer.objects.get().erased_at is not None
    assert Event.objects.filter(name="customer.erased").count() == 1


def test_an_answer_that_is_kept_to_be_repeated_goes_and_others_stay(shop, content, as_, ada):
    def put(order_id, customer_id):
        customer = content["customer"] | {"id": customer_id, "name": 'Mina "Ä" Harker'}
        body = content | {"customer": customer, "placed_at": "2026-11-01T09:30:00Z"}
        assert shop.put(f"/orders/{order_id}", body, Idempotency_Key=order_id).status_code < 300

    put("A-1", "c-1")
    put("A-2", "c-12")
    erase_customer("c-1", actor=as_(ada))
    assert IdempotentCall.objects.get().key == "A-2"
    put("A-1", "c-1")
    assert Customer.objects.get(pk="c-1").name == ""


def test_the_order_and_its_issues_stay(told, as_, ada):
    erase_customer("c-1", actor=as_(ada))
    deliver_events_to_subscribers()
    assert Order.objects.get().customer_id == "c-1"
    assert SearchEntry.objects.get(is_header=True).text == f"{told.number} A-1"


def test_a_message_that_waits_is_not_sent_any_more(told, as_, ada):
    erase_customer("c-1", actor=as_(ada))
    to_customer = Delivery.objects.get(employee=None)
    assert (to_customer.address, to_customer.next_attempt_at) == ("(erased)", None)
    assert Delivery.objects.filter(employee__isnull=False, next_attempt_at=None).count() == 0


def test_an_erased_customer_stays_erased_whatever_the_shop_sends(order, content, as_, ada):
    erase_customer("c-1", actor=as_(ada))
    put_order("A-2", content, actor=as_(ada))
    assert rows_with("Mina Harker") == []


def test_it_takes_the_permission(order, as_, max_):
    with nothing_happens(), pytest.raises(PermissionDenied):
        erase_customer("c-1", actor=as_(max_))
    assert Customer.objects.get().name == "Mina Harker"


def test_a_customer_of_stores_out_of_sight_is_not_found(order, as_):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    elsewhere = EmployeeFactory(role="Administrator", team=team)
    with nothing_happens(), pytest.raises(NotFound):
        erase_customer("c-1", actor=as_(elsewhere))


def test_a_short_name_does_not_tear_other_words(order, told, as_, ada):
    Customer.objects.update(name="Al")
    Delivery.objects.update(text="Al also called.")
    erase_customer("c-1", actor=as_(ada))
    assert set(Delivery.objects.values_list("text", flat=True)) == {"(erased) also called."}

"""The rules of putting an order, at the action; its shape is tested through the API."""

from decimal import Decimal
from unittest import mock

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import Actor
from accounts.models import ApiKey
from accounts.roles import AGENT, MANAGER, SENIOR_AGENT
from common.audit import broken_links
from common.errors import PermissionDenied, ValidationFailed
from events.models import Event
from orders.actions.import_orders import import_orders
from orders.actions.note_dispute import note_dispute
from orders.actions.put_order import put_order
from orders.errors import OrderHasRefunds, OrderItemInUse, OrderNotFound
from orders.models import Customer, Order, Store
from tests.factories import EmployeeFactory, IssueFactory, TeamFactory, key_for
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db


@pytest.fixture
def put(content, as_, ada):
    """``put(total_amount=5)``: the complete order with other values."""
    return lambda order_id="A-1", actor=None, **other: put_order(order_id, content | other, actor=actor or as_(ada))


def reserve(order: Order, amount: str) -> None:
    Order.objects.filter(pk=order.pk).update(refund_reserved=Decimal(amount))


def event_names() -> list[str]:
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def test_a_dispute_was_about_the_payment_that_the_order_named_then(content, ada, as_):
    put_order("A-1", content, actor=as_(ada))
    note_dispute("A-1", is_disputed=True, actor=Actor.system("test"))
    put_order("A-1", content | {"partner": "other"}, actor=as_(ada))
    assert Order.objects.get().payment_disputed
    put_order("A-1", content | {"payment": content["payment"] | {"reference": "pay_ok_2"}}, actor=as_(ada))
    assert not Order.objects.get().payment_disputed
    assert list(broken_links(Order.objects.get())) == []


def test_a_new_order_is_created_with_all_that_it_names(put):
    order, created = put()
    assert created
    order = Order.objects.get(pk="A-1")
    assert (order.store.name, order.customer.email, order.currency) == ("Berlin", "mina@shop.example", "EUR")
    assert (order.total_amount, order.payment_reference, order.partner) == (Decimal("120.50"), "pay_ok_1", "acme")
    assert [(item.item_id, item.quantity) for item in order.items.order_by("item_id")] == [("i-1", 2), ("i-2", 4)]
    assert event_names() == ["order.created"]
    assert order.history.count() == 1
    assert list(broken_links(order)) == []


def test_an_equal_order_leaves_no_trace(put):
    put()
    with nothing_happens():
        assert put()[1] is False


def test_a_replacement_empties_what_it_does_not_name(put, content):
    put()
    short = {name: content[name] for name in ("store", "currency", "total_amount", "payment")}
    order, created = put_order("A-1", short, actor=Actor.system("test"))
    order.refresh_from_db()
    assert (created, order.customer, order.partner, order.placed_at) == (False, None, "", None)
    assert not order.items.exists()
    event = Event.objects.get(name="order.updated")
    assert event.data == {"changed": ["customer", "placed_at", "partner", "items"]}


def test_each_change_is_a_version_in_the_audit(put, ada):
    put()
    order, _ = put(total_amount=Decimal("99.00"))
    order.refresh_from_db()
    newest = order.history.first()
    assert (order.version, newest.version, newest.total_amount) == (2, 2, Decimal("99.00"))
    assert newest.history_user == ada
    assert list(broken_links(order)) == []


def test_a_change_of_items_alone_is_a_change_of_the_order(put, content):
    put()
    kettle, _ = content["items"]
    order, _ = put(items=[kettle | {"quantity": 3}, {"id": "i-3", "name": "Spoon"}])
    items = {item.item_id: item.quantity for item in order.items.all()}
    assert items == {"i-1": 3, "i-3": 1}
    assert order.version == 2
    assert Event.objects.get(name="order.updated").data == {"changed": ["items"]}


def test_names_that_are_not_sent_again_are_kept(put):
    put()
    put("A-2", store={"id": "berlin"}, customer={"id": "c-1"})
    assert Store.objects.get().name == "Berlin"
    assert Customer.objects.get().name == "Mina Harker"


def test_a_customers_new_name_is_told(put, content):
    put()
    put("A-2", customer=content["customer"] | {"name": "Wilhelmina Murray"})
    assert Customer.objects.get().name == "Wilhelmina Murray"
    assert Event.objects.get(name="customer.updated").data == {"customer_id": "c-1"}


@pytest.mark.parametrize(
    ("other", "fields"),
    [
        ({"currency": "USD"}, ["currency"]),
        ({"payment": {"method": "cash", "provider": "sandbox", "reference": "pay_ok_1"}}, ["payment"]),
        ({"payment": {"method": "card", "provider": "other", "reference": "pay_ok_1"}}, ["payment"]),
        ({"payment": {"method": "card", "provider": "sandbox", "reference": "pay_ok_2"}}, ["payment"]),
        ({"total_amount": Decimal("59.99")}, ["total_amount"]),
        ({"currency": "USD", "total_amount": Decimal("1.00")}, ["currency", "total_amount"]),
    ],
)
def test_what_refunds_stand_on_can_not_change_once_one_counts(put, other, fields):
    order, _ = put()
    reserve(order, "60.00")
    with nothing_happens(), pytest.raises(OrderHasRefunds) as refusal:
        put(**other)
    assert refusal.value.facts == {"fields": fields, "refunded_amount": Decimal("60.00")}


@pytest.mark.parametrize("broken", [{"total_amount": Decimal("59.99")}, {"refund_reserved": Decimal("-0.01")}])
def test_the_database_itself_refuses_a_total_below_what_is_refunded(put, broken):
    order, _ = put()
    reserve(order, "60.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**broken)


@pytest.mark.parametrize("other", [{"total_amount": Decimal("60.00")}, {"partner": "other"}, {"items": []}])
def test_the_rest_of_an_order_can_change_under_a_refund(put, other):
    order, _ = put()
    reserve(order, "60.00")
    put(**other)
    order.refresh_from_db()
    assert (order.version, order.refund_reserved) == (2, Decimal("60.00"))


def test_without_a_refund_that_counts_everything_can_change(put):
    put()
    order, _ = put(currency="JPY", total_amount=Decimal("0"), payment={"method": "cash"})
    assert (order.currency, order.total_amount, order.payment_method) == ("JPY", 0, "cash")


def test_an_item_that_an_issue_names_can_not_go(put, content):
    order, _ = put()
    IssueFactory(order=order, order_item=order.items.get(item_id="i-2"))
    with nothing_happens(), pytest.raises(OrderItemInUse) as refusal:
        put(items=content["items"][:1])
    assert refusal.value.facts == {"item_ids": ["i-2"]}
    put(items=content["items"][1:])
    assert [item.item_id for item in order.items.all()] == ["i-2"]


def test_who_sees_some_stores_puts_orders_only_there(put, ada, as_):
    put()
    ada.team = TeamFactory()
    ada.team.stores.add(Store.objects.create(id="paris"))
    ada.save()
    with nothing_happens():
        with pytest.raises(OrderNotFound):
            put(store={"id": "paris"})
        with pytest.raises(ValidationFailed) as refusal:
            put("A-2")
    assert refusal.value.errors.keys() == {"store.id"}
    assert put("A-2", store={"id": "paris"})[1] is True


@pytest.mark.parametrize("role", [AGENT, SENIOR_AGENT, MANAGER])
def test_a_person_without_the_permission_puts_nothing_by_any_door(put, content, as_, role):
    put()
    actor = as_(EmployeeFactory(role=role))
    with nothing_happens():
        for order_id in ("A-1", "A-2"):
            with pytest.raises(PermissionDenied) as refusal:
                put(order_id, total_amount=Decimal("130.00"), actor=actor)
            assert refusal.value.facts == {"required_permission": "orders.put_order"}
        with pytest.raises(PermissionDenied):  # as a whole, and before any row is read
            import_orders([content], mock.Mock(side_effect=AssertionError), actor=actor)


@pytest.mark.parametrize("employee", ["ada", "alice", None])
def test_whose_key_had_its_scope_asked_for_at_the_door_may_put(put, content, employee, request):
    person = employee and request.getfixturevalue(employee)
    key_for(person)
    by_key = Actor(employee=person, via="api", key=ApiKey.objects.get())
    assert put(actor=by_key)[1] is True
    [imported] = import_orders([content], lambda row: ("A-2", row), actor=by_key)
    assert (imported.created, imported.error) == (True, None)

"""Many at once on one order: it is created once, and its total never falls under what is promised back."""

from decimal import Decimal

import pytest
from django.db import OperationalError, transaction

from accounts.actor import Actor
from common.audit import broken_links
from events.models import Event
from issues.actions.update import update_issue
from orders.actions import import_orders as import_orders_module
from orders.actions.import_orders import import_orders
from orders.actions.put_order import put_order
from orders.errors import OrderHasRefunds
from orders.models import Customer, Order, Store
from tests.concurrency.together import all_at_once
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PARTS = 20
SHOP = Actor.system("shop")


def content(total: str, **other) -> dict:
    return {
        "store": {"id": "berlin", "name": "Berlin"},
        "customer": {"id": "c-1", "name": "Mina"},
        "currency": "USD",
        "total_amount": Decimal(total),
        "payment": {"method": "card", "provider": "sandbox", "reference": "pay_ok_1"},
        "items": [{"id": "i-1"}],
        **other,
    }


@pytest.fixture
def shop_import():
    def shop_import(rows, *, total: int) -> int:
        with transaction.atomic():
            named = [(order_id, order | {"total_amount": Decimal(total)}) for order_id, order in rows]
            results = import_orders(named, lambda row: row, actor=SHOP)
        return sum(result.error is None for result in results)

    return shop_import


def test_of_sixteen_that_create_an_order_one_does_and_the_others_replace_it():
    results = all_at_once(16, lambda number: put_order("A-1", content(f"{10 + number}.00"), actor=SHOP)[1])
    assert sorted(results) == [False] * 15 + [True]
    order = Order.objects.get()
    assert (Store.objects.count(), Customer.objects.count(), order.items.count()) == (1, 1, 1)
    assert order.version == order.history.count() == 16
    assert list(broken_links(order)) == []
    names = list(Event.objects.values_list("name", flat=True))
    assert (names.count("order.created"), names.count("order.updated")) == (1, 15)


def test_orders_of_new_stores_and_customers_do_not_hold_each_other_up():
    results = all_at_once(16, lambda number: put_order(f"A-{number}", content("10.00"), actor=SHOP)[1])
    assert results == [True] * 16


def test_imports_in_opposite_orders_do_not_block_each_other(shop_import):
    """Each inside one transaction, as an import that is safe to repeat is."""
    rows = [(f"A-{number:02d}", content("10.00")) for number in range(20)]
    results = all_at_once(8, lambda number: shop_import(rows if number % 2 else rows[::-1], total=number + 1))
    assert results == [20] * 8
    assert Order.objects.count() == 20


def parts(number: int, place: int) -> dict:
    """An order's store and customer, as the import ``number`` tells of them."""
    store = {"id": f"s-{place}", "name": f"Store, by {number}"}
    return content("10.00", store=store, customer={"id": f"c-{place}", "name": f"Mina, by {number}"})


def rows_of(number: int) -> list[tuple[str, dict]]:
    """Orders of its own, and every other import names the stores and customers the other way round."""
    places = range(PARTS) if number % 2 else range(PARTS)[::-1]
    return [(f"A-{number}-{row:02d}", parts(number, place)) for row, place in enumerate(places)]


def import_each(shop_import) -> list:
    return all_at_once(6, lambda number: shop_import(rows_of(number), total=10))


@pytest.mark.postgresql
class TestImportsThatNameTheSameStoresAndCustomers:
    @pytest.mark.parametrize("are_there", [False, True], ids=["new", "there already"])
    def test_do_not_block_each_other_whatever_their_order(self, shop_import, are_there):
        if are_there:
            shop_import(rows_of(99), total=10)
        assert import_each(shop_import) == [PARTS] * 6
        told = set(Customer.objects.values_list("name", flat=True))
        assert len(told) == 1, "whoever committed last says what all are called"

    def test_do_not_block_a_put_of_one_of_their_orders(self, shop_import):
        rows = [(f"A-{number:02d}", content("10.00")) for number in range(PARTS)]
        shop_import(rows, total=10)

        def deed(number):
            named = content("10.00", customer={"id": "c-1", "name": f"Mina, by {number}"})
            if number == 0:
                return shop_import([(order_id, named) for order_id, _ in rows], total=11)
            return put_order(f"A-{PARTS - number:02d}", named, actor=SHOP)[1]

        for _ in range(5):
            assert all_at_once(6, deed) == [PARTS] + [False] * 5

    def test_control_put_with_each_order_they_do(self, shop_import, monkeypatch):
        def put_each(results, *, actor):
            for result in results:
                put_order(result.order_id, result.content, actor=actor)

        monkeypatch.setattr(import_orders_module, "_put_together", put_each)
        assert any(isinstance(result, OperationalError) for result in import_each(shop_import))


def test_a_falling_total_and_a_refund_do_not_both_pass():
    """40 of an order of 100 is left when 60 are refunded, whichever comes first."""
    alice = Actor(employee=EmployeeFactory(role="Manager"), via="api")
    for attempt in range(10):
        issue = IssueFactory(order=OrderFactory(id=f"A-{attempt}"))
        refund = {"refund_amount": Decimal("60.00"), "refund_source": "merchant"}

        def deed(number, issue=issue, refund=refund):
            if number:
                return put_order(issue.order_id, content("50.00"), actor=SHOP)
            return update_issue(issue.order_id, issue.pk, refund, actor=alice)

        refused = [result for result in all_at_once(2, deed) if isinstance(result, Exception)]
        order = Order.objects.get(pk=issue.order_id)
        assert len(refused) == 1
        assert isinstance(refused[0], OrderHasRefunds) == (order.refund_reserved == 60)
        assert order.refund_reserved <= order.total_amount

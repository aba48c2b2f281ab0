"""Orders that come by the thousand: each row with its result, and a bad one stops no other."""

import json
from decimal import Decimal

import pytest

from events.models import Event
from orders.models import Customer, Order, Store
from tests.factories import CustomerFactory, OrderFactory
from tests.orders.test_orders_api import LEAST
from tests.untouched import nothing_happens


def rows_of(count: int) -> list[dict]:
    return [LEAST | {"order_id": f"A-{number}"} for number in range(count)]


def test_each_row_of_an_import_has_its_result(shop):
    OrderFactory(id="old")
    rows = [
        LEAST | {"order_id": "new"},
        LEAST | {"order_id": "old"},
        LEAST | {"order_id": "bad id", "total_amount": 1.001},
        LEAST,
        "nonsense",
        None,
    ]
    answer = shop.post("/orders/import", {"orders": rows})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["success"], body["created"], body["updated"], body["failed"]) == (True, 1, 1, 4)
    assert [(row["index"], row["order_id"], row["status"], row["success"]) for row in body["results"]] == [
        (0, "new", "created", True),
        (1, "old", "updated", True),
        (2, "bad id", "failed", False),
        (3, None, "failed", False),
        (4, None, "failed", False),
        (5, None, "failed", False),
    ]
    assert [row.get("error_code") for row in body["results"]] == [None, None, *["VALIDATION_ERROR"] * 4]
    assert [sorted(row["errors"]) for row in body["results"][2:]] == [
        ["order_id", "total_amount"], ["order_id"], ["non_field_errors"], ["non_field_errors"],
    ]  # fmt: skip
    assert set(Order.objects.values_list("pk", flat=True)) == {"new", "old"}


def test_a_row_that_a_rule_refuses_does_not_stop_the_others(shop):
    refunded = OrderFactory(id="A-1")
    Order.objects.filter(pk="A-1").update(refund_reserved=Decimal("50.00"))
    answer = shop.post("/orders/import", {"orders": rows_of(3)}).json()
    assert [row["status"] for row in answer["results"]] == ["created", "failed", "created"]
    assert answer["results"][1]["error_code"] == "ORDER_HAS_REFUNDS"
    refunded.refresh_from_db()
    assert refunded.total_amount == Decimal("100.00")


def test_of_two_rows_for_one_order_the_later_stands(shop):
    rows = [LEAST | {"order_id": "A", "total_amount": amount} for amount in (1, 2)]
    answer = shop.post("/orders/import", {"orders": rows}).json()
    assert [row["status"] for row in answer["results"]] == ["created", "updated"]
    assert Order.objects.get().total_amount == 2


def test_a_row_that_is_refused_leaves_nothing_of_its_store_and_its_customer(shop):
    OrderFactory(id="A-1")
    Order.objects.filter(pk="A-1").update(refund_reserved=Decimal("50.00"))
    CustomerFactory(id="known", name="Mina")
    rows = [
        LEAST | {"order_id": "A-1", "store": {"id": "new", "name": "New"}, "customer": {"id": "new"}},
        LEAST | {"order_id": "A-1", "customer": {"id": "known", "name": "Lucy"}},
        LEAST | {"order_id": "A-2", "customer": {"id": "other", "name": "Quincey"}},
    ]
    answer = shop.post("/orders/import", {"orders": rows}, Idempotency_Key="k").json()
    assert [row["status"] for row in answer["results"]] == ["failed", "failed", "created"]
    assert not Store.objects.filter(pk="new").exists()
    assert not Customer.objects.filter(pk="new").exists()
    assert Customer.objects.get(pk="known").name == "Mina"
    assert Customer.objects.get(pk="other").name == "Quincey"
    assert not Event.objects.filter(name="customer.updated").exists()


def test_of_two_rows_for_one_customer_the_later_order_says_the_name(shop):
    rows = [
        LEAST | {"order_id": order_id, "customer": {"id": "c", "name": name, "email": email}}
        for order_id, name, email in [("B", "Mina Harker", None), ("A", "Mina Murray", "mina@shop.example")]
    ]
    assert shop.post("/orders/import", {"orders": rows}).json()["created"] == 2
    assert (Customer.objects.get().name, Customer.objects.get().email) == ("Mina Harker", "")


@pytest.mark.parametrize("number", ["99999999999999999999", "1e50000000", "-1e-50000000", "9" * 5000], ids=len)
def test_a_number_in_place_of_an_id_costs_one_row_and_no_long_answer(shop, number):
    body = f'{{"orders": [{{"order_id": {number}}}, {json.dumps(LEAST | {"order_id": "A-1"})}]}}'.encode()
    answer = shop.post("/orders/import", body)
    assert [(row["order_id"], row["status"]) for row in answer.json()["results"]] == [
        (None, "failed"),
        ("A-1", "created"),
    ]
    assert len(answer.content) < 1000
    assert Order.objects.get().pk == "A-1"


def test_an_import_that_is_safe_to_repeat_is_done_once(shop):
    rows = [*rows_of(2), LEAST | {"order_id": "B", "total_amount": -1}]
    first = shop.post("/orders/import", {"orders": rows}, Idempotency_Key="k")
    again = shop.post("/orders/import", {"orders": rows}, Idempotency_Key="k")
    assert again.json() == first.json()
    assert [row["status"] for row in first.json()["results"]] == ["created", "created", "failed"]
    assert Order.objects.count() == 2


def test_an_import_takes_a_thousand_rows_and_eight_mebibytes(shop):
    filler = {"name": "x" * 200, "email": "a" * 60 + "@shop.example"}
    items = [{"id": f"i-{number}", "name": "y" * 200} for number in range(20)]
    rows = [row | {"customer": {"id": "c", **filler}, "items": items} for row in rows_of(1000)]
    assert 4 * 2**20 < len(json.dumps(rows)) < 8 * 2**20
    assert shop.post("/orders/import", {"orders": rows}).json()["created"] == 1000
    with nothing_happens():
        assert shop.post("/orders/import", {"orders": rows_of(1001)}).json()["errors"].keys() == {"orders"}
        assert shop.post("/orders/import", b" " * (8 * 2**20 + 1)).status_code == 413


@pytest.mark.parametrize("body", [{}, {"orders": []}, {"orders": {}}, {"orders": "A"}, {"orders": [LEAST], "mode": 1}])
def test_an_import_of_another_shape_is_refused_as_a_whole(shop, body):
    with nothing_happens():
        assert shop.post("/orders/import", body).status_code == 400

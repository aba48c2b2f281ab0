"""Orders through the API: the shape of PUT, what GET gives back, and the import."""

import json
from decimal import Decimal

import pytest

from accounts.models import Scope
from common.money import LARGEST
from orders.models import Order, Store
from tests.api_client import ApiClient
from tests.factories import IssueFactory, OrderFactory, OrderItemFactory, TeamFactory, key_for
from tests.untouched import nothing_happens

BODY = {
    "store": {"id": "berlin", "name": "Berlin"},
    "customer": {"id": "c-1", "name": "Mina Harker", "email": "mina@shop.example", "phone": "+49 30 1"},
    "currency": "EUR",
    "total_amount": 120.5,
    "payment": {"method": "card", "provider": "sandbox", "reference": "pay_ok_1"},
    "placed_at": "2026-11-01T10:30:00+01:00",
    "partner": "acme",
    "items": [{"id": "i-1", "sku": "KETTLE", "name": "Kettle", "quantity": 2, "unit_price": "40.25"}],
}
LEAST = {"store": {"id": "s"}, "currency": "USD", "total_amount": 10, "payment": {"method": "card"}}


def without(body: dict, path: str) -> dict:
    """A copy of ``body`` that lacks the field at the dotted ``path``."""
    name, _, rest = path.partition(".")
    if not rest:
        return {key: value for key, value in body.items() if key != name}
    return body | {name: without(body[name], rest)}


def test_what_is_put_is_what_is_got(shop):
    created = shop.put("/orders/A-1", BODY)
    assert created.status_code == 201
    assert created.json().pop("success") is True
    got = shop.get("/orders/A-1")
    assert got.status_code == 200
    body = got.json(parse_float=Decimal)
    assert body == {
        "order_id": "A-1",
        **BODY,
        "total_amount": Decimal("120.5"),
        "placed_at": "2026-11-01T09:30:00Z",
        "items": [BODY["items"][0] | {"unit_price": Decimal("40.25")}],
        "refunded_amount": 0,
        "refundable_amount": Decimal("120.5"),
        "created_at": body["created_at"],
        "updated_at": body["updated_at"],
    }
    assert {name: created.json()[name] for name in body} == got.json()


def test_a_second_put_replaces_and_answers_200(shop):
    shop.put("/orders/A-1", BODY)
    answer = shop.put("/orders/A-1", LEAST)
    assert answer.status_code == 200
    assert (answer.json()["customer"], answer.json()["items"], answer.json()["partner"]) == (None, [], None)
    assert answer.json()["payment"] == {"method": "card", "provider": None, "reference": None}


@pytest.mark.parametrize("field", ["store", "store.id", "currency", "total_amount", "payment", "payment.method"])
def test_a_required_field_is_missed_by_name(shop, field):
    with nothing_happens():
        answer = shop.put("/orders/A-1", without(LEAST, field))
    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == {field}


UNFIT = [
    ({"store": "berlin"}, "store"),
    ({"store": {"id": 7}}, "store.id"),
    ({"store": {"id": " "}}, "store.id"),
    ({"store": {"id": "x" * 65}}, "store.id"),
    ({"store": {"id": "s", "name": "x" * 201}}, "store.name"),
    ({"store": {"id": "s", "city": "x"}}, "store.city"),
    ({"customer": "c"}, "customer"),
    ({"customer": {"name": "Mina"}}, "customer.id"),
    ({"customer": {"id": "c", "email": "nobody"}}, "customer.email"),
    ({"customer": {"id": "c", "phone": "1" * 41}}, "customer.phone"),
    ({"currency": "usd"}, "currency"),
    ({"currency": "XXX"}, "currency"),
    ({"currency": "ZZZ"}, "currency"),
    ({"currency": 840}, "currency"),
    ({"currency": None}, "currency"),
    ({"total_amount": -1}, "total_amount"),
    ({"total_amount": True}, "total_amount"),
    ({"total_amount": "10,00"}, "total_amount"),
    ({"total_amount": "1e2"}, "total_amount"),
    ({"total_amount": "NaN"}, "total_amount"),
    ({"total_amount": 10.001}, "total_amount"),
    ({"total_amount": "100000000000"}, "total_amount"),
    ({"total_amount": None}, "total_amount"),
    ({"payment": {"method": "crypto"}}, "payment.method"),
    ({"payment": {"method": "Card"}}, "payment.method"),
    ({"payment": {"method": "card", "provider": "x" * 33}}, "payment.provider"),
    ({"payment": {"method": "card", "reference": "x" * 256}}, "payment.reference"),
    ({"payment": {"method": "card", "token": "t"}}, "payment.token"),
    ({"placed_at": "2026-11-01"}, "placed_at"),
    ({"placed_at": "2026-11-01T09:30:00"}, "placed_at"),
    ({"placed_at": 1}, "placed_at"),
    ({"partner": "x" * 65}, "partner"),
    ({"partner": ["acme"]}, "partner"),
    ({"items": {}}, "items"),
    ({"items": None}, "items"),
    ({"items": ["i"]}, "items.0"),
    ({"items": [{"id": "i"}, {"name": "no id"}]}, "items.1.id"),
    ({"items": [{"id": "i"}, {"id": "i "}]}, "items"),
    ({"items": [{"id": "i", "quantity": 0}]}, "items.0.quantity"),
    ({"items": [{"id": "i", "quantity": 1.5}]}, "items.0.quantity"),
    ({"items": [{"id": "i", "quantity": "1"}]}, "items.0.quantity"),
    ({"items": [{"id": "i", "unit_price": -0.01}]}, "items.0.unit_price"),
    ({"items": [{"id": "i", "unit_price": 1.005}]}, "items.0.unit_price"),
    ({"items": [{"id": "i", "colour": "red"}]}, "items.0.colour"),
    ({"total": 10}, "total"),
    ({"refund_reserved": 0}, "refund_reserved"),
    ({"order_id": "A-1"}, "order_id"),
]


@pytest.mark.parametrize(("other", "field"), UNFIT, ids=lambda value: json.dumps(value)[:60])
def test_an_unfit_value_is_refused_by_the_fields_name(shop, other, field):
    with nothing_happens():
        answer = shop.put("/orders/A-1", LEAST | other)
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "VALIDATION_ERROR"
    assert answer.json()["errors"].keys() == {field}
    assert not Store.objects.exists()


def test_everything_that_is_wrong_is_said_at_once(shop):
    wrong = {
        "store": {}, "currency": "EUR", "total_amount": "1.001", "payment": {"method": "cheque"}, "colour": "red",
        "placed_at": "yesterday", "items": [{"id": "a", "unit_price": 1.001}, {"id": "a", "quantity": 0}],
    }  # fmt: skip
    errors = shop.put("/orders/A%201", wrong).json()["errors"]
    assert errors.keys() == {
        "order_id", "store.id", "total_amount", "payment.method", "colour", "placed_at", "items",
        "items.0.unit_price", "items.1.quantity",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "fits", "too_fine"), [("USD", "10.05", "10.005"), ("JPY", "10", "10.5"), ("KWD", "1.255", "1.2555")]
)
def test_amounts_have_the_currencys_digits(shop, currency, fits, too_fine):
    body = LEAST | {"currency": currency, "items": [{"id": "i", "unit_price": fits}]}
    answer = shop.put("/orders/A-1", body | {"total_amount": fits})
    assert answer.status_code == 201
    assert str(answer.json(parse_float=Decimal)["total_amount"]) == fits
    with nothing_happens():
        assert shop.put("/orders/A-1", body | {"total_amount": too_fine}).status_code == 400


def test_the_largest_amount_is_kept_to_the_last_digit(shop):
    answer = shop.put("/orders/A-1", LEAST | {"currency": "KWD", "total_amount": str(LARGEST)})
    assert answer.json(parse_float=Decimal)["total_amount"] == LARGEST
    assert Order.objects.get().total_amount == LARGEST


@pytest.mark.parametrize("order_id", ["a", "A-1.b_c:D", "x" * 64])
def test_order_ids_of_the_documented_characters_are_taken(shop, order_id):
    assert shop.put(f"/orders/{order_id}", LEAST).status_code == 201
    assert shop.get(f"/orders/{order_id}").json()["order_id"] == order_id


@pytest.mark.parametrize("order_id", ["x" * 65, "a%20b", "%C3%A4", "a,b", "a%0A"])
def test_other_order_ids_are_refused(shop, order_id):
    with nothing_happens():
        assert shop.put(f"/orders/{order_id}", LEAST).json()["errors"].keys() == {"order_id"}
        assert shop.get(f"/orders/{order_id}").json()["error_code"] == "ORDER_NOT_FOUND"


def test_an_unknown_order_is_not_found(shop):
    answer = shop.get("/orders/nothing")
    assert (answer.status_code, answer.json()["error_code"]) == (404, "ORDER_NOT_FOUND")


def test_what_refunds_stand_on_is_a_conflict(shop):
    shop.put("/orders/A-1", LEAST)
    Order.objects.update(refund_reserved=Decimal("5.00"))
    with nothing_happens():
        answer = shop.put("/orders/A-1", LEAST | {"total_amount": "4.99", "currency": "EUR"})
    assert (answer.status_code, answer.json()["error_code"]) == (409, "ORDER_HAS_REFUNDS")
    assert answer.json()["fields"] == ["currency", "total_amount"]
    assert answer.json()["refunded_amount"] == 5


def test_an_item_in_use_is_a_conflict(shop):
    item = OrderItemFactory(order=OrderFactory(id="A-1", customer=None), item_id="i-1")
    IssueFactory(order=item.order, order_item=item)
    with nothing_happens():
        answer = shop.put("/orders/A-1", LEAST)
    assert (answer.status_code, answer.json()["error_code"]) == (409, "ORDER_ITEM_IN_USE")
    assert answer.json()["item_ids"] == ["i-1"]


# Who may


def test_a_key_needs_the_scope_and_no_more(alice, ada):
    assert ApiClient(key_for(alice)).put("/orders/A-1", LEAST).status_code == 201
    reader = ApiClient(key_for(ada, scopes=[Scope.ISSUES_READ]))
    with nothing_happens():
        for answer in (reader.put("/orders/A-2", LEAST), reader.post("/orders/import", {"orders": [LEAST]})):
            assert answer.status_code == 403
            assert answer.json()["required_scope"] == "orders:write"
    assert reader.get("/orders/A-1").status_code == 200
    assert ApiClient(key_for(alice, scopes=[Scope.ORDERS_WRITE])).get("/orders/A-1").status_code == 403


def test_a_session_needs_the_permission(client, max_, ada):
    def put(employee):
        client.force_login(employee)
        return client.put("/api/v1/orders/A-1", json.dumps(LEAST), content_type="application/json")

    with nothing_happens():
        refused = put(max_)
    assert (refused.status_code, refused.json()["required_permission"]) == (403, "orders.put_order")
    assert put(ada).status_code == 201


def test_a_session_hears_that_it_may_not_before_what_is_missing_or_wrong(client, max_, ada):
    """403, then the 404 of an order in another store, then the 400."""
    OrderFactory(id="A-1")
    team = TeamFactory()
    team.stores.add(Store.objects.create(id="s"))
    type(ada).objects.update(team=team)
    puts = [("put", "A-1", {"colour": "red"}), ("post", "import", {"rows": []}), ("put", "A-2", {"colour": "red"})]

    def answers_to(employee):
        client.force_login(employee)
        for method, path, body in puts:
            answer = getattr(client, method)(f"/api/v1/orders/{path}", json.dumps(body), "application/json")
            yield answer.status_code, answer.json()["error_code"]

    with nothing_happens():
        assert set(answers_to(max_)) == {(403, "PERMISSION_DENIED")}
        assert list(answers_to(ada)) == [
            (404, "ORDER_NOT_FOUND"), (400, "VALIDATION_ERROR"), (400, "VALIDATION_ERROR"),
        ]  # fmt: skip


# Import


def test_a_repeated_put_with_a_key_is_answered_once(shop):
    first = shop.put("/orders/A-1", LEAST, Idempotency_Key="k")
    again = shop.put("/orders/A-1", LEAST, Idempotency_Key="k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replayed"] == "true"

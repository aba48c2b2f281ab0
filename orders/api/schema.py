"""What the API's schema says of orders."""

from rest_framework import serializers

from common.api.openapi import Amount, Operation, WithFacts, Word, done
from common.api.serializers import StrictSerializer
from orders.api.serializers import LARGEST_IMPORT, OrderId, OrderSerializer
from orders.models import PaymentMethod

EXAMPLE = {
    "store": {"id": "store-1", "name": "Lisbon"},
    "customer": {"id": "c-17", "name": "Rui Costa", "email": "rui@customer.example", "phone": "+351 210 000 000"},
    "currency": "EUR",
    "total_amount": 120.5,
    "payment": {"method": "card", "provider": "sandbox", "reference": "pay_ok_1001"},
    "placed_at": "2026-01-28T18:20:00Z",
    "partner": None,
    "items": [{"id": "item-1", "sku": "KETTLE-1", "name": "Kettle", "quantity": 1, "unit_price": 120.5}],
}


class OrderStore(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField(allow_null=True)


class OrderCustomer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    language = serializers.CharField(required=False)


class OrderPayment(serializers.Serializer):
    method = Word(PaymentMethod.choices)
    provider = serializers.CharField(allow_null=True)
    reference = serializers.CharField(allow_null=True)


class OrderItem(serializers.Serializer):
    id = serializers.CharField()
    sku = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    quantity = serializers.IntegerField()
    unit_price = Amount()


class Order(serializers.Serializer):
    order_id = serializers.CharField()
    store = OrderStore()
    customer = OrderCustomer(allow_null=True)
    currency = serializers.CharField()
    total_amount = Amount()
    payment = OrderPayment()
    placed_at = serializers.DateTimeField(allow_null=True)
    partner = serializers.CharField(allow_null=True)
    items = OrderItem(many=True)
    refunded_amount = Amount()
    refundable_amount = Amount()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ImportedOrder(OrderSerializer):
    order_id = OrderId()


class Import(StrictSerializer):
    orders = serializers.ListField(child=ImportedOrder(), min_length=1, max_length=LARGEST_IMPORT)


class ImportedRow(WithFacts):
    """One row's outcome; a failed one has the fields of an error besides."""

    index = serializers.IntegerField()
    order_id = serializers.CharField(allow_null=True)
    success = serializers.BooleanField()
    status = Word(["created", "updated", "failed"])
    error_code = serializers.CharField(required=False)
    message = serializers.CharField(required=False)
    errors = serializers.DictField(child=serializers.ListField(), required=False)  # type: ignore[assignment]


class OrderImport(serializers.Serializer):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    failed = serializers.IntegerField()
    results = ImportedRow(many=True)


OPERATIONS = {
    "GET /orders/{order_id}": Operation("get_order", "An order", {200: Order}),
    "PUT /orders/{order_id}": Operation(
        "put_order",
        "Create or replace an order",
        {200: done(Order), 201: done(Order)},
        body=OrderSerializer,
        refusals=("ORDER_HAS_REFUNDS", "ORDER_ITEM_IN_USE"),
        body_example=EXAMPLE,
    ),
    "POST /orders/import": Operation(
        "import_orders",
        "Create or replace up to 1,000 orders",
        {200: done(OrderImport)},
        body=Import,
        description="One bad row does not stop the others. The body may have 8 MiB.",
        body_example={"orders": [{"order_id": "ORDER-1001", **EXAMPLE}]},
    ),
}

"""What was sold: stores, customers, orders and their items, and how much of an order is promised back."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from common import clock
from common.audit import Audited, AuditTrail
from common.money import MoneyField
from common.prepared import Parameter, Prepared

if TYPE_CHECKING:
    from accounts.actor import Grants

ORDER_ID = r"[A-Za-z0-9._:-]{1,64}"


class PaymentMethod(models.TextChoices):
    CARD = "card"
    ONLINE = "online"
    CASH = "cash"
    CORPORATE_ACCOUNT = "corporate_account"


class StoreQuerySet(models.QuerySet["Store"]):
    def visible_to(self, grants: "Grants") -> "StoreQuerySet":
        return self if grants.stores is None else self.filter(pk__in=grants.stores)


class Store(models.Model):
    id = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=200, blank=True)

    objects = StoreQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or self.id


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, grants: "Grants") -> "CustomerQuerySet":
        """The customers with an order in a store that somebody sees."""
        if grants.stores is None:
            return self
        orders = Order.objects.visible_to(grants).filter(customer=OuterRef("pk"))
        return self.filter(Exists(orders))


class Customer(models.Model):
    id = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=16, blank=True, default="", db_default="")  # BCP 47, in lower case
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = CustomerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or self.id


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, grants: "Grants") -> "OrderQuerySet":
        return self if grants.stores is None else self.filter(store__in=grants.stores)

    def ids_in_stores(self, stores: Iterable[str]) -> models.QuerySet[Any, str]:
        return self.filter(store__in=stores).values_list("pk", flat=True)

    def ids_ever_of(self, customer_id: str) -> models.QuerySet[Any, str]:
        """Of the orders that name the customer, or once did."""
        once = Order.history.model.objects.filter(customer=customer_id).order_by()
        return self.filter(customer=customer_id).values_list("pk").union(once.values_list("id"))

    def lock_all(self, order_ids: models.QuerySet[Any, str]) -> dict[str, str | None]:
        """Whom each of them names, locked to the end of the transaction."""
        rows = self.select_for_update(of=("self",), no_key=True).filter(pk__in=order_ids).order_by("pk")
        return dict(rows.values_list("pk", "customer_id"))

    def stores_of(self, order_ids: Iterable[str]) -> dict[str, str]:
        """The store of each order that is there."""
        return dict(self.filter(pk__in=order_ids).values_list("pk", "store_id"))

    def lock(self, order_id: str) -> "Order":
        """The order's row, locked to the end of the transaction. Raises ``Order.DoesNotExist``."""
        order = _LOCK.first(order=order_id)
        if order is None:
            raise Order.DoesNotExist
        return order

    def paid_by(self, provider: str, references: Iterable[str]) -> list[str]:
        """The ids of the orders whose payment the provider knows by one of these names."""
        named = [reference for reference in references if reference]
        found = self.filter(payment_provider=provider, payment_reference__in=named)
        return list(found.order_by("pk").values_list("pk", flat=True))

    def lock_if_there(self, order_id: str) -> "Order | None":
        return self.select_for_update(of=("self",), no_key=True).filter(pk=order_id).first()


class Order(Audited):
    """``refund_reserved`` is the sum of all refunds that count (``refunds.md`` 1); only refunds.allowance writes it."""

    id = models.CharField(max_length=64, primary_key=True, validators=[RegexValidator(rf"\A{ORDER_ID}\Z")])
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="orders")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    currency = models.CharField(max_length=3)
    total_amount = MoneyField()
    refund_reserved = MoneyField(default=0)
    payment_method = models.CharField(max_length=20, choices=PaymentMethod)
    payment_provider = models.CharField(max_length=32, blank=True)
    payment_reference = models.CharField(max_length=255, blank=True)
    payment_disputed = models.BooleanField(default=False)
    partner = models.CharField(max_length=64, blank=True)
    placed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    history = AuditTrail(
        excluded_fields=["refund_reserved", "created_at"],
        indexes=[
            # ids_ever_of: an erasure
            models.Index(fields=["customer"], name="order_history_customer")
        ],
    )
    objects = OrderQuerySet.as_manager()

    class Meta:
        permissions = [("put_order", "Can create and replace orders"), ("erase_customer", "Can erase a customer")]
        constraints = [
            models.CheckConstraint(condition=Q(total_amount__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(refund_reserved__gte=0) & Q(refund_reserved__lte=F("total_amount")),
                name="order_refunds_within_total",
            ),
            models.CheckConstraint(
                condition=Q(payment_method__in=PaymentMethod.values), name="order_payment_method_known"
            ),
        ]
        indexes = [
            # paid_by: an event of the provider, and the reconciliation
            models.Index(fields=["payment_reference"], name="order_payment"),
        ]

    def __str__(self) -> str:
        return self.id

    def audit_row_at(self, moment: datetime) -> Any | None:
        """How it stood then; None where it was not there yet."""
        return self.history.filter(history_date__lte=moment).order_by("-history_id").first()

    @property
    def refundable_amount(self):
        return self.total_amount - self.refund_reserved


_LOCK = Prepared(
    lambda: Order.objects.select_for_update(of=("self",), no_key=True).filter(pk=Parameter("order", Order._meta.pk))
)


class OrderItem(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="items")
    item_id = models.CharField(max_length=64)
    sku = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=200, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    unit_price = MoneyField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "item_id"], name="one_item_per_id_in_order")]
        indexes = [
            # the orders that have an item which others complain about
            models.Index(fields=["sku"], condition=~Q(sku=""), name="item_sku"),
        ]

    def __str__(self) -> str:
        return self.name or self.item_id

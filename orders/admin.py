"""Orders and customers to look at. They come from the shop; only an erasure is done here."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.enums import ActionVariant

from accounts import roles
from accounts.actor import Actor
from accounts.browser import actor_of
from common.admin import ReadOnlyMixin
from common.audit_admin import AuditTrailMixin
from common.dialogs import DialogForm, dialog_action, done
from common.display import moment, money
from orders.actions.erase_customer import erase_customer
from orders.models import Customer, Order, OrderItem, Store

ERASE_DIALOG = {
    "title": "Erase this customer?",
    "description": "Name, e-mail and telephone leave the desk, its messages, notes and search. Orders and issues stay.",
    "form_submit_text": "Erase",
}


class ReadOnlyAdmin(ReadOnlyMixin, ModelAdmin):
    """Shows the rows of the stores that the employee sees."""

    def get_queryset(self, request: HttpRequest):
        rows = super().get_queryset(request)
        return rows.visible_to(_actor(request).grants)


class ItemInline(ReadOnlyMixin, TabularInline):
    model = OrderItem
    fields = ("item_id", "sku", "name", "quantity", "unit_price")
    extra = 0


@admin.register(Order)
class OrderAdmin(AuditTrailMixin, ReadOnlyAdmin):
    list_display = ("id", "store", "customer", "total", "refunded", "payment_method", "placed")
    list_filter = (("store", admin.RelatedOnlyFieldListFilter), "payment_method", "currency")
    list_select_related = ("store", "customer")
    search_fields = ("id", "customer__name", "customer__email")
    search_help_text = "Order id, or the customer's name or e-mail"
    inlines = (ItemInline,)
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ("id", "store", "customer", "partner", "placed_at")}),
        ("Money", {"fields": ("total", "refunded", "refundable")}),
        ("Payment", {"fields": ("payment_method", "payment_provider", "payment_reference", "payment_disputed")}),
        ("Record", {"fields": ("version", "created_at", "updated_at")}),
    )

    @display(description="Total")
    def total(self, order: Order) -> str:
        return money(order.total_amount, order.currency)

    @display(description="Refunded")
    def refunded(self, order: Order) -> str:
        return money(order.refund_reserved, order.currency)

    @display(description="Still refundable")
    def refundable(self, order: Order) -> str:
        return money(order.refundable_amount, order.currency)

    @display(description="Placed")
    def placed(self, order: Order) -> str:
        return moment(order.placed_at)


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    list_display = ("id", "name", "email", "phone", "erased_at")
    search_fields = ("id", "name", "email", "phone")
    show_full_result_count = False
    actions_detail = ("erase",)

    def has_erase_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """A method, since Unfold looks a permission's own name up in the database before there is one."""
        return request.user.has_perm(roles.ERASE_CUSTOMER)

    @dialog_action(ERASE_DIALOG, description="Erase", permissions=["erase"], variant=ActionVariant.DANGER)
    def erase(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        erase_customer(object_id, actor=_actor(request))
        page = reverse("admin:orders_customer_change", args=[object_id])
        return done(request, "The customer's personal data is erased.", page)


@admin.register(Store)
class StoreAdmin(ReadOnlyAdmin):
    list_display = ("id", "name")
    search_fields = ("id", "name")


def _actor(request: HttpRequest) -> Actor:
    return actor_of(request, via="admin")

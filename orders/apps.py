from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = "Shop"

    def ready(self) -> None:
        from events import stores
        from orders.models import Order

        stores.ask(orders_in=Order.objects.ids_in_stores, stores_of=Order.objects.stores_of)

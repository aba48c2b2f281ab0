from django.urls import path

from orders.api.views import ImportView, OrderView

urlpatterns = [
    path("orders/import", ImportView.as_view()),
    path("orders/<str:order_id>", OrderView.as_view()),
]

"""Small views that show what the base of all views does: ``config.urls`` with these in front."""

import threading

from django.contrib.auth.models import Group
from django.db import OperationalError
from django.http import Http404
from django.urls import path
from rest_framework import exceptions as drf

from accounts.api.fields import EmployeeId
from accounts.api.views import KIB, DeskView
from accounts.models import Scope
from common.api.serializers import Choice, Flag, Money, StrictSerializer, Text
from common.errors import NotFound
from config.urls import urlpatterns as desk
from orders.models import Order

handler400 = "config.errors.bad_request"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"


class ThingSerializer(StrictSerializer):
    name = Text(max_length=20)
    amount = Money(required=False)
    colour = Choice([("red", "Red"), ("blue", "Blue")], required=False)
    ready = Flag(required=False)
    keeper = EmployeeId(required=False, allow_null=True)


class ThingView(DeskView):
    """Every PATCH makes a group, which can be counted."""

    scopes = {"GET": Scope.ISSUES_READ, "PATCH": Scope.ISSUES_WRITE}
    acting_field = "updated_by"

    def scopes_of_body(self, body):
        return [Scope.REFUNDS_WRITE] if "amount" in body else []

    def get(self, request, thing):
        return self.answer({"thing": thing, "by": self.actor.employee and self.actor.employee.employee_id})

    def patch(self, request, thing):
        def found():
            if thing == "missing":
                raise NotFound("There is no such thing.")

        values = self.read(ThingSerializer, found=found)
        found()
        Group.objects.create(name=values["name"])
        body = {"fields": list(values), "by": self.actor.employee.employee_id, "amount": values.get("amount")}
        return self.answer(body, headers={"ETag": '"2"'})


class LargeView(DeskView):
    scopes = {"POST": Scope.ORDERS_WRITE}
    body_limit = 512 * KIB

    def post(self, request):
        return self.answer({"bytes": len(self.body["text"])}, status=201)


BREAKAGES = {
    "bug": lambda: 1 / 0,
    "http404": lambda: _raise(Http404("SELECT secret")),
    "drf": lambda: _raise(drf.ValidationError({"a": [{"b": ["bad"]}], "c": ["worse"]})),
    "database": lambda: _raise(OperationalError("could not connect as postgres with hunter2")),
    "integrity": lambda: Group.objects.create(name="half done integrity"),
}


class BreakingView(DeskView):
    """Makes a group, and then breaks."""

    scopes = {"POST": Scope.ISSUES_WRITE}

    def post(self, request, how):
        Group.objects.create(name=f"half done {how}")
        return self.answer({"result": BREAKAGES[how]()})


class SlowView(DeskView):
    """Makes a group, and waits inside until the test lets it go on."""

    scopes = {"POST": Scope.ISSUES_WRITE}
    entered = threading.Event()
    may_end = threading.Event()

    def post(self, request):
        Group.objects.create(name=self.body["name"])
        self.entered.set()
        self.may_end.wait(timeout=20)
        return self.answer({"name": self.body["name"]}, status=201)


class OrdersView(DeskView):
    """An order's lock inside the work, as every update of an issue has it."""

    scopes = {"POST": Scope.ISSUES_WRITE}

    def post(self, request, order_id):
        number = Group.objects.count()
        Order.objects.filter(pk=order_id).update(partner=f"p{number}")
        Group.objects.create(name=f"group {number}")
        return self.answer({"number": number}, status=201)


def _raise(error):
    raise error


def breaks(request):
    raise ZeroDivisionError("customer@example.com")


urlpatterns = [
    path("api/v1/things/<str:thing>", ThingView.as_view()),
    path("api/v1/large", LargeView.as_view()),
    path("api/v1/breaks/<str:how>", BreakingView.as_view()),
    path("api/v1/slow", SlowView.as_view()),
    path("api/v1/orders-touched/<str:order_id>", OrdersView.as_view()),
    path("api/breaks", breaks),
    path("breaks", breaks),
    *desk,
]

"""Refunds made elsewhere, where people see them."""

import pytest
from django.test import Client
from django.urls import reverse

from refunds.models import ExternalRefund, ProviderEvent
from tests import factories
from tests.doors.doors import signed_in
from tests.refunds.stripe_desk import connected
from tests.refunds.stripe_events import hear


@pytest.fixture
def order(settings, db):
    """30 of 100 was given back in the dashboard; then 80, which does not fit."""
    with connected(settings) as server:
        server.books.add_payment("pi_1", 20000)
        order = factories.OrderFactory(payment_provider="stripe", payment_reference="pi_1")
        server.books.refund("pi_1", 3000)
        hear(*server.books.events)
        server.books.refund("pi_1", 8000)
        hear(*server.books.events)
        yield order


def page(employee, name: str, *arguments, **query) -> str:
    browser = Client()
    browser.force_login(employee, backend="django.contrib.auth.backends.ModelBackend")
    answer = browser.get(reverse(f"admin:{name}", args=arguments), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_order_shows_them_and_what_is_left(alice, order):
    text = page(alice, "orders_order_change", order.pk)
    assert "Refunds made elsewhere" in text
    assert "70.00 USD" in text
    assert all(external.reference in text for external in ExternalRefund.objects.all())


def test_those_without_room_are_a_list_for_a_person(alice, order):
    counted, too_much = ExternalRefund.objects.order_by("amount")
    text = page(alice, "refunds_externalrefund_changelist", room="none")
    assert too_much.reference in text
    assert counted.reference not in text


def test_one_can_be_looked_at_with_its_history(alice, order):
    external = ExternalRefund.objects.earliest("created_at")
    assert external.payment_reference in page(alice, "refunds_externalrefund_change", external.pk)


def test_an_employee_of_another_store_does_not_see_them(order):
    team = factories.TeamFactory()
    team.stores.add(factories.StoreFactory())
    elsewhere = factories.EmployeeFactory(team=team)
    text = page(elsewhere, "refunds_externalrefund_changelist")
    assert not [external for external in ExternalRefund.objects.all() if external.reference in text]


def test_who_sees_some_stores_alone_sees_no_event_of_a_provider(max_, order):
    max_.team = factories.TeamFactory()
    max_.team.stores.add(factories.StoreFactory())
    max_.save()
    assert "refund.created" not in page(max_, "refunds_providerevent_changelist")
    event = ProviderEvent.objects.earliest("pk")
    assert signed_in(max_).get(reverse("admin:refunds_providerevent_change", args=[event.pk])).status_code in (302, 404)


def test_what_providers_told_is_for_managers(max_, order):
    assert "refund.created" in page(max_, "refunds_providerevent_changelist")

"""Orders in the admin: there to be seen, by those who may, and not to be changed."""

import pytest
from django.urls import reverse

from orders.models import Customer
from tests.factories import EmployeeFactory, OrderFactory, OrderItemFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens


@pytest.fixture
def order(db):
    return OrderItemFactory().order


def erase_address(customer) -> str:
    return reverse("admin:orders_customer_erase", args=[customer.pk])


def test_an_agent_reads_orders_and_customers(browse, alice, order):
    browser = browse(alice)
    for model, row in (("order", order), ("customer", order.customer), ("store", order.store)):
        for address in (
            reverse(f"admin:orders_{model}_changelist"),
            reverse(f"admin:orders_{model}_change", args=[row.pk]),
        ):
            page = browser.get(address)
            assert page.status_code == 200
            assert row.pk in page.content.decode()


@pytest.mark.parametrize("model", ["order", "customer", "store"])
def test_nobody_adds_changes_or_deletes_them_there(browse, ada, order, model):
    browser = browse(ada)
    row = order if model == "order" else getattr(order, model)
    addresses = [reverse(f"admin:orders_{model}_add")] + [
        reverse(f"admin:orders_{model}_{deed}", args=[row.pk]) for deed in ("change", "delete")
    ]
    with nothing_happens():
        for address in addresses:
            assert browser.post(address, {"name": "x", "post": "yes"}).status_code == 403
    row.refresh_from_db()


def test_an_administrator_erases_a_customer_after_a_question(browse, ada, order):
    browser = browse(ada)
    question = browser.get(erase_address(order.customer))
    assert "Erase this customer?" in question.content.decode()
    assert Customer.objects.get().erased_at is None
    answer = browser.post(erase_address(order.customer), {"_form_submitted": "true"})
    assert answer["Location"] == reverse("admin:orders_customer_change", args=[order.customer.pk])
    customer = Customer.objects.get()
    assert (customer.name, customer.email) == ("", "")
    assert customer.erased_at is not None


def test_nobody_else_erases(browse, max_, order):
    with nothing_happens():
        assert browse(max_).post(erase_address(order.customer), {"_form_submitted": "true"}).status_code == 403
    assert Customer.objects.get().erased_at is None


def test_a_member_of_a_team_with_stores_sees_those_alone(browse, order):
    team = TeamFactory()
    team.stores.add(StoreFactory(id="mine"))
    mine = OrderFactory(store_id="mine")
    browser = browse(EmployeeFactory(team=team))
    listed = browser.get(reverse("admin:orders_order_changelist")).content.decode()
    assert mine.pk in listed
    assert order.pk not in listed
    for model, row in (("order", order), ("customer", order.customer), ("store", order.store)):
        found = browser.get(reverse(f"admin:orders_{model}_change", args=[row.pk]))
        assert found.status_code == 302  # the admin's way to say that there is none

"""Rows to test with. What has an action is better made by it; these are for what stands before the action."""

from decimal import Decimal

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from accounts.actor import Actor
from accounts.models import ApiKey, Employee, Scope
from accounts.roles import AGENT
from common.context import writing_as
from issues.models import Issue, Team
from orders.models import Customer, Order, OrderItem, Store

PASSWORD = "correct horse battery staple"
PERSONAL_SCOPES = [scope for scope in Scope.values if scope != Scope.ACT_AS]
INTEGRATION_SCOPES = [scope for scope in Scope.values if scope != Scope.APPROVALS_WRITE]


class AuditedFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with writing_as(Actor.system("test").origin):
            return super()._create(model_class, *args, **kwargs)


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")


class EmployeeFactory(DjangoModelFactory):
    class Meta:
        model = Employee
        skip_postgeneration_save = True

    employee_id = factory.Sequence(lambda n: f"EMP-T{n}")
    username = factory.Sequence(lambda n: f"employee{n}")
    email = factory.LazyAttribute(lambda employee: f"{employee.username}@desk.example")
    first_name = factory.Sequence(lambda n: f"First{n}")
    last_name = "Last"
    is_staff = True
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def role(self, create, role, **kwargs) -> None:
        self.groups.add(Group.objects.get(name=role or AGENT))


class StoreFactory(DjangoModelFactory):
    class Meta:
        model = Store

    id = factory.Sequence(lambda n: f"store-{n}")
    name = factory.LazyAttribute(lambda store: store.id.title())


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    id = factory.Sequence(lambda n: f"customer-{n}")
    name = factory.Sequence(lambda n: f"Customer {n}")
    email = factory.LazyAttribute(lambda customer: f"{customer.id}@shop.example")


class OrderFactory(AuditedFactory):
    class Meta:
        model = Order

    id = factory.Sequence(lambda n: f"ORDER-{n}")
    store = factory.SubFactory(StoreFactory)
    customer = factory.SubFactory(CustomerFactory)
    currency = "USD"
    total_amount = Decimal("100.00")
    payment_method = "card"
    payment_provider = "sandbox"
    payment_reference = "pay_ok_1"


class OrderItemFactory(DjangoModelFactory):
    class Meta:
        model = OrderItem

    order = factory.SubFactory(OrderFactory)
    item_id = factory.Sequence(lambda n: f"item-{n}")
    sku = "SKU-1"
    name = "Kettle"
    unit_price = Decimal("10.00")


class IssueFactory(AuditedFactory):
    """``status`` may be any; the history then begins there."""

    class Meta:
        model = Issue

    number = factory.Sequence(lambda n: f"ISS-2026-T{n:05d}")
    order = factory.SubFactory(OrderFactory)
    issue_type = "damaged_items"
    description = "The kettle came broken."
    reported_by = factory.SubFactory(EmployeeFactory)


def key_for(employee: Employee | None = None, *, scopes=None, **fields) -> str:
    """The secret of a new key: the employee's own, or an integration's when there is no employee."""
    prefix, secret = ApiKey.generate()
    ApiKey.objects.create(
        employee=employee,
        integration="" if employee else "Shop",
        prefix=prefix,
        hash=ApiKey.hash_of(secret),
        scopes=(PERSONAL_SCOPES if employee else INTEGRATION_SCOPES) if scopes is None else scopes,
        **fields,
    )
    return secret

"""Take a customer's personal data out of the desk; the orders and the money on them stay."""

import orjson
from django.db.models import BinaryField, BooleanField, Func, Q, Value

from accounts import roles
from accounts.actor import Actor, use_case
from accounts.models import IdempotentCall
from common import clock
from common.erasing import ERASED, wait_for_copies
from common.errors import NotFound
from events.models import Delivery
from events.record import record
from orders.erasing import Erasure, forget_everywhere, said_while_theirs
from orders.models import Customer, Order

PERSONAL = ("name", "email", "phone")


@use_case
def erase_customer(customer_id: str, *, actor: Actor) -> Customer:
    """The audit names a customer by id alone, and keeps what people wrote into it: its hashes hold for good.

    The search's headers forget the customer when they hear of ``customer.erased``. Raises ``PermissionDenied`` and
    ``NotFound``.
    """
    actor.ensure_may(roles.ERASE_CUSTOMER)
    erasure = _begin(customer_id, actor)
    customer = erasure.customer
    forget_everywhere(erasure)
    _forget_in_messages(erasure)
    _forget_in_kept_answers(customer)
    for name in PERSONAL:
        setattr(customer, name, "")
    customer.erased_at = customer.erased_at or clock.now()
    customer.save()
    record({"customer.erased": {"customer_id": customer.pk}}, actor=actor)
    return customer


def _begin(customer_id: str, actor: Actor) -> Erasure:
    """Whoever is just writing about the customer ends first, and who comes later finds nobody to name.

    They hold the order that they write about, or do as ``common.erasing`` tells those who do not.
    """
    visible = Customer.objects.visible_to(actor.grants).filter(pk=customer_id)
    if not visible.exists():
        raise NotFound
    wait_for_copies()
    named = Order.objects.lock_all(Order.objects.ids_ever_of(customer_id))
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    others = set(named.values()) - {customer_id}
    return Erasure(customer, _words_that_name(customer), _words_of(others - {None}) if others else None)


def _words_that_name(customer: Customer) -> set[str]:
    """What the shop told us last, and the addresses that were theirs when we wrote to them."""
    told = Delivery.objects.to_outsiders().filter(said_while_theirs(customer.pk, order="order_id"))
    present = {getattr(customer, name) for name in PERSONAL}
    return present.union(told.values_list("address", flat=True)) - {"", ERASED}


def _words_of(customer_ids: set) -> set[str]:
    rows = Customer.objects.filter(pk__in=customer_ids).values_list(*PERSONAL)
    return {word for row in rows for word in row}


def _forget_in_messages(erasure: Erasure) -> None:
    """In what was written to the team about the customer's orders. Of what was written to the customer, under whatever
    name and address they had by then, nothing stays; and nothing more is sent.
    """
    customer = erasure.customer
    about_orders = said_while_theirs(customer.pk, order="order_id")
    to_address = Q(address=customer.email) if customer.email else Q()
    Delivery.objects.to_outsiders().filter(about_orders | to_address).update(
        address=ERASED,
        subject=ERASED,
        text=ERASED,
        html="",
        last_error="",
        next_attempt_at=None,
        leased_until=None,  # so that who is sending it writes no error into it afterwards
    )
    erasure.forget(Delivery.objects.all(), ("subject", "text", "html", "last_error"), order="order_id")


def _forget_in_kept_answers(customer: Customer) -> None:
    """In answers of PUT that are kept to be repeated: to put the order again instead does no harm."""
    as_answered = b'"customer":' + orjson.dumps({"id": customer.pk})[:-1]
    IdempotentCall.objects.filter(BytesHold(Value(as_answered, output_field=BinaryField()), "body")).delete()


class BytesHold(Func):
    """Whether the second bytes hold the first ones."""

    output_field = BooleanField()
    conditional = True
    arg_joiner = " IN "
    template = "(position(%(expressions)s) > 0)"

    def as_sqlite(self, compiler, connection, **context):
        sought, holder = self.get_source_expressions()
        swapped = self.copy()
        swapped.set_source_expressions([holder, sought])
        return swapped.as_sql(compiler, connection, template="(instr(%(expressions)s) > 0)", arg_joiner=", ", **context)

"""Take a customer's personal data out of the desk; the orders and the money on them stay."""

import re

import orjson
from django.db.models import BinaryField, BooleanField, Func, Q, Value

from accounts import roles
from accounts.actor import Actor, use_case
from accounts.models import IdempotentCall
from common import clock
from common.errors import NotFound
from events.models import Delivery
from events.record import record
from orders.models import Customer

PERSONAL = ("name", "email", "phone")
ERASED = "(erased)"


@use_case
def erase_customer(customer_id: str, *, actor: Actor) -> Customer:
    """The audit names a customer by id alone, so nothing is left there. Raises ``PermissionDenied`` and ``NotFound``.

    The search forgets the customer when it hears of ``customer.erased``.
    """
    actor.ensure_may(roles.ERASE_CUSTOMER)
    customer = Customer.objects.visible_to(actor.grants).select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise NotFound
    _forget_in_messages(customer)
    _forget_in_kept_answers(customer)
    for name in PERSONAL:
        setattr(customer, name, "")
    customer.erased_at = customer.erased_at or clock.now()
    customer.save()
    record({"customer.erased": {"customer_id": customer.pk}}, actor=actor)
    return customer


def _forget_in_messages(customer: Customer) -> None:
    """In what was written to the customer, and to the team about the customer's orders. Nothing more is sent."""
    words = [re.escape(word) for name in PERSONAL if (word := getattr(customer, name))]
    if not words:
        return
    personal = re.compile(rf"(?<!\w)({'|'.join(words)})(?!\w)")
    about = Q(order_id__in=customer.orders.values("pk"))
    to_customer = Q(employee=None, address=customer.email) if customer.email else Q()
    for delivery in Delivery.objects.filter(about | to_customer):
        for field in ("address", "subject", "text", "html"):
            setattr(delivery, field, personal.sub(ERASED, getattr(delivery, field)))
        if delivery.address == ERASED:
            delivery.next_attempt_at = None
        delivery.save()


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

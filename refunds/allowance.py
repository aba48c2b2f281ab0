"""How much may be given back: the order's cap, and what an employee may refund without asking.

All sums are made in Python, on rows read under the order's lock: the database would add SQLite's floats.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from accounts.models import Scope
from common.errors import ValidationFailed
from common.money import as_currency, fits_currency, minor_digits
from orders.models import Order
from refunds.models import Refund, Source

if TYPE_CHECKING:
    from accounts.actor import Actor
    from accounts.models import ApiKey


def refund_errors(order: Order, amount: Decimal, source: str) -> dict[str, list[str]]:
    """What is wrong with refunding ``amount`` of ``order`` (locked) from ``source``, by field."""
    errors: dict[str, list[str]] = {}
    if source not in Source.values:
        errors["refund_source"] = [f"Must be one of: {', '.join(Source.values)}."]
    wrong = _wrong_amount(order, amount)
    if wrong:
        errors["refund_amount"] = [wrong]
    return errors


def _wrong_amount(order: Order, amount: Decimal) -> str:
    if not amount.is_finite() or amount <= 0:
        return "Must be more than zero."
    if not fits_currency(amount, order.currency):
        return f"{order.currency} has {minor_digits(order.currency) or 0} decimal places at most."
    if amount > order.refundable_amount:
        left = as_currency(order.refundable_amount, order.currency)
        return f"At most {left} {order.currency} can still be refunded on this order."
    return ""


def ensure_refundable(order: Order, amount: Decimal, source: str) -> None:
    """Raises ``ValidationFailed`` with what is wrong and with the ``refundable_amount``."""
    errors = refund_errors(order, amount, source)
    if errors:
        left = as_currency(order.refundable_amount, order.currency)
        raise ValidationFailed(errors, refundable_amount=left)


def reserve(order: Order, amount: Decimal) -> None:
    """Promise ``amount`` of the locked ``order``. The database's CHECK refuses what passes the total."""
    _write(order, order.refund_reserved + amount)


def release(order: Order, amount: Decimal) -> None:
    """Take a promise on the locked ``order`` back; only with the move of its refund, so that it happens once."""
    _write(order, order.refund_reserved - amount)


def _write(order: Order, reserved: Decimal) -> None:
    Order.objects.filter(pk=order.pk).update(refund_reserved=reserved)
    order.refund_reserved = reserved


def is_within_limit(
    amount: Decimal, counting: Iterable[Refund], *, actor: "Actor", on_behalf_of: int | None = None
) -> bool:
    """Whether ``actor`` may refund ``amount`` (positive) more without approval."""
    return amount <= limit_left(counting, actor=actor, on_behalf_of=on_behalf_of)


def limit_left(counting: Iterable[Refund], *, actor: "Actor", on_behalf_of: int | None = None) -> Decimal:
    """How much more ``actor`` may refund without approval, given the order's ``counting`` refunds.

    What counts is asked for by the employee (or by the one ``on_behalf_of`` whom they try again); all that came by keys
    of one holder counts too where they can name anybody, so that naming many employees gains nothing.
    """
    assert actor.employee is not None, "the system asks for no refund"
    counting = list(counting)
    people = {actor.employee.pk, on_behalf_of or actor.employee.pk}
    spent = [_sum(refund for refund in counting if refund.requested_by_id == person) for person in people]
    if actor.key is not None and actor.key.has_scope(Scope.ACT_AS):
        spent.append(_sum(refund for refund in counting if _came_by_a_key_of(actor.key, refund)))
    return max(actor.own_grants.refund_limit - max(spent), Decimal(0))


def _came_by_a_key_of(key: "ApiKey", refund: Refund) -> bool:
    return refund.requested_with is not None and refund.requested_with.holder == key.holder


def _sum(refunds: Iterable[Refund]) -> Decimal:
    return sum((refund.amount for refund in refunds), Decimal(0))

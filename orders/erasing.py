"""What was said of a customer's orders, and who else keeps some of it. Apps above this one say so in
``AppConfig.ready``; none is imported here.

An order may have named somebody before, and name somebody else now. What was said of it until it named the customer no
more is about them; what was said later is about whom it names by then.

An event would come too late for words: it may name nobody, and when it is heard the customer's own row has forgotten
the name.
"""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from common.erasing import forget_in, forgetting
from orders.models import Customer, Order


@dataclass(frozen=True, slots=True)
class Erasure:
    """``words``: what the desk knew the customer by. ``of_others``: what it knows those by whom some of these orders
    name now; None where they all still name the customer.
    """

    customer: Customer
    words: Set[str]
    of_others: Set[str] | None = None

    def known_also_by(self, words: Iterable[str]) -> "Erasure":
        return replace(self, words=self.words | set(words))

    def forget(self, rows: QuerySet[Any], fields: Sequence[str], *, order: str, at: str = "created_at") -> None:
        """Take the words out of the ``rows`` about the orders; out of what was said later, not those of others too."""
        theirs = said_while_theirs(self.customer.pk, order=order, at=at)
        forget_in(rows.filter(theirs), fields, forgetting(self.words))
        if self.of_others is not None:
            later = rows.filter(~theirs, **{f"{order}__in": Order.objects.ids_ever_of(self.customer.pk)})
            forget_in(later, fields, forgetting(self.words - self.of_others))


def said_while_theirs(customer_id: str, *, order: str, at: str = "created_at") -> Q:
    """Of rows that say by ``order`` which order they are about, and by ``at`` when they were written: all about one
    that names the customer, and of one that no longer does, those from before it ceased to.
    """
    rows = Order.history.model.objects
    next_rows = rows.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id")).order_by("history_id")
    naming = rows.filter(id=OuterRef(order), customer=customer_id).annotate(
        until=Subquery(next_rows.values("history_date")[:1])
    )
    was_theirs = Exists(naming.filter(Q(until=None) | Q(until__gt=OuterRef(at))))
    is_theirs = Q(**{f"{order}__in": Order.objects.filter(customer=customer_id).values("pk")})
    return Q(**{f"{order}__in": Order.objects.ids_ever_of(customer_id)}) & (is_theirs | Q(was_theirs))


Forget = Callable[[Erasure], None]

_keepers: list[Forget] = []


def forget_also_by(forget: Forget) -> None:
    """Call ``forget`` in the transaction that erases a customer."""
    _keepers.append(forget)


def forget_everywhere(erasure: Erasure) -> None:
    for forget in _keepers:
        forget(erasure)

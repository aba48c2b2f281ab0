"""After a customer's erasure the books stay, and name nobody."""

from collections.abc import Set

from common.erasing import forget_in, forgetting
from events.models import Event
from orders.models import Customer
from refunds.models import Claim, CreditConsent


def when_customer_is_erased(event: Event) -> None:
    """Accounts and postings know a customer by id alone; who agreed to take credit may be a name."""
    CreditConsent.objects.filter(refund__order__customer=event.data["customer_id"]).update(given_by="")


def forget_in_claims(customer: Customer, words: Set[str]) -> None:
    """A claim has the issue's description, and its audit has not."""
    claims = Claim.objects.filter(refund__order__in=customer.orders.values("pk"))
    forget_in(claims, ["description"], forgetting(words))

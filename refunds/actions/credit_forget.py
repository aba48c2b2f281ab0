"""After a customer's erasure the books stay, and name nobody."""

from events.models import Event
from orders.erasing import Erasure, said_while_theirs
from refunds.models import Claim, CreditConsent


def when_customer_is_erased(event: Event) -> None:
    """Accounts and postings know a customer by id alone; who agreed to take credit may be a name."""
    theirs = said_while_theirs(event.data["customer_id"], order="refund__order_id", at="recorded_at")
    CreditConsent.objects.filter(theirs).update(given_by="")


def forget_in_claims(erasure: Erasure) -> None:
    """A claim has the issue's description, and its audit has not."""
    erasure.forget(Claim.objects.all(), ["description"], order="refund__order_id")

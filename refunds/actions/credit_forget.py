"""After a customer's erasure the ledger stays, and names nobody."""

from events.models import Event
from refunds.models import CreditConsent


def when_customer_is_erased(event: Event) -> None:
    """Accounts, postings and claims know a customer by id alone; who agreed to take credit may be a name."""
    CreditConsent.objects.filter(refund__order__customer=event.data["customer_id"]).update(given_by="")

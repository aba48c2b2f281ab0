"""What a customer did not spend in time goes back to the desk."""

from django.conf import settings

from accounts.actor import Actor, use_case
from common import clock
from common.leases import work_off
from events.record import record
from refunds.ledger import new_posting, post
from refunds.models import LedgerAccount, LedgerLot, PostingKind


def expire_credit(*, actor: Actor) -> None:
    """Lot by lot, for as long as the task has time; the rest is for the next run."""
    work_off(lambda: expire_next(actor=actor), seconds=settings.TASK_SOFT_LIMIT / 2)


def expire_next(*, actor: Actor) -> bool:
    """False if nothing has expired that is not posted."""
    lot = LedgerLot.objects.expired(clock.now()).select_related("account").order_by("expires_at", "pk").first()
    if lot is None:
        return False
    expire(lot, actor=actor)
    return True


@use_case
def expire(lot: LedgerLot, *, actor: Actor) -> None:
    """Whatever is left of the lot, unless another worker, or the customer, was quicker."""
    customer_id, currency = lot.account.customer_id, lot.account.currency
    assert customer_id is not None, "only customers have lots"
    account, counter = LedgerAccount.objects.lock_pair(customer_id, currency)
    lot.refresh_from_db(fields=["remaining"])
    if not lot.remaining:
        return
    lost = lot.remaining
    posting = new_posting(account, PostingKind.EXPIRY, actor=actor, reference=f"lot:{lot.pk}")
    posting.save()
    post(posting, [(lot, -lost)], counter=counter)
    record({"credit.expired": {"customer_id": customer_id, "amount": str(lost), "currency": currency}}, actor=actor)

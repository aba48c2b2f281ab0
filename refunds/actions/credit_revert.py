"""Take back the credit that a refund gave, as far as the customer has not spent it."""

from decimal import Decimal
from uuid import UUID

from accounts.actor import Actor, use_case
from events.record import record
from refunds.actions.approve import ensure_another_decides
from refunds.actions.move import lock_refund, move
from refunds.allowance import release
from refunds.errors import CreditNotRevertible
from refunds.ledger import new_posting, post
from refunds.models import LedgerAccount, LedgerLot, PostingKind, Refund, RefundStatus, Source


@use_case
def revert_credit(refund_id: UUID | str, *, actor: Actor, note: str = "") -> tuple[Refund, Decimal]:
    """The refund, and what was taken back; it can be done once.

    Taken back as a whole, the refund has ``returned``. Of a part, the refund falls to what the customer keeps, and
    the rest of the order's total is free again. Raises NotFound, PermissionDenied and CreditNotRevertible.
    """
    refund = lock_refund(refund_id, actor=actor)
    ensure_another_decides(refund, actor)
    if refund.source != Source.STORE_CREDIT or refund.status != RefundStatus.SUCCEEDED:
        raise CreditNotRevertible(status=refund.status)
    taken = take_back(refund, actor=actor)
    if taken == refund.amount:
        move(refund, RefundStatus.RETURNED, actor=actor, note=note)
    else:
        lower(refund, taken, note=note)
    facts = {"refund_id": str(refund.pk), "amount": str(taken), "currency": refund.currency}
    record({"credit.reverted": facts}, actor=actor, order_id=refund.order_id, issue_id=refund.issue_id)
    return refund, taken


def take_back(refund: Refund, *, actor: Actor) -> Decimal:
    """Post what is left of the refund's lot back to the desk."""
    lots = LedgerLot.objects.filter(posting__refund=refund, posting__kind=PostingKind.CREDIT)
    customer_id = lots.values_list("account__customer", flat=True).get()
    account, counter = LedgerAccount.objects.lock_pair(customer_id, refund.currency)
    lot = lots.get()
    left = lot.remaining
    if not left or refund.postings.filter(kind=PostingKind.REVERT).exists():
        raise CreditNotRevertible("The customer has nothing left of this credit.", status=refund.status)
    posting = new_posting(account, PostingKind.REVERT, actor=actor, refund=refund)
    posting.save()
    post(posting, [(lot, -left)], counter=counter)
    return left


def lower(refund: Refund, taken: Decimal, *, note: str) -> None:
    """The refund, which goes on counting, counts for less."""
    refund.amount -= taken
    refund.version += 1
    refund._change_reason = note or None
    refund.save()
    release(refund.order, taken)

"""A customer pays with store credit: the shop takes it from what they have, once for each of its references."""

from decimal import Decimal

from accounts.actor import Actor, use_case
from accounts.roles import PUT_ORDER
from common.errors import FieldErrors, NotFound, ValidationFailed
from common.money import as_currency, fits_currency, minor_digits
from events.record import record
from orders.models import Customer
from refunds.errors import CreditReferenceReused
from refunds.ledger import draw, new_posting, post
from refunds.models import LedgerAccount, LedgerPosting, PostingKind


@use_case
def spend_credit(
    customer_id: str, amount: Decimal, currency: str, reference: str, *, actor: Actor
) -> tuple[LedgerPosting, bool]:
    """The debit, and whether it is new: the same reference again takes nothing more.

    Raises PermissionDenied, NotFound, ValidationFailed, CreditReferenceReused and InsufficientCredit.
    """
    ensure_may_spend(actor)
    if not Customer.objects.visible_to(actor.grants).filter(pk=customer_id).exists():
        raise NotFound("There is no such customer.")
    if errors := debit_errors(amount, currency):
        raise ValidationFailed(errors)
    account, counter = LedgerAccount.objects.lock_pair(customer_id, currency)
    if earlier := debit_of(customer_id, reference):
        ensure_same(earlier, amount, currency)
        return earlier, False
    parts = draw(account, amount)
    posting = new_posting(account, PostingKind.DEBIT, actor=actor, reference=reference)
    posting.save()
    post(posting, parts, counter=counter)
    facts = {"customer_id": customer_id, "amount": str(amount), "currency": currency, "reference": reference}
    record({"credit.spent": facts}, actor=actor)
    return posting, True


def ensure_may_spend(actor: Actor) -> None:
    """The shop spends by its key's scope; a person, whatever their key or session, needs the permission."""
    if actor.employee is not None:
        actor.ensure_may(PUT_ORDER)


def debit_errors(amount: Decimal, currency: str) -> FieldErrors:
    if minor_digits(currency) is None:
        return {"currency": ["Must be the ISO 4217 code of a currency, like EUR."]}
    if not amount.is_finite() or amount <= 0:
        return {"amount": ["Must be above 0."]}
    if not fits_currency(amount, currency):
        return {"amount": [f"{currency} has {minor_digits(currency) or 0} decimal places at most."]}
    return {}


def debit_of(customer_id: str, reference: str) -> LedgerPosting | None:
    """The customer's debit with the reference, in whatever currency."""
    debits = LedgerPosting.objects.filter(kind=PostingKind.DEBIT, reference=reference, account__customer=customer_id)
    return debits.select_related("account").first()


def ensure_same(earlier: LedgerPosting, amount: Decimal, currency: str) -> None:
    spent = amount_of(earlier)
    if earlier.account is None or (earlier.account.currency, spent) != (currency, amount):
        known = earlier.account.currency if earlier.account else currency
        raise CreditReferenceReused(amount=as_currency(spent, known), currency=known)


def amount_of(debit: LedgerPosting) -> Decimal:
    """What was taken, as a positive amount."""
    taken = debit.entries.filter(account=debit.account_id).values_list("amount", flat=True)
    return -sum(taken, Decimal(0))

"""Store credit over the API: what a customer has, spending it, and giving it in place of money."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import Actor
from accounts.api.views import DeskView
from accounts.models import Scope
from common import clock
from common.api.cursor import page_of
from common.api.query import ensure_known_parameters
from common.errors import NotFound
from common.money import as_currency
from orders.models import Customer
from refunds.actions.credit_instead import Consent, credit_instead
from refunds.actions.credit_spend import amount_of, spend_credit
from refunds.api.answers import refund_answer
from refunds.api.serializers import DebitSerializer, InsteadSerializer
from refunds.api.views import find_refund
from refunds.ledger import available
from refunds.models import LedgerAccount, LedgerEntry, LedgerLot, LedgerPosting

NEWEST_FIRST = ("-id",)


class CreditView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request, customer_id: str) -> Response:
        ensure_known_parameters(request)
        customer = find_customer(customer_id, self.actor)
        page = page_of(entries_of(customer), request, NEWEST_FIRST)
        answer = self.answer_page(page, entry_answer)
        answer.data = {"customer_id": customer.pk, "balances": balances_of(customer), **answer.data}
        return answer


class DebitsView(DeskView):
    """By the shop, whose key needs no employee."""

    scopes = {"POST": Scope.ORDERS_WRITE}

    def post(self, request: Request, customer_id: str) -> Response:
        given = self.read(DebitSerializer, found=lambda: find_customer(customer_id, self.actor))
        posting, is_new = spend_credit(customer_id, **given, actor=self.actor)
        message = "The credit was spent." if is_new else "The credit was spent before, by this reference."
        return self.answer({"success": True, "message": message, **debit_answer(posting)}, 201 if is_new else 200)


class InsteadView(DeskView):
    scopes = {"POST": Scope.REFUNDS_WRITE}
    acting_field = "updated_by"

    def post(self, request: Request, refund_id: UUID) -> Response:
        given = self.read(InsteadSerializer, found=lambda: find_refund(refund_id, self.actor))
        consent = Consent(**given["consent"])
        refund = credit_instead(refund_id, consent=consent, actor=self.actor, note=given.get("note", ""))
        answer = {"success": True, "message": "It is refunded as store credit instead.", **refund_answer(refund)}
        return self.answer(answer | {"replaces": str(refund_id)}, 201)


def find_customer(customer_id: str, actor: Actor) -> Customer:
    customer = Customer.objects.visible_to(actor.grants).filter(pk=customer_id).first()
    if customer is None:
        raise NotFound("There is no such customer.")
    return customer


def entries_of(customer: Customer) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(account__customer=customer).select_related("account", "posting", "lot")


def balances_of(customer: Customer) -> list[dict[str, Any]]:
    """By currency, with the lots that hold something."""
    accounts = LedgerAccount.objects.filter(customer=customer).order_by("currency")
    open_lots: dict[int, list[LedgerLot]] = {account.pk: [] for account in accounts}
    for lot in LedgerLot.objects.open().filter(account__in=open_lots).soonest_first():
        open_lots[lot.account_id].append(lot)
    return [balance_answer(account, open_lots[account.pk]) for account in accounts]


def balance_answer(account: LedgerAccount, lots: list[LedgerLot]) -> dict[str, Any]:
    """``available`` is without what has expired and is not posted yet."""
    now = clock.now()
    spendable = [lot for lot in lots if lot.expires_at is None or lot.expires_at > now]
    return {
        "currency": account.currency,
        "balance": as_currency(account.balance, account.currency),
        "available": available(spendable, account.currency),
        "lots": [lot_answer(lot, account.currency) for lot in lots],
    }


def lot_answer(lot: LedgerLot, currency: str) -> dict[str, Any]:
    return {
        "amount": as_currency(lot.amount, currency),
        "remaining": as_currency(lot.remaining, currency),
        "created_at": lot.created_at,
        "expires_at": lot.expires_at,
    }


def entry_answer(entry: LedgerEntry) -> dict[str, Any]:
    posting = entry.posting
    return {
        "id": entry.pk,
        "kind": posting.kind,
        "amount": as_currency(entry.amount, entry.account.currency),
        "currency": entry.account.currency,
        "refund_id": str(posting.refund_id) if posting.refund_id else None,
        "reference": posting.reference or None,
        "expires_at": entry.lot.expires_at if entry.lot else None,
        "created_at": posting.created_at,
    }


def debit_answer(debit: LedgerPosting) -> dict[str, Any]:
    account = debit.account
    assert account is not None, "a debit is of somebody"
    return {
        "id": debit.pk,
        "customer_id": account.customer_id,
        "amount": as_currency(amount_of(debit), account.currency),
        "currency": account.currency,
        "reference": debit.reference,
        "created_at": debit.created_at,
    }

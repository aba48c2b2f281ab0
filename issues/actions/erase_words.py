"""After a customer's erasure nobody reads or finds a name of theirs in what was said about their orders."""

from collections.abc import Set

from common.erasing import forget_in, forgetting
from issues.models import Communication, InboundMail, Issue, Note, SearchEntry
from orders.models import Customer


def forget_in_issues(customer: Customer, words: Set[str]) -> None:
    """Also the addresses that their answers came from. The audit has none of these columns."""
    orders = customer.orders.values("pk")
    senders = InboundMail.objects.filter(issue__order__in=orders).values_list("sender", flat=True)
    forget = forgetting(words | set(senders))
    forget_in(Issue.objects.filter(order__in=orders), ["description"], forget)
    forget_in(Note.objects.filter(issue__order__in=orders), ["body"], forget)
    forget_in(Communication.objects.filter(issue__order__in=orders), ["body"], forget)
    forget_in(SearchEntry.objects.filter(issue__order__in=orders, is_header=False), ["text"], forget)
    if customer.email:
        InboundMail.objects.filter(issue=None, sender__iexact=customer.email).delete()

"""After a customer's erasure nobody reads or finds a name of theirs in what was said about their orders."""

from issues.models import Communication, InboundMail, Issue, Note, SearchEntry
from orders.erasing import Erasure, said_while_theirs


def forget_in_issues(erasure: Erasure) -> None:
    """Also the addresses that their answers came from. The audit has none of these columns."""
    customer = erasure.customer
    answers = InboundMail.objects.filter(said_while_theirs(customer.pk, order="issue__order_id", at="received_at"))
    erasure = erasure.known_also_by(answers.values_list("sender", flat=True))
    erasure.forget(Issue.objects.all(), ["description"], order="order_id")
    erasure.forget(Note.objects.all(), ["body"], order="issue__order_id")
    erasure.forget(Communication.objects.all(), ["body"], order="issue__order_id")
    found_by = SearchEntry.objects.filter(is_header=False)
    erasure.forget(found_by, ["text"], order="issue__order_id", at="issue__created_at")
    if customer.email:
        InboundMail.objects.filter(issue=None, sender__iexact=customer.email).delete()

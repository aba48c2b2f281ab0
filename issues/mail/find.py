"""Which issue a mail answers: by the signed address it was sent to, or by the mail of ours that it refers to."""

from events.models import Delivery
from events.threads import delivery_named, issue_at
from issues.mail.parse import Mail
from issues.models import Issue, IssueLink


def issue_of(mail: Mail) -> Issue | None:
    """References alone prove little, as mails are forwarded: they count from the address that ours was sent to.

    What answers a duplicate that was merged answers the issue that goes on.
    """
    found = _by_address(mail) or _by_reference(mail)
    return _survivor_of(found) if found else None


def _by_address(mail: Mail) -> Issue | None:
    named = [issue_id for address in mail.recipients if (issue_id := issue_at(address))]
    return Issue.objects.filter(pk__in=named).first() if named else None


def _survivor_of(issue: Issue) -> Issue:
    merge = IssueLink.objects.merges().filter(issue=issue).select_related("other").first()
    return merge.other if merge else issue


def _by_reference(mail: Mail) -> Issue | None:
    ours = [delivery for reference in mail.references if (delivery := delivery_named(reference))]
    sent = Delivery.objects.filter(pk__in=ours, address__iexact=mail.sender, issue_id__isnull=False)
    found = {delivery.pk: delivery.issue_id for delivery in sent}
    nearest = next((found[delivery] for delivery in ours if delivery in found), None)
    return Issue.objects.filter(pk=nearest).first() if nearest else None

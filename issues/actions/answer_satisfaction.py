"""The customer's word, by the link in the closing message."""

from accounts.actor import Actor, use_case
from common import clock
from common.errors import DeskError
from issues.actions.update import update_issue
from issues.models import SatisfactionLink


class LinkUsedUp(DeskError):
    code = "GONE"
    message = "This link was used already, or is too old."


@use_case
def answer_satisfaction(token: str, satisfied: bool, *, actor: Actor) -> None:
    """Raises ``LinkUsedUp`` for a link that is unknown, used or too old."""
    link = SatisfactionLink.find(token)
    if link is None:
        raise LinkUsedUp
    taken = SatisfactionLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=clock.now())
    if not taken.update(used_at=clock.now()):
        raise LinkUsedUp
    update_issue(link.issue.order_id, link.issue_id, {"customer_satisfied": satisfied}, actor=actor)

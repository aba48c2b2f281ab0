"""The customer's word, by the link in the closing message."""

from accounts.actor import Actor, use_case
from common import clock
from common.errors import DeskError
from issues.actions.add_communication import add_communication
from issues.actions.open_approval import open_approval
from issues.actions.update import update_issue
from issues.models import Communication, SatisfactionLink
from issues.workflow import ApprovalKind

LONGEST = 2000
UNSATISFIED = "The customer is not satisfied."  # their word can be erased where it stands


class LinkUsedUp(DeskError):
    code = "GONE"
    message = "This link was used already, or is too old."


@use_case
def answer_satisfaction(token: str, satisfied: bool, *, actor: Actor, word: str = "") -> None:
    """``word``: what the customer adds. Who is not satisfied asks thereby to have a closed issue opened again.

    Raises ``LinkUsedUp`` for a link that is unknown, used or too old.
    """
    link = SatisfactionLink.find(token)
    if link is None:
        raise LinkUsedUp
    taken = SatisfactionLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=clock.now())
    if not taken.update(used_at=clock.now()):
        raise LinkUsedUp
    word = word.replace("\0", "").strip()[:LONGEST]
    order_id, issue_id = link.issue.order_id, link.issue_id
    issue = update_issue(order_id, issue_id, {"customer_satisfied": satisfied}, actor=actor).issue
    if word:
        add_communication(order_id, issue_id, _said(word), actor=actor)
    if not satisfied and issue.is_closed:
        open_approval(issue, ApprovalKind.REOPEN, note=UNSATISFIED, actor=actor)


def _said(word: str) -> dict[str, str]:
    return {"channel": Communication.Channel.EMAIL, "direction": Communication.Direction.INBOUND, "body": word}

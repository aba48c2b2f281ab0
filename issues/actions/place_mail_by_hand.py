"""Put a mail that found no issue where a person says that it belongs."""

from uuid import UUID

from accounts import roles
from accounts.actor import Actor, use_case
from common.errors import NotFound, ValidationFailed
from issues.actions.place_mail import Outcome, write_down
from issues.mail.parse import Mail
from issues.models import InboundMail, Issue


@use_case
def place_by_hand(mail_id: UUID, number: str, *, actor: Actor) -> InboundMail:
    """Raises ``NotFound``, ``PermissionDenied``, and ``ValidationFailed`` on ``number``."""
    actor.ensure_may(roles.WORK_ISSUE)
    kept = InboundMail.objects.visible_to(actor.grants).select_for_update().filter(pk=mail_id).first()
    if kept is None:
        raise NotFound("There is no such mail.")
    if kept.outcome != Outcome.UNPLACED:
        raise ValidationFailed({"number": ["This mail was dealt with already."]})
    issue = Issue.objects.visible_to(actor.grants).filter(number=number.strip().upper()).first()
    if issue is None:
        raise ValidationFailed({"number": ["There is no issue with this number."]})
    kept.communication = write_down(Mail(bytes(kept.raw)), issue, kept, actor=actor)
    kept.outcome, kept.issue, kept.raw, kept.because = Outcome.PLACED, issue, b"", ""
    kept.save()
    return kept

"""Keep a mail as it came in, once, however often it is handed over."""

from accounts.actor import Actor, use_case
from common import clock
from common.errors import ValidationFailed
from common.nudge import nudge_after_commit
from issues.mail.parse import Mail
from issues.models import InboundMail

MOST_BYTES = 25 * 1024 * 1024
PLACE = "issues.place_mail"


@use_case
def keep_mail(raw: bytes, *, actor: Actor) -> tuple[InboundMail, bool]:
    """The kept mail, and whether it is new. Raises ``ValidationFailed`` on ``raw`` for one that is too large."""
    if len(raw) > MOST_BYTES:
        raise ValidationFailed({"raw": [f"A mail of more than {MOST_BYTES // 1024 // 1024} MiB is not taken."]})
    mail = Mail(raw)
    kept, is_new = InboundMail.objects.get_or_create(
        fingerprint=mail.fingerprint,
        defaults={"sender": mail.sender, "subject": mail.subject, "raw": raw, "received_at": clock.now()},
    )
    if is_new:
        nudge_after_commit(PLACE)
    return kept, is_new

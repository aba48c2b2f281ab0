"""How long mail is kept that is no part of an issue's story."""

from datetime import timedelta

from django.conf import settings

from common import clock
from events.models import Event
from issues.models import InboundMail
from orders.erasing import said_while_theirs


def forget_old() -> int:
    """What came in long ago: an answer's words stand in its communication. Says how many."""
    before = clock.now() - timedelta(days=settings.INBOUND_KEEP_DAYS)
    gone, _ = InboundMail.objects.filter(received_at__lt=before, next_attempt_at=None).delete()
    return gone


def forget_mail_of_the_erased(event: Event) -> None:
    """Their addresses, subjects and whatever a mail still holds."""
    theirs = said_while_theirs(event.data["customer_id"], order="issue__order_id", at="received_at")
    InboundMail.objects.filter(theirs).delete()

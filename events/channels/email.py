"""Mail, as text and HTML: one message of its own, or the digest of those that wait for one."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from common import clock
from events.links import with_link
from events.models import Delivery
from events.threads import message_id_of, reply_address
from events.unsubscribe import headers_for

MOST_IN_DIGEST = 200


def send_email(delivery: Delivery) -> None:
    """A delivery that is sent twice has the same Message-ID, by which a mailbox knows it."""
    if delivery.in_digest:
        send_digest(delivery)
    else:
        send(delivery, delivery.subject, *with_link(delivery))


def send_digest(first: Delivery) -> None:
    """``first`` is leased; what else is due to its employee is leased with it, and goes in the same mail."""
    with transaction.atomic():
        others = Delivery.objects.waiting_for_digest(first.employee_id).exclude(pk=first.pk).take(MOST_IN_DIGEST - 1)
    if not others:
        return send(first, first.subject, first.text, first.html)
    send(first, *words_of_digest([first, *others]))
    ours = Delivery.objects.filter(pk__in=[each.pk for each in others], leased_until=others[0].leased_until)
    ours.update(next_attempt_at=None, leased_until=None, last_error="", sent_at=clock.now())
    return None


def words_of_digest(deliveries: Sequence[Delivery]) -> tuple[str, str, str]:
    """Subject, text and HTML; the oldest first."""
    inside = sorted(deliveries, key=lambda delivery: (delivery.created_at, delivery.pk))
    context = {"deliveries": inside, "public_url": settings.PUBLIC_URL}
    text, html = (render_to_string(f"email/digest.{form}", context).strip() for form in ("txt", "html"))
    return f"{len(inside)} messages from Redress", text, html


def send(delivery: Delivery, subject: str, text: str, html: str) -> None:
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[delivery.address],
        reply_to=list(filter(None, [_reply_address(delivery)])),
        headers={"Message-ID": message_id_of(delivery.pk), "Auto-Submitted": "auto-generated"} | headers_for(delivery),
    )
    if html:
        mail.attach_alternative(html, "text/html")
    mail.send()


def _reply_address(delivery: Delivery) -> str:
    """A customer's answer comes back to the issue."""
    is_outside = delivery.employee_id is None
    return reply_address(delivery.issue_id) if is_outside and delivery.issue_id else ""

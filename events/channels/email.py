"""Mail, as text and HTML."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from events.models import Delivery


def send_email(delivery: Delivery) -> None:
    """A delivery that is sent twice has the same Message-ID, by which a mailbox knows it."""
    mail = EmailMultiAlternatives(
        subject=delivery.subject,
        body=delivery.text,
        to=[delivery.address],
        headers={"Message-ID": f"<{delivery.pk}@{_own_domain()}>"},
    )
    if delivery.html:
        mail.attach_alternative(delivery.html, "text/html")
    mail.send()


def _own_domain() -> str:
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return address.partition("@")[2] or "localhost"

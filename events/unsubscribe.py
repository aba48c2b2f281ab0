"""One click in a mailbox that ends the mails of one kind: RFC 8058.

For what an employee may switch off, and never for urgent kinds or for what a customer is told of their own order.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import Employee
from events import kinds
from events.models import Delivery

SALT = "unsubscribe"


def headers_for(delivery: Delivery) -> dict[str, str]:
    """None for a digest: it has several kinds, and a page on which each can be chosen."""
    if delivery.employee_id is None or delivery.in_digest or not kinds.is_choosable(delivery.kind):
        return {}
    path = reverse("web:unsubscribe", args=[token_for(delivery.employee_id, delivery.kind)])
    return {
        "List-Unsubscribe": f"<{settings.PUBLIC_URL}{path}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def token_for(employee: int, kind: str) -> str:
    return signing.dumps([employee, kind], salt=SALT)


def read(token: str) -> tuple[Employee, str] | None:
    """Whose mails of which kind; None for what we did not sign, or who has left."""
    try:
        pk, kind = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    employee = Employee.objects.filter(pk=pk, is_active=True).first()
    return (employee, kind) if employee else None

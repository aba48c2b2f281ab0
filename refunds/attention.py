"""What of the refunds waits for a person, in numbers: for the navigation, which is on every page."""

from accounts.actor import Grants
from common import clock
from refunds.models import Finding, Refund

MOST = 99


def in_review(grants: Grants) -> str:
    return _count(Refund.objects.visible_to(grants).needing_review())


def overdue(grants: Grants) -> str:
    return _count(Refund.objects.visible_to(grants).overdue(clock.now().date()))


def unexplained(grants: Grants) -> str:
    return _count(Finding.objects.visible_to(grants).unexplained())


def _count(rows) -> str:
    """Empty for none; a long list costs no more than a short one."""
    count = rows.values("pk")[: MOST + 1].count()
    return f"{MOST}+" if count > MOST else str(count or "")

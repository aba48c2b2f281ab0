"""What waits, by its age: refunds that a provider, an insurer or a person has yet to answer."""

from typing import TYPE_CHECKING

from django.db.models import Case, CharField, F, Value, When

from common import clock
from refunds.models import Refund, RefundStatus
from refunds.reports.asked import DAY, Asked
from refunds.reports.figures import NAMELESS, Report, counted, report_of

if TYPE_CHECKING:
    from accounts.actor import Grants

WAITING = (
    RefundStatus.PENDING, RefundStatus.UNKNOWN, RefundStatus.NEEDS_REVIEW, RefundStatus.AWAITING_APPROVAL,
    RefundStatus.AWAITING_CLAIM,
)  # fmt: skip
YOUNGER_THAN = {1: "under_1_day", 3: "1_to_3_days", 7: "3_to_7_days", 14: "7_to_14_days", 30: "14_to_30_days"}
OLDER, OVERDUE = "over_30_days", "overdue"
FIGURES = (*YOUNGER_THAN.values(), OLDER, OVERDUE)


def ageing(asked: Asked, grants: "Grants") -> Report:
    """As it is now. The age counts from the request; overdue is what is past its ``expected_by``, of any age."""
    now = clock.now()
    waiting = Refund.objects.visible_to(grants).filter(status__in=WAITING)
    ages = [When(created_at__gt=now - days * DAY, then=Value(figure)) for days, figure in YOUNGER_THAN.items()]
    age = Case(*ages, default=Value(OLDER), output_field=CharField())
    counts = [
        counted(waiting, age, by=F("status"), name=NAMELESS),
        counted(waiting.overdue(now.date()), Value(OVERDUE), by=F("status"), name=NAMELESS),
    ]
    return report_of("status", FIGURES, counts)

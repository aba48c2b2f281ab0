"""Refunds by source, reason, payment method, store or agent."""

from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from refunds.models import RefundStatus
from refunds.reports.asked import Asked
from refunds.reports.figures import NAMELESS, Report, counted, report_of
from refunds.reports.moves import asked_for, moved_to, open_at_the_end, steps_seen_by, within

if TYPE_CHECKING:
    from accounts.actor import Grants

_FULL_NAME = Trim(Concat("requested_by__first_name", Value(" "), "requested_by__last_name"))

# The key of each way to group, and the name that people know it by.
GROUPS: dict[str, tuple[Any, Any]] = {
    "source": (F("source"), NAMELESS),
    "reason": (F("issue__issue_type"), NAMELESS),
    "method": (F("payment_method"), NAMELESS),
    "store": (F("order__store_id"), F("order__store__name")),
    "agent": (
        F("requested_by__employee_id"),
        Coalesce(NullIf(_FULL_NAME, Value("")), "requested_by__username", output_field=CharField()),
    ),
}
FIGURES = ("requested", "paid", "failed", "returned", "open")
MOVED = {RefundStatus.SUCCEEDED: "paid", RefundStatus.FAILED: "failed", RefundStatus.RETURNED: "returned"}
WHERE_TO = Case(
    *(When(status=status, then=Value(figure)) for status, figure in MOVED.items()), output_field=CharField()
)
CHOICES = {"by": tuple(GROUPS)}


def totals(asked: Asked, grants: "Grants") -> Report:
    """Each figure by its own moment; ``open`` is what had not ended when the period did."""
    steps = steps_seen_by(grants)
    during = within(steps, asked.period)
    key, name = GROUPS[asked.words["by"]]
    counts = [
        counted(asked_for(during), Value("requested"), by=key, name=name),
        counted(moved_to(MOVED, during), WHERE_TO, by=key, name=name),
        counted(open_at_the_end(steps, asked.period), Value("open"), by=key, name=name),
    ]
    return report_of("group", FIGURES, counts)

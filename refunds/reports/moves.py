"""When refunds were asked for, paid, failed and came back: the history rows of these moves, which nobody rewrites.

``Refund.completed_at`` would not do: a refund that comes back, or is tried again, loses the moment at which it was
paid, and last month's figures would change.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from refunds.models import Refund
from refunds.models.refund import UNDER_WAY
from refunds.reports.asked import Period

if TYPE_CHECKING:
    from accounts.actor import Grants

Steps = QuerySet  # of rows of Refund.history
Step = Refund.history.model

CREATED = "+"


def steps_seen_by(grants: "Grants") -> Steps:
    return Step.objects.all() if grants.stores is None else Step.objects.filter(order__store__in=grants.stores)


def within(steps: Steps, period: Period) -> Steps:
    return steps.filter(history_date__gte=period.start, history_date__lt=period.end)


def asked_for(steps: Steps) -> Steps:
    """The first row of each refund."""
    return steps.filter(history_type=CREATED)


def moved_to(statuses: Iterable[str], steps: Steps) -> Steps:
    """Rows by which a refund came to one of ``statuses``, all of them ends of it.

    A move to an end is dated by its own history row (``refunds.actions.move``); what changes a refund that has ended
    writes a later one.
    """
    return steps.filter(status__in=statuses, completed_at=F("history_date"))


def open_at_the_end(steps: Steps, period: Period) -> Steps:
    """The row that each refund stood at when the period ended, where that was no end of it."""
    not_ended_by_then = Q(completed_at=None) | Q(completed_at__gte=period.end)
    refunds = Refund.objects.filter(not_ended_by_then, created_at__lt=period.end)
    by_then = Step.objects.filter(history_date__lt=period.end)
    later = by_then.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    standing = steps.filter(id__in=refunds.values("pk"), history_date__lt=period.end, status__in=UNDER_WAY)
    return standing.filter(~Exists(later))

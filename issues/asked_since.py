"""What has become of the thing that was asked for, since it was asked: for who is to decide on it."""

from dataclasses import dataclass
from datetime import timedelta

from issues.actions.decide_approval import reason_to_end
from issues.models import Approval
from issues.workflow import ApprovalStatus
from refunds.models import RefundStatus

# The request is written down within moments of the update that it belongs to.
ONE_BREATH = timedelta(seconds=3)
MOST = 99


@dataclass(frozen=True)
class Since:
    """``is_void``: what was asked for is no longer there as it was asked, and no decision can be made on it.

    ``changes``: how often the issue changed since, and by whom last.
    """

    is_void: bool
    differences: list[tuple[str, str, str]]
    changes: int
    last_by: str


def since_it_was_asked(approval: Approval) -> Since:
    pending = approval.status == ApprovalStatus.PENDING
    is_void = approval.status == ApprovalStatus.SUPERSEDED or (
        pending and reason_to_end(approval) == ApprovalStatus.SUPERSEDED
    )
    later = approval.issue.history.filter(history_date__gt=approval.created_at + ONE_BREATH)
    rows = list(later.select_related("history_user").order_by("-history_id")[:MOST]) if pending else []
    last = rows[0].history_user if rows else None
    differences = differences_of(approval) if is_void else []
    return Since(is_void, differences, len(rows), last.name if last else "Redress")


def differences_of(approval: Approval) -> list[tuple[str, str, str]]:
    """What was asked, and what it is now, by name."""
    refund = approval.refund
    if refund is None:
        return []
    asked = refund.history.filter(history_date__lte=approval.created_at + ONE_BREATH).order_by("-history_id").first()
    if asked is None:
        return []
    then, now = (
        {
            "Amount": f"{row.amount:.2f} {row.currency}",
            "From": row.get_source_display(),
            "Provider": row.provider,
            "Status": RefundStatus(row.status).label,
        }
        for row in (asked, refund)
    )
    return [(name, then[name], now[name]) for name in then if then[name] != now[name]]

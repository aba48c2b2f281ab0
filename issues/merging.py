"""What would become of two issues that are merged: shown before it is done, and asked again when it is."""

from dataclasses import dataclass, field

from issues.models import Issue
from issues.workflow import Status

# The legal way from where a duplicate stands to where a merge leaves it, and back. What is past its work stays there.
TO_RESOLVED: dict[str, tuple[str, ...]] = {
    Status.OPEN: (Status.INVESTIGATING, Status.IN_PROGRESS, Status.RESOLVED),
    Status.INVESTIGATING: (Status.IN_PROGRESS, Status.RESOLVED),
    Status.IN_PROGRESS: (Status.RESOLVED,),
    Status.ESCALATED: (Status.RESOLVED,),
}
BACK: dict[str, tuple[str, ...]] = {
    Status.OPEN: (Status.INVESTIGATING, Status.OPEN),
    Status.INVESTIGATING: (Status.INVESTIGATING,),
    Status.IN_PROGRESS: (Status.IN_PROGRESS,),
    Status.ESCALATED: (Status.ESCALATED,),
}
# The same, where the duplicate was closed in the meantime: it is reopened first.
REOPENED: dict[str, tuple[str, ...]] = {
    Status.OPEN: (Status.OPEN,),
    Status.INVESTIGATING: (Status.OPEN, Status.INVESTIGATING),
    Status.IN_PROGRESS: (Status.OPEN, Status.INVESTIGATING, Status.IN_PROGRESS),
    Status.ESCALATED: (Status.OPEN, Status.ESCALATED),
}


@dataclass(frozen=True)
class Plan:
    """``problems``: why it can't be done, in words; there is nothing more to say then."""

    duplicate: Issue
    survivor: Issue
    problems: list[str] = field(default_factory=list)

    @property
    def steps(self) -> tuple[str, ...]:
        return TO_RESOLVED.get(self.duplicate.status, ())

    @property
    def way(self) -> tuple[str, ...]:
        """All statuses of the duplicate, from the present one on."""
        return (self.duplicate.status, *self.steps)


def way_back(status: str, status_before: str) -> tuple[str, ...]:
    """The steps that an undo takes; none where somebody has moved the duplicate on by hand."""
    if status == status_before:
        return ()
    ways = {Status.RESOLVED.value: BACK, Status.CLOSED.value: REOPENED}
    return ways.get(status, {}).get(status_before, ())


def why_not_together(duplicate: Issue, survivor: Issue) -> list[str]:
    """The rules that need no more than the two issues with their orders."""
    reasons = []
    one, other = duplicate.order, survivor.order
    same_customer = one.customer_id is not None and one.customer_id == other.customer_id
    if one.pk != other.pk and not (same_customer and one.store_id == other.store_id):
        reasons.append("Merged are issues of one order, or of one customer in one store. Link the two instead.")
    if survivor.is_closed:
        reasons.append(f"{survivor.number} is closed: reopen it first, or do it the other way round.")
    return reasons

"""What comes of an update: the answer of ``update_issue`` to every door."""

from dataclasses import dataclass, field

from issues.models import Approval, Issue
from refunds.models import Refund


@dataclass
class Updated:
    """``updated_fields`` are those that really changed, in the order they were named."""

    issue: Issue
    previous_status: str
    updated_fields: list[str] = field(default_factory=list)
    refund: Refund | None = None
    approval: Approval | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def new_status(self) -> str:
        return self.issue.status

"""Issues that have something to say at a time that stands in one of their columns, worked off in batches."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog

from accounts.actor import Actor
from common import clock
from issues.models import Issue

BATCH = 100

log = structlog.get_logger(__name__)


def tell_each(column: str, tell: Callable[..., Any], *, failure: str, actor: Actor) -> bool:
    """``tell`` a batch of those whose ``column`` is due, each in its own transaction; False if there is none left.

    ``failure`` is what the log calls one that could not be told. A batch of nothing but these is passed over, so that
    they keep nobody behind them waiting.
    """
    due = Issue.objects.filter(**{f"{column}__lte": clock.now()}).order_by(column, "pk")
    passed_over: list[UUID] = []
    while found := list(due.exclude(pk__in=passed_over).values_list("order_id", "pk")[:BATCH]):
        told = [
            issue_id for order_id, issue_id in found if _is_told(tell, order_id, issue_id, failure=failure, actor=actor)
        ]
        if told:
            return len(found) == BATCH
        passed_over += [issue_id for _, issue_id in found]
    return False


def _is_told(tell: Callable[..., Any], order_id: str, issue_id: UUID, *, failure: str, actor: Actor) -> bool:
    try:
        tell(order_id, issue_id, actor=actor)
    except Exception:  # one that can't be told must not keep the others from it
        log.exception(failure, issue=str(issue_id))
        return False
    return True

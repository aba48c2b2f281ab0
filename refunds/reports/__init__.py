"""What refunds add up to. Every figure sums facts that nobody rewrites, so that one of the past stays as it was."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accounts.roles import VIEW_METRICS
from refunds.reports import ageing, recovered, totals
from refunds.reports.asked import Asked, Choices
from refunds.reports.figures import Report

if TYPE_CHECKING:
    from accounts.actor import Actor, Grants


def ensure_may_read(actor: "Actor") -> None:
    """As for all metrics: an integration's key says by its scope alone what it reads. Raises ``PermissionDenied``."""
    if actor.employee is not None:
        actor.ensure_may(VIEW_METRICS)


@dataclass(frozen=True, eq=False)
class Kind:
    """A report that can be asked for. ``dated``: of the days ``from`` … ``to``; else of this moment."""

    name: str
    make: "Callable[[Asked, Grants], Report]"
    figures: tuple[str, ...]
    choices: Choices = field(default_factory=dict)
    dated: bool = True


TOTALS = Kind("totals", totals.totals, totals.FIGURES, totals.CHOICES)
AGEING = Kind("ageing", ageing.ageing, ageing.FIGURES, dated=False)
RECOVERED = Kind("recovered", recovered.recovered, recovered.FIGURES, recovered.CHOICES)

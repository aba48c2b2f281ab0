"""Short lists of issues that need somebody: the first page of the web pages and that of the admin."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from accounts.actor import Actor
from issues.listing import listed
from issues.models import Issue
from issues.workflow import Priority, Status

FEW = 6
UNRESOLVED = ",".join(status for status in Status if status not in (Status.RESOLVED, Status.CLOSED))


@dataclass(frozen=True)
class Kind:
    """``parameters`` are those of the list of issues (``issues.listing``)."""

    title: str
    empty: str
    parameters: Callable[[], dict[str, str]]


@dataclass(frozen=True)
class ShortList:
    title: str
    empty: str
    query: str
    issues: list[Issue]


ESCALATED = Kind("Escalated", "Nothing is escalated.", lambda: {"status": Status.ESCALATED})
CRITICAL = Kind("Critical", "Nothing critical is open.", lambda: {"priority": Priority.CRITICAL, "status": UNRESOLVED})
LATE = Kind("Past their time", "Every open issue is in time.", lambda: {"sla": "breached", "ordering": "due_at"})
MINE = Kind(
    "In my hands",
    "You have no open issue.",
    lambda: {"assigned_to": "me", "status": UNRESOLVED, "ordering": "due_at"},
)
NOBODYS = Kind(
    "In nobody's hands",
    "Every open issue has somebody.",
    lambda: {"assigned_to": "none", "status": UNRESOLVED, "ordering": "due_at"},
)
FOLLOW_UPS = Kind(
    "To follow up now",
    "No follow-up is due.",
    lambda: {"attention": "follow_up", "ordering": "follow_up_date"},
)

FOR_MANAGERS = (ESCALATED, CRITICAL, LATE)
FOR_AGENTS = (MINE, FOLLOW_UPS, LATE, NOBODYS)


def short_lists(kinds: Iterable[Kind], *, actor: Actor) -> list[ShortList]:
    return [_short_list(kind, actor) for kind in kinds]


def _short_list(kind: Kind, actor: Actor) -> ShortList:
    parameters = kind.parameters()
    issues, _ = listed({name: [value] for name, value in parameters.items()}, actor)
    return ShortList(kind.title, kind.empty, urlencode(parameters), list(issues[:FEW]))

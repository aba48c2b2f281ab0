"""What the page of an issue is told while it stays open: who else is there, and what changed since."""

from dataclasses import dataclass
from datetime import datetime

from accounts.actor import Actor
from accounts.models import Employee
from issues.models import Issue, Presence

MOST_NAMED = 20


@dataclass(frozen=True)
class Since:
    """``count`` changes and words with the customer after a page was opened, and the names of whose they are."""

    count: int
    names: list[str]


def stay(issue: Issue, *, actor: Actor) -> None:
    Presence.objects.note(issue, actor=actor)


def leave(issue: Issue, *, actor: Actor) -> None:
    Presence.objects.end(issue, actor=actor)


def others_at(issue: Issue, *, actor: Actor) -> list[Employee]:
    return [presence.employee for presence in Presence.objects.of_others(issue, actor=actor)]


def changed_since(issue: Issue, *, version: int, opened: datetime) -> Since:
    """What is new against the page that was opened at ``version``. Two statements."""
    updates = issue.history.filter(version__gt=version).select_related("history_user").order_by("-version")
    said = issue.communications.filter(created_at__gt=opened).select_related("author").order_by("-created_at")
    words, rows = list(said[:MOST_NAMED]), list(updates[:MOST_NAMED])
    people = [*(row.history_user for row in rows), *(word.author for word in words)]
    names = dict.fromkeys(person.name if person else "Redress" for person in people)
    return Since(max(issue.version - version, 0) + len(words), list(names))

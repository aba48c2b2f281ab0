"""What the inbox of requests can show: those that wait, by kind, and those that were decided, by whom."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from accounts.actor import Actor
from issues.models import Approval
from issues.models.approval import ApprovalQuerySet
from issues.workflow import ApprovalKind, ApprovalStatus

VIEWS = {"": "Waiting", "mine": "My decisions", "decided": "All decided", "asked": "What I asked for"}
MOST = 1000


@dataclass(frozen=True)
class Tab:
    title: str
    query: str
    is_current: bool
    count: str = ""


class Inbox:
    """What is no choice narrows nothing."""

    def __init__(self, query: QueryDict, actor: Actor) -> None:
        self.actor = actor
        self.view = query.get("status", "") if query.get("status") in VIEWS else ""
        self.kind = query.get("kind", "") if query.get("kind") in ApprovalKind.values else ""

    @property
    def seen(self) -> ApprovalQuerySet:
        return Approval.objects.visible_to(self.actor.grants)

    @property
    def approvals(self) -> ApprovalQuerySet:
        rows = self.of_view()
        return (rows.filter(kind=self.kind) if self.kind else rows).in_full()

    def of_view(self) -> ApprovalQuerySet:
        person = self.actor.person
        if self.view == "mine":
            return self.seen.decided_by_or_for(person)
        if self.view == "asked":
            return self.seen.filter(requested_by=person)
        return self.seen.exclude(status=ApprovalStatus.PENDING) if self.view == "decided" else self.seen.pending()

    @property
    def views(self) -> list[Tab]:
        return [Tab(title, _query(status=name), name == self.view) for name, title in VIEWS.items()]

    @property
    def kinds(self) -> list[Tab]:
        """With how many wait of each; elsewhere there may be any number."""
        counts = self.counts() if not self.view else {}
        titles = {"": "All", **dict(ApprovalKind.choices)}
        return [
            Tab(title, _query(status=self.view, kind=name), name == self.kind, counts.get(name, ""))
            for name, title in titles.items()
        ]

    def counts(self) -> dict[str, str]:
        kinds = list(self.seen.pending().order_by().values_list("kind", flat=True)[: MOST + 1])
        found, more = Counter(kinds), "+" if len(kinds) > MOST else ""
        return {"": f"{min(len(kinds), MOST)}{more}"} | {kind: f"{found[kind]}{more}" for kind in ApprovalKind.values}


def _query(**chosen: str) -> str:
    return urlencode({name: value for name, value in chosen.items() if value})

"""Say what an issue has to do with another, and take it back."""

from uuid import UUID

from accounts import roles
from accounts.actor import Actor, use_case
from common import clock
from common.errors import NotFound, ValidationFailed
from events.record import record
from issues.actions.lock import lock_pair
from issues.models import Issue, IssueLink, LinkKind


@use_case
def link_issues(order_id: str, issue_id: str | UUID, kind: str, number: str, *, actor: Actor) -> IssueLink:
    """``kind`` (duplicate_of, related, caused_by) is read as: the issue … the one called ``number``.

    Raises OrderNotFound, IssueNotFound, PermissionDenied, and ValidationFailed on ``number``.
    """
    issue, other = lock_pair(order_id, issue_id, number, actor=actor)
    actor.ensure_may(roles.WORK_ISSUE)
    if reasons := why_not_linked(issue, other, kind):
        raise ValidationFailed({"number": reasons})
    link = IssueLink(issue=issue, other=other, kind=kind, created_by=actor.employee, created_at=clock.now())
    link.save(force_insert=True)
    tell("issue.linked", link, actor)
    return link


@use_case
def remove_link(order_id: str, issue_id: str | UUID, link_id: UUID, *, actor: Actor) -> IssueLink:
    """Raises NotFound, OrderNotFound, IssueNotFound, PermissionDenied, and ValidationFailed for a merge."""
    link = find_link(link_id, actor)
    lock_pair(order_id, issue_id, number_of_other(link, issue_id), actor=actor)
    actor.ensure_may(roles.WORK_ISSUE)
    link = IssueLink.objects.select_related("issue", "other").get(pk=link_id)
    if link.is_merge:
        raise ValidationFailed({"link": ["The issues are merged: undo the merge, which takes the link off too."]})
    if link.removed_at is None:
        end_link(link)
        tell("issue.unlinked", link, actor)
    return link


def why_not_linked(issue: Issue, other: Issue, kind: str) -> list[str]:
    """In words; ``issue`` and ``other`` are locked. A duplicate has one original, which is no duplicate itself."""
    between = IssueLink.objects.in_effect().of(issue).filter(issue__in=[issue, other], other__in=[issue, other])
    reasons = [f"The two are linked already ({LinkKind(link.kind).label})." for link in between]
    return reasons + (why_no_duplicate(issue, other) if kind == LinkKind.DUPLICATE_OF else [])


def why_no_duplicate(issue: Issue, other: Issue) -> list[str]:
    links = IssueLink.objects.in_effect().filter(kind=LinkKind.DUPLICATE_OF).select_related("issue", "other")
    reasons = []
    for link in links.filter(issue__in=[issue, other]).exclude(issue=issue, other=other):
        reasons.append(f"{link.issue.number} is a duplicate of {link.other.number} already: name that one.")
    for link in links.filter(other=issue)[:1]:
        reasons.append(f"{issue.number} has a duplicate of its own, {link.issue.number}: do it the other way round.")
    return reasons


def find_link(link_id: UUID, actor: Actor) -> IssueLink:
    links = IssueLink.objects.visible_to(actor.grants).select_related("issue__order", "other__order")
    link = links.filter(pk=link_id).first()
    if link is None:
        raise NotFound("There is no such link.")
    return link


def number_of_other(link: IssueLink, issue_id: str | UUID) -> str:
    """Raises NotFound where the link is none of this issue."""
    ends = {str(link.issue_id): link.other.number, str(link.other_id): link.issue.number}
    if str(issue_id) not in ends:
        raise NotFound("There is no such link.")
    return ends[str(issue_id)]


def end_link(link: IssueLink) -> None:
    link.removed_at = clock.now()
    link.version += 1
    link.save(update_fields=["removed_at", "version"])


def tell(event: str, link: IssueLink, actor: Actor) -> None:
    record(
        {event: {"link_id": str(link.pk), "kind": link.kind, "other_issue_id": str(link.other_id)}},
        actor=actor,
        order_id=link.issue.order_id,
        issue_id=link.issue_id,
    )

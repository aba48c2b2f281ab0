"""Merge a duplicate into the issue that goes on, and undo it (docs/adr/0014)."""

from uuid import UUID

from accounts import roles
from accounts.actor import Actor, use_case
from common import clock
from common.errors import NotFound, PermissionDenied, ValidationFailed
from common.ids import as_uuid
from events.record import record
from issues.actions.link import end_link, why_no_duplicate, why_not_linked
from issues.actions.lock import lock_pair
from issues.actions.update import ensure_current, update_issue
from issues.merging import Plan, way_back, why_not_together
from issues.models import Issue, IssueLink, LinkKind
from issues.policy import may_step, required_permission


@use_case
def merge_issue(
    order_id: str, issue_id: str | UUID, into: str, *, actor: Actor, expected_version: int | None = None
) -> IssueLink:
    """Everything stays where it is; the duplicate becomes resolved step by step, and is linked to the survivor.

    ``into``: the survivor's number. Raises OrderNotFound, IssueNotFound, StaleIssue, PermissionDenied, and
    ValidationFailed on ``number``.
    """
    duplicate, survivor = lock_pair(order_id, issue_id, into, actor=actor)
    ensure_current(duplicate, expected_version)
    actor.ensure_may(roles.WORK_ISSUE)
    plan = plan_of(duplicate, survivor)
    if plan.problems:
        raise ValidationFailed({"number": plan.problems})
    link = write_link(plan, actor)
    resolve(plan, actor)
    tell("issue.merged", link, actor)
    return link


@use_case
def undo_merge(order_id: str, issue_id: str | UUID, *, actor: Actor) -> IssueLink:
    """Take the duplicate back to where it stood, by legal steps, and the link off.

    Raises IssueNotFound, NotFound where it is not merged, and PermissionDenied where a step back is not allowed.
    """
    found = IssueLink.objects.visible_to(actor.grants).merges().filter(issue=as_uuid(issue_id), issue__order=order_id)
    link = found.select_related("other").first()
    if link is None:
        raise NotFound("This issue is not merged into another one.")
    duplicate, _ = lock_pair(order_id, issue_id, link.other.number, actor=actor)
    link = ensure_still_merged(link)
    actor.ensure_may(roles.WORK_ISSUE)
    go_back(duplicate, link, actor)
    end_link(link)
    tell("issue.unmerged", link, actor)
    return link


def plan_of(duplicate: Issue, survivor: Issue) -> Plan:
    """For two issues with their orders; a plain link between them as duplicates is no hindrance."""
    problems = why_not_together(duplicate, survivor)
    if not any(link.kind == LinkKind.DUPLICATE_OF and not link.is_merge for link in links_to(duplicate, survivor)):
        problems += why_not_linked(duplicate, survivor, LinkKind.DUPLICATE_OF)
    else:
        problems += why_no_duplicate(duplicate, survivor)
    return Plan(duplicate, survivor, problems)


def links_to(duplicate: Issue, survivor: Issue) -> list[IssueLink]:
    return list(IssueLink.objects.in_effect().filter(issue=duplicate, other=survivor))


def write_link(plan: Plan, actor: Actor) -> IssueLink:
    """The link that is there already, or a new one."""
    link = next(iter(links_to(plan.duplicate, plan.survivor)), None)
    is_new = link is None
    link = link or IssueLink(kind=LinkKind.DUPLICATE_OF, created_by=actor.employee, created_at=clock.now())
    link.issue, link.other = plan.duplicate, plan.survivor
    link.status_before = plan.duplicate.status
    link.version += not is_new
    link.save(force_insert=is_new)
    return link


def resolve(plan: Plan, actor: Actor) -> None:
    """By ``update_issue``, a step at a time; the last one says why, on an issue past its work too."""
    duplicate, note = plan.duplicate, f"Merged into {plan.survivor.number}, where the work goes on."
    for target in plan.steps[:-1]:
        update_issue(duplicate.order_id, duplicate.pk, {"status": target}, actor=actor)
    last = {"status": plan.steps[-1]} if plan.steps else {}
    update_issue(duplicate.order_id, duplicate.pk, {**last, "notes": note}, actor=actor)


def ensure_still_merged(link: IssueLink) -> IssueLink:
    """Read again under the locks: of two who undo it at once, the second finds nothing to undo."""
    fresh = IssueLink.objects.merges().select_related("issue", "other").filter(pk=link.pk).first()
    if fresh is None:
        raise NotFound("This merge is undone already.")
    return fresh


def go_back(duplicate: Issue, link: IssueLink, actor: Actor) -> None:
    steps, status = way_back(duplicate.status, link.status_before), duplicate.status
    for target in steps:
        if not may_step(actor, status, target):  # a reopen would become a request, and the undo half a one
            raise PermissionDenied(required_permission=required_permission(status, target))
        update_issue(duplicate.order_id, duplicate.pk, {"status": target}, actor=actor)
        status = target
    note = f"No longer merged into {link.other.number}."
    update_issue(duplicate.order_id, duplicate.pk, {"notes": note}, actor=actor)


def tell(event: str, link: IssueLink, actor: Actor) -> None:
    record(
        {event: {"into": str(link.other_id), "into_number": link.other.number}},
        actor=actor,
        order_id=link.issue.order_id,
        issue_id=link.issue_id,
    )

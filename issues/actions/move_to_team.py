"""Hand an issue to a team. An update of the API has no such field; whoever had it in hand keeps it only as a member."""

from uuid import UUID

from accounts import roles
from accounts.actor import Actor, use_case
from common import clock
from common.errors import ValidationFailed
from events.record import record
from issues.actions.lock import lock_issue
from issues.errors import IssueClosed
from issues.models import Issue, Team
from issues.workflow import Status


@use_case
def move_to_team(order_id: str, issue_id: str | UUID, team: Team, *, actor: Actor) -> Issue:
    """Of the same team already is no error, and no change.

    Raises OrderNotFound, IssueNotFound, IssueClosed, PermissionDenied, and ValidationFailed on ``team``.
    """
    issue = lock_issue(order_id, issue_id, actor=actor)
    if issue.assigned_team_id == team.pk:
        return issue
    if issue.is_closed:
        raise IssueClosed
    actor.ensure_may(roles.ESCALATE_ISSUE if issue.status == Status.ESCALATED else roles.WORK_ISSUE)
    ensure_works_for(team, issue)
    fields = ["assigned_team"]
    issue.assigned_team = team
    if issue.assigned_to and issue.assigned_to.team_id != team.pk:
        issue.assigned_to = None
        fields.append("assigned_to")
    issue.version += 1
    issue.updated_at = clock.now()
    issue.save(update_fields=[*fields, "version", "updated_at"])
    facts = {"fields": fields, "version": issue.version}
    record({"issue.updated": facts}, actor=actor, order_id=issue.order_id, issue_id=issue.pk)
    return issue


def ensure_works_for(team: Team, issue: Issue) -> None:
    stores = {store.pk for store in team.stores.all()}
    if stores and issue.order.store_id not in stores:
        raise ValidationFailed({"team": [f"{team} does not work for this order's store."]})

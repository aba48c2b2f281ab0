"""Put words on an issue, and take them off. It is no change of the issue itself: its version stays."""

import re
from collections.abc import Iterable
from uuid import UUID

from accounts import roles
from accounts.actor import Actor, use_case
from common.errors import ValidationFailed
from events.record import record
from issues.actions.lock import lock_issue
from issues.models import Issue, IssueTag
from issues.models.tag import normalised

LONGEST = 32
MOST = 10  # on one issue
FIT = re.compile(r"\w[\w-]*")


@use_case
def change_tags(
    order_id: str, issue_id: str | UUID, *, actor: Actor, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> list[str]:
    """The tags that the issue has afterwards, in the order of the alphabet. What is so already is no error.

    Raises OrderNotFound, IssueNotFound, PermissionDenied, and ValidationFailed on ``add``.
    """
    issue = lock_issue(order_id, issue_id, actor=actor)
    actor.ensure_may(roles.WORK_ISSUE)
    rows = {tag.name: tag for tag in issue.tags.all()}
    present = {name for name, tag in rows.items() if tag.is_on}
    removed = {normalised(name) for name in remove} & present
    wanted = fit_names(add)
    added = wanted - present
    ensure_few(present - removed | wanted)
    for name in sorted(added):
        put(rows.get(name) or IssueTag(issue=issue, name=name, is_on=False), is_on=True)
    for name in sorted(removed - wanted):
        put(rows[name], is_on=False)
    tell(issue, sorted(added), sorted(removed - wanted), actor)
    return sorted(present - removed | wanted)


def fit_names(names: Iterable[str]) -> set[str]:
    wanted = {normalised(name) for name in names}
    if unfit := sorted(name for name in wanted if len(name) > LONGEST or not FIT.fullmatch(name)):
        reason = f"A tag is 1 to {LONGEST} letters, digits and hyphens: not {', '.join(map(repr, unfit))}."
        raise ValidationFailed({"add": [reason]})
    return wanted


def ensure_few(names: set[str]) -> None:
    if len(names) > MOST:
        raise ValidationFailed({"add": [f"An issue has at most {MOST} tags: take another off first."]})


def put(tag: IssueTag, *, is_on: bool) -> None:
    is_new = tag._state.adding
    tag.is_on = is_on
    tag.version += not is_new
    tag.save(force_insert=is_new)


def tell(issue: Issue, added: list[str], removed: list[str], actor: Actor) -> None:
    if added or removed:
        facts = {"added": added, "removed": removed}
        record({"issue.tagged": facts}, actor=actor, order_id=issue.order_id, issue_id=issue.pk)

"""Write down a word with the customer."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts import roles
from accounts.actor import Actor, use_case
from common import clock
from common.errors import ValidationFailed
from events.record import record
from issues.actions.lock import lock_issue
from issues.models import Communication, Issue
from issues.sla.measure import COLUMNS, Measure

CLOCKS_DIFFER_BY = timedelta(minutes=5)


@use_case
def add_communication(order_id: str, issue_id: str | UUID, word: Mapping[str, Any], *, actor: Actor) -> Communication:
    """``word``: ``channel``, ``direction``, ``body`` and, if it was not just now, ``occurred_at``.

    It is no change of the issue: the version stays. Raises OrderNotFound, IssueNotFound, PermissionDenied and
    ValidationFailed.
    """
    issue = lock_issue(order_id, issue_id, actor=actor)
    actor.ensure_may(roles.WORK_ISSUE)
    ensure_not_in_the_future(word.get("occurred_at"))
    communication = Communication.objects.create(
        issue=issue,
        author=actor.employee,
        key_id=actor.origin.key,
        via=actor.via,
        request_id=actor.request_id,
        created_at=clock.now(),
        **{"occurred_at": clock.now(), **word},
    )
    note_contact(issue, communication)
    record(
        {"communication.added": {"communication_id": str(communication.pk), "direction": communication.direction}},
        actor=actor,
        order_id=issue.order_id,
        issue_id=issue.pk,
    )
    return communication


def ensure_not_in_the_future(occurred_at: datetime | None) -> None:
    """A word that is still to come would keep a resolved issue from ever closing; clocks may differ a little."""
    if occurred_at is not None and occurred_at > clock.now() + CLOCKS_DIFFER_BY:
        raise ValidationFailed({"occurred_at": ["This is still to come: name the time at which it was said."]})


def note_contact(issue: Issue, communication: Communication) -> None:
    """Whose turn it is now, for the clocks; every word keeps a resolved issue from closing."""
    columns = {"last_contact_at"}
    is_newest = issue.last_contact_at is None or communication.occurred_at >= issue.last_contact_at
    issue.last_contact_at = max(filter(None, [issue.last_contact_at, communication.occurred_at]))
    if communication.direction == Communication.Direction.OUTBOUND and not issue.customer_contacted:
        issue.customer_contacted = True
        columns.add("customer_contacted")
    if communication.direction == Communication.Direction.OUTBOUND and issue.first_response_at is None:
        issue.first_response_at = max(issue.created_at, communication.occurred_at)
        columns.add("first_response_at")
    note_whose_turn_it_is(issue, communication, is_newest=is_newest)
    issue.save(update_fields=columns | {"due_at"} | COLUMNS)


def note_whose_turn_it_is(issue: Issue, communication: Communication, *, is_newest: bool) -> None:
    """For the clocks. A word that was written down late can only be the first answer."""
    measure, at = Measure(issue), min(communication.occurred_at, clock.now())
    if communication.direction == Communication.Direction.OUTBOUND:
        measure.answered(at, is_newest=is_newest)
    elif is_newest:
        measure.asked(at)
    measure.settle()

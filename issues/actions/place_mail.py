"""Make a customer's mail a communication of its issue, and let the issue answer to it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.actor import Actor, use_case
from common import clock
from common.leases import LeasedQuerySet, work_off
from events.deliver import end, put_off, take
from issues.actions.add_communication import add_communication
from issues.actions.add_files import add_files
from issues.actions.open_approval import open_approval
from issues.actions.update import update_issue
from issues.mail.files import sorted_out, with_postscript
from issues.mail.find import issue_of
from issues.mail.parse import Mail
from issues.models import Communication, InboundMail, Issue
from issues.workflow import ApprovalKind, Status

Outcome = InboundMail.Outcome


class LeaseLost(Exception):
    """Another worker has the mail by now, and what this one wrote must not stand."""


ANSWERED = "The customer answered by mail."
ASKS_AGAIN = "The customer wrote again, after the issue was closed."  # what, can be erased where it stands


def place_due_mail(*, actor: Actor) -> None:
    work_off(lambda: place_next(InboundMail.objects.all(), actor=actor), seconds=settings.TASK_SOFT_LIMIT / 2)


def place_next(candidates: LeasedQuerySet, *, actor: Actor) -> bool:
    """False if none is due. One that can't be read is put off, and in the end left for a person."""
    if not candidates.is_any_due():
        return False
    with transaction.atomic():
        kept = take(candidates, 1)
    for each in kept:
        try:
            settle(each, actor=actor)
        except Exception as error:
            put_off(each, error)
    return bool(kept)


@use_case
def settle(kept: InboundMail, *, actor: Actor) -> None:
    """All of it or nothing: what the issue shows, and that the mail is dealt with. Raises ``LeaseLost``."""
    mail = Mail(bytes(kept.raw))
    issue = issue_of(mail)
    if because := mail.why_automatic or why_ours(mail):
        outcome: dict[str, Any] = {"outcome": Outcome.IGNORED, "because": because, "issue": issue, "raw": b""}
    elif issue is None:
        outcome = {"outcome": Outcome.UNPLACED, "because": "It answers none of our mails."}
    elif is_flood(mail, issue):
        outcome = {"outcome": Outcome.UNPLACED, "because": "Too many within an hour: perhaps machines talk."}
    else:
        said = write_down(mail, issue, kept, actor=actor)
        outcome = {"outcome": Outcome.PLACED, "issue": issue, "communication": said, "raw": b""}
    if not end(kept, **outcome):
        raise LeaseLost


def why_ours(mail: Mail) -> str:
    own = {settings.INBOUND_ADDRESS.lower(), settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].strip("> ").lower()}
    return "We sent it ourselves." if mail.sender in own - {""} else ""


def is_flood(mail: Mail, issue: Issue) -> bool:
    recent = InboundMail.objects.placed_from(mail.sender, issue).filter(
        received_at__gt=clock.now() - timedelta(hours=1)
    )
    return recent.count() >= settings.INBOUND_MAILS_PER_HOUR


def write_down(mail: Mail, issue: Issue, kept: InboundMail, *, actor: Actor) -> Communication:
    """The files come last, since what is stored outside the database is not undone with it."""
    taken, refused = sorted_out(mail, issue)
    word = {
        "channel": Communication.Channel.EMAIL,
        "direction": Communication.Direction.INBOUND,
        "body": with_postscript(mail.answer, refused),
        "occurred_at": kept.received_at,
    }
    communication = add_communication(issue.order_id, issue.pk, word, actor=actor)
    answer_to(communication, actor=actor)
    if taken:
        add_files(issue.order_id, issue.pk, taken, actor=actor)
    return communication


def answer_to(communication: Communication, *, actor: Actor) -> None:
    """A resolved issue goes back to work; for a closed one somebody decides whether to open it again."""
    issue = communication.issue
    if issue.status == Status.RESOLVED:
        changes = {"status": Status.IN_PROGRESS, "notes": ANSWERED}
        update_issue(issue.order_id, issue.pk, changes, actor=actor)
    elif issue.status == Status.CLOSED:
        open_approval(issue, ApprovalKind.REOPEN, note=ASKS_AGAIN, actor=actor)

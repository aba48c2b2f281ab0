"""Add a note to the log of an issue; none is ever changed."""

from accounts.actor import Actor
from common import clock
from issues.models import Issue, Note
from issues.search import index_text


def add_note(issue: Issue, body: str, *, actor: Actor) -> Note:
    note = Note.objects.create(
        issue=issue,
        issue_version=issue.version,
        body=body,
        author=actor.employee,
        key_id=actor.origin.key,
        via=actor.via,
        request_id=actor.request_id,
        created_at=clock.now(),
    )
    index_text(issue, body)
    return note

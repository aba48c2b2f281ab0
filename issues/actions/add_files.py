"""Put files on an issue: all of them, or none with what is wrong with each (docs/adr/0016)."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.core.files.base import File

from accounts import roles
from accounts.actor import Actor, use_case
from common import clock
from common.errors import ValidationFailed
from common.nudge import nudge_after_commit
from events.record import record
from issues.actions.lock import lock_issue
from issues.models import Issue, StoredFile
from issues.uploads import broken_rules, media_type_of

MAKE_THUMBNAILS = "issues.make_thumbnails"


@use_case
def add_files(order_id: str, issue_id: str | UUID, files: Sequence[File], *, actor: Actor) -> list[StoredFile]:
    """It is no change of the issue: its version stays.

    Raises OrderNotFound, IssueNotFound, PermissionDenied, and ValidationFailed on ``upload``.
    """
    issue = lock_issue(order_id, issue_id, actor=actor)
    actor.ensure_may(roles.WORK_ISSUE)
    ensure_room(issue, files)
    ensure_fit(files)
    stored: list[StoredFile] = []
    try:
        for file in files:
            stored.append(store(issue, file, actor))
            stored[-1].save(force_insert=True)
            tell(stored[-1], actor)
    except BaseException:
        forget(stored)
        raise
    if any(each.is_picture for each in stored):
        nudge_after_commit(MAKE_THUMBNAILS)
    return stored


def ensure_room(issue: Issue, files: Sequence[File]) -> None:
    if not files:
        raise ValidationFailed({"upload": ["Choose a file first."]})
    if StoredFile.objects.present().filter(issue=issue).count() + len(files) > settings.UPLOADS_PER_ISSUE:
        raise ValidationFailed({"upload": [f"An issue takes {settings.UPLOADS_PER_ISSUE} files and no more."]})


def ensure_fit(files: Sequence[File]) -> None:
    if reasons := [reason for file in files for reason in broken_rules(file)]:
        raise ValidationFailed({"upload": reasons})


def store(issue: Issue, file: File, actor: Actor) -> StoredFile:
    """The bytes in the storage, and the row that is still to be written."""
    row = StoredFile(
        issue=issue, name=(file.name or "").strip(), media_type=media_type_of(file), size=file.size,
        author=actor.employee, key_id=actor.origin.key, via=actor.via, request_id=actor.request_id,
        created_at=clock.now(),
    )  # fmt: skip
    row.next_attempt_at = clock.now() if row.is_picture else None
    row.stored_as = row.storage().save(secret_name(), file)
    return row


def secret_name() -> str:
    """No part of it comes from the sender, and it has no ending that a server could go by."""
    return f"{clock.now():%Y/%m}/{secrets.token_hex(24)}"


def forget(stored: Sequence[StoredFile]) -> None:
    for each in stored:
        each.storage().delete(each.stored_as)


def tell(file: StoredFile, actor: Actor) -> None:
    facts = {"file_id": str(file.pk), "media_type": file.media_type, "size": file.size}
    record({"file.added": facts}, actor=actor, order_id=file.issue.order_id, issue_id=file.issue_id)

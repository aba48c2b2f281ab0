"""What a new issue has with it: addresses of files elsewhere."""

from accounts.actor import Actor
from common import clock
from common.ids import new_id
from common.prepared import insert_all
from issues.errors import InvalidAttachment
from issues.models import Attachment, Issue
from issues.rules import bad_attachments


def ensure_good_attachments(urls: list[str]) -> None:
    if invalid := bad_attachments(urls):
        raise InvalidAttachment(invalid_urls=invalid)


def attach(issue: Issue, urls: list[str], *, actor: Actor) -> None:
    ids = sorted(new_id() for _ in urls)  # their order is the order of the addresses
    insert_all(
        Attachment(
            id=attachment_id,
            issue=issue,
            url=url,
            author=actor.employee,
            key_id=actor.origin.key,
            via=actor.via,
            request_id=actor.request_id,
            created_at=clock.now(),
        )
        for attachment_id, url in zip(ids, urls, strict=True)
    )

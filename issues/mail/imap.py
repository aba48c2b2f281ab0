"""Fetch mail from a mailbox. What is kept is marked as seen, and only then: a crash in between fetches it once more,
and it is known by its Message-ID.
"""

import time
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings
from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted, MailMessageFlags

from accounts.actor import Actor
from common.errors import ValidationFailed
from issues.actions.keep_mail import MOST_BYTES, keep_mail

log = structlog.get_logger(__name__)

BATCH = 20


def fetch_all(*, actor: Actor) -> int:
    """Keep what is new in the mailbox, for as long as the task's time allows; says how much there was."""
    if not settings.IMAP_URL:
        return 0
    end = time.monotonic() + settings.TASK_SOFT_LIMIT / 2
    fetched = 0
    with open_mailbox(settings.IMAP_URL) as mailbox:
        for uid in mailbox.uids(AND(seen=False))[: 10 * BATCH]:
            fetched += keep_one(mailbox, uid, actor=actor)
            if time.monotonic() > end:
                break
    return fetched


def keep_one(mailbox: BaseMailBox, uid: str, *, actor: Actor) -> bool:
    """A mail that is too large is left unread by us, and marked, for a person with a mail program."""
    size = next(iter(mailbox.fetch(AND(uid=uid), mark_seen=False, headers_only=True)), None)
    if size is None:
        return False
    if size.size_rfc822 > MOST_BYTES:
        log.warning("mail.too_large", uid=uid, bytes=size.size_rfc822)
        mailbox.flag(uid, [MailMessageFlags.SEEN, MailMessageFlags.FLAGGED], value=True)
        return False
    for message in mailbox.fetch(AND(uid=uid), mark_seen=False):
        try:
            keep_mail(message.obj.as_bytes(), actor=actor)
        except (ValidationFailed, UnicodeError, LookupError, ValueError) as error:
            log.warning("mail.unreadable", uid=uid, error=type(error).__name__)
            mailbox.flag(uid, MailMessageFlags.FLAGGED, value=True)
        mailbox.flag(uid, MailMessageFlags.SEEN, value=True)
    return True


def open_mailbox(url: str) -> BaseMailBox:
    """``imaps://user:password@host:993/INBOX``, or ``imap://`` without encryption, for a server on this machine."""
    parts = urlsplit(url)
    timeout = settings.EMAIL_TIMEOUT
    host, user, password = parts.hostname or "localhost", unquote(parts.username or ""), unquote(parts.password or "")
    mailbox: BaseMailBox
    if parts.scheme == "imaps":
        mailbox = MailBox(host, port=parts.port or 993, timeout=timeout)
    else:
        mailbox = MailBoxUnencrypted(host, port=parts.port or 143, timeout=timeout)
    return mailbox.login(user, password, initial_folder=unquote(parts.path.lstrip("/")) or "INBOX")

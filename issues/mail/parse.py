"""What a mail says, without what it quotes, and whether a person wrote it. Pure: it asks nothing and writes nothing.

Whatever is in a mail was written by a stranger: nothing here trusts a header, and every text is cut to a bound.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr
from functools import cached_property
from mimetypes import guess_extension
from typing import Any, cast

from inscriptis import get_text
from mailparser_reply import EmailReplyParser

LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da"]
MOST_READ = 50_000  # characters; what an answer is cut out of
MOST_KEPT = 5000  # of a communication
CUT = "\n… (the rest is in the mail)"
NO_TEXT = "(no text)"
RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
MACHINES = ("mailer-daemon", "postmaster", "noreply", "no-reply", "do-not-reply")
FORWARDED = "message/rfc822"
SMALL = 20 * 1024  # bytes
DEEPEST = 20
BULK = {"bulk", "list", "junk", "auto_reply", "auto-reply"}


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


class Mail:
    """A message as its bytes came."""

    def __init__(self, raw: bytes) -> None:
        self._message = cast(EmailMessage, message_from_bytes(raw, policy=policy.default))
        self._raw = raw

    @cached_property
    def fingerprint(self) -> str:
        named = self._header("Message-ID").strip()
        return named if 3 <= len(named) <= 255 else f"sha256:{hashlib.sha256(self._raw).hexdigest()}"

    @cached_property
    def sender(self) -> str:
        """The bare address, in lower case; nothing if there is none that could be kept."""
        address = parseaddr(self._header("From"))[1].lower()
        return address if "@" in address and len(address) <= 254 else ""

    @cached_property
    def subject(self) -> str:
        return " ".join(self._header("Subject").split())[:200]

    @property
    def recipients(self) -> Iterator[str]:
        values = [value for name in RECIPIENTS for value in self._headers(name)]
        yield from (address for _, address in getaddresses(values))

    @property
    def references(self) -> list[str]:
        """The mails that it answers, the nearest first."""
        named = " ".join(self._headers("References") + self._headers("In-Reply-To"))
        return re.findall(r"<[^<>\s]{1,255}>", named)[::-1][:50]

    @cached_property
    def answer(self) -> str:
        """What its writer wrote, without quotes."""
        whole = self._text()[:MOST_READ]
        own = EmailReplyParser(languages=LANGUAGES).parse_reply(whole).strip() or whole.strip()
        own = own or NO_TEXT
        return own if len(own) <= MOST_KEPT else own[: MOST_KEPT - len(CUT)] + CUT

    @property
    def files(self) -> Iterator[File]:
        """Photos that stand between the words of a mail too, as telephones send them."""
        for part in _leaves(self._message):
            content = _content(part)
            if content and not _is_text(part) and not _is_decoration(part, content):
                yield File(part.get_filename() or _name_for(part), content)

    @cached_property
    def why_automatic(self) -> str:
        """How a machine is known to have written it (RFC 3834); nothing if a person did."""
        if self._header("Auto-Submitted").strip().lower() not in ("", "no"):
            return "It is an automatic reply."
        if self._header("Precedence").strip().lower() in BULK or self._headers("List-Id"):
            return "It came by a list."
        if self._headers("X-Autoreply") or self._headers("X-Autorespond"):
            return "It is an automatic reply."
        if self._message.get_content_type() == "multipart/report" or self._header("Return-Path").strip() == "<>":
            return "It is a report of a mail server."
        return "It comes from a machine's address." if self.sender.partition("@")[0] in MACHINES else ""

    def _text(self) -> str:
        body = self._message.get_body(preferencelist=("plain", "html"))
        if body is None:
            return ""
        content = body.get_payload(decode=True)
        text = _decoded(content if isinstance(content, bytes) else b"", body.get_content_charset())
        if body.get_content_type() == "text/html":
            text = get_text(text[: 4 * MOST_READ]) if text.strip() else ""
        return text.replace("\0", "").replace("\r\n", "\n")

    def _header(self, name: str) -> str:
        return next(iter(self._headers(name)), "")

    def _headers(self, name: str) -> list[str]:
        """Without characters that no column takes; a header that can't be read is none."""
        try:
            return [str(value).replace("\0", "") for value in self._message.get_all(name, [])]
        except (ValueError, IndexError, AttributeError, LookupError):  # the standard library's parsers, on garbage
            return []


def _leaves(message: Any, depth: int = 0) -> Iterator[EmailMessage]:
    """Its parts, a mail within the mail being one."""
    parts = message.get_payload()
    if message.get_content_type() == FORWARDED or not isinstance(parts, list) or depth > DEEPEST:
        yield message
        return
    for part in parts:
        yield from _leaves(part, depth + 1)


def _content(part: EmailMessage) -> bytes:
    inner: Any = part.get_payload()
    if part.get_content_type() == FORWARDED and isinstance(inner, list):
        return inner[0].as_bytes() if inner else b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _is_text(part: EmailMessage) -> bool:
    is_named = part.get_filename() or part.get_content_disposition() == "attachment"
    return part.get_content_maintype() == "text" and not is_named


def _is_decoration(part: EmailMessage, content: bytes) -> bool:
    """A small picture that the text shows at its place: of a signature, mostly."""
    is_shown = part.get("Content-ID") and part.get_content_disposition() != "attachment"
    return bool(is_shown) and part.get_content_maintype() == "image" and len(content) <= SMALL


def _name_for(part: EmailMessage) -> str:
    kind = part.get_content_type()
    return "mail.eml" if kind == FORWARDED else f"file{guess_extension(kind) or ''}"


def _decoded(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "utf-8", errors="replace")
    except LookupError:  # a charset that there is not
        return content.decode("utf-8", errors="replace")

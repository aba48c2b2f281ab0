"""Public identifiers: opaque, and ordered by the time they were made."""

import secrets
import uuid
from datetime import datetime

from common import clock


def new_id() -> uuid.UUID:
    """A version 7 UUID (RFC 9562, section 5.7): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = int(clock.now().timestamp() * 1000)
    random = secrets.randbits(74)
    high, low = random >> 62, random & ((1 << 62) - 1)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def first_id_at(moment: datetime) -> uuid.UUID:
    """No id that was made at ``moment`` or later is smaller, and every one from a millisecond before is."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def as_uuid(text: "str | uuid.UUID") -> uuid.UUID | None:
    """None for what is no UUID."""
    try:
        return text if isinstance(text, uuid.UUID) else uuid.UUID(text)
    except ValueError:
        return None

"""Public identifiers: opaque, and ordered by the time they were made."""

import secrets
import threading
import uuid
from datetime import UTC, datetime, timedelta

from common import clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id() -> uuid.UUID:
    """A version 7 UUID (RFC 9562, section 5.7): 48 bits of milliseconds, then 74 bits that only rise within one."""
    milliseconds = int(clock.now().timestamp() * 1000)
    tail = _tails.next(milliseconds)
    high, low = tail >> 62, tail & ((1 << 62) - 1)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


class _Tails:
    """What one process made within the same millisecond stays in order: "monotonic random", RFC 9562, section 6.2."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._milliseconds = -1
        self._tail = 0

    def next(self, milliseconds: int) -> int:
        with self._lock:
            if milliseconds == self._milliseconds:
                self._tail += 1 + secrets.randbits(32)
            else:
                self._milliseconds, self._tail = milliseconds, secrets.randbits(73)  # the 74th bit is room to rise
            return self._tail


_tails = _Tails()


def first_id_at(moment: datetime) -> uuid.UUID:
    """No id that was made at ``moment`` or later is smaller, and every one from a millisecond before is."""
    return uuid.UUID(int=max(int(moment.timestamp() * 1000), 0) << 80)


def moment_of(made: uuid.UUID) -> datetime:
    """The millisecond in which the id was made. ``first_id_at`` of it is never greater than the id."""
    return EPOCH + timedelta(milliseconds=made.int >> 80)


def as_uuid(text: "str | uuid.UUID") -> uuid.UUID | None:
    """None for what is no UUID."""
    try:
        return text if isinstance(text, uuid.UUID) else uuid.UUID(text)
    except ValueError:
        return None

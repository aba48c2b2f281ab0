"""What a kind of process asks of its sessions with PostgreSQL, beside what the settings say."""

from typing import Any

from django.conf import settings
from django.db import connections


def bound_waiting() -> None:
    """For a process that somebody waits for: what a lock or a slow database keeps too long is refused with 503.

    A statement may wait for several locks, one after the other, so it has a time for all of it as well. Workers and
    commands have none: what they do may be long, and nobody waits for it.
    """
    for database in connections.settings.values():
        if database["ENGINE"].endswith("postgresql"):
            ask_of_sessions(
                database["OPTIONS"],
                lock_timeout=milliseconds(settings.DATABASE_LOCK_TIMEOUT),
                statement_timeout=milliseconds(settings.DATABASE_STATEMENT_TIMEOUT),
            )


def ask_of_sessions(options: dict[str, Any], **parameters: Any) -> None:
    """Of those that begin from now on, beside what was asked of them before."""
    asked = [f"-c {name}={value}" for name, value in parameters.items()]
    options["options"] = " ".join(filter(None, [options.get("options"), *asked]))


def milliseconds(seconds: float) -> int:
    return round(seconds * 1000)

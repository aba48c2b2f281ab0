"""The desk's own workers, which write down each statement that the server found slow: ``celery -A bench.drain_worker``.

The bench's database sends its log of slow statements to whoever ran them.
"""

import os
from contextlib import suppress
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db.backends.signals import connection_created  # noqa: E402
from django.dispatch import receiver  # noqa: E402

from config.celery import app  # noqa: E402

__all__ = ["app"]

SLOW: Path = settings.DATA_DIR / "slow"


@receiver(connection_created)
def listen(connection, **kwargs) -> None:
    """Once for each connection, which the pool gives out again and again."""
    with suppress(ValueError):
        connection.connection.remove_notice_handler(note)
    connection.connection.add_notice_handler(note)


def note(diagnostic) -> None:
    if diagnostic.severity_nonlocalized == "LOG":
        with SLOW.open("a") as file:
            file.write(" ".join(diagnostic.message_primary.split()) + "\n")

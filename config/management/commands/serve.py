"""The embedded shape in one foreground command: prepare the data, then become the supervisor of three processes."""

import os
import shutil
import socket
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from config import supervisor
from config.welcome import welcome


class Command(BaseCommand):
    help = "Migrate, load the demo data, and run web, worker and scheduler until Ctrl-C. HOST and PORT are honoured."

    def handle(self, **options) -> None:
        host, port = address()
        ensure_free(host, port)
        self.stdout.write("Preparing the database …")
        try:
            call_command("migrate", verbosity=0)
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        prepare_broker_folder()
        become_supervisor(host, port, welcome(f"http://{host}:{port}"))


def address() -> tuple[str, int]:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return host, int(port)


def ensure_free(host: str, port: int) -> None:
    """Say it before the work begins, and not as a worker's traceback."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host}:{port}: {error.strerror}. Choose another by HOST and PORT."
        ) from error


def prepare_broker_folder() -> None:
    """Empty it: its messages are nudges to look at rows, and a ``kill -9`` may have left half of one."""
    shutil.rmtree(settings.BROKER_FOLDER, ignore_errors=True)
    for name in ("queue", "control"):
        (settings.BROKER_FOLDER / name).mkdir(parents=True)


def become_supervisor(host: str, port: int, text: str) -> None:
    """Replace this process, and its memory, by the small one; the text goes by a pipe, for it holds a key."""
    reader, writer = os.pipe()
    os.set_inheritable(reader, True)
    with os.fdopen(writer, "w", encoding="utf-8") as pipe:
        pipe.write(text)
    sys.stdout.flush()
    script = str(Path(supervisor.__file__))
    options = ["--host", host, "--port", str(port), "--welcome", str(reader)]
    os.execv(sys.executable, [sys.executable, "-P", script, *options])  # noqa: S606, no shell is the point

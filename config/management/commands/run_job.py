"""Run one of the jobs that are done again and again, now and here, and as if it were another time."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from common import clock
from config.celery import BEAT_TABLE, app


def moment(text: str) -> datetime:
    """An aware time; UTC where no offset is given."""
    at = parse_datetime(text)
    if at is None:
        raise ArgumentTypeError(f"{text} is no time; write it like 2026-03-01T12:00:00Z")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=sorted(BEAT_TABLE))
        parser.add_argument("--at", type=moment, help="ISO 8601; not in production")

    def handle(self, *args, name: str, at: datetime | None, **options) -> None:
        if at and settings.IS_PRODUCTION:
            raise CommandError("In production it is always now.")
        app.loader.import_default_modules()
        task, _ = BEAT_TABLE[name]
        with clock.as_if_at(at or clock.now()):
            app.tasks[task]()
        self.stdout.write(f"{name} has run as of {(at or clock.now()).isoformat()}")

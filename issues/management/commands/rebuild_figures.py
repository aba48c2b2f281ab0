"""Read the whole audit anew for the figures; with ``--check``, only say whether that would change any."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from issues.metrics.keeping import forget_everything, read_unread
from issues.models import Milestone, RefundMilestone

Counted = Counter[tuple[Any, ...]]


class Command(BaseCommand):
    help = "Makes the facts behind the figures anew from the audit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 where they differ")

    def handle(self, *args, **options) -> None:
        with transaction.atomic():
            before = facts()
            forget_everything()
            for _ in read_unread():
                pass
            after = facts()
            transaction.set_rollback(options["check"])
        differ = sum(((before - after) + (after - before)).values())
        if options["check"] and differ:
            raise CommandError(f"{differ} facts differ from the audit.", returncode=1)
        self.stdout.write(self.style.SUCCESS(f"{after.total()} facts; {differ} differed."))


def facts() -> Counted:
    """All of them, without the ids that each reading gives anew."""
    found: Counted = Counter()
    for model in (Milestone, RefundMilestone):
        columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
        found.update(model.objects.values_list(*columns).iterator())
    return found

"""Make sure that the demo desk is there, and print its logins and fresh keys."""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from issues.demo import ensure_demo, make_access


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON, and nothing else, on standard output")

    def handle(self, **options: Any) -> None:
        if not settings.IS_DEMO:
            raise CommandError("The demo desk is made in the demo and development settings only.")
        call_command("migrate", verbosity=0)
        ensure_demo(progress=sys.stderr)
        access = make_access()
        self.stdout.write(json.dumps(access, indent=2) if options["json"] else in_words(access))


def in_words(access: dict[str, Any]) -> str:
    people = (f"{who['username']:<12}{who['password']:<16}{who['employee_id']}" for who in access["employees"].values())
    keys = (f"{name:<12}{secret}" for name, secret in access["keys"].items())
    return "\n".join(["Logins", *people, "", "Keys", *keys])

"""Print what the sandbox has paid, by its own books."""

import orjson
from django.core.management.base import BaseCommand, CommandParser

from refunds.providers.sandbox import payments


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as one JSON list")

    def handle(self, *args, **options) -> None:
        rows = payments()
        if options["json"]:
            exact = orjson.dumps(rows, default=lambda amount: orjson.Fragment(str(amount)))
            self.stdout.write(exact.decode())
            return
        for row in rows:
            self.stdout.write("{at}  {amount:>12} {currency}  {payment_reference}  {refund_id}".format(**row))

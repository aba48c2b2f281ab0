"""Runs the control and then the real thing, and prints the counts as a table and as JSON; exit code 1 if one is wrong.

DATABASE_URL names a PostgreSQL server (a database of its own is made there and dropped) and REDIS_URL a Redis, of which
the database CHAOS_REDIS_DB is flushed. CHAOS_REFUNDS, CHAOS_KILLS, CHAOS_SECONDS (a limit for the whole) and CHAOS_SEED
say how much and which.
"""

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from chaos.desk import Desk
from chaos.payments import make_known
from chaos.plan import Kill, kills
from chaos.points import Point
from chaos.report import Result, table, violations, violations_of_control
from chaos.run import RefundRun
from tests.concurrency.real_desk import end_in_order
from tests.payment_server import PaymentServer

# Small, and killed only where the money has moved already: there the rule that is missing shows.
CONTROL_REFUNDS, CONTROL_KILLS = 40, 6


def run(refunds: int, plan: Sequence[Kill], *, seed: int, until: float, **environment: str) -> Result:
    with tempfile.TemporaryDirectory(prefix="redress-chaos-") as folder, PaymentServer() as stripe:
        make_known(stripe, refunds)
        environment |= {
            "CHAOS_REFUNDS": str(refunds),
            "STRIPE_API_BASE": stripe.url,
            "STRIPE_MERCHANT_KEY": "sk_test_1",
        }
        desk = Desk(Path(folder), os.environ["DATABASE_URL"], broker_url(), **environment)
        try:
            desk.run("migrate", "--verbosity", "0")
            desk.run("sandbox_payments", "--json")  # opens its books
            return RefundRun(desk, work=refunds, seed=seed, until=until).make(plan)
        finally:
            desk.end()


def broker_url() -> str:
    return urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{os.environ.get('CHAOS_REDIS_DB', '15')}").geturl()


def has_services() -> bool:
    if os.environ.get("DATABASE_URL", "").startswith("postgres") and os.environ.get("REDIS_URL"):
        return True
    say("Chaos needs PostgreSQL and Redis: set DATABASE_URL and REDIS_URL.")
    return False


def seed_of_run() -> int:
    return int(os.environ.get("CHAOS_SEED") or random.randrange(1, 2**31))


def end_of_run() -> float:
    """By ``time.monotonic()``."""
    return time.monotonic() + float(os.environ.get("CHAOS_SECONDS", "1800"))


def main() -> int:
    if not has_services():
        return 2
    refunds, count = int(os.environ.get("CHAOS_REFUNDS", "10000")), int(os.environ.get("CHAOS_KILLS", "200"))
    seed, until = seed_of_run(), end_of_run()

    say(f"The control: {CONTROL_REFUNDS} refunds whose attempts are not committed before the call …")
    plan = kills(CONTROL_KILLS, CONTROL_REFUNDS, seed=seed, points=(Point.ACTED, Point.ANSWERED))
    control = run(CONTROL_REFUNDS, plan, seed=seed, until=until, CHAOS_CONTROL="1")
    say(f"{refunds} refunds and {count} kills …")
    result = run(refunds, kills(count, refunds, seed=seed), seed=seed, until=until)

    found = violations(result, kills=count) + violations_of_control(control)
    print(table(result, control), json.dumps(result | {"control": control, "violations": found}), sep="\n\n")
    for each in found:
        say(f"VIOLATION: {each}")
    return 1 if found else 0


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())

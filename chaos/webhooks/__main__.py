"""Runs the control and then the real thing, and prints the counts as a table and as JSON; exit code 1 if one is wrong.

As ``python -m chaos``, with CHAOS_DELIVERIES in the place of CHAOS_REFUNDS.
"""

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from chaos.__main__ import broker_url, end_of_run, has_services, say, seed_of_run
from chaos.plan import Kill, kills
from chaos.report import Result, table
from chaos.webhooks.points import Point
from chaos.webhooks.receivers import RECEIVERS, Receivers
from chaos.webhooks.report import violations, violations_of_control
from chaos.webhooks.run import WebhookDesk, WebhookRun
from tests.concurrency.real_desk import end_in_order

# Small, and killed only where the delivery is not with its receiver yet: there the rule that is missing shows.
CONTROL_DELIVERIES, CONTROL_KILLS = 400, 4
SETTINGS = {
    "WEBHOOK_TEST_NETWORKS": "127.0.0.0/8",
    "WEBHOOK_TIMEOUT": "3",
    "WEBHOOK_RETRY_DELAYS": ",".join(["1"] * 9),
    "DATABASE_POOL_SIZE": "4",
}


def run(deliveries: int, plan: Sequence[Kill], *, seed: int, until: float, **environment: str) -> Result:
    with tempfile.TemporaryDirectory(prefix="redress-chaos-") as folder, closing(Receivers()) as receivers:
        environment |= {"CHAOS_DELIVERIES": str(deliveries), "CHAOS_RECEIVERS": " ".join(receivers.urls)}
        desk = WebhookDesk(Path(folder), os.environ["DATABASE_URL"], broker_url(), **SETTINGS, **environment)
        try:
            desk.run("migrate", "--verbosity", "0")
            return WebhookRun(desk, receivers, work=deliveries, seed=seed, until=until).make(plan)
        finally:
            desk.end()


def main() -> int:
    if not has_services():
        return 2
    deliveries = int(os.environ.get("CHAOS_DELIVERIES", "50000")) // RECEIVERS * RECEIVERS
    count, seed, until = int(os.environ.get("CHAOS_KILLS", "40")), seed_of_run(), end_of_run()

    say(f"The control: {CONTROL_DELIVERIES} deliveries that count as delivered before they are sent …")
    plan = kills(CONTROL_KILLS, CONTROL_DELIVERIES, seed=seed, points=(Point.TAKEN,))
    control = run(CONTROL_DELIVERIES, plan, seed=seed, until=until, CHAOS_CONTROL="1")
    say(f"{deliveries} deliveries and {count} kills …")
    plan = kills(count, deliveries, seed=seed, points=tuple(Point))
    result = run(deliveries, plan, seed=seed, until=until)

    found = violations(result, kills=count) + violations_of_control(control)
    print(table(result, control, of_control=["lost"]))
    print("", json.dumps(result | {"control": control, "violations": found}), sep="\n")
    for each in found:
        say(f"VIOLATION: {each}")
    return 1 if found else 0


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())

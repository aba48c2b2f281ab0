"""One run: events happen and are sent, the plan's kills are made meanwhile, and then the receivers' record is read."""

import re
import time
from collections import Counter
from contextlib import suppress
from typing import Any

from bench.drain import processes_of
from chaos.desk import Desk
from chaos.run import Run
from chaos.webhooks.points import Point
from chaos.webhooks.receivers import EVENT, RECEIVERS, Receivers

MEASURE_EVERY = 1.0
FAILED = "SELECT count(*) FROM events_webhookdelivery WHERE next_attempt_at IS NULL AND delivered_at IS NULL"


class WebhookDesk(Desk):
    workers_app = "chaos.webhooks.worker"
    most_megabytes = 0.0
    measured_at = 0.0

    def look(self) -> None:
        """And how much memory the largest process of the workers has ever had."""
        super().look()
        if time.monotonic() > self.measured_at + MEASURE_EVERY:
            self.measured_at = time.monotonic()
            for worker in self.workers:
                for path, _ in processes_of(worker.pid):
                    with suppress(OSError, TypeError):  # it ended just now
                        most = re.search(r"^VmHWM:\s+(\d+)", (path / "status").read_text(), re.MULTILINE)
                        self.most_megabytes = max(self.most_megabytes, int(most[1]) / 1024)


class WebhookRun(Run):
    name = "deliveries"
    asks = "chaos.webhooks.tell"
    ended_query = "SELECT count(*) FROM events_webhookdelivery WHERE next_attempt_at IS NULL"
    points = Point
    ended_within = 300  # a twentieth of 50,000 is still to be sent
    desk: WebhookDesk

    def __init__(self, desk: WebhookDesk, receivers: Receivers, *, work: int, seed: int, until: float) -> None:
        super().__init__(desk, work=work, seed=seed, until=until)
        self.receivers = receivers

    def counts(self) -> dict[str, Any]:
        """By the receivers' record; of our own, what happened and what was given up."""
        told = {str(pk) for (pk,) in self.desk.query(f"SELECT id FROM events_event WHERE name = '{EVENT}'")}
        times: Counter[str] = sum((Counter(each.values()) for each in self.receivers.arrived), Counter())
        return {
            "told": len(told) * RECEIVERS,
            "calls": sum(self.receivers.calls),
            "arrived": sum(times.values()),
            "arrived more than once": sum(count for often, count in times.items() if often > 1),
            "lost": sum(len(told - each.keys()) for each in self.receivers.arrived),
            "of events that never happened": sum(len(each.keys() - told) for each in self.receivers.arrived),
            "under another id": self.receivers.under_another_id,
            "in the list of failed ones": self.desk.query(FAILED)[0][0],
            "workers started anew": self.desk.restarts,
            "arrived in a second": round(sum(times.values()) / (time.monotonic() - self.began), 1),
            "memory of the largest process, MB": round(self.desk.most_megabytes),
        }

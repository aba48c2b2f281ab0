"""One run: work is asked for and done, the plan's kills are made meanwhile, and then the books are read."""

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from chaos.desk import Desk
from chaos.plan import Kill
from chaos.points import Halted, Point, Tickets

LOOK_EVERY = 0.02
COUNT_EVERY = 0.5
DEATHS = {
    "process": "a process of a worker alone",
    "worker": "with the worker's first process",
    "group": "with all of the worker",
}


class OutOfTime(Exception):
    """What was waited for."""


class Run:
    """``asks``: the module that asks for the work; ``ended_query`` counts what has ended of it."""

    name: str
    asks: str
    ended_query: str
    points: type[StrEnum]
    ended_within = 90  # seconds from the last kill

    def __init__(self, desk: Desk, *, work: int, seed: int, until: float) -> None:
        """``until``: when it must be over, by ``time.monotonic()``."""
        self.desk, self.work, self.seed, self.until = desk, work, seed, until
        self.tickets = Tickets(desk.folder, self.points)
        self.began = time.monotonic()
        self.ended, self.counted_at = 0, 0.0
        self.kills: Counter[str] = Counter()
        self.deaths: Counter[str] = Counter()
        self.others: Counter[str] = Counter()

    def make(self, plan: Sequence[Kill]) -> dict[str, Any]:
        """What was done and what came of it."""
        settled, missed = None, ""
        try:
            settled = self.kill_and_wait(plan)
        except OutOfTime as waited_for:
            missed = str(waited_for)
        return {
            "seed": self.seed,
            self.name: self.work,
            "kills": self.kills,
            "deaths": self.deaths,
            "others": self.others,
            "seconds": round(time.monotonic() - self.began, 1),
            "seconds from the last kill to the end": settled,
            "waited in vain for": missed,
            "counts": self.counts(),
        }

    def kill_and_wait(self, plan: Sequence[Kill]) -> float:
        """How many seconds after the last kill everything had ended."""
        self.desk.start()
        asking = self.desk.start_group(self.asks)
        for kill in plan:
            self.carry_out(kill)
        last_kill = time.monotonic()
        self.wait(lambda: asking.poll() is not None, "the last request")
        within = min(self.until, last_kill + self.ended_within)
        self.wait(
            lambda: self.count() == self.work, f"the end of all {self.name} in {self.ended_within} s", until=within
        )
        return round(time.monotonic() - last_kill, 1)

    def carry_out(self, kill: Kill) -> None:
        self.wait(lambda: self.count() >= kill.after, f"{kill.after} {self.name} that ended")
        if kill.flush:
            self.desk.flush_the_broker()
            self.others["broker flushed"] += 1
        if kill.beat_too:
            self.desk.kill_beat()
            self.others["scheduler killed"] += 1
        self.tickets.lay(kill.point)
        halted = self.wait(self.tickets.collect, f"a worker {kill.point}")
        self.look_at(halted)
        getattr(self.desk, f"kill_{kill.how}")(halted)
        self.kills[kill.point] += 1
        self.deaths[DEATHS[kill.how]] += 1

    def look_at(self, halted: Halted) -> None:
        """What can be seen while a worker stands still, just before it is killed."""

    def wait(self, condition: Callable[[], Any], what: str, *, until: float | None = None) -> Any:
        """What ``condition`` gives, once it gives something. Raises ``OutOfTime``."""
        while not (answer := condition()):
            if time.monotonic() > (until or self.until):
                raise OutOfTime(what)
            self.desk.look()
            time.sleep(LOOK_EVERY)
        return answer

    def count(self) -> int:
        """How much has ended; the database is asked now and then."""
        if time.monotonic() > self.counted_at + COUNT_EVERY:
            [(self.ended,)] = self.desk.query(self.ended_query)
            self.counted_at = time.monotonic()
        return self.ended

    def counts(self) -> dict[str, Any]:
        """What became of the work."""
        raise NotImplementedError


class RefundRun(Run):
    name = "refunds"
    asks = "chaos.ask"
    ended_query = "SELECT count(*) FROM refunds_refund WHERE status IN ('succeeded', 'failed', 'needs_review')"
    points = Point
    uncommitted = 0

    def look_at(self, halted: Halted) -> None:
        """The rule itself: whoever is on the way to the provider has left the key behind."""
        query = "SELECT count(*) FROM refunds_refundattempt WHERE idempotency_key = '{}'"
        self.uncommitted += self.desk.query(query.format(halted.key)) == [(0,)]

    def counts(self) -> dict[str, Any]:
        verdict = json.loads(self.desk.run("-m", "chaos.verdict", str(self.seed)))
        return {"called without a stored attempt": self.uncommitted} | verdict

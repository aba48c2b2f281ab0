"""How fast a backlog of refunds is paid, and at what price: ``make drain``.

DRAIN_REFUNDS, DRAIN_PROCESSES and DRAIN_SECONDS say how many, by how many, and for how long at most. All the rows are
queued and no nudge is left, so that the sweep has to find them. Prints refunds a second for each process of the worker,
its memory in the first and in the last third of the time, and the statements that took the server longest, and writes
``bench/results/<time>-drain.json``. Exit code 1 if memory grew or a statement was too slow. What a COMMIT waits for is
the disk: it is told by itself. Where the server's autovacuum is off, its part is done here.
"""

import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench.__main__ import RESULTS, say
from tests.concurrency.real_desk import RealDesk, end_in_order

SLOWEST_ALLOWED = 50  # ms
NOTED_FROM = 10  # ms
COMMIT = "statement: COMMIT"
MEMORY_MAY_GROW = 1.1
LOOK_EVERY = 1.0
VACUUM_EVERY = 60.0  # as autovacuum's naptime
GIVE_UP_AFTER = 60  # seconds without any refund
PAID = "SELECT count(*) FROM refunds_refund WHERE status = 'succeeded'"
SETTINGS = {"EMAIL_URL": "dummymail://", "DATABASE_POOL_SIZE": "2"}


class Drain:
    def __init__(self, desk: RealDesk, *, refunds: int, processes: int, seconds: float) -> None:
        self.desk, self.refunds, self.processes, self.seconds = desk, refunds, processes, seconds
        self.paid: list[tuple[float, int]] = []
        self.memory: list[float] = []
        self.processor: list[float] = []

    def prepare(self) -> None:
        self.desk.run("migrate", "--verbosity", "0")
        self.desk.run("sandbox_payments", "--json")  # opens its books
        self.desk.environment["DRAIN_REFUNDS"] = str(self.refunds)
        self.desk.run("-m", "bench.queue")
        name = urlsplit(self.desk.url).path.lstrip("/")
        with psycopg.connect(self.desk.url, autocommit=True) as server:
            server.execute("VACUUM ANALYZE")
            server.execute("CHECKPOINT")  # so that the disk has what was queued
            server.execute(f'ALTER DATABASE "{name}" SET log_min_duration_statement = {NOTED_FROM}')
            server.execute(f'ALTER DATABASE "{name}" SET client_min_messages = log')

    def run(self) -> dict[str, Any]:
        worker = ["celery", "--quiet", "-A", "bench.drain_worker", "worker", "--pool", "prefork", "--loglevel", "ERROR"]
        worker += ["--concurrency", str(self.processes), "--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.desk.worker = self.desk.start_module(*worker, "--beat", "--schedule", str(self.desk.folder / "beat"))
        self.watch()
        self.desk.kill_everything()
        return self.result()

    def watch(self) -> None:
        """Until all is paid, or the time is up, or nothing more is paid."""
        began = last = vacuumed = time.monotonic()
        while time.monotonic() < began + self.seconds and (not self.paid or self.paid[-1][1] < self.refunds):
            time.sleep(LOOK_EVERY)
            [(paid,)] = self.desk.query(PAID)
            now = time.monotonic()
            if paid > (self.paid[-1][1] if self.paid else 0):
                last = now
            elif now > last + GIVE_UP_AFTER:
                raise RuntimeError(f"Nothing was paid for {GIVE_UP_AFTER} s, after {paid} refunds.")
            if now > vacuumed + VACUUM_EVERY:
                vacuumed = now
                vacuum(self.desk.url)
            self.paid.append((now - began, paid))
            self.memory.append(megabytes(self.desk.worker.pid))
            self.processor.append(processor_seconds(self.desk.worker.pid))

    def result(self) -> dict[str, Any]:
        at_work = [(at, paid) for at, paid in self.paid if paid]
        (start, before), (end, after) = at_work[0], at_work[-1]
        rate = (after - before) / (end - start)
        third = len(at_work) // 3
        memory = self.memory[-len(at_work) :]
        busy = self.processor[-1] - self.processor[-len(at_work)]
        slow = slow_statements(self.desk.folder / "slow")
        commits = [each[0] for each in slow if COMMIT in each[1]]
        slow = [each for each in slow if COMMIT not in each[1]]
        return {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "refunds": self.refunds,
            "processes": self.processes,
            "paid": after,
            "seconds": round(end, 1),
            "a second": round(rate, 1),
            "a second, each process": round(rate / self.processes, 1),
            "worker's processor time for each, ms": round(busy / (after - before) * 1000, 1),
            "memory, first third, MB": round(statistics.mean(memory[:third]), 1),
            "memory, last third, MB": round(statistics.mean(memory[-third:]), 1),
            f"statements from {NOTED_FROM} ms": len(slow),
            f"statements from {SLOWEST_ALLOWED} ms": sum(each[0] >= SLOWEST_ALLOWED for each in slow),
            "slowest statement, ms": slow[0][0] if slow else 0,
            f"commits from {SLOWEST_ALLOWED} ms": sum(each >= SLOWEST_ALLOWED for each in commits),
            "slowest commit, ms": commits[0] if commits else 0,
            "slowest": slow[:5],
            "memory by minute, MB": [round(each) for each in memory[:: round(60 / LOOK_EVERY)]],
        }


def vacuum(url: str) -> None:
    """Without statistics PostgreSQL takes a table that was empty for one that is still empty, and reads it whole."""
    with psycopg.connect(url, autocommit=True) as server:
        if server.execute("SHOW autovacuum").fetchone() == ("off",):
            server.execute("VACUUM ANALYZE")


def megabytes(group: int) -> float:
    """What the processes of the group hold, memory that they share counted once."""
    return sum(proportional_kilobytes(path) for path, _ in processes_of(group)) / 1024


def processor_seconds(group: int) -> float:
    """What a machine that is busy with other things does not lengthen."""
    ticks = sum(int(stat[11]) + int(stat[12]) for _, stat in processes_of(group))
    return ticks / os.sysconf("SC_CLK_TCK")


def processes_of(group: int) -> Iterator[tuple[Path, list[str]]]:
    """Each process of the group, with what its ``stat`` says after its name."""
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended just now
            stat = (path / "stat").read_text().rpartition(")")[2].split()
            if int(stat[2]) == group:
                yield path, stat


def proportional_kilobytes(path: Path) -> int:
    try:
        return int(re.search(r"^Pss:\s+(\d+)", (path / "smaps_rollup").read_text(), re.MULTILINE)[1])
    except OSError:
        return 0


def slow_statements(path: Path) -> list[tuple[float, str]]:
    """Milliseconds and what was done, the slowest first."""
    lines = path.read_text().splitlines() if path.exists() else []
    found = [re.match(r"duration: ([\d.]+) ms\s+(.*)", line) for line in lines]
    return sorted(((float(each[1]), each[2][:200]) for each in found if each), reverse=True)


def wrong(result: dict[str, Any]) -> list[str]:
    found = []
    if result["slowest statement, ms"] > SLOWEST_ALLOWED:
        found.append(f"a statement took longer than {SLOWEST_ALLOWED} ms")
    if result["memory, last third, MB"] > result["memory, first third, MB"] * MEMORY_MAY_GROW:
        found.append("memory grew")
    return found


def table(result: dict[str, Any]) -> str:
    lines = [f"{name:<40}{value!s:>26}" for name, value in result.items() if not isinstance(value, list)]
    return "\n".join(lines + [f"{milliseconds:>10} ms  {statement}" for milliseconds, statement in result["slowest"]])


def main() -> int:
    if not (os.environ.get("DATABASE_URL", "").startswith("postgres") and os.environ.get("REDIS_URL")):
        say("The drain needs PostgreSQL and Redis: set DATABASE_URL and REDIS_URL.")
        return 2
    refunds, processes = int(os.environ.get("DRAIN_REFUNDS", "100000")), int(os.environ.get("DRAIN_PROCESSES", "2"))
    with tempfile.TemporaryDirectory(prefix="redress-drain-") as folder:
        desk = RealDesk(Path(folder), os.environ["DATABASE_URL"], os.environ["REDIS_URL"], settings=SETTINGS)
        try:
            seconds = float(os.environ.get("DRAIN_SECONDS", "inf"))
            drain = Drain(desk, refunds=refunds, processes=processes, seconds=seconds)
            say(f"Queueing {refunds} refunds …")
            drain.prepare()
            say(f"Paying them with {processes} processes …")
            result = drain.run()
        finally:
            desk.end()
    print(table(result))
    path = RESULTS / f"{result['at'].replace(':', '').replace('+0000', 'Z')}-drain.json"
    path.write_text(json.dumps(result, indent=2) + "\n")
    say(f"Written to {path}")
    for each in wrong(result):
        say(f"WRONG: {each}")
    return 1 if wrong(result) else 0


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())

"""How soon after an update its webhook arrives, under 50 updates a second: ``make bench-webhooks``.

gunicorn and a worker with beat, on a database of the bench's own on DATABASE_URL and on REDIS_URL. BENCH_SECONDS says
for how long each time. What is measured is the time from the answer of an update to the first attempt's arrival, for
one and for five addresses that listen; it is negative where the webhook is there before the answer. Written to
``bench/results/<time>-webhooks.json``; exit code 1 if anything did not arrive, or it took too long at the median with
one address. Five times as many deliveries as updates are more than a small machine can send: how late they are is told.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any

from bench import postgres
from bench.__main__ import HOST, RESULTS, Bench, say
from bench.client import Connection
from bench.report import Row
from bench.workloads import LOADED, WORKLOADS
from tests.concurrency.real_desk import end_in_order
from tests.many_receivers import ManyReceivers

A_SECOND = 50
LISTENING = (1, 5)
CONNECTIONS = 16
MEDIAN_ALLOWED = 2.0  # seconds
ARRIVED_WITHIN = 60
SETTINGS = {"WEBHOOK_TEST_NETWORKS": "127.0.0.0/8", "EMAIL_URL": "dummymail://"}


class Receivers(ManyReceivers):
    """``first_at``: when each of them first heard of an update, by the request's id."""

    def __init__(self, count: int) -> None:
        self.first_at: list[dict[str, float]] = [{} for _ in range(count)]
        super().__init__(count)

    def note(self, number: int, message_id: str, body: bytes) -> None:
        self.first_at[number].setdefault(json.loads(body)["request_id"], time.perf_counter())


class Updates:
    """``answered``: when the answer of each update was there, by the request's id."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.bench, self.name = bench, name
        self.answered: dict[str, float] = {}
        self.connections: SimpleQueue[Connection] = SimpleQueue()
        for _ in range(CONNECTIONS):
            self.connections.put(Connection(HOST, bench.port))

    def send(self, seconds: float) -> None:
        """So many a second, whether or not earlier ones have been answered."""
        requests = self.bench.requests(WORKLOADS[0], LOADED, postgres.statuses(self.bench.url))
        began = time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for number in range(int(seconds * A_SECOND)):
                time.sleep(max(0.0, began + number / A_SECOND - time.perf_counter()))
                pool.submit(self.send_one, f"{self.name}-{number}", requests[number % len(requests)])

    def send_one(self, request_id: str, request: str) -> None:
        connection = self.connections.get()
        named = request.replace("\r\n", f"\r\nX-Request-ID: {request_id}\r\n", 1)
        try:
            status, _ = connection.send(named.encode())
        finally:
            self.connections.put(connection)
        if status == 200:
            self.answered[request_id] = time.perf_counter()


@contextmanager
def worker(bench: Bench) -> Iterator[None]:
    command = ["celery", "--quiet", "-A", "config", "worker", "--pool", "prefork", "--concurrency", "2"]
    command += ["--beat", "--schedule", os.path.join(bench.environment["DATA_DIR"], "beat"), "--loglevel", "ERROR"]
    process = subprocess.Popen([sys.executable, "-m", *command], env=bench.environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait_for_arrival(updates: Updates, heard: list[dict[str, float]]) -> None:
    end = time.perf_counter() + ARRIVED_WITHIN
    while any(updates.answered.keys() - each.keys() for each in heard) and time.perf_counter() < end:
        time.sleep(0.1)


def measure(bench: Bench, receivers: Receivers, listening: int, seconds: float) -> Row:
    heard = receivers.first_at[:listening]
    warm_up = Updates(bench, f"warm-{listening}")
    warm_up.send(1)
    wait_for_arrival(warm_up, heard)  # so that the worker is up

    updates = Updates(bench, f"bench-{listening}")
    began = time.perf_counter()
    updates.send(seconds)
    took = time.perf_counter() - began
    wait_for_arrival(updates, heard)
    waits = [each[name] - at for name, at in updates.answered.items() for each in heard if name in each]
    percent = statistics.quantiles(waits, n=100)
    return {
        "addresses": listening,
        "updates": len(updates.answered),
        "a second": round(len(updates.answered) / took, 1),
        "median, s": round(percent[49], 3),
        "p95, s": round(percent[94], 3),
        "most, s": round(max(waits), 3),
        "not arrived": sum(len(updates.answered.keys() - each.keys()) for each in heard),
    }


def run(bench: Bench, seconds: float) -> list[Row]:
    say("Making the data …")
    bench.prepare()
    rows, registered = [], 0
    with closing(Receivers(max(LISTENING))) as receivers, bench.web(), worker(bench):
        for listening in LISTENING:
            urls = receivers.urls[registered:listening]
            subprocess.run([sys.executable, "-m", "bench.register", *urls], env=bench.environment, check=True)
            registered = listening
            rows.append(measure(bench, receivers, listening, seconds))
            say(", ".join(f"{name} {value}" for name, value in rows[-1].items()))
    return rows


def wrong(row: Row, seconds: float) -> list[str]:
    is_late = row["addresses"] == 1 and row["median, s"] >= MEDIAN_ALLOWED
    found = [f"{row['median, s']} s at the median"] if is_late else []
    if row["updates"] < int(seconds * A_SECOND) or row["not arrived"]:
        found.append(f"{row['updates']} updates, {row['not arrived']} did not arrive")
    return found


def table(rows: list[Row]) -> str:
    lines = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
    return "\n".join("".join(cell.rjust(14) for cell in line) for line in lines)


def main() -> int:
    url = os.environ.get("DATABASE_URL", "")
    if not (url.startswith("postgres") and os.environ.get("REDIS_URL")):
        say("This needs PostgreSQL and Redis: set DATABASE_URL and REDIS_URL.")
        return 2
    seconds = float(os.environ.get("BENCH_SECONDS", "20"))
    with tempfile.TemporaryDirectory(prefix="redress-bench-") as folder:
        bench = Bench(url, folder)
        bench.environment |= SETTINGS
        rows = run(bench, seconds)
    print(table(rows))
    at = datetime.now(UTC).isoformat(timespec="seconds")
    result: dict[str, Any] = {"at": at, "machine": {"cpus": os.cpu_count()}, "seconds": seconds, "rows": rows}
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{at.replace(':', '').replace('+0000', 'Z')}-webhooks.json"
    path.write_text(json.dumps(result, indent=2) + "\n")
    say(f"Written to {path}")
    found = [f"{row['addresses']} addresses: {each}" for row in rows for each in wrong(row, seconds)]
    for each in found:
        say(f"WRONG: {each}")
    return 1 if found else 0


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())

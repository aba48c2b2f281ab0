"""Runs everything, prints a table, and writes ``bench/results/<time>.json``.

DATABASE_URL names a PostgreSQL server (a database of the bench's own is made on it), REDIS_URL the broker,
BENCH_SECONDS the length of each measurement.
"""

import json
import os
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import pages, postgres
from bench.report import DATABASE_ALONE, Row, in_words, shares, table
from bench.workloads import FEW_ROWS, HISTORY_ROWS, LOADED, MANY_ROWS, WORKLOADS, Workload, issue_id

CONNECTIONS = (1, 8, 32)
HOST = "127.0.0.1"
RESULTS = Path(__file__).parent / "results"


class Bench:
    def __init__(self, url: str, folder: str) -> None:
        self.seconds = float(os.environ.get("BENCH_SECONDS", "8"))
        self.server_url, self.server_version = url, postgres.make_database(url)
        self.url, self.host, self.port = postgres.bench_url(url), HOST, free_port()
        self.environment = os.environ | {
            "ENVIRONMENT": "demo",
            "DATABASE_URL": self.url,
            "DATABASE_POOL_SIZE": "4",
            "DATA_DIR": folder,
            "LOG_LEVEL": "ERROR",
            "RATE_LIMIT_PER_MINUTE": "100000000",
            "RATE_LIMIT_BURST": "10000000",
            # Without Redis the nudges go nowhere, which is what a worker that is down looks like.
            "CELERY_BROKER_URL": os.environ.get("REDIS_URL") or "memory://",
        }
        self.prepared: dict[str, Any] = {}

    def prepare(self) -> None:
        run = subprocess.run(
            [sys.executable, "-m", "bench.prepare"], env=self.environment, capture_output=True, text=True, check=False
        )
        if run.returncode:
            raise RuntimeError(f"bench.prepare failed:\n{run.stderr}")
        self.prepared = json.loads(run.stdout)
        postgres.settle(self.url)

    @contextmanager
    def web(self) -> Iterator[None]:
        """Two workers with four threads each."""
        command = ["gunicorn", "config.wsgi", "--bind", f"{HOST}:{self.port}", "--worker-class", "gthread"]
        command += ["--workers", "2", "--threads", "4", "--keep-alive", "30", "--log-level", "warning"]
        process = subprocess.Popen([sys.executable, "-m", *command], env=self.environment)
        try:
            wait_until_up(f"http://{HOST}:{self.port}/healthz")
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)

    def measure(self, workload: Workload, connections: int, numbers: range = LOADED, share: float = 1) -> Row:
        """``share`` of the bench's seconds; each connection has issues of its own."""
        statuses = postgres.statuses(self.url)
        requests = [self.requests(workload, numbers[at::connections], statuses) for at in range(connections)]
        return {"workload": workload.name, "connections": connections} | self.ask(workload.name, requests, share)

    def ask(self, name: str, requests: list[list[str]], share: float) -> Row:
        """What became of the ``requests``, of each connection a list; none may fail."""
        job = {"host": HOST, "port": self.port, "seconds": self.seconds * share, "connections": requests}
        run = subprocess.run(
            [sys.executable, "-m", "bench.client"], input=json.dumps(job), capture_output=True, text=True, check=True
        )
        row = json.loads(run.stdout)
        if row["failures"]:
            raise RuntimeError(f"{name}: {row['failures']} failed, first {row['first_failure']}")
        return row

    def requests(self, workload: Workload, numbers: range, statuses: dict[str, str]) -> list[str]:
        """Every issue there, and then every issue back: so each status changes each time, wherever it stands now."""
        first = {number: int(statuses[str(issue_id(number))] != "open") for number in numbers}
        return [
            workload.encode(number, first[number] + turn, host=HOST, key=self.prepared["key"])
            for turn in (0, 1)
            for number in numbers
        ]

    def database_alone(self, connections: int) -> Row:
        script = self.prepared["pgbench_script"]
        per_second = postgres.transactions_per_second(self.url, script, connections=connections, seconds=self.seconds)
        return {"workload": DATABASE_ALONE, "connections": connections, "per_second": round(per_second, 1)}

    def load(self) -> Iterator[Row]:
        """The database by itself right beside the update, so that both meet the same machine."""
        for connections in CONNECTIONS:
            for workload in WORKLOADS:
                yield self.measure(workload, connections) | {"statements": self.prepared["statements"][workload.name]}
                if workload is WORKLOADS[0]:
                    yield self.database_alone(connections)

    def cost_of_history(self) -> dict[str, float]:
        """Milliseconds (median) of an update of issues with few and with many history rows, taken in turns."""
        rounds = [[self.measure(WORKLOADS[0], 1, numbers, 1 / 4)["p50"] for numbers in HISTORY_ROWS] for _ in range(3)]
        few, many = (statistics.median(each) for each in zip(*rounds, strict=True))
        return {f"{HISTORY_ROWS[FEW_ROWS]} rows": few, f"{HISTORY_ROWS[MANY_ROWS]} rows": many}


def free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        return server.getsockname()[1]


def wait_until_up(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{url} did not answer")


def run(url: str) -> dict[str, Any]:
    """Everything, the API first and then the pages, each upon a database of its own."""
    with tempfile.TemporaryDirectory(prefix="redress-bench-") as folder:
        bench = Bench(url, folder)
        measured = measure_api(bench) | measure_pages(bench)
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version(), "postgresql": bench.server_version},
        "seconds_each": bench.seconds,
        **measured,
    }


def measure_api(bench: Bench) -> dict[str, Any]:
    """With each row printed as soon as it is known."""
    say("Making the data …")
    bench.prepare()
    with bench.web():
        bench.measure(WORKLOADS[0], 8, share=1 / 4)  # warms up
        rows = []
        for row in bench.load():
            rows.append(row)
            say(in_words(row))
        history = bench.cost_of_history()
    return {"rows": rows, "update_by_history": history, "share_of_database": shares(rows)}


def measure_pages(bench: Bench) -> dict[str, Any]:
    say("Making a desk of many issues …")
    many = pages.prepare(bench)
    with bench.web():
        return {"issues": many["issues"], "pages": list(pages.measure(bench, many))}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres") or shutil.which("pgbench") is None:
        say("The bench needs PostgreSQL: set DATABASE_URL, and have pgbench on the PATH.")
        return 2
    results = run(url)
    print(table(results), pages.table(results["pages"], results["issues"]), sep="\n\n")
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{results['at'].replace(':', '').replace('+0000', 'Z')}.json"
    path.write_text(json.dumps(results, indent=2) + "\n")
    say(f"Written to {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

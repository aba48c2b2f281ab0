"""A desk of real processes, on a database and in a folder of its own, to be killed and started again."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
# Short, and in the order that the start-up check asks for.
TIMES = {
    "REFUND_HTTP_TIMEOUT": "1",
    "WEBHOOK_TIMEOUT": "1",
    "TASK_SOFT_LIMIT": "2",
    "TASK_HARD_LIMIT": "3",
    "LEASE_SECONDS": "4",
    "REFUND_RETRY_DELAYS": "0.5,1",
    "SANDBOX_LATENCY": "0.02",
}


class RealDesk:
    """``database_url`` empty: SQLite and the file broker, workers as threads; else PostgreSQL, Redis and processes."""

    def __init__(
        self, folder: Path, database_url: str = "", redis_url: str = "", *, settings: Mapping[str, str] = TIMES
    ) -> None:
        self.folder = folder
        self.url = _new_database(database_url) if database_url else f"sqlite:///{folder / 'desk.sqlite3'}"
        self.pool = "prefork" if database_url else "threads"
        self.redis_url = redis_url
        self.flush_the_broker()  # of what other tests nudged, and nobody did
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            **settings,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ENVIRONMENT": "development",
            "LOG_LEVEL": "ERROR",
            "DATA_DIR": str(folder),
            "DATABASE_URL": self.url,
            "REDIS_URL": redis_url,
        }
        self.worker: subprocess.Popen | None = None

    def begin_with_tables(self) -> None:
        """Those of the test's own database, which were migrated already; on PostgreSQL the desk migrates by itself."""
        if self.url.startswith("sqlite") and connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(self.folder / "desk.sqlite3")])

    def run(self, *arguments: str) -> str:
        """What a command of manage.py (or, after ``-c``, a piece of Python, or after ``-m`` a module) prints."""
        start = arguments if arguments[0] in ("-c", "-m") else ("manage.py", *arguments)
        done = subprocess.run(
            [sys.executable, *start], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *, with_beat: bool = True) -> None:
        """A worker with beat inside, as the leader of a group of processes."""
        worker = ["celery", "-A", "config", "worker", "--pool", self.pool, "--concurrency", "4"]
        beat = ["--beat", "--schedule", str(self.folder / "beat")] if with_beat else []
        self.worker = self.start_module(*worker, *beat)

    def start_module(self, *command: str) -> subprocess.Popen:
        """``python -m`` with ``command``, as the leader of a group of processes."""
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                process_group=0,
            )

    def flush_the_broker(self) -> None:
        if self.redis_url:
            redis.Redis.from_url(self.redis_url).delete("celery", "unacked", "unacked_index")
        for message in self.folder.glob("broker/queue/*"):
            message.unlink()

    def kill_the_worker(self) -> None:
        """Only its first process: those that it forked must see for themselves that they are orphans."""
        os.kill(self.worker.pid, signal.SIGKILL)

    def kill_everything(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait(timeout=10)
        self.worker = None

    def query(self, statement: str) -> list[tuple]:
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(self.folder / "desk.sqlite3", timeout=20)) as database:
                return database.execute(statement).fetchall()
        with psycopg.connect(self.url) as database:
            return database.execute(statement).fetchall()

    def payments(self) -> list[dict]:
        return json.loads(self.run("sandbox_payments", "--json"))

    def sandbox_calls(self) -> int:
        """So many calls the provider has had, by its own books."""
        with closing(sqlite3.connect(self.folder / "sandbox_payments.sqlite3", timeout=20)) as books:
            return books.execute("SELECT count(*) FROM calls").fetchone()[0]

    def end(self) -> None:
        if self.worker:
            self.kill_everything()
        if not self.url.startswith("sqlite"):
            _drop_database(self.url)


def end_in_order() -> None:
    """From here on a signal to stop is a Ctrl-C, once, so that all that was started and made is cleared away."""

    def stop(*args) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def _new_database(url: str) -> str:
    name = f"redress_desk_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _drop_database(url: str) -> None:
    name = urlsplit(url).path.lstrip("/")
    with psycopg.connect(urlsplit(url)._replace(path="/postgres").geturl(), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

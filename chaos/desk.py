"""The desk that is killed: two workers of several processes and a scheduler, which are started anew when they die."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import redis

from chaos.points import Halted
from tests.concurrency.real_desk import TIMES, RealDesk

WORKERS, PROCESSES = 2, 3
BROKERS_KEYS = (b"celery", b"unacked", b"_kombu")
# A sweep has three seconds, which is most of the time between two.
SETTINGS = TIMES | {
    "TASK_SOFT_LIMIT": "4",
    "TASK_HARD_LIMIT": "5",
    "LEASE_SECONDS": "6",
    "EMAIL_URL": "dummymail://",
}


class Desk(RealDesk):
    workers_app = "chaos.worker"

    def __init__(self, folder: Path, database_url: str, redis_url: str, **settings: str) -> None:
        self.broker = redis.Redis.from_url(redis_url)
        self.ensure_own_broker(redis_url)
        super().__init__(folder, database_url, redis_url, settings=SETTINGS | settings)
        self.workers: list[subprocess.Popen] = []
        self.beat: subprocess.Popen | None = None
        self.groups: set[int] = set()
        self.restarts = 0

    def ensure_own_broker(self, url: str) -> None:
        """It will be flushed: what anybody else keeps there must not be lost."""
        if strange := [key for key in self.broker.scan_iter() if not key.startswith(BROKERS_KEYS)]:
            raise SystemExit(
                f"{urlsplit(url).path} of Redis holds {strange[0]!r}: name an empty one by CHAOS_REDIS_DB."
            )
        self.broker.flushdb()

    def start(self) -> None:
        self.workers = [self.start_worker(number) for number in range(WORKERS)]
        self.beat = self.start_beat()

    def start_worker(self, number: int) -> subprocess.Popen:
        command = [
            "celery",
            "--quiet",
            "-A",
            self.workers_app,
            "worker",
            "--pool",
            "prefork",
            "-n",
            f"chaos{number}@%h",
        ]
        command += ["--concurrency", str(PROCESSES), "--loglevel", "ERROR"]
        return self.start_group(*command, "--without-gossip", "--without-mingle", "--without-heartbeat")

    def start_beat(self) -> subprocess.Popen:
        return self.start_group("celery", "--quiet", "-A", "config", "beat", "--pidfile=", "--loglevel", "ERROR")

    def start_group(self, *command: str) -> subprocess.Popen:
        process = self.start_module(*command)
        self.groups.add(process.pid)
        return process

    def look(self) -> None:
        """As a supervisor would: whatever died runs again."""
        for number, worker in enumerate(self.workers):
            if worker.poll() is not None:
                self.workers[number] = self.start_worker(number)
                self.restarts += 1
        if self.beat and self.beat.poll() is not None:
            self.beat = self.start_beat()

    def kill_process(self, halted: Halted) -> None:
        os.kill(halted.pid, signal.SIGKILL)

    def kill_worker(self, halted: Halted) -> None:
        """With the worker's first process; the processes beside the halted one must see that they are orphans."""
        if any(worker.pid == halted.parent for worker in self.workers):
            os.kill(halted.parent, signal.SIGKILL)
        self.kill_process(halted)

    def kill_group(self, halted: Halted) -> None:
        os.killpg(os.getpgid(halted.pid), signal.SIGKILL)

    def kill_beat(self) -> None:
        self.beat.kill()

    def flush_the_broker(self) -> None:
        self.broker.flushdb()

    def end(self) -> None:
        self.workers, self.beat = [], None
        for group in self.groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        super().end()
        self.broker.flushdb()

"""A desk of real processes with the demo on it, as a shop runs it, for a browser to visit."""

import json
import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.concurrency.real_desk import RealDesk, wait_until

HOST = "127.0.0.1"
PASSWORD = "redress-demo"
# A worker has a shop's time for a task, so that what is due to be told is told; only the refunds do not let one wait.
TIMES = {"REFUND_HTTP_TIMEOUT": "1", "REFUND_RETRY_DELAYS": "0.5,1", "SANDBOX_LATENCY": "0.02"}


@dataclass(frozen=True)
class Desk:
    """``pages`` are all that it shows, as ``tests.pages`` finds them, each with the session of its visitor."""

    url: str
    processes: RealDesk
    pages: list[dict[str, str]]

    def wait_for(self, statement: str, value: Any, *, seconds: float = 120) -> None:
        """Until the statement's first column is ``value``: what a worker does is done when it is done."""
        wait_until(
            lambda: (rows := self.query(statement)) != [] and rows[0][0] == value, seconds=seconds, what=statement
        )

    def query(self, statement: str) -> list[tuple]:
        return self.processes.query(statement)

    def issue(self, where: str) -> tuple[str, str]:
        """The number of an issue (``i``, its order is ``o``) that fits, and its id as addresses write it."""
        found = self.query(
            "SELECT i.number, i.id FROM issues_issue i JOIN orders_order o ON o.id = i.order_id "
            f"WHERE {where} ORDER BY i.number LIMIT 1"
        )
        assert found, f"the demo has no issue with {where}"
        return found[0][0], str(UUID(str(found[0][1])))

    def value(self, what: str, number: str) -> Any:
        """Of the issue with this number, as it is stored."""
        return self.query(f"SELECT {what} FROM issues_issue WHERE number = '{number}'")[0][0]


def open_desk(folder: Path) -> Iterator[Desk]:
    """The demo, gunicorn and a worker with beat, on DATABASE_URL and REDIS_URL where these are set."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    more = {"ENVIRONMENT": "demo", "PUBLIC_URL": url, "RATE_LIMIT_PER_MINUTE": "100000", "RATE_LIMIT_BURST": "10000"}
    more |= {"NOTIFICATION_CAP_PER_HOUR": "10000"}  # of the demo's last months much is told within its first hour
    processes = RealDesk(folder, os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", ""), settings=TIMES)
    processes.environment |= more
    web = None
    try:
        processes.run("migrate", "-v0")
        processes.run("demo", "--json")
        for name in ("queue", "control"):
            (folder / "broker" / name).mkdir(parents=True, exist_ok=True)
        processes.start()
        web = processes.start_module("gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}", "--worker-class", "gthread",
                                     "--threads", "8", "--log-level", "warning")  # fmt: skip
        wait_until(lambda: answers(f"{url}/healthz"), seconds=60, what="gunicorn answers")
        yield Desk(url, processes, json.loads(processes.run("-m", "tests.browser.list_pages")))
    finally:
        if web:
            os.killpg(web.pid, signal.SIGTERM)
            web.wait(timeout=30)
        processes.end()


def free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        return server.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False

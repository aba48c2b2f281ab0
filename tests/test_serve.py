"""The embedded shape as real processes: it starts, answers, heals, stops, and leaves nobody behind."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ports import free_port

pytestmark = [
    pytest.mark.long,
    pytest.mark.xdist_group("serve"),  # started once, in one process
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc"),
]

ROOT = Path(__file__).parent.parent
MEGABYTE = 1024 * 1024
# Twice and thrice what is promised, for other tests run beside these.
FIRST_START, SECOND_START = 120, 45


class Desk:
    """One run of ``manage.py serve``, with what it printed."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port, self.log = free_port(), folder / f"serve-{time.monotonic_ns()}.log"
        clean = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
        settings = {"DATA_DIR": str(folder), "PORT": str(self.port)} | environment
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"], cwd=ROOT, env=clean | settings, stdout=output, stderr=output
            )

    @property
    def printed(self) -> str:
        return self.log.read_text()

    def wait_until_up(self, seconds: float) -> "Desk":
        wait_for(lambda: "Redress is up at" in self.printed, seconds, lambda: self.printed)
        return self

    def request(self, method: str, path: str, key: str = "", body: dict | None = None) -> tuple[int, dict]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or "{}")

    def is_answering(self) -> bool:
        try:
            return self.request("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def processes(self) -> dict[int, str]:
        """Those below the supervisor, and its own, with their command lines."""
        below = {self.process.pid}
        table = process_table()
        while more := {pid for pid, (parent, _) in table.items() if parent in below} - below:
            below |= more
        return {pid: table[pid][1] for pid in below if pid in table}

    def pid_of(self, words: str) -> int:
        return next(pid for pid, command in sorted(self.processes().items()) if words in command)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)


def process_table() -> dict[int, tuple[int, str]]:
    """Every living process: its parent and its command line."""
    table = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # it ended meanwhile
            continue
        if state != "Z":
            table[int(folder.name)] = (int(parent), command)
    return table


def resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def wait_for(condition: Callable[[], bool], seconds: float, explain: Callable[[], object] = str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def desk(folder) -> Iterator[Desk]:
    """The first start: it makes the database and the demo desk."""
    desk = Desk(folder)
    try:
        yield desk.wait_until_up(FIRST_START)
    finally:
        desk.end()


def test_it_prints_logins_a_key_and_a_call_that_works(desk):
    assert f"http://127.0.0.1:{desk.port}" in desk.printed
    for username in ("agent", "senior", "manager", "admin"):
        assert re.search(rf"^  {username} +EMP-\d+ +{username} +\S+$", desk.printed, re.MULTILINE)
    path = re.search(r"curl -X PATCH http://[\d.:]+(/\S+)", desk.printed)[1]
    key = re.search(r"Bearer (\S+)\"", desk.printed)[1]
    body = json.loads(re.search(r"-d '(.+)'", desk.printed)[1])
    status, answer = desk.request("PATCH", path, key, body)
    assert (status, answer["success"]) == (200, True)
    assert "notes" in answer["updated_fields"]


def test_it_stays_small(desk):
    assert sum(map(resident_bytes, desk.processes())) < 600 * MEGABYTE


@pytest.mark.parametrize("words", ["gunicorn", "celery --quiet -A config worker", "celery --quiet -A config beat"])
def test_a_child_that_is_killed_is_started_again(desk, words):
    killed = desk.pid_of(words)
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: any(words in command and pid != killed for pid, command in desk.processes().items()), 15)
    wait_for(desk.is_answering, 30)


def test_a_port_in_use_is_said_clearly(desk, folder):
    second = Desk(folder, PORT=str(desk.port))
    assert second.process.wait(30) == 1
    assert f"Cannot listen on 127.0.0.1:{desk.port}" in second.printed
    assert "Traceback" not in second.printed


def test_it_stops_at_sigterm_starts_again_quickly_and_leaves_nobody_when_killed(desk, folder):
    everybody = desk.processes()
    desk.process.terminate()
    assert desk.process.wait(15) == 0
    assert not everybody.keys() & process_table().keys()

    again = Desk(folder).wait_until_up(SECOND_START)
    everybody = again.processes()
    assert len(everybody) >= 5  # the supervisor, gunicorn and its worker, Celery's worker and beat
    again.process.kill()
    wait_for(lambda: not everybody.keys() & process_table().keys(), 10)
    again.process.wait()

"""Keeps web, worker and scheduler running as children of one small process, and takes them with it.

``manage.py serve`` turns into this script when everything is prepared. It stands alone, without Django, so that
the process which only watches the others costs a tenth of their memory.
"""

import argparse
import ctypes
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

LOOK_EVERY = 0.2  # seconds
START_WITHIN = 60
STOP_WITHIN = 8
SLOWEST_RESTART = 10
LOOPBACK_OF = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104, who listens everywhere is asked here
SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG in <sys/prctl.h>


def commands(host: str, port: int) -> dict[str, list[str]]:
    """How each of the three is started; ``README.md`` says how production runs the same programs apart."""
    python = [sys.executable, "-m"]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = ["gunicorn", "config.wsgi", "--bind", address, "--worker-class", "gthread", "--workers", "1"]
    web += ["--threads", "8", "--graceful-timeout", "5", "--log-level", "warning"]
    worker = ["celery", "--quiet", "-A", "config", "worker", "--pool", "threads", "--concurrency", "4"]
    worker += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    beat = ["celery", "--quiet", "-A", "config", "beat", "--pidfile=", "--loglevel", "WARNING"]
    return {"web": python + web, "worker": python + worker, "beat": python + beat}


@dataclass
class Child:
    name: str
    command: list[str]
    process: subprocess.Popen | None = None
    deaths: int = 0
    started_at: float = 0.0
    start_at: float = field(default=0.0)

    def start(self) -> None:
        """In a process group of its own: a Ctrl-C reaches the supervisor alone, which then stops them in order."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(self.command, process_group=0, preexec_fn=die_with_parent())  # noqa: S603

    def look(self) -> None:
        """Start it anew when it died: at once the first time, later and later if it cannot stay up."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
        elif self.process.poll() is not None:
            say(f"The {self.name} process ended ({how_it_ended(self.process.returncode)}) and is started again.")
            self.deaths = self.deaths + 1 if now - self.started_at < SLOWEST_RESTART else 0
            self.process, self.start_at = None, now + min(self.deaths, SLOWEST_RESTART)


class Supervisor:
    """Starts the children, watches them, and stops them at the first SIGINT or SIGTERM."""

    def __init__(self, children: list[Child]) -> None:
        self.children = children
        self.stopping = False

    def run(self, is_up: Callable[[], bool], when_up: Callable[[], None]) -> int:
        """Returns the exit code: 0 when it was asked to stop, 1 when the web never answered."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        began, answered = time.monotonic(), False
        while not self.stopping:
            for child in self.children:
                child.look()
            if not answered and (answered := is_up()):
                when_up()
            if not answered and time.monotonic() - began > START_WITHIN:
                say(f"The desk did not answer within {START_WITHIN} seconds.")
                break
            time.sleep(LOOK_EVERY)
        self._end_children()
        return 0 if self.stopping else 1

    def _stop(self, *_) -> None:
        self.stopping = True

    def _end_children(self) -> None:
        running = [child.process for child in self.children if child.process]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        for process in running:
            try:
                process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def die_with_parent() -> Callable[[], None] | None:
    """What a new child does before anything else, so that it never outlives a parent killed by ``kill -9``."""
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def run_in_child() -> None:
        prctl(SET_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return run_in_child


def how_it_ended(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def answers(host: str, port: int) -> bool:
    """Whether the web takes requests. Any answer counts: a name in ALLOWED_HOSTS is not known here."""
    connection = http.client.HTTPConnection(LOOPBACK_OF.get(host, host), port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--welcome", type=int, required=True, help="descriptor to read the text from that greets")
    options = parser.parse_args()
    with os.fdopen(options.welcome, encoding="utf-8") as pipe:
        welcome = pipe.read()
    supervisor = Supervisor([Child(name, line) for name, line in commands(options.host, options.port).items()])
    return supervisor.run(
        is_up=partial(answers, options.host, options.port), when_up=partial(print, welcome, flush=True)
    )


if __name__ == "__main__":
    sys.exit(main())

"""The moments at which a worker is killed, and how it is halted there.

A ticket for a moment lies in a folder. The first worker that comes by takes it (a rename, so one alone does) and stops
itself; whoever laid the ticket then finds out who stopped, and kills it exactly there.
"""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Point(StrEnum):
    BEFORE = "before the call"
    ACTED = "after the provider acted"
    ANSWERED = "before the answer is stored"


@dataclass(frozen=True)
class Halted:
    """A process that stopped at ``point`` in a call with the key ``key``; ``parent`` is its worker."""

    point: StrEnum
    pid: int
    parent: int
    key: str


class Tickets:
    def __init__(self, folder: Path, points: type[StrEnum] = Point) -> None:
        self.points = points
        self.laid = folder / "tickets"
        self.taken = folder / "halted"

    def lay(self, point: StrEnum) -> None:
        for folder in (self.laid, self.taken):
            folder.mkdir(exist_ok=True)
        (self.laid / point.name).touch()

    def is_laid(self, point: StrEnum) -> bool:
        return (self.laid / point.name).exists()

    def halt_if_asked(self, point: StrEnum, key: str) -> None:
        """Called by the worker: returns when there is no ticket, else stops until somebody kills or continues it."""
        with suppress(FileNotFoundError):
            (self.laid / point.name).rename(self.taken / f"{point.name},{os.getpid()},{os.getppid()},{key}")
            os.kill(os.getpid(), signal.SIGSTOP)

    def collect(self) -> Halted | None:
        """Who has stopped, told once."""
        for path in self.taken.iterdir() if self.taken.exists() else ():
            point, pid, parent, key = path.name.split(",")
            path.unlink()
            return Halted(self.points[point], int(pid), int(parent), key)
        return None

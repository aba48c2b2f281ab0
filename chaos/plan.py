"""What is done to the desk, and when: drawn anew from each seed."""

import random
from dataclasses import dataclass
from enum import StrEnum

from chaos.points import Point

# Of the kills, by how much dies with the process that was halted.
HOWS = ("process",) * 6 + ("worker", "group")
# The last kill comes while so much of the work is still to be done.
LEFT_AT_THE_END = 0.05
FLUSHES, BEAT_KILLS = 10, 8


@dataclass(frozen=True)
class Kill:
    """``after``: how much of the work has ended by then."""

    point: StrEnum
    how: str
    after: int
    flush: bool
    beat_too: bool


def kills(count: int, work: int, *, seed: int, points: tuple[StrEnum, ...] = tuple(Point)) -> list[Kill]:
    """The points as often as each other, spread over the whole run."""
    dice = random.Random(seed)
    drawn = [points[number % len(points)] for number in range(count)]
    dice.shuffle(drawn)
    return [
        Kill(
            point=point,
            how=dice.choice(HOWS),
            after=int(number / count * work * (1 - LEFT_AT_THE_END)),
            flush=number % (count // FLUSHES + 1) == 0,
            beat_too=number % (count // BEAT_KILLS + 1) == 1,
        )
        for number, point in enumerate(drawn)
    ]

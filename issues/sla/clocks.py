"""One clock of an issue: how much of its time is used up, when the rest of it ends, and how that came about. Pure.

What was measured is written down as it was measured: neither another policy nor other holidays change it later.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from issues.business_time import Calendar

WARNINGS = (50, 75, 90)  # percent
BREACH = 100
MOST_STRETCHES = 100


class Target(StrEnum):
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


class State(StrEnum):
    """Time counts in ``RUNNING`` alone. ``EARLIER`` sums up what is too long ago to be listed."""

    RUNNING = "running"
    WAITING = "waiting_for_customer"
    RESOLVED = "resolved"
    EARLIER = "earlier"


@dataclass(frozen=True)
class Terms:
    """What a policy says of one target, as it was when the clock was put under it. ``rule`` is that of ``escalate``."""

    policy: str
    policy_id: str
    version: int
    allowed: timedelta
    calendar: Calendar
    rule: dict[str, Any] = field(default_factory=dict)


@dataclass
class Stretch:
    """``counted`` is what of it is used up; it is written down when the stretch ends."""

    state: State
    start: datetime
    end: datetime | None = None
    counted: timedelta = timedelta()
    policy: str = ""


@dataclass
class Clock:
    """``told`` is the highest percentage that people have heard of; ``met_at`` is when the target was met."""

    target: Target
    terms: Terms
    stretches: list[Stretch] = field(default_factory=list)
    met_at: datetime | None = None
    breached_at: datetime | None = None
    ended_at: datetime | None = None
    told: int = 0

    @classmethod
    def started(cls, target: Target, terms: Terms, at: datetime) -> "Clock":
        return cls(target, terms, [Stretch(State.RUNNING, at, policy=terms.policy)])

    @property
    def present(self) -> Stretch:
        return self.stretches[-1]

    @property
    def is_running(self) -> bool:
        return self.ended_at is None and self.present.state == State.RUNNING and self.present.end is None

    def used(self, at: datetime) -> timedelta:
        """What counts up to then."""
        past = sum((stretch.counted for stretch in self.stretches), timedelta())
        return past + (self.terms.calendar.elapsed(self.present.start, at) if self.is_running else timedelta())

    def remaining(self, at: datetime) -> timedelta:
        return max(self.terms.allowed - self.used(at), timedelta())

    def moment_of(self, percent: int) -> datetime | None:
        """When so much of the time is used up, if it goes on running; its start where that was so before."""
        if not self.is_running:
            return None
        rest = self.terms.allowed * percent / 100 - self.used(self.present.start)
        return self.present.start if rest <= timedelta() else self.terms.calendar.after(self.present.start, rest)

    @property
    def due_at(self) -> datetime | None:
        """When the time ends or has ended; None while the clock stands still with some of it left."""
        return self.breached_at or self.moment_of(BREACH)

    def go_into(self, state: State, at: datetime) -> None:
        """From ``at`` on, but never before the present stretch began."""
        if self.ended_at is None and self.present.state != state:
            at = max(at, self.present.start)
            self._close(at)
            self.stretches.append(Stretch(state, at, policy=self.terms.policy))
            self._sum_up_what_is_long_ago()

    def end(self, at: datetime, *, is_met: bool) -> None:
        if self.ended_at is None:
            at = max(at, self.present.start)
            self._close(at)
            self.ended_at, self.met_at = at, at if is_met else None

    def go_over(self, terms: Terms, at: datetime) -> "Clock":
        """End it, for one by other terms that goes on from there: what is used up stays used up."""
        state, at = self.present.state, max(at, self.present.start)
        self.end(at, is_met=False)
        earlier = Stretch(State.EARLIER, self.stretches[0].start, at, self.used(at), self.terms.policy)
        other = Clock(self.target, terms, [earlier, Stretch(state, at, policy=terms.policy)])
        other.told = max((each for each in WARNINGS if earlier.counted * 100 >= terms.allowed * each), default=0)
        return other

    def _close(self, at: datetime) -> None:
        """A breach within the stretch is written down with it: what comes later can't undo it."""
        if self.is_running:
            late = self.moment_of(BREACH)
            if self.breached_at is None and late is not None and late < at:
                self.breached_at = late
            self.present.counted = self.terms.calendar.elapsed(self.present.start, at)
        self.present.end = at

    def _sum_up_what_is_long_ago(self) -> None:
        if len(self.stretches) > MOST_STRETCHES:
            first, second = self.stretches[:2]
            together = Stretch(State.EARLIER, first.start, second.end, first.counted + second.counted)
            self.stretches[:2] = [together]

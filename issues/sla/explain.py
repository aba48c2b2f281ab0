"""How an issue's deadlines came about: every clock as a list of segments, each with what of it counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from common import clock as desk_clock
from issues.models import Issue
from issues.sla.clocks import Clock, State, Stretch
from issues.sla.written import read

CLOSED = "closed"  # within a running stretch: nobody works then
MOST_PIECES = 20


@dataclass(frozen=True)
class Segment:
    """``state`` is one of ``State``, or ``closed``."""

    state: str
    start: datetime
    end: datetime
    counted: timedelta
    policy: str


@dataclass(frozen=True)
class Explained:
    clock: Clock
    used: timedelta
    remaining: timedelta
    segments: list[Segment]

    @property
    def percent(self) -> int:
        return min(int(self.used * 100 / self.clock.terms.allowed), 100)

    @property
    def state(self) -> str:
        """``late`` and ``met_late`` are for those that took too long."""
        if self.clock.ended_at is None:
            return "late" if self.clock.breached_at or not self.remaining else str(self.clock.present.state)
        if self.clock.met_at is None:
            return "replaced"
        return "met_late" if self.clock.breached_at else "met"


def explain(issue: Issue, *, at: datetime | None = None) -> list[Explained]:
    """Those that are open first, and of each kind the newest first."""
    now = at or desk_clock.now()
    clocks = sorted(
        map(read, issue.clocks), key=lambda each: (each.ended_at is None, each.stretches[0].start), reverse=True
    )
    return [_explained(each, now) for each in clocks]


def _explained(clock: Clock, now: datetime) -> Explained:
    until = clock.ended_at or max(now, clock.present.start)
    segments = [segment for stretch in clock.stretches for segment in _segments(clock, stretch, until)]
    return Explained(clock, clock.used(until), clock.remaining(until), segments)


def _segments(clock: Clock, stretch: Stretch, until: datetime) -> list[Segment]:
    end = stretch.end or until
    if stretch.state != State.RUNNING:
        return [Segment(stretch.state, stretch.start, end, stretch.counted, stretch.policy)]
    counted = clock.terms.calendar.elapsed(stretch.start, end) if stretch.end is None else stretch.counted
    pieces = list(_pieces(clock, stretch, end))
    # Long ones are told in one, and so are those that were measured by holidays that are no longer known.
    if len(pieces) > MOST_PIECES or sum((each.counted for each in pieces), timedelta()) != counted:
        return [Segment(State.RUNNING, stretch.start, end, counted, stretch.policy)]
    return pieces


def _pieces(clock: Clock, stretch: Stretch, end: datetime) -> Iterator[Segment]:
    """Open and closed in turn."""
    at, opened = stretch.start, None
    for since, until in clock.terms.calendar.openings(stretch.start, end):
        if since > at:
            if opened is not None:
                yield Segment(State.RUNNING, opened, at, at - opened, stretch.policy)
            yield Segment(CLOSED, at, since, timedelta(), stretch.policy)
            opened = since
        opened, at = since if opened is None else opened, until
    if opened is not None:
        yield Segment(State.RUNNING, opened, at, at - opened, stretch.policy)
    if end > at:
        yield Segment(CLOSED, at, end, timedelta(), stretch.policy)

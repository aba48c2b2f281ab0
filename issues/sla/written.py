"""Clocks as they are written down, and read again."""

from datetime import UTC, datetime, timedelta
from typing import Any

from issues.business_time import Calendar
from issues.sla.clocks import Clock, State, Stretch, Target, Terms

Json = dict[str, Any]


def write(clock: Clock) -> Json:
    terms = clock.terms
    return {
        "target": clock.target,
        "terms": {
            "policy": terms.policy,
            "policy_id": terms.policy_id,
            "version": terms.version,
            "allowed": terms.allowed.total_seconds(),
            "calendar": terms.calendar.to_json(),
            "rule": terms.rule,
        },
        "stretches": [_write_stretch(stretch) for stretch in clock.stretches],
        "met_at": _text(clock.met_at),
        "breached_at": _text(clock.breached_at),
        "ended_at": _text(clock.ended_at),
        "told": clock.told,
    }


def read(written: Json) -> Clock:
    terms = written["terms"]
    seconds, calendar = timedelta(seconds=terms["allowed"]), Calendar.from_json(terms["calendar"])
    return Clock(
        Target(written["target"]),
        Terms(**{**terms, "allowed": seconds, "calendar": calendar}),
        [_read_stretch(stretch) for stretch in written["stretches"]],
        met_at=_moment(written["met_at"]),
        breached_at=_moment(written["breached_at"]),
        ended_at=_moment(written["ended_at"]),
        told=written["told"],
    )


def _write_stretch(stretch: Stretch) -> list[Any]:
    counted = stretch.counted.total_seconds()
    return [stretch.state, _text(stretch.start), _text(stretch.end), counted, stretch.policy]


def _read_stretch(written: list[Any]) -> Stretch:
    state, start, end, counted, policy = written
    return Stretch(
        State(state), datetime.fromisoformat(start).astimezone(UTC), _moment(end), timedelta(seconds=counted), policy
    )


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None

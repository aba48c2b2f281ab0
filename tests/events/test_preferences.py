"""When somebody hears of what: by choice, quiet hours and a cap; urgent things whatever they chose."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.models import Mode, NotificationSettings
from events.preferences import HOUR, URGENT_DIGEST, Plan, Preferences

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
CHOOSABLE, URGENT, UNKNOWN = "assigned", "escalated", "undescribed"
NIGHT = {"quiet_from": time(22), "quiet_to": time(7)}


def preferences(mode=None, **settings) -> Preferences:
    return Preferences(NotificationSettings(**settings), {CHOOSABLE: mode, URGENT: mode, UNKNOWN: mode} if mode else {})


def plan(kind=CHOOSABLE, *, mode=None, at=NOON, is_over_cap=False, **settings) -> Plan | None:
    return preferences(mode, **settings).plan(kind, is_over_cap=is_over_cap, now=at)


def at(hour: int, minute: int = 0, day: int = 15) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Plan(NOON)),
        ({"mode": Mode.AT_ONCE}, Plan(NOON)),
        ({"mode": Mode.OFF}, None),
        ({"mode": Mode.DIGEST}, Plan(at(8, day=16), in_digest=True)),
        ({"mode": Mode.DIGEST, "digest_at": time(13, 30)}, Plan(at(13, 30), in_digest=True)),
        ({"mode": Mode.DIGEST, "digest_at": time(12)}, Plan(at(12, day=16), in_digest=True)),
        ({"is_over_cap": True}, Plan(NOON + HOUR, in_digest=True)),
        ({"mode": Mode.OFF, "is_over_cap": True}, None),
        ({"at": at(23), **NIGHT}, Plan(at(7, day=16), in_digest=True)),
        ({"at": at(6, 59), **NIGHT}, Plan(at(7), in_digest=True)),
        ({"at": at(7), **NIGHT}, Plan(at(7))),
        ({"at": at(21, 59), **NIGHT}, Plan(at(21, 59))),
        ({"at": at(23), "mode": Mode.DIGEST, **NIGHT}, Plan(at(8, day=16), in_digest=True)),
        ({"kind": URGENT, "mode": Mode.OFF, "at": at(3), **NIGHT}, Plan(at(3))),
        ({"kind": URGENT, "mode": Mode.DIGEST}, Plan(NOON)),
        ({"kind": URGENT, "is_over_cap": True}, Plan(NOON + URGENT_DIGEST, in_digest=True)),
        ({"kind": UNKNOWN, "mode": Mode.OFF}, Plan(NOON)),
    ],
    ids=str,
)
def test_the_plan(given, expected):
    assert plan(**given) == expected


def test_quiet_hours_are_those_of_the_employees_clock():
    new_york = {"time_zone": "America/New_York", **NIGHT}  # four hours behind in June
    assert plan(at=at(3), **new_york) == Plan(at(11), in_digest=True)
    assert plan(at=at(23), **new_york) == Plan(at(23))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC)),  # the night loses an hour
        (datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 6, tzinfo=UTC)),  # and gets it back
    ],
)
def test_the_morning_comes_at_its_hour_when_the_clocks_change(now, due):
    assert plan(at=now, time_zone="Europe/Berlin", **NIGHT) == Plan(due, in_digest=True)


BACK = datetime(2026, 10, 25, tzinfo=UTC)  # in Berlin it is 2:00 at this hour, and again at the next


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (timedelta(minutes=15), timedelta(minutes=30)),
        (timedelta(minutes=75), timedelta(minutes=90)),
        (timedelta(minutes=-1), timedelta(minutes=30)),
    ],
    ids=["before the first end", "before the second", "before the hour"],
)
def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_twice(now, due):
    planned = plan(at=BACK + now, time_zone="Europe/Berlin", quiet_from=time(22), quiet_to=time(2, 30))
    assert (planned.due.astimezone(UTC), planned.in_digest) == (BACK + due, True)


def test_a_digest_comes_once_in_that_night():
    planned = plan(mode=Mode.DIGEST, at=BACK + HOUR, time_zone="Europe/Berlin", digest_at=time(2, 30))
    assert planned.due.astimezone(UTC) == BACK + timedelta(days=1, hours=1.5)


@given(st.integers(0, 30 * 60), st.times(), st.times())
def test_what_is_quiet_ends_within_a_day_also_then(minute, quiet_from, quiet_to):
    now = BACK - timedelta(hours=4) + timedelta(minutes=minute)
    mine = preferences(time_zone="Europe/Berlin", quiet_from=quiet_from, quiet_to=quiet_to)
    if mine.is_quiet(now):
        assert now < mine.end_of_quiet(now) <= now + timedelta(days=1, hours=1)
        assert not mine.is_quiet(mine.end_of_quiet(now))


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.times(), st.times(), st.sampled_from(list(Mode)))
def test_nothing_is_planned_for_the_past_or_later_than_two_days(moment, quiet_from, quiet_to, mode):
    now = moment.replace(tzinfo=UTC)
    planned = plan(mode=mode, at=now, quiet_from=quiet_from, quiet_to=quiet_to, time_zone="Australia/Lord_Howe")
    assert (planned is None) == (mode == Mode.OFF)
    assert planned is None or now <= planned.due <= now + timedelta(days=2)


@given(st.times(), st.times(), st.integers(0, 86_399))
def test_a_moment_is_quiet_or_lies_in_the_other_part_of_the_day(start, end, second):
    now = datetime(2026, 6, 15, tzinfo=UTC) + timedelta(seconds=second)
    night, day = preferences(quiet_from=start, quiet_to=end), preferences(quiet_from=end, quiet_to=start)
    assert (start == end) or (night.is_quiet(now) != day.is_quiet(now))

"""One clock: what it counts while it runs, stands still, and goes over to other terms."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.business_time import ROUND_THE_CLOCK, Calendar
from issues.sla.clocks import MOST_STRETCHES, Clock, State, Target, Terms
from issues.sla.written import read, write

MONDAY = datetime(2026, 6, 15, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = Calendar(zone="Europe/Berlin", days=(0, 1, 2, 3, 4), opens=9 * 60, closes=17 * 60, country="DE", part="BE")


def terms(hours: float, calendar: Calendar = ROUND_THE_CLOCK, policy: str = "p") -> Terms:
    return Terms(policy, "id", 1, hours * HOUR, calendar)


def running(hours: float, calendar: Calendar = ROUND_THE_CLOCK) -> Clock:
    return Clock.started(Target.RESOLUTION, terms(hours, calendar), MONDAY)


def test_it_is_due_when_its_time_is_used_up():
    clock = running(8)
    assert clock.due_at == MONDAY + 8 * HOUR
    assert clock.moment_of(75) == MONDAY + 6 * HOUR
    assert clock.used(MONDAY + 3 * HOUR) == 3 * HOUR


def test_business_hours_put_the_end_on_the_next_day():
    """9 UTC is 11 in Berlin in June: six hours today, two tomorrow from 9 (7 UTC)."""
    assert running(8, OFFICE).due_at == MONDAY + timedelta(days=1)


def test_what_stands_still_is_due_at_no_time_and_goes_on_where_it_stopped():
    clock = running(8)
    clock.go_into(State.WAITING, MONDAY + 3 * HOUR)
    assert (clock.due_at, clock.remaining(MONDAY + 90 * HOUR)) == (None, 5 * HOUR)
    clock.go_into(State.RUNNING, MONDAY + 90 * HOUR)
    assert clock.due_at == MONDAY + 95 * HOUR


def test_a_breach_is_written_down_to_the_second_and_no_pause_undoes_it():
    clock = running(8)
    clock.go_into(State.WAITING, MONDAY + 8 * HOUR + timedelta(seconds=1))
    assert clock.breached_at == clock.due_at == MONDAY + 8 * HOUR
    clock.go_into(State.RUNNING, MONDAY + 20 * HOUR)
    assert clock.due_at == MONDAY + 8 * HOUR


def test_to_the_last_second_it_is_in_time():
    clock = running(8)
    clock.end(MONDAY + 8 * HOUR, is_met=True)
    assert (clock.met_at, clock.breached_at) == (MONDAY + 8 * HOUR, None)


def test_an_earlier_moment_than_the_present_stretch_is_taken_as_its_start():
    clock = running(8)
    clock.go_into(State.WAITING, MONDAY - HOUR)
    assert clock.used(MONDAY + HOUR) == timedelta()


def test_other_terms_carry_over_what_is_used_up_and_leave_the_past_as_it_was():
    old = running(10)
    new = old.go_over(terms(4, policy="stricter"), MONDAY + 3 * HOUR)
    assert (old.ended_at, old.met_at, old.used(MONDAY)) == (MONDAY + 3 * HOUR, None, 3 * HOUR)
    assert (new.due_at, new.told) == (MONDAY + 4 * HOUR, 75)


def test_terms_that_are_used_up_already_are_broken_at_once_and_that_is_still_to_tell():
    new = running(10).go_over(terms(2), MONDAY + 3 * HOUR)
    assert (new.due_at, new.told) == (MONDAY + 3 * HOUR, 90)


def test_an_ended_clock_moves_no_more():
    clock = running(8)
    clock.end(MONDAY + HOUR, is_met=True)
    before = write(clock)
    clock.go_into(State.WAITING, MONDAY + 2 * HOUR)
    clock.end(MONDAY + 3 * HOUR, is_met=False)
    assert write(clock) == before


def test_a_long_back_and_forth_stays_bounded_and_counts_all_of_it():
    clock = running(1000)
    for number in range(1, 501):
        clock.go_into(State.WAITING if number % 2 else State.RUNNING, MONDAY + number * HOUR)
    assert len(clock.stretches) == MOST_STRETCHES
    assert clock.stretches[0].start == MONDAY
    assert clock.used(MONDAY + 500 * HOUR) == 250 * HOUR


moves = st.lists(st.tuples(st.sampled_from(list(State)[:3]), st.integers(0, 5000)), max_size=12)


@given(moves, st.integers(1, 100), st.sampled_from([ROUND_THE_CLOCK, OFFICE]))
def test_what_is_used_never_falls_and_standing_still_never_takes_from_what_is_left(steps, hours, calendar):
    clock, at = running(hours, calendar), MONDAY
    for state, minutes in steps:
        before, stood = clock.remaining(at), not clock.is_running
        at += timedelta(minutes=minutes)
        after = clock.remaining(at)
        assert after <= before
        assert not stood or after == before
        clock.go_into(state, at)
        assert clock.remaining(at) == after


@given(moves, st.integers(1, 100))
def test_what_is_written_is_read_again(steps, hours):
    clock, at = running(hours, OFFICE), MONDAY
    for state, minutes in steps:
        at += timedelta(minutes=minutes)
        clock.go_into(state, at)
    assert read(write(clock)) == clock


@pytest.mark.parametrize("percent", [50, 75, 90, 100])
def test_each_percentage_has_its_moment(percent):
    assert running(100).moment_of(percent) == MONDAY + percent * HOUR

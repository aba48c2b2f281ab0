"""Ids that tell their order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from common import clock
from common.ids import first_id_at, moment_of, new_id

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def test_they_are_of_version_7():
    assert (new_id().version, new_id().variant) == (7, "specified in RFC 4122")


def test_those_of_one_millisecond_come_in_the_order_they_were_made():
    with clock.as_if_at(NOON):
        made = [new_id() for _ in range(1000)]
    assert made == sorted(set(made))


def test_those_of_many_threads_at_once_are_all_different():
    with clock.as_if_at(NOON), ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: new_id(), range(2000)))
    assert len(set(made)) == 2000


def test_a_later_one_is_greater_whatever_was_made_in_between():
    with clock.as_if_at(NOON + timedelta(milliseconds=1)):
        later = new_id()
    with clock.as_if_at(NOON):
        assert first_id_at(NOON) <= new_id() < first_id_at(NOON + timedelta(milliseconds=1)) <= later


@given(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)))
def test_each_tells_its_own_millisecond_never_a_later_one(moment):
    with clock.as_if_at(moment.replace(tzinfo=UTC)):
        made = new_id()
    assert timedelta() <= moment.replace(tzinfo=UTC) - moment_of(made) <= timedelta(milliseconds=1)
    assert first_id_at(moment_of(made)) <= made

"""The smaller forms: answers as JSON, ETags, and the buckets of the rate limit."""

import json
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import RequestFactory
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from common.api import rate_limit
from common.api.etag import NEVER, etag_of, expected_version
from common.api.rate_limit import LocalBuckets, Rate, SharedBuckets
from common.api.renderers import to_json
from tests.concurrency.together import all_at_once


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=3))
def test_money_is_written_as_the_exact_number(amount):
    assert json.loads(to_json({"a": amount}), parse_float=Decimal, parse_int=Decimal) == {"a": amount}


def test_money_keeps_its_minor_digits():
    assert to_json([Decimal("5.00"), Decimal(500), Decimal("1E+2"), Decimal("1.255")]) == b"[5.00,500,100,1.255]"


def test_times_end_in_z_and_other_values_have_one_form():
    number = uuid.UUID(int=7)
    answer = {"at": datetime(2026, 1, 31, 12, tzinfo=UTC), "id": number, "text": gettext_lazy("No"), "set": {"b", "a"}}
    assert json.loads(to_json(answer)) == {
        "at": "2026-01-31T12:00:00Z", "id": str(number), "text": "No", "set": ["a", "b"],
    }  # fmt: skip


def test_what_has_no_form_is_not_guessed():
    with pytest.raises(TypeError):
        to_json({"a": object()})


@pytest.mark.parametrize(
    ("header", "version"),
    [
        (None, None), ("", None), ("*", None), (etag_of(3), 3), (' "3" ', 3), ("3", NEVER), ('W/"3"', NEVER),
        ('"x"', NEVER), ('"3", "4"', NEVER), ('"-1"', NEVER), ('"' + "9" * 30 + '"', NEVER), ('"٣"', NEVER),
    ],
)  # fmt: skip
def test_if_match_is_one_version_in_quotes(header, version):
    headers = {} if header is None else {"If-Match": header}
    assert expected_version(RequestFactory().patch("/", headers=headers)) == version


@pytest.fixture(params=["in this process", "in Redis"])
def buckets(request, settings):
    if request.param == "in this process":
        return LocalBuckets()
    if not settings.REDIS_URL:
        pytest.skip("needs Redis: set REDIS_URL")
    return SharedBuckets(settings.REDIS_URL)


@pytest.fixture
def name():
    return f"test:{uuid.uuid4()}"


def test_a_burst_is_taken_and_then_a_caller_waits_for_the_refill(buckets, name):
    rate = Rate(per_second=0.5, burst=3)
    assert [buckets.take(name, rate) for _ in range(3)] == [0, 0, 0]
    assert 0 < buckets.take(name, rate) <= 2


def test_callers_do_not_share_a_bucket(buckets, name):
    rate = Rate(per_second=0.001, burst=1)
    assert [buckets.take(name, rate), buckets.take(f"{name}b", rate)] == [0, 0]
    assert buckets.take(name, rate) > 0


def test_one_may_be_given_back_but_never_beyond_the_burst(buckets, name):
    rate = Rate(per_second=0.001, burst=2)
    buckets.take(name, rate)
    for _ in range(5):
        buckets.take(name, rate, -1)
    assert [bool(buckets.take(name, rate)) for _ in range(3)] == [False, False, True]


def test_of_many_at_once_only_the_burst_gets_through(buckets, name):
    rate = Rate(per_second=0.001, burst=5)
    waits = all_at_once(64, lambda number: buckets.take(name, rate))
    assert sum(wait == 0 for wait in waits) == 5


def test_buckets_refill_with_time_and_not_beyond_the_burst(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(rate_limit.time, "monotonic", lambda: now[0])
    buckets, rate = LocalBuckets(), Rate(per_second=1, burst=2)
    assert [buckets.take("a", rate) for _ in range(3)] == [0, 0, 1]
    now[0] += 1
    assert [buckets.take("a", rate) for _ in range(2)] == [0, 1]
    now[0] += 1000
    assert [buckets.take("a", rate) for _ in range(3)] == [0, 0, 1]


def test_the_names_kept_in_a_process_are_bounded(monkeypatch):
    monkeypatch.setattr(LocalBuckets, "MOST", 10)
    buckets, rate = LocalBuckets(), Rate(per_second=0.001, burst=1)
    for number in range(100):
        buckets.take(f"caller {number}", rate)
    assert len(buckets._buckets) == 10


def test_while_redis_is_away_calls_go_on_and_are_counted_here(name):
    buckets, rate = SharedBuckets("redis://127.0.0.1:1/0"), Rate(per_second=0.001, burst=2)
    assert [bool(buckets.take(name, rate)) for _ in range(3)] == [False, False, True]

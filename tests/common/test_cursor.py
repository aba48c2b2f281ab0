"""Pages by position: each row once, both ways, while rows come and go."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlparse

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import ApiKey
from common.api.cursor import LARGEST_LIMIT, Position, page_of
from common.errors import ValidationFailed

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
NEWEST_FIRST = ("-created_at", "-id")


def make_keys(*minutes: int) -> list[ApiKey]:
    return ApiKey.objects.bulk_create(
        ApiKey(integration="Shop", prefix=f"p{ApiKey.objects.count()}-{number}", hash="",
               created_at=NOON + timedelta(minutes=minute))
        for number, minute in enumerate(minutes)
    )  # fmt: skip


def page(address="/list?limit=3", ordering=NEWEST_FIRST):
    parts = urlparse(address)
    request = RequestFactory().get(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})
    return page_of(ApiKey.objects.all(), request, ordering)


def walk(address, direction="next", ordering=NEWEST_FIRST):
    """The ids of all pages from ``address`` on."""
    pages = []
    while address:
        found = page(address, ordering)
        pages.append([key.pk for key in found.rows])
        address = getattr(found, direction)
    return pages


@pytest.mark.django_db
@pytest.mark.parametrize("ordering", [NEWEST_FIRST, ("created_at", "id"), ("-prefix", "id"), ("created_at", "-id")])
@pytest.mark.parametrize("count", [0, 1, 3, 4, 7, 9])
def test_walking_shows_each_row_once_in_order(ordering, count):
    make_keys(*[number // 3 for number in range(count)])  # with equal times
    expected = list(ApiKey.objects.order_by(*ordering).values_list("pk", flat=True))
    assert [pk for pks in walk("/list?limit=3", ordering=ordering) for pk in pks] == expected


@pytest.mark.django_db
def test_walking_back_shows_the_same_pages():
    make_keys(*range(8))
    forth = walk("/list?limit=3")
    last = page(page(page("/list?limit=3").next).next)
    back = walk(last.previous, "previous")
    assert back == forth[-2::-1]


@pytest.mark.django_db
def test_the_first_page_has_nothing_before_it_and_the_last_nothing_after():
    make_keys(*range(4))
    first = page()
    last = page(first.next)
    assert (first.previous, last.next) == (None, None)
    assert page(last.previous).previous is None


@pytest.mark.django_db
def test_rows_added_meanwhile_shift_nothing():
    make_keys(*range(6))
    first = page()
    make_keys(100, 2)
    second = page(first.next)
    assert not {key.pk for key in first.rows} & {key.pk for key in second.rows}
    assert [key.created_at.minute for key in second.rows] == [2, 2, 1]


@pytest.mark.django_db
def test_addresses_are_full_and_keep_the_query():
    make_keys(*range(4))
    address = page("/list?limit=3&status=open,closed").next
    assert address.startswith("http://testserver/list?")
    assert parse_qs(urlparse(address).query)["status"] == ["open,closed"]


@pytest.mark.django_db
def test_the_default_is_fifty_rows():
    make_keys(*range(51))
    assert len(page("/list").rows) == 50


@pytest.mark.django_db
@pytest.mark.parametrize("limit", ["0", "-1", "201", "1.5", "ten", "", "1e2", "٣", "9" * 5000])
def test_a_bad_limit_is_refused(limit):
    with pytest.raises(ValidationFailed) as refused:
        page(f"/list?limit={limit}&") if limit else page_of(
            ApiKey.objects.all(), RequestFactory().get("/list", {"limit": ""})
        )
    assert set(refused.value.errors) == {"limit"}


@pytest.mark.django_db
def test_the_largest_limit_is_taken():
    assert page(f"/list?limit={LARGEST_LIMIT}").rows == []


def cursor_of(*parts) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(parts)).encode()).decode()


BAD_CURSORS = [
    "x", "é", "AAAA", cursor_of(), cursor_of(list(NEWEST_FIRST), True), cursor_of("a", True, []),
    cursor_of(list(NEWEST_FIRST), True, ["now", "1"]), cursor_of(list(NEWEST_FIRST), True, ["2026-01-01T00:00Z", "x"]),
    cursor_of(list(NEWEST_FIRST), True, ["2026-01-01T00:00Z"]), cursor_of(list(NEWEST_FIRST), 1, ["a", "b"]),
    cursor_of(list(NEWEST_FIRST), True, [None, None]), cursor_of(list(NEWEST_FIRST), True, [True, "1"]),
    cursor_of(list(NEWEST_FIRST), True, ["2026-01-01T00:00Z", "\x00"]),
    cursor_of(["-id"], True, ["1"]), cursor_of([[], []], True, ["a", "b"]),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", BAD_CURSORS)
def test_a_cursor_of_nobody_is_refused(cursor):
    with pytest.raises(ValidationFailed) as refused:
        page_of(ApiKey.objects.all(), RequestFactory().get("/list", {"cursor": cursor}), NEWEST_FIRST)
    assert set(refused.value.errors) == {"cursor"}


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_no_cursor_breaks_the_reader(text):
    with suppress(ValueError):
        Position.decode(text)


@given(st.datetimes(timezones=st.just(UTC)), st.uuids(), st.booleans())
def test_a_cursor_says_what_it_was_told(moment, number, forward):
    position = Position.decode(Position(NEWEST_FIRST, forward, (moment, number)).encode())
    assert (position.forward, position.values) == (forward, (moment.isoformat(), str(number)))

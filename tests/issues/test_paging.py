"""Pages by cursor: each row once, while rows are added, in every ordering."""

import random
from datetime import timedelta
from itertools import chain

import pytest

from common.api.cursor import Position
from issues.models import Issue
from issues.workflow import Priority
from tests.factories import IssueFactory
from tests.issues.test_listing import NOON

ORDERINGS = ["created_at", "updated_at", "priority", "due_at", "follow_up_date"]


def next_of(api, address: str):
    return api.get(address.removeprefix("http://testserver/api/v1"))


def scatter(order, count: int, *, seed: int = 7) -> list[Issue]:
    """Issues with many ties in every ordering, and with dates that are missing."""
    chance = random.Random(seed)
    return [
        IssueFactory(
            order=order,
            priority=chance.choice(Priority.values),
            created_at=NOON + timedelta(hours=chance.randrange(4)),
            updated_at=NOON + timedelta(hours=chance.randrange(4)),
            due_at=chance.choice([None, NOON, NOON + timedelta(hours=1)]),
            follow_up_required=True,
            follow_up_date=chance.choice([None, NOON, NOON + timedelta(hours=1)]),
        )
        for _ in range(count)
    ]


def walk(api, address: str, *, link: str = "next", between=lambda: None) -> list[list[str]]:
    """The numbers on each page, following ``link`` to the end."""
    pages = []
    while address:
        body = next_of(api, address).json()
        pages.append([row["issue_number"] for row in body["results"]])
        address = body[link]
        last = body
        between()
    return [*pages, last]


@pytest.mark.parametrize("ordering", [sign + name for name in ORDERINGS for sign in ("", "-")])
def test_pages_show_each_row_once_with_ties_and_missing_dates(api, order, ordering):
    scatter(order, 23)
    whole = [row["issue_number"] for row in api.get(f"/issues?ordering={ordering}").json()["results"]]
    *pages, last = walk(api, f"/issues?ordering={ordering}&limit=4")
    assert list(chain.from_iterable(pages)) == whole
    assert [len(page) for page in pages] == [4, 4, 4, 4, 4, 3]
    *back, first = walk(api, last["previous"], link="previous")
    assert list(chain.from_iterable(back[::-1])) == whole[:20]
    assert first["previous"] is None


@pytest.mark.parametrize("ordering", [sign + name for name in ORDERINGS for sign in ("", "-")])
def test_rows_that_are_added_between_two_pages_shift_nothing(api, order, ordering):
    """Each row of the beginning is shown once, whatever is put before, behind or among them meanwhile."""
    present = {issue.number for issue in scatter(order, 20)}
    seeds = iter(range(100, 200))
    *pages, _ = walk(api, f"/issues?ordering={ordering}&limit=6", between=lambda: scatter(order, 3, seed=next(seeds)))
    shown = list(chain.from_iterable(pages))
    assert len(shown) == len(set(shown))
    assert present <= set(shown)


def test_the_newest_first_list_does_not_repeat_rows_when_newer_ones_come(api, order):
    """The control: pages by number would show rows again."""
    old = [IssueFactory(order=order).number for _ in range(10)]
    first = api.get("/issues?limit=5").json()
    IssueFactory.create_batch(5, order=order)
    second = next_of(api, first["next"]).json()
    shown = [row["issue_number"] for row in first["results"] + second["results"]]
    assert shown == old[::-1]
    assert [issue.number for issue in Issue.objects.order_by("-created_at", "-id")[5:10]] == shown[:5]


def test_a_cursor_keeps_filters_and_belongs_to_its_ordering(api, order):
    for status in ["open", "closed"] * 4:
        IssueFactory(order=order, status=status)
    first = api.get("/issues?status=open&limit=3").json()
    second = next_of(api, first["next"]).json()
    assert {row["status"] for row in first["results"] + second["results"]} == {"open"}
    assert second["next"] is None
    elsewhere = first["next"] + "&ordering=created_at"
    assert next_of(api, elsewhere).json()["errors"].keys() == {"cursor"}


def test_there_is_no_total_count(api, issue):
    assert api.get("/issues").json().keys() == {"results", "next", "previous"}


@pytest.mark.parametrize(
    ("ordering", "values"),
    [
        ("-created_at", ("9999-12-31T23:59:59-23:00", "00000000-0000-0000-0000-000000000000")),
        ("-created_at", ("yesterday", "00000000-0000-0000-0000-000000000000")),
        ("-created_at", (NOON.isoformat(), "nobody")),
        ("priority", ("heavy", "00000000-0000-0000-0000-000000000000")),
        ("due_at", (5, "00000000-0000-0000-0000-000000000000")),
    ],
)
def test_a_cursor_that_was_tampered_with_is_refused(api, issue, ordering, values):
    columns = {"-created_at": ("-created_at", "-id"), "priority": ("rank", "id"), "due_at": ("due_or_last", "id")}
    cursor = Position(columns[ordering], True, values).encode()
    answer = api.get(f"/issues?ordering={ordering}&cursor={cursor}")
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"cursor"})

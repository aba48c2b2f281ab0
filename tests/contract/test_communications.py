"""Contract 7: words with the customer."""

from datetime import timedelta

import pytest

from common import clock
from issues.models import Communication
from tests.api_client import path_of
from tests.untouched import nothing_happens

WORD = {"channel": "phone", "direction": "outbound", "body": "We send a new one."}


@pytest.fixture
def say(api_of, alice, issue):
    api = api_of(alice)
    return lambda **word: api.post(
        f"{path_of(issue)}/communications", {"contacted_by": alice.employee_id, **WORD, **word}
    )


def test_it_is_written_down_without_a_new_version_and_read_again(say, api_of, alice, issue):
    said = say().json()
    assert (said["channel"], said["direction"], said["body"]) == ("phone", "outbound", WORD["body"])
    assert [each["id"] for each in api_of(alice).get(f"{path_of(issue)}/communications").json()["results"]] == [
        said["id"]
    ]
    version = issue.version
    issue.refresh_from_db()
    assert issue.version == version
    assert issue.customer_contacted


def test_the_first_answer_stops_the_clock_and_never_before_the_issue_was_there(say, issue):
    say(occurred_at="2020-01-01T00:00:00Z")
    issue.refresh_from_db()
    assert issue.first_response_at == issue.created_at
    say()
    issue.refresh_from_db()
    assert issue.first_response_at == issue.created_at


def test_a_word_that_is_still_to_come_is_refused(say):
    with nothing_happens():
        refused = say(occurred_at=(clock.now() + timedelta(hours=1)).isoformat())
    assert refused.json()["errors"].keys() == {"occurred_at"}


@pytest.mark.parametrize(
    ("word", "field"),
    [
        ({"channel": "fax"}, "channel"),
        ({"direction": "up"}, "direction"),
        ({"body": " "}, "body"),
        ({"body": "x" * 5001}, "body"),
        ({"occurred_at": "2026-01-01"}, "occurred_at"),
        ({"to": "x"}, "to"),
        ({"contacted_by": "EMP-NOBODY"}, "contacted_by"),
    ],
)
def test_a_bad_shape_is_refused_by_field(say, word, field):
    with nothing_happens():
        assert say(**word).json()["errors"].keys() == {field}
    assert not Communication.objects.exists()

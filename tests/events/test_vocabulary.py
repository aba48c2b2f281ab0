"""The vocabulary is whole, valid and documented. ``tests/conftest.py`` holds every event of every test against it."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator

from accounts.actor import Actor
from events.models import Event
from events.record import record
from events.subscribers import heard_names
from events.vocabulary import TYPES, EventType, data_of
from refunds.models import ClaimStatus, RefundStatus
from tests.api_client import ApiClient
from tests.described_events import faults_of
from tests.factories import key_for

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("each", TYPES.values(), ids=TYPES)
def test_each_schema_is_one(each):
    Draft202012Validator.check_schema(each.schema)
    assert each.text.endswith(".")
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", each.name)


def test_no_name_stands_twice():
    page = (ROOT / "events/vocabulary.py").read_text()
    assert len(TYPES) == page.count('    EventType("') + page.count("    EventType(\n") + 1


def test_every_name_in_the_code_is_in_the_list():
    """Those that are spelled out, and those that are made of a status."""
    sources = "".join(
        path.read_text() for app in ("issues", "refunds", "orders") for path in (ROOT / app).rglob("*.py")
    )
    families = {name.partition(".")[0] for name in TYPES}
    spelled = {name for name in re.findall(r'"([a-z]+\.[a-z_]+)"', sources) if name.partition(".")[0] in families}
    called = set(re.findall(r'(?:record|tell)\([^)]*?"([a-z]+\.[a-z_]+)"', sources))
    assert called
    assert called - TYPES.keys() == set()
    assert {name for name in spelled if name in heard_names()} - TYPES.keys() == set()
    assert {f"refund.{status}" for status in RefundStatus} <= TYPES.keys()
    assert {f"claim.{status}" for status in ClaimStatus} <= TYPES.keys()


def test_whatever_is_heard_is_in_the_list():
    assert set(heard_names()) - TYPES.keys() == set()


def test_the_documentation_is_fresh(capsys):
    """``make openapi`` writes it anew."""
    call_command("describe_events")
    assert capsys.readouterr().out == (ROOT / "docs/events.md").read_text()


def test_the_api_gives_the_list(alice):
    rows = ApiClient(key_for(alice)).get("/events/types").json()["results"]
    assert [row["type"] for row in rows] == list(TYPES)
    assert rows[0]["schema"] == TYPES[rows[0]["type"]].schema


def test_an_event_says_in_which_version_its_data_is(db, monkeypatch):
    monkeypatch.setitem(TYPES, "order.updated", EventType("order.updated", "x.", {}, version=3))
    record({"order.updated": {}}, actor=Actor.system("test"))
    assert Event.objects.get().version == 3
    Event.objects.all().delete()  # when the test is over, the type is what it was


def test_amounts_are_numbers_of_their_currency():
    shown = data_of("credit.expired", {"customer_id": "c", "amount": "5.000", "currency": "JPY"})
    assert str(shown["amount"]) == "5"


class TestTheControl:
    """What ``tests/conftest.py`` would find."""

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("order.sung", {}),
            ("order.updated", {}),
            ("order.updated", {"changed": "all"}),
            ("order.updated", {"changed": [], "colour": "red"}),
            ("issue.assigned", {"from": None, "to": 7}),
        ],
    )
    def test_finds_what_is_not_as_described(self, name, data):
        assert list(faults_of(Event(name=name, data=data)))

    def test_finds_nothing_else(self):
        assert list(faults_of(Event(name="order.updated", data={"changed": ["partner"]}))) == []

"""A prepared write stores what Django's own would, to the last column."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from common.prepared import PreparedWrites
from issues.models import Note

pytestmark = pytest.mark.django_db


@pytest.fixture
def note(issue):
    """Of no audited model, so that a save is one statement; not yet stored."""
    return Note(issue=issue, issue_version=2, body="It's 5 % off", via="api", request_id="test")


def statement_of(work: Callable[[], None]) -> str:
    with CaptureQueriesContext(connection) as captured:
        work()
    (query,) = captured
    return query["sql"].replace("(", "").replace(")", "")


def without_preparing(monkeypatch) -> None:
    monkeypatch.setattr(PreparedWrites, "_do_insert", Model._do_insert)
    monkeypatch.setattr(PreparedWrites, "_do_update", Model._do_update)


def test_an_insert_is_the_one_that_django_would_send(note, monkeypatch):
    prepared = statement_of(lambda: note.save(force_insert=True))
    assert Note.objects.get().body == "It's 5 % off"
    Note.objects.all().delete()
    without_preparing(monkeypatch)
    assert statement_of(lambda: note.save(force_insert=True)) == prepared


def test_an_update_is_the_one_that_django_would_send(note, monkeypatch):
    note.save()
    note.body, note.key_id = "Another", 7
    prepared = statement_of(lambda: note.save(update_fields=["body", "key_id"]))
    assert Note.objects.values_list("body", "key_id").get() == ("Another", 7)
    without_preparing(monkeypatch)
    assert statement_of(lambda: note.save(update_fields=["body", "key_id"])) == prepared


def test_the_statement_that_stored_a_value_stores_a_null_as_well(note):
    note.save()
    for key in (7, None, 8):
        note.key_id = key
        note.save(update_fields=["key_id"])
        assert Note.objects.get().key_id == key


def test_a_row_that_is_gone_is_not_updated_in_silence(note):
    note.save()
    Note.objects.all().delete()
    with pytest.raises(DatabaseError, match="did not affect any rows"), transaction.atomic():
        note.save(update_fields=["body"])
    assert not Note.objects.exists()


def test_a_key_that_the_database_gives_is_on_the_row(issue):
    assert issue.history.get().pk is not None

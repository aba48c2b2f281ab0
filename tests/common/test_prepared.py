"""A prepared write stores what Django's own would, to the last column."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from common.prepared import MOST_ROWS, PreparedWrites, insert_all
from issues.models import Note, SearchEntry

pytestmark = pytest.mark.django_db

LIKE = {"issue_version": 2, "via": "api", "request_id": "test"}


@pytest.fixture
def note(issue):
    """Of no audited model, so that a save is one statement; not yet stored."""
    return Note(issue=issue, body="It's 5 % off", **LIKE)


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


def entries(issue, count: int) -> list[SearchEntry]:
    """Of a model whose keys the database gives."""
    return [SearchEntry(issue=issue, text=f"It's {number} % off", is_header=number == 0) for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 2, 5, MOST_ROWS, MOST_ROWS + 1])
def test_rows_that_are_inserted_together_are_all_there_and_know_their_keys(issue, count):
    SearchEntry.objects.all().delete()
    rows = entries(issue, count)
    insert_all(iter(rows))
    assert {row.pk: (row.text, row.is_header) for row in rows} == {
        row.pk: (row.text, row.is_header) for row in SearchEntry.objects.filter(issue=issue)
    }
    assert not any(row._state.adding for row in rows)


def test_rows_are_inserted_by_one_statement_and_none_of_them_where_one_is_refused(note, issue):
    other, third = Note(issue=issue, body="Other", **LIKE), Note(issue=issue, body="Third", **LIKE)
    with CaptureQueriesContext(connection) as captured:
        insert_all([note, other])
    assert len(captured) == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        insert_all([third, note])
    assert set(Note.objects.values_list("body", flat=True)) == {note.body, "Other"}


def test_what_is_there_already_is_left_as_it_is_where_conflicts_are_ignored(note, issue):
    insert_all([note])
    again, other = Note(id=note.id, issue=issue, body="Again", **LIKE), Note(issue=issue, body="Other", **LIKE)
    insert_all([again, other], ignore_conflicts=True)
    assert set(Note.objects.values_list("body", flat=True)) == {note.body, "Other"}

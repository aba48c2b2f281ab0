"""Whether the process lives and can serve."""

import threading
from unittest import mock

import pytest
from django.db import OperationalError

from config import health


def test_healthz_touches_nothing(client, django_assert_num_queries):
    # No database fixture: any statement would fail this test.
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_readyz_is_ok_with_a_migrated_database(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["database"] == "ok"
    assert "broker" in response.json()


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (mock.Mock(return_value="migrations are missing"), "migrations are missing"),
        (mock.Mock(return_value="unreachable"), "unreachable"),
    ],
)
def test_readyz_fails_without_a_usable_database(client, monkeypatch, state, shown):
    monkeypatch.setattr(health, "database_state", state)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == shown


def test_readyz_waits_a_second_for_the_database_and_no_longer(client, monkeypatch):
    may_end = threading.Event()
    monkeypatch.setattr(health, "SECONDS", 0.05)
    monkeypatch.setattr(health, "database_state", lambda: may_end.wait(timeout=20) and "ok")
    response = client.get("/readyz")
    may_end.set()
    assert (response.status_code, response.json()["database"]) == (503, "too slow")


def test_a_broker_that_is_away_is_shown_and_does_not_matter(client, monkeypatch):
    monkeypatch.setattr(health, "database_state", lambda: "ok")
    monkeypatch.setattr(health, "broker_state", lambda: "unreachable (OperationalError)")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["broker"]) == (200, "unreachable (OperationalError)")


def test_a_look_is_told_only_where_something_is_wrong(client, monkeypatch, caplog):
    caplog.set_level("INFO", "redress.request")
    for state in ("ok", "unreachable"):
        monkeypatch.setattr(health, "database_state", lambda state=state: state)
        client.get("/healthz")
        client.get("/readyz")
    lines = [line.getMessage() for line in caplog.records if line.name == "redress.request"]
    assert len(lines) == 1
    assert "'route': 'readyz', 'status': 503" in lines[0]


def test_a_database_that_refuses_is_unreachable(monkeypatch):
    monkeypatch.setattr(health, "MigrationExecutor", mock.Mock(side_effect=OperationalError("secret")))
    monkeypatch.setattr(health, "connection", mock.Mock())
    assert health.database_state() == "unreachable"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_missing_migration_is_found(monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    assert health.database_state() == "migrations are missing"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_looking_is_allowed(client, path):
    assert client.post(path).status_code == 405

"""A database that keeps a request waiting: the caller hears it in time, and nothing of the request is done."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
from django.db import connection

from accounts.models import IdempotentCall
from config.postgres import bound_waiting
from issues.models import Issue
from orders.models import Order
from tests.accounts.calls import refused
from tests.api_client import ApiClient, path_of
from tests.doors.doors import FORM_DOORS, filled_in, signed_in
from tests.factories import key_for
from tests.untouched import nothing_happens

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.postgresql]
CHANGES = {"status": "investigating", "notes": "On it.", "refund_amount": "5.00", "refund_source": "merchant"}
SOON = 2  # seconds: a lock is given up after 0.3, on a machine that is busy


@pytest.fixture
def web(settings, monkeypatch):
    """The sessions of this process are those of a web process, with less patience."""
    settings.DATABASE_LOCK_TIMEOUT, settings.DATABASE_STATEMENT_TIMEOUT = 0.3, 1
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "options", "")
    bound_waiting()
    begin_sessions_anew()
    yield
    monkeypatch.undo()
    begin_sessions_anew()


def begin_sessions_anew():
    connection.close()
    connection.close_pool()


@pytest.fixture
def patch(alice, issue):
    """Alice's update by the API."""
    client, body = ApiClient(key_for(alice)), {"updated_by": alice.employee_id, **CHANGES}
    return lambda **headers: client.patch(path_of(issue), body, **headers)


@contextmanager
def held(row):
    """By another connection, for as long as the block lasts."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f'SELECT 1 FROM "{row._meta.db_table}" WHERE id = %s FOR UPDATE', [row.pk])
        yield
        cursor.execute("ROLLBACK")


@contextmanager
def told_soon():
    began = time.monotonic()
    yield
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize("row_of", [lambda issue: issue.order, lambda issue: issue], ids=["order", "issue"])
def test_an_update_of_what_is_held_for_long_is_503_and_nothing_is_done(web, issue, patch, row_of):
    with held(row_of(issue)), nothing_happens(), told_soon():
        response = patch()
    refused(response, 503, "SERVICE_UNAVAILABLE")
    assert response["Retry-After"]


def test_the_same_call_works_when_the_lock_is_gone_for_a_503_is_not_kept(web, issue, patch):
    with held(issue.order), nothing_happens():
        refused(patch(Idempotency_Key="once"), 503, "SERVICE_UNAVAILABLE")
    assert not IdempotentCall.objects.exists()
    again = patch(Idempotency_Key="once")
    assert (again.status_code, again.json()["new_status"]) == (200, "investigating")
    assert Issue.objects.get().version == 2
    assert Order.objects.get().refund_reserved == 5


@pytest.mark.parametrize("door", FORM_DOORS, ids=lambda door: door.via)
def test_a_form_gets_the_page_that_says_so(web, alice, issue, door):
    browser = signed_in(alice)
    browser.raise_request_exception = False
    form = filled_in(issue, CHANGES)
    with held(issue.order), nothing_happens(), told_soon():
        page = browser.post(door.address(issue), form)
    assert page.status_code == 503
    assert page["Retry-After"]
    assert "The desk is not available just now" in page.content.decode()
    assert browser.post(door.address(issue), form).status_code == 302
    assert Issue.objects.get().status == "investigating"


def test_a_statement_that_takes_too_long_is_503(web, patch, monkeypatch):
    def slow(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(10)")

    monkeypatch.setattr("issues.actions.write_changes.record", slow)  # when all of it is written
    with nothing_happens(), told_soon():
        refused(patch(), 503, "SERVICE_UNAVAILABLE")


def test_control_without_these_times_a_caller_waits_for_as_long_as_the_lock_is_held(issue, patch):
    def patch_by_another_thread():
        try:
            return patch()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with held(issue.order):
            call = pool.submit(patch_by_another_thread)
            with pytest.raises(TimeoutError):
                call.result(timeout=1.2)
        assert call.result(timeout=10).status_code == 200

"""Equal calls on real connections: one works. And a call that loses its claim undoes itself."""

import threading
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from accounts import idempotency
from accounts.models import IdempotentCall
from common import clock
from common.api.rate_limit import buckets
from tests.accounts.calls import Caller, refused
from tests.concurrency.together import all_at_once
from tests.factories import EmployeeFactory, OrderFactory, key_for
from tests.kernel_urls import SlowView

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.urls("tests.kernel_urls")]


@pytest.fixture(autouse=True)
def full_buckets():
    buckets.cache_clear()


@pytest.fixture
def caller():
    return Caller(key_for(EmployeeFactory()))


@pytest.fixture
def slow():
    """The view that waits in the middle of its work."""
    SlowView.entered.clear()
    SlowView.may_end.clear()
    yield SlowView
    SlowView.may_end.set()


def sixty_four(caller, **headers):
    order = OrderFactory()
    before = Group.objects.count()
    answers = all_at_once(64, lambda number: caller("POST", f"/orders-touched/{order.pk}", {}, **headers))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    return answers, Group.objects.count() - before


def test_of_64_equal_calls_one_works_and_the_others_get_its_answer_or_409(caller):
    answers, made = sixty_four(caller, Idempotency_Key="k")
    assert made == 1
    worked = [answer for answer in answers if answer.status_code == 201]
    assert sum("Idempotent-Replayed" not in answer for answer in worked) == 1
    assert len({answer.content for answer in worked}) == 1
    for answer in answers:
        if answer.status_code != 201:
            refused(answer, 409, "IDEMPOTENCY_IN_PROGRESS")
    assert IdempotentCall.objects.get().status == 201


def test_control_without_a_key_each_of_64_works(caller):
    answers, made = sixty_four(caller)
    assert Counter(answer.status_code for answer in answers).keys() <= {201, 500}  # two may pick one group's name
    assert made > 1


def test_64_different_keys_all_work(caller):
    order = OrderFactory()
    answers = all_at_once(
        64, lambda number: caller("POST", f"/orders-touched/{order.pk}", {}, Idempotency_Key=f"k{number}")
    )
    assert {answer.status_code for answer in answers} <= {201, 500}
    assert IdempotentCall.objects.filter(status=201).count() == sum(answer.status_code == 201 for answer in answers)
    assert not IdempotentCall.objects.filter(status=None).exists()


@contextmanager
def in_the_middle_of(caller, slow, answers: list):
    """Inside the block, a slow call is in the middle of its work."""

    def call():
        try:
            answers.append(caller("POST", "/slow", {"name": "slow"}, Idempotency_Key="k"))
        finally:
            connection.close()

    thread = threading.Thread(target=call)
    thread.start()
    try:
        assert slow.entered.wait(timeout=20)
        yield
    finally:
        slow.may_end.set()
        thread.join(timeout=30)


@pytest.mark.postgresql  # SQLite has one writer, so nobody comes between
def test_a_slow_call_that_was_taken_over_undoes_itself(caller, slow):
    answers: list = []
    with in_the_middle_of(caller, slow, answers), clock.as_if_at(clock.now() + timedelta(hours=1)):
        late = IdempotentCall.objects.get()
        other = IdempotentCall(claim=idempotency.uuid.uuid4(), claimed_until=clock.now() + timedelta(hours=1))
        assert idempotency.take_over(late, other)
    refused(answers[0], 409, "IDEMPOTENCY_IN_PROGRESS")
    assert not Group.objects.filter(name="slow").exists()
    assert IdempotentCall.objects.get().status is None  # the one who took over works on it


@pytest.mark.postgresql
def test_others_hear_at_once_that_a_slow_call_is_being_worked_on(caller, slow):
    answers: list = []
    with in_the_middle_of(caller, slow, answers):
        refused(caller("POST", "/slow", {"name": "slow"}, Idempotency_Key="k"), 409, "IDEMPOTENCY_IN_PROGRESS")
        assert not Group.objects.filter(name="slow").exists()
    assert answers[0].status_code == 201
    again = caller("POST", "/slow", {"name": "slow"}, Idempotency_Key="k")
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert Group.objects.filter(name="slow").count() == 1


class Died(BaseException):
    """The process is gone: nothing after it runs."""


def dies_before_keeping(caller):
    """A call whose process dies after the work and before the commit."""
    no_more = mock.patch.object(idempotency, "keep", side_effect=Died), mock.patch.object(idempotency, "free")
    with no_more[0], no_more[1], pytest.raises(Died):
        caller("POST", "/slow", {"name": "slow"}, Idempotency_Key="k")


def test_a_call_whose_process_died_left_nothing_and_is_done_once_after_its_lease(caller, slow, settings):
    slow.may_end.set()
    dies_before_keeping(caller)
    assert not Group.objects.filter(name="slow").exists()
    refused(caller("POST", "/slow", {"name": "slow"}, Idempotency_Key="k"), 409, "IDEMPOTENCY_IN_PROGRESS")

    def call_later(number):
        with clock.as_if_at(clock.now() + timedelta(seconds=settings.IDEMPOTENCY_CLAIM_SECONDS + 1)):
            return caller("POST", "/slow", {"name": "slow"}, Idempotency_Key="k")

    answers = all_at_once(8, call_later)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert sum(answer.status_code == 201 and "Idempotent-Replayed" not in answer for answer in answers) == 1
    assert Group.objects.filter(name="slow").count() == 1


def test_a_commit_whose_word_was_lost_is_not_done_again(caller, slow):
    """The answer is stored, and then the connection breaks: freeing the claim must not remove it."""
    slow.may_end.set()
    whole = idempotency.work_and_keep

    def and_then_break(*args):
        whole(*args)
        raise ConnectionResetError

    with mock.patch.object(idempotency, "work_and_keep", and_then_break):
        refused(caller("POST", "/slow", {"name": "slow"}, Idempotency_Key="k"), 500, "INTERNAL_ERROR")
    again = caller("POST", "/slow", {"name": "slow"}, Idempotency_Key="k")
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert Group.objects.filter(name="slow").count() == 1

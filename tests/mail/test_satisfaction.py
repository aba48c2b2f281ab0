"""What a customer says by the link of the closing mail, beside yes and no."""

import pytest
from django.test import Client

from accounts.actor import Actor
from issues.actions.answer_satisfaction import LONGEST, LinkUsedUp, answer_satisfaction
from issues.actions.decide_approval import decide_approval
from issues.actions.update import update_issue
from issues.models import Approval, Communication, SatisfactionLink
from tests.untouched import nothing_happens

SYSTEM = Actor.system("satisfaction-link")


@pytest.fixture
def closed(issue, max_, as_):
    for status in ("investigating", "in_progress", "resolved", "closed"):
        update_issue(issue.order_id, issue.pk, {"status": status, "notes": "x"}, actor=as_(max_))
    issue.refresh_from_db()
    return issue


def answer(issue, **given):
    return Client().post(f"/satisfaction/{SatisfactionLink.make(issue)}", given)


def test_a_satisfied_customers_word_stands_in_the_conversation(closed):
    page = answer(closed, satisfied="yes", word="  Very quick! ")
    closed.refresh_from_db()
    assert b"Thank you" in page.content
    assert closed.customer_satisfied is True
    said = closed.communications.get()
    assert (said.body, said.direction, said.author) == ("Very quick!", "inbound", None)
    assert not Approval.objects.exists()


def test_who_is_not_satisfied_asks_to_have_it_opened_again(closed):
    page = answer(closed, satisfied="no", word="It still leaks.")
    closed.refresh_from_db()
    approval = Approval.objects.get()
    assert b"We look at it again" in page.content
    assert (closed.status, closed.customer_satisfied) == ("closed", False)
    assert (approval.kind, approval.status, approval.requested_by) == ("reopen", "pending", None)
    assert "It still leaks." in approval.note


def test_a_request_of_the_customers_that_waits_is_not_made_twice(closed):
    for _ in range(2):
        answer(closed, satisfied="no")
    assert Approval.objects.count() == 1


def test_no_word_is_no_communication(closed):
    answer(closed, satisfied="no", word=" \0 ")
    assert not Communication.objects.exists()


def test_a_long_word_is_cut(closed):
    answer(closed, satisfied="no", word="x" * 9000)
    assert len(closed.communications.get().body) == LONGEST
    assert len(Approval.objects.get().note) == LONGEST


def test_of_an_issue_that_is_open_again_it_asks_nothing(closed, max_, as_):
    update_issue(closed.order_id, closed.pk, {"status": "open"}, actor=as_(max_))
    answer(closed, satisfied="no")
    assert not Approval.objects.exists()


def test_a_manager_approves_what_the_customer_asked_for(closed, max_, as_):
    answer(closed, satisfied="no")
    decide_approval(Approval.objects.get().pk, "approved", actor=as_(max_))
    closed.refresh_from_db()
    assert closed.status == "open"


def test_a_link_works_once(closed):
    token = SatisfactionLink.make(closed)
    answer_satisfaction(token, True, actor=SYSTEM, word="Fine.")
    with nothing_happens(), pytest.raises(LinkUsedUp):
        answer_satisfaction(token, False, actor=SYSTEM, word="Not fine.")

"""The link of the closing mail, which the customer alone has, and what they say by it beside yes and no."""

import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from accounts.actor import Actor
from common import clock
from events.deliver import deliver_due, deliver_events
from events.models import Delivery
from issues.actions.answer_satisfaction import LONGEST, UNSATISFIED, LinkUsedUp, answer_satisfaction
from issues.actions.decide_approval import decide_approval
from issues.actions.update import update_issue
from issues.models import Approval, Communication, SatisfactionLink
from issues.timeline import entries_of
from tests.doors.doors import signed_in
from tests.untouched import nothing_happens

SYSTEM = Actor.system("satisfaction-link")


@pytest.fixture
def closed(issue, max_, as_):
    for status in ("investigating", "in_progress", "resolved", "closed"):
        update_issue(issue.order_id, issue.pk, {"status": status, "notes": "x"}, actor=as_(max_))
    issue.refresh_from_db()
    return issue


def links_in(text: str) -> list[str]:
    return re.findall(r"http\S+/satisfaction/[\w-]{22}\b", text)


class TestTheLink:
    """Of what is kept nobody can make one, whatever they may see."""

    @pytest.fixture
    def sent(self, closed):
        """The closing mail as the customer got it."""
        deliver_due()
        (sent,) = [each for each in mail.outbox if links_in(each.body)]
        return sent

    def test_is_in_the_text_and_in_the_html_and_works(self, sent, closed):
        (in_text,) = links_in(sent.body)
        assert links_in(sent.alternatives[0].content) == [in_text]
        assert "{{" not in sent.body + sent.alternatives[0].content
        Client().post(in_text, {"satisfied": "yes"})
        closed.refresh_from_db()
        assert closed.customer_satisfied is True

    def test_stands_in_no_row(self, sent):
        (link,) = links_in(sent.body)
        token = link.rpartition("/")[2]
        kept = Delivery.objects.get(kind="customer_closed")
        assert token not in f"{[vars(kept), *SatisfactionLink.objects.values(), *Delivery.objects.values()]}"
        assert SatisfactionLink.find(token) == SatisfactionLink.objects.get()

    def test_is_shown_to_nobody_in_the_admin_or_in_the_story(self, sent, closed, ada):
        kept = Delivery.objects.get(kind="customer_closed")
        page = signed_in(ada).get(reverse("admin:events_delivery_change", args=[kept.pk])).content.decode()
        assert "{{secret_link}}" in page
        assert links_in(page) + links_in(f"{entries_of(closed)}") == []

    def test_is_not_made_before_the_mail_goes_out(self, closed):
        while deliver_events():
            pass
        assert Delivery.objects.filter(kind="customer_closed", sent_at=None).exists()
        assert not SatisfactionLink.objects.exists()

    def test_of_a_second_try_works_and_so_does_that_of_the_first(self, closed, monkeypatch):
        tried: list[str] = []

        def arrive_and_break(message):
            tried.extend(links_in(message.body))
            raise SMTPServerDisconnected("after the mail was taken")

        with monkeypatch.context() as patch:
            patch.setattr(EmailMultiAlternatives, "send", arrive_and_break)
            deliver_due()
        with clock.as_if_at(clock.now() + timedelta(minutes=1)):
            deliver_due()
        both = [*tried, *(link for each in mail.outbox for link in links_in(each.body))]
        assert (len(both), len(set(both))) == (2, 2)
        assert [Client().get(link).status_code for link in both] == [200, 200]

    def test_is_in_no_other_mail(self, issue, alice, max_, as_):
        issue.order.customer.name = "{{secret_link}}"
        issue.order.customer.save()
        update_issue(issue.order_id, issue.pk, {"assigned_to": alice}, actor=as_(max_))
        for status in ("investigating", "in_progress", "resolved"):
            update_issue(issue.order_id, issue.pk, {"status": status, "notes": "x"}, actor=as_(max_))
        deliver_due()
        assert len(mail.outbox) == 2
        assert links_in("".join(each.body for each in mail.outbox)) == []
        assert not SatisfactionLink.objects.exists()


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
    assert (approval.note, closed.communications.get().body) == (UNSATISFIED, "It still leaks.")


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

"""Messages: once for each event and person, by mail and in the product, at least once and always the same."""

import re
import smtplib
from datetime import timedelta

import pytest
from django.core import mail

from common import clock
from events import deliver, inbox
from events.messages import Message, queue_messages
from events.models import Channel, Delivery, Event
from tests import factories


@pytest.fixture
def event(db):
    return Event.objects.create(name="test.thunder", via="system", next_attempt_at=None)


def message(**changes) -> Message:
    fields = {"kind": "thunder", "subject": "Thunder", "text": "Hear it.", "html": "<p>Hear it.</p>", "url": "/x"}
    return Message(**fields | changes)


def test_an_employee_is_told_by_mail_and_in_the_product(event, alice):
    queue_messages(event, [message(employee=alice)])
    assert set(Delivery.objects.values_list("channel", "address")) == {
        (Channel.EMAIL, alice.email),
        (Channel.IN_PRODUCT, alice.employee_id),
    }


def test_once_for_each_event_and_person(event, alice):
    for _ in range(2):
        queue_messages(event, [message(employee=alice), message(employee=alice, kind="again")])
    deliver.deliver_due()
    deliver.deliver_due()
    assert Delivery.objects.count() == 2
    assert len(mail.outbox) == 1


def test_a_customer_is_told_by_mail_alone(event):
    queue_messages(event, [message(address="kim@shop.example")])
    assert list(Delivery.objects.values_list("channel", "address")) == [(Channel.EMAIL, "kim@shop.example")]


def test_who_has_no_address_is_told_in_the_product_alone(event):
    queue_messages(event, [message(employee=factories.EmployeeFactory(email=""))])
    assert Delivery.objects.get().channel == Channel.IN_PRODUCT


def test_a_subject_is_one_line(event, alice):
    queue_messages(event, [message(employee=alice, subject="Thunder\r\nBcc: all@desk.example" + "!" * 300)])
    deliver.deliver_due()
    assert mail.outbox[0].subject.startswith("Thunder Bcc: all@desk.example!")
    assert len(mail.outbox[0].subject) == 200
    assert mail.outbox[0].recipients() == [alice.email]


def test_a_mail_has_text_and_html_and_the_deliverys_own_id(event, alice):
    queue_messages(event, [message(employee=alice)])
    deliver.deliver_due()
    (sent,) = mail.outbox
    delivery = Delivery.objects.get(channel=Channel.EMAIL)
    assert (sent.to, sent.subject, sent.body) == ([alice.email], "Thunder", "Hear it.")
    assert sent.alternatives[0].content == "<p>Hear it.</p>"
    assert re.fullmatch(rf"<{delivery.pk}@.+>", sent.message()["Message-ID"])
    assert delivery.sent_at is not None


class TestAMailServerThatFails:
    @pytest.fixture
    def server(self, monkeypatch):
        """Fails as often as there are errors; notes the id of every mail that it was given."""

        class Server:
            errors = [smtplib.SMTPServerDisconnected("bye")]
            seen: list[str] = []

        def send(self):
            Server.seen.append(self.message()["Message-ID"])
            if Server.errors:
                raise Server.errors.pop()

        monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", send)
        Server.seen = []
        return Server

    def test_is_tried_again_with_the_same_id(self, event, server):
        queue_messages(event, [message(address="kim@shop.example")])
        deliver.deliver_due()
        assert Delivery.objects.get().sent_at is None
        with clock.as_if_at(clock.now() + timedelta(seconds=10)):
            deliver.deliver_due()
        assert Delivery.objects.get().sent_at is not None
        assert len(server.seen) == 2
        assert len(set(server.seen)) == 1

    def test_for_days_leaves_the_message_in_a_list(self, event, server, settings):
        server.errors = [smtplib.SMTPServerDisconnected("bye")] * 100
        queue_messages(event, [message(address="kim@shop.example")])
        for _ in range(100):
            due = Delivery.objects.get().next_attempt_at
            if due is None:
                break
            with clock.as_if_at(due + timedelta(seconds=1)):
                deliver.deliver_due()
        (dead,) = Delivery.objects.undeliverable()
        assert dead.last_error == "SMTPServerDisconnected: bye"
        assert len(server.seen) == settings.DELIVERY_MAX_ATTEMPTS
        assert due is None

    def test_keeps_no_other_channel_waiting(self, event, alice, server):
        queue_messages(event, [message(employee=alice)])
        deliver.deliver_due()
        assert Delivery.objects.get(channel=Channel.IN_PRODUCT).sent_at is not None


class TestTheInbox:
    @pytest.fixture
    def news(self, event, alice):
        other = Event.objects.create(name="test.rain", via="system", next_attempt_at=None)
        for number, each in enumerate([event, other]):
            with clock.as_if_at(clock.now() + timedelta(seconds=number)):
                queue_messages(each, [message(employee=alice, subject=each.name)])

    def test_shows_the_newest_first(self, news, alice):
        assert [each.subject for each in inbox.news_of(alice)] == ["test.rain", "test.thunder"]

    def test_is_ones_own(self, news, sofia):
        assert inbox.news_of(sofia) == []
        assert inbox.mark_read(sofia) == 0

    def test_counts_what_is_unread(self, news, alice):
        newest = inbox.news_of(alice)[0]
        assert inbox.unread_count(alice) == 2
        assert inbox.mark_read(alice, newest.pk) == 1
        assert inbox.mark_read(alice, newest.pk) == 0
        assert inbox.unread_count(alice) == 1
        assert inbox.mark_read(alice) == 1
        assert inbox.unread_count(alice) == 0

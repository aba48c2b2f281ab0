"""What employees chose, the cap and the digest, as mails that really go out."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail

from accounts.actor import Actor
from common import clock
from common.errors import ValidationFailed
from events import deliver, inbox, unsubscribe
from events.actions.choose_notifications import choose_notifications, switch_off_mails
from events.messages import Message, queue_messages
from events.models import Channel, Delivery, Event, Mode, NotificationChoice, NotificationSettings
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon():
    with clock.as_if_at(NOON):
        yield


def tell(*employees, kind="assigned", subject="Thunder", **outside):
    event = Event.objects.create(name="test.thunder", via="system", next_attempt_at=None)
    message = {"kind": kind, "subject": subject, "text": "Hear it.", "html": "<p>Hear it.</p>", "url": "/x"}
    to = [Message(**message, employee=employee) for employee in employees] or [Message(**message, **outside)]
    queue_messages(event, to)
    deliver.deliver_due()


def choose(employee, chat=None, **given):
    times = {name: given.pop(name) for name in list(given) if name not in ("assigned", "reopened", "escalated")}
    return choose_notifications(given, times, actor=Actor(employee=employee, via="web"), chat=chat)


def mails_at(moment):
    with clock.as_if_at(moment):
        deliver.deliver_due()
    return [each.subject for each in mail.outbox]


def test_off_means_no_mail_and_still_news(alice):
    choose(alice, assigned=Mode.OFF)
    tell(alice)
    assert mail.outbox == []
    assert [each.subject for each in inbox.news_of(alice)] == ["Thunder"]


def test_a_choice_is_ones_own(alice, sofia):
    choose(alice, assigned=Mode.OFF)
    tell(alice, sofia)
    assert [each.to for each in mail.outbox] == [[sofia.email]]


def test_a_choice_can_be_changed(alice):
    choose(alice, assigned=Mode.OFF)
    choose(alice, assigned=Mode.AT_ONCE)
    tell(alice)
    assert len(mail.outbox) == 1


class TestTheDigest:
    def test_is_one_mail_with_all_that_waited(self, alice):
        choose(alice, assigned=Mode.DIGEST, digest_at=time(17))
        for subject in ("First", "Second", "Third"):
            tell(alice, subject=subject)
        assert mails_at(NOON + timedelta(hours=4)) == []
        assert mails_at(NOON + timedelta(hours=5)) == ["3 messages from Redress"]
        body = mail.outbox[0].body
        assert body.index("First") < body.index("Second") < body.index("Third")
        assert "/notifications" in body
        assert Delivery.objects.filter(channel=Channel.EMAIL, sent_at=None).count() == 0
        assert len(mails_at(NOON + timedelta(days=2))) == 1

    def test_of_one_message_is_that_message(self, alice):
        choose(alice, assigned=Mode.DIGEST)
        tell(alice)
        assert mails_at(NOON + timedelta(days=1)) == ["Thunder"]

    def test_is_nobody_elses(self, alice, sofia):
        choose(alice, assigned=Mode.DIGEST)
        choose(sofia, assigned=Mode.DIGEST)
        for _ in range(2):
            tell(alice, sofia)
        assert mails_at(NOON + timedelta(days=1)) == ["2 messages from Redress"] * 2
        assert {each.to[0] for each in mail.outbox} == {alice.email, sofia.email}

    def test_that_cant_be_sent_is_tried_again_as_a_whole(self, alice, monkeypatch):
        choose(alice, assigned=Mode.DIGEST)
        for _ in range(3):
            tell(alice)
        with monkeypatch.context() as patch:
            patch.setattr("django.core.mail.EmailMultiAlternatives.send", broken_server)
            assert mails_at(NOON + timedelta(days=1)) == []
        assert mails_at(NOON + timedelta(days=1, hours=1)) == ["3 messages from Redress"]

    def test_escapes_what_it_is_told(self, alice):
        choose(alice, assigned=Mode.DIGEST)
        for _ in range(2):
            tell(alice, subject="<script>alert(1)</script>")
        mails_at(NOON + timedelta(days=1))
        assert "<script>" not in mail.outbox[0].alternatives[0].content


def broken_server(mail):
    raise OSError("no route")


class TestTheCap:
    @pytest.fixture(autouse=True)
    def cap(self, settings):
        settings.NOTIFICATION_CAP_PER_HOUR = 3

    def test_turns_the_rest_into_one_mail_and_loses_none(self, alice):
        for number in range(10):
            tell(alice, subject=f"Thunder {number}")
        assert len(mail.outbox) == 3
        assert mails_at(NOON + timedelta(hours=1))[3:] == ["7 messages from Redress"]
        assert all(f"Thunder {number}" in mail.outbox[3].body for number in range(3, 10))
        assert inbox.unread_count(alice) == 10

    def test_holds_for_urgent_things_too_for_minutes(self, alice):
        for _ in range(5):
            tell(alice, kind="escalated")
        assert len(mail.outbox) == 3
        assert mails_at(NOON + timedelta(minutes=5))[3:] == ["2 messages from Redress"]

    def test_is_one_persons(self, alice, sofia):
        for _ in range(5):
            tell(alice)
        tell(sofia)
        assert mail.outbox[-1].to == [sofia.email]

    def test_ends_with_the_hour(self, alice):
        for _ in range(3):
            tell(alice)
        with clock.as_if_at(NOON + timedelta(hours=1)):
            tell(alice)
        assert len(mail.outbox) == 4

    def test_delays_what_a_customer_is_told_and_keeps_each_apart(self):
        for number in range(5):
            tell(kind="customer_resolved", subject=f"Resolved {number}", address="kim@shop.example")
        assert len(mail.outbox) == 3
        assert mails_at(NOON + timedelta(hours=1))[3:] == ["Resolved 3", "Resolved 4"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"assigned": "sometimes"}, "assigned"),
        ({"escalated": Mode.OFF}, "escalated"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"digest_at": None}, "digest_at"),
        ({"quiet_from": time(22)}, "quiet_to"),
        ({"quiet_to": time(7)}, "quiet_from"),
        ({"moon": time(7)}, "moon"),
        ({"chat": "json://127.0.0.1/"}, "chat"),
        ({"chat": "file:///etc/passwd"}, "chat"),
        ({"chat": "slack://no"}, "chat"),
        ({"chat": "workflows://169.254.169.254:443/flow/signature"}, "chat"),
        ({"chat": "workflows://evil.example/x.logic.azure.com/signature"}, "chat"),
    ],
    ids=str,
)
def test_what_cant_be_chosen_is_refused_at_its_field_and_nothing_is_kept(alice, given, field):
    with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
        choose(alice, **given)
    assert list(refusal.value.errors) == [field]


def test_a_chat_address_is_kept_sealed(alice):
    address = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#orders"
    kept = choose(alice, chat=address)
    assert "TIiajkdn" not in NotificationSettings.objects.get().chat
    assert kept.chat
    choose(alice, digest_at=time(9))
    assert NotificationSettings.objects.get().chat == kept.chat
    choose(alice, chat="")
    assert NotificationSettings.objects.get().chat == ""


class TestUnsubscribing:
    def test_stands_in_the_header_of_what_can_be_switched_off(self, alice):
        tell(alice)
        headers = mail.outbox[0].extra_headers
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        address = headers["List-Unsubscribe"].strip("<>")
        assert unsubscribe.read(address.rpartition("/")[2]) == (alice, "assigned")

    def test_is_not_offered_for_urgent_things_nor_to_customers(self, alice):
        tell(alice, kind="escalated")
        tell(kind="customer_resolved", address="kim@shop.example")
        assert len(mail.outbox) == 2
        assert all("List-Unsubscribe" not in each.extra_headers for each in mail.outbox)

    def test_by_one_click_of_a_mailbox_ends_the_mails_of_that_kind(self, alice, client):
        token = unsubscribe.token_for(alice.pk, "assigned")
        client.handler.enforce_csrf_checks = True
        answer = client.post(f"/notifications/off/{token}", {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        tell(alice)
        tell(alice, kind="reopened")
        assert len(mail.outbox) == 1

    def test_by_looking_changes_nothing(self, alice, client):
        with nothing_happens():
            assert client.get(f"/notifications/off/{unsubscribe.token_for(alice.pk, 'assigned')}").status_code == 200
        assert not NotificationChoice.objects.exists()

    @pytest.mark.parametrize("token", ["x", "WzEsImFzc2lnbmVkIl0:1abc:forged"])
    def test_with_a_forged_link_is_refused(self, alice, client, token):
        assert client.get(f"/notifications/off/{token}").status_code == 410
        assert client.post(f"/notifications/off/{token}").status_code == 410
        assert not NotificationChoice.objects.exists()

    def test_what_is_urgent_stays_on(self, alice, client):
        token = unsubscribe.token_for(alice.pk, "escalated")
        assert client.post(f"/notifications/off/{token}").status_code == 410
        with pytest.raises(ValidationFailed):
            switch_off_mails(alice, "escalated", actor=Actor.system("test"))
        assert not NotificationChoice.objects.exists()

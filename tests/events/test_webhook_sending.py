"""Webhooks over real HTTP: verified as a receiver does, tried again by plan, and never lost."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.db import transaction
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from common import clock
from common.api.renderers import to_json
from events import deliver
from events.actions.rotate_webhook import rotate_webhook
from events.models import Event, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from events.shown import event_answer
from events.webhooks import senders
from tests import factories
from tests.events.conftest import SYSTEM
from tests.receiver import a_byte_at_a_time, answer, endless_body, endless_headers, garbage, hang_up, wait

PLAN = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]


def send() -> None:
    deliver.deliver_due()
    senders.send_here()


def send_at(moment) -> None:
    with clock.as_if_at(moment):
        send()


def only() -> WebhookDelivery:
    return WebhookDelivery.objects.select_related("event", "endpoint").get()


def die(*args) -> None:
    raise SystemExit


def last_try() -> WebhookAttempt:
    return WebhookAttempt.objects.order_by("-at").first()


class TestAWebhook:
    def test_is_verified_by_the_library_of_the_standard(self, webhook, receiver, happened):
        _, secret = webhook(receiver)
        event = happened()
        send()
        (call,) = receiver.calls
        assert Webhook(secret).verify(call.body, call.headers) == json.loads(to_json(event_answer(event)))
        assert call.headers["webhook-id"] == str(event.pk)
        assert call.headers["content-type"] == "application/json"
        assert call.headers["host"] == f"127.0.0.1:{receiver.port}"

    def test_under_another_secret_is_not(self, webhook, receiver, happened):
        webhook(receiver)
        happened()
        send()
        (call,) = receiver.calls
        with pytest.raises(WebhookVerificationError):
            Webhook("whsec_" + "A" * 43 + "=").verify(call.body, call.headers)

    def test_is_signed_twice_for_a_day_after_a_rotation(self, webhook, receiver, happened):
        endpoint, old = webhook(receiver)
        new = rotate_webhook(endpoint.pk, actor=SYSTEM).secret
        happened()
        send()
        (call,) = receiver.calls
        assert Webhook(old).verify(call.body, call.headers)
        assert Webhook(new).verify(call.body, call.headers)
        assert len(call.headers["webhook-signature"].split()) == 2
        with clock.as_if_at(clock.now() + timedelta(days=1, minutes=1)):
            happened()
            send()
        assert len(receiver.calls[1].headers["webhook-signature"].split()) == 1

    def test_goes_to_those_that_chose_its_event(self, webhook, receiving, happened):
        all_, these, others = receiving(), receiving(), receiving()
        webhook(all_, ["*"])
        webhook(these)
        webhook(others, ["issue.created"])
        happened()
        send()
        assert (len(all_.calls), len(these.calls), len(others.calls)) == (1, 1, 0)

    def test_of_one_store_hears_of_its_orders_alone(self, webhook, receiver, happened):
        mine, other = factories.OrderFactory(), factories.OrderFactory()
        webhook(receiver, ["*"], store_id=mine.store_id)
        event = happened(1, mine.pk)
        happened(2, other.pk)
        send()
        assert receiver.ids == [str(event.pk)]

    def test_is_sent_once(self, webhook, receiver, happened):
        webhook(receiver)
        happened()
        send()
        send()
        assert len(receiver.calls) == 1
        assert (only().status, only().attempts, only().last_error) == ("delivered", 1, "")

    def test_tells_nobody_what_was_rolled_back(self, webhook, receiver, happened):
        webhook(receiver)
        with transaction.atomic():
            happened()
            transaction.set_rollback(True)
        send()
        assert receiver.connections == 0

    def test_that_is_switched_off_is_not_sent(self, webhook, receiver, happened):
        endpoint, _ = webhook(receiver)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(is_enabled=False, disabled_because="by_hand")
        happened()
        send()
        assert receiver.connections == 0


TROUBLE = {
    "an error": (answer(500, b"oops"), "The receiver answered 500."),
    "a refusal": (answer(400), "The receiver answered 400."),
    "not modified": (answer(304), "The receiver answered 304."),
    "no http": (garbage, "The answer is not HTTP/1.1"),
    "a closed door": (hang_up, "The receiver closed the connection without an answer."),
    "slowness": (wait(3), "No answer within 0.5 seconds."),
    "a byte at a time": (a_byte_at_a_time, "No answer within 0.5 seconds."),
    "endless headers": (endless_headers, "The answer is not HTTP/1.1"),
    "an error without end": (endless_body(500), "The receiver answered 500."),
}


class TestAReceiverThatAnswers:
    @pytest.mark.parametrize("trouble", TROUBLE)
    def test_with_trouble_is_tried_again(self, webhook, receiving, happened, settings, trouble):
        settings.WEBHOOK_TIMEOUT = 0.5
        behave, error = TROUBLE[trouble]
        receiver = receiving(behave)
        webhook(receiver)
        event = happened()
        send()
        assert only().status == "pending"
        assert only().last_error.startswith(error)
        assert last_try().milliseconds < 2500
        receiver.behave = answer(200)
        send_at(only().next_attempt_at)
        assert only().status == "delivered"
        assert receiver.ids == [str(event.pk)] * 2

    def test_with_a_redirect_is_not_followed(self, webhook, receiving, happened):
        elsewhere = receiving()
        receiver = receiving(answer(302, Location=elsewhere.url))
        webhook(receiver)
        happened()
        send()
        assert elsewhere.connections == 0
        assert only().status == "pending"
        assert last_try().response_headers["location"] == elsewhere.url

    def test_without_end_is_believed_and_not_read_to_the_end(self, webhook, receiving, happened):
        webhook(receiving(endless_body()))
        happened()
        send()
        assert only().status == "delivered"
        assert len(last_try().response_body) == 1024

    def test_nothing_because_it_is_not_there_is_tried_again(self, webhook, receiver, happened):
        webhook(receiver)
        receiver.close()
        happened()
        send()
        assert only().last_error.startswith("The connection failed: Connection refused")

    def test_is_shown_cut_and_without_what_is_secret(self, webhook, receiving, happened):
        headers = {"Set_Cookie": "s=1", "Authorization": "x", "Content_Type": "text/plain", "Retry_After": "9" * 500}
        webhook(receiving(answer(200, b"\x00\xff" + b"z" * 9000, **headers)))
        happened()
        send()
        shown = last_try()
        assert shown.response_headers.keys() <= {"content-type", "retry-after", "content-length", "server", "date"}
        assert len(shown.response_headers["retry-after"]) == 200
        assert (len(shown.response_body), shown.response_body[:3]) == (1024, "\ufffdzz")
        assert shown.request_headers["webhook-signature"] == "v1,…"

    def test_410_switches_it_off_and_its_owner_is_told(self, webhook, receiving, happened, alice):
        endpoint, _ = webhook(receiving(answer(410)))
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(owner=alice)
        for number in range(3):
            happened(number)
        send()
        send()
        endpoint.refresh_from_db()
        assert (endpoint.is_enabled, endpoint.disabled_because) == (False, "gone")
        assert endpoint.history.first().disabled_because == "gone"
        assert WebhookAttempt.objects.count() == 1
        assert WebhookDelivery.objects.failed().count() == 3
        assert [message.to for message in mail.outbox] == [[alice.email]]
        assert Event.objects.filter(name="webhook.disabled").count() == 1


class TestAReceiverThatIsDown:
    def test_is_tried_by_plan_and_then_stands_in_a_list(self, webhook, receiving, happened, settings):
        settings.WEBHOOK_DISABLE_AFTER_DAYS = 100
        receiver = receiving(answer(503))
        webhook(receiver)
        event = happened()
        moments = [clock.now()]
        send()
        while (due := only().next_attempt_at) is not None:
            moments.append(due)
            send_at(due)
        waits = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
        assert len(waits) == len(PLAN)
        for waited, planned in zip(waits, PLAN, strict=True):
            assert planned <= waited <= planned * 1.2 + 5
        assert only().status == "failed"
        assert receiver.ids == [str(event.pk)] * 10
        assert len({call.headers["webhook-timestamp"] for call in receiver.calls}) == 10

    def test_for_three_days_gets_everything_when_it_is_back(self, webhook, receiving, happened):
        receiver, other = receiving(answer(503)), receiving()
        webhook(receiver)
        webhook(other)
        start = clock.now()
        events = []
        for hour in range(0, 72, 3):
            with clock.as_if_at(start + timedelta(hours=hour)):
                events.append(str(happened(hour).pk))
                send()
        assert sorted(other.ids) == sorted(events), "another is told at once"
        assert WebhookDelivery.objects.filter(endpoint__url=receiver.url).delivered().count() == 0
        receiver.calls.clear()
        receiver.behave = answer(200)
        for hour in range(72, 110):
            send_at(start + timedelta(hours=hour))
        assert sorted(receiver.ids) == sorted(events)
        assert WebhookDelivery.objects.exclude(delivered_at__isnull=False).count() == 0

    def test_for_five_days_is_switched_off(self, webhook, receiving, happened, ada):
        endpoint, _ = webhook(receiving(answer(503)))
        start = clock.now()
        for hour in range(0, 24 * 6, 6):
            with clock.as_if_at(start + timedelta(hours=hour)):
                if hour < 24 * 5:
                    assert WebhookEndpoint.objects.get().is_enabled
                    happened(hour)
                send()
        endpoint.refresh_from_db()
        assert endpoint.disabled_because == "failing"
        assert WebhookDelivery.objects.pending().count() == 0
        assert [message.to for message in mail.outbox] == [[ada.email]], "nobody owns it, so administrators are told"

    def test_one_success_begins_the_five_days_anew(self, webhook, receiving, happened):
        receiver = receiving(answer(503))
        webhook(receiver)
        start = clock.now()
        for day in range(9):
            receiver.behave = answer(200 if day == 4 else 503)
            with clock.as_if_at(start + timedelta(days=day)):
                happened(day)
                send()
        assert WebhookEndpoint.objects.get().is_enabled


class TestAWorkerThatDies:
    def test_in_the_middle_leaves_it_to_another_under_the_same_id(self, webhook, receiver, happened, settings):
        webhook(receiver)
        event = happened()
        deliver.deliver_due()
        assert senders.take("prompt") is not None, "and here it dies"
        senders.send_here()
        assert receiver.calls == []
        send_at(clock.now() + timedelta(seconds=settings.LEASE_SECONDS + 1))
        assert receiver.ids == [str(event.pk)]

    def test_after_sending_sends_it_again_under_the_same_id(self, webhook, receiver, happened, settings, monkeypatch):
        webhook(receiver)
        event = happened()
        deliver.deliver_due()
        with monkeypatch.context() as patch:
            patch.setattr("events.webhooks.send.settle", die)
            with pytest.raises(SystemExit):
                senders.send_here()
        send_at(clock.now() + timedelta(seconds=settings.LEASE_SECONDS + 1))
        assert receiver.ids == [str(event.pk)] * 2
        assert only().status == "delivered"

    def test_each_time_gives_it_up_in_the_end(self, webhook, receiver, happened):
        webhook(receiver)
        happened()
        deliver.deliver_due()
        for step in range(20):
            with clock.as_if_at(clock.now() + timedelta(minutes=step)):
                senders.take("prompt")
        assert (only().status, only().last_error) == ("failed", "Every worker that took it died.")

"""Events of Stripe as they come: late, twice, reversed, forged, and before our own commit."""

import json

import pytest
from django.core import mail
from django.test import Client

from accounts.actor import Actor
from events.deliver import deliver_due
from events.models import Delivery, Event
from refunds.actions.apply_event import apply_due_events
from refunds.actions.retry import retry_refund
from refunds.models import ExternalRefund, ProviderEvent, Refund
from refunds.models import RefundStatus as S
from tests import factories
from tests.refunds.cashier import ask, pay, status_of
from tests.refunds.stripe_desk import SECRETS, connected, keys_sent, paid_by, reserved, stripe_refund
from tests.refunds.stripe_events import HEARER, PATH, hear, later, news, post, send, signed
from tests.untouched import nothing_happens


@pytest.fixture
def server(settings):
    with connected(settings) as server:
        yield server


def told_to_customer(refund: Refund) -> list[str]:
    """The kinds of the mails about the refund that went out, each as often as it went."""
    sent = Delivery.objects.filter(once_for=refund.pk, sent_at__isnull=False)
    assert len([each for each in mail.outbox if each.to == [refund.order.customer.email]]) == len(sent)
    return [each.kind for each in sent]


class TestWhoSpeaks:
    """Nothing is believed, and nothing happens, without the right signature."""

    @pytest.mark.parametrize(
        "signing", [{"secret": "whsec_forged"}, {"age": 301}, {"secret": "whsec_é"}], ids=["forged", "old", "odd"]
    )
    def test_an_event_that_is_not_signed_as_it_must_be(self, alice, server, signing):
        pay(stripe_refund(server, by=alice))
        with nothing_happens():
            assert send(server.books.events[0], **signing) == 401

    @pytest.mark.parametrize("signature", ["", "t=1", "v1=abc", "t=x,v1=y", "t=1,v1=\xe9", "," * 9, "t=" + "9" * 5000])
    def test_a_signature_that_is_none(self, db, server, signature):
        with nothing_happens():
            assert post(b"{}", signature) == 401

    def test_a_body_that_was_changed_after_it_was_signed(self, alice, server):
        pay(stripe_refund(server, by=alice))
        raw = json.dumps(server.books.events[0] | {"_account": ""}).encode()
        with nothing_happens():
            assert post(raw.replace(b"evt_", b"evt_9"), signed(raw)) == 401

    @pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"id": 1, "type": "x", "data": {}}', b"null", b"x"])
    def test_a_signed_body_that_is_no_event(self, db, server, raw):
        with nothing_happens():
            assert post(raw, signed(raw)) == 400

    def test_without_a_secret_nobody_is_believed(self, db, server, settings):
        settings.STRIPE_EVENT_SECRETS = {"merchant": "", "platform": ""}
        with nothing_happens():
            assert post(b"{}", signed(b"{}", secret="")) == 401

    def test_a_body_that_is_too_large(self, db, server):
        raw = b" " * (256 * 1024 + 1)
        with nothing_happens():
            assert post(raw, signed(raw)) == 413

    def test_no_key_opens_it_and_no_other_method(self, ada, server):
        headers = {"Authorization": f"Bearer {factories.key_for(ada)}"}
        with nothing_happens():
            assert Client().post(PATH, b"{}", content_type="application/json", headers=headers).status_code == 401
            assert Client().get(PATH, headers=headers).status_code == 405

    def test_each_account_signs_with_its_own_secret(self, alice, server):
        pay(stripe_refund(server, source="platform", by=alice))
        assert send(server.books.events[0], secret=SECRETS["platform"]) == 200
        assert ProviderEvent.objects.get().account == "platform"


class TestOurs:
    def test_pending_ends_as_the_provider_says(self, alice, server):
        server.books.script("pi_1", ["pending"])
        refund = stripe_refund(server, by=alice)
        assert pay(refund) == S.PENDING
        server.books.settle(Refund.objects.get().provider_reference, "succeeded")
        hear(*news(server))
        assert status_of(refund) == S.SUCCEEDED
        assert paid_by(server, refund) == [6000]

    def test_what_an_event_says_is_not_believed_but_read(self, alice, server):
        server.books.script("pi_1", ["pending"])
        refund = stripe_refund(server, by=alice)
        pay(refund)
        (told,) = news(server)
        told["data"]["object"]["status"] = "succeeded"
        hear(told)
        assert status_of(refund) == S.PENDING

    def test_while_it_is_unknown_it_is_found_by_our_id(self, alice, server):
        """Case 10: no answer, so no reference; the metadata names it."""
        server.books.script("pi_1", ["drop"])
        refund = stripe_refund(server, by=alice)
        assert pay(refund) == S.UNKNOWN
        hear(*news(server))
        assert status_of(refund) == S.SUCCEEDED
        assert (paid_by(server, refund), keys_sent(server)) == ([6000], [f"{refund.pk}-1"])
        assert ExternalRefund.objects.count() == 0

    def test_twice_and_reversed_is_as_once(self, alice, server):
        """Case 6 and 9: the failure after the success, told in the wrong order and twice, frees the amount once."""
        refund = stripe_refund(server, by=alice)
        pay(refund)
        server.books.settle(Refund.objects.get().provider_reference, "failed", "expired_or_canceled_card")
        hear(*reversed(news(server)), *news(server))
        refund.refresh_from_db()
        assert (refund.status, refund.failure_code) == (S.RETURNED, "expired_or_canceled_card")
        assert reserved(refund) == 0
        assert paid_by(server, refund) == [6000, -6000]
        assert Event.objects.filter(name="refund.returned").count() == 1
        assert ProviderEvent.objects.count() == 3

    def test_three_parts_of_a_payment_do_not_mix(self, alice, server):
        """Case 6: the first's event again after the third, and the second fails."""
        first = stripe_refund(server, amount="20.00", by=alice)
        others = [ask(factories.IssueFactory(order=first.order), "20.00", actor=Actor(employee=alice, via="api"))]
        others.append(ask(factories.IssueFactory(order=first.order), "20.00", actor=Actor(employee=alice, via="api")))
        for refund in (first, *others):
            pay(refund)
        second = Refund.objects.get(pk=others[0].pk)
        server.books.settle(second.provider_reference, "failed", "declined")
        hear(news(server)[0], *news(server), news(server)[0])
        assert [status_of(refund) for refund in (first, *others)] == [S.SUCCEEDED, S.RETURNED, S.SUCCEEDED]
        assert [paid_by(server, refund) for refund in (first, *others)] == [[2000], [2000, -2000], [2000]]
        assert reserved(first) == 40

    def test_twelve_days_late_it_comes_back_and_people_hear_of_it(self, alice, server):
        """Case 8."""
        refund = stripe_refund(server, by=alice)
        pay(refund)
        hear(*news(server))
        server.books.settle(Refund.objects.get().provider_reference, "failed", "lost_or_stolen_card")
        told = news(server, "refund.failed") + news(server, "refund.updated")
        with later(days=12):
            for _ in range(2):
                hear(*told)
                deliver_due()
        assert (status_of(refund), reserved(refund)) == (S.RETURNED, 0)
        assert Delivery.objects.filter(employee=alice, kind="refund_failed", channel="in_product").count() == 1
        assert told_to_customer(refund).count("customer_refund_returned") == 1
        assert paid_by(server, refund) == [6000, -6000]

    def test_after_it_is_tried_again_the_old_failure_frees_nothing(self, alice, server, as_):
        refund = stripe_refund(server, by=alice)
        pay(refund)
        server.books.settle(Refund.objects.get().provider_reference, "failed")
        hear(*news(server))
        retry_refund(refund.pk, actor=as_(alice))
        pay(refund)
        hear(*[event | {"id": f"{event['id']}_again"} for event in news(server)])
        assert (status_of(refund), reserved(refund)) == (S.SUCCEEDED, 60)

    def test_a_provider_that_is_down_delays_the_event_and_loses_nothing(self, alice, server, settings):
        server.books.script("pi_1", ["drop"])
        refund = stripe_refund(server, by=alice)
        pay(refund)
        address, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, "http://127.0.0.1:9"
        hear(*news(server))
        assert ProviderEvent.objects.get().last_error.startswith("ProviderUnavailable")
        settings.STRIPE_API_BASE = address
        with later(minutes=1):
            apply_due_events(actor=HEARER)
        assert status_of(refund) == S.SUCCEEDED

    def test_an_event_that_changes_nothing_here_is_kept_and_done(self, db, server):
        hear({"id": "evt_1", "type": "charge.refunded", "data": {"object": {"id": "ch_1", "object": "charge"}}})
        event = ProviderEvent.objects.get()
        assert (event.outcome, event.next_attempt_at) == ("not_followed", None)

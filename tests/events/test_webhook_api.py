"""Webhooks through the API: who may, what is refused, what is shown once, and what is sent again."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models import F

from accounts.models import IdempotentCall
from accounts.roles import ADMINISTRATOR
from common import clock
from events import deliver
from events.actions import redeliver as redeliver_action
from events.models import Event, WebhookDelivery, WebhookEndpoint
from events.webhooks import senders
from tests.api_client import ApiClient
from tests.factories import EmployeeFactory, StoreFactory, TeamFactory, key_for
from tests.receiver import answer
from tests.untouched import nothing_happens

NEW = {"url": "https://shop.example/hook", "events": ["issue.resolved"]}


@pytest.fixture
def api(ada):
    return ApiClient(key_for(ada))


@pytest.fixture
def shop(db):
    """An integration's own key."""
    return ApiClient(key_for())


def send() -> None:
    deliver.deliver_due()
    senders.send_here()


def moment(at) -> str:
    return at.isoformat().replace("+00:00", "Z")


class TestRegistering:
    def test_shows_the_secret_once(self, api, ada):
        made = api.post("/webhooks", NEW)
        assert made.status_code == 201
        assert made.json()["secret"].startswith("whsec_")
        shown = api.get(f"/webhooks/{made.json()['id']}").json()
        assert "secret" not in shown
        assert (shown["owner"], shown["enabled"], shown["events"]) == (ada.employee_id, True, NEW["events"])
        assert made.json()["secret"] not in str(WebhookEndpoint.objects.values())

    def test_repeated_gives_the_same_secret_which_is_kept_sealed(self, api):
        made, again = (api.post("/webhooks", NEW, Idempotency_Key="k") for _ in range(2))
        assert again["Idempotent-Replayed"] == "true"
        assert again.json() == made.json()
        assert WebhookEndpoint.objects.count() == 1
        assert made.json()["secret"].encode() not in bytes(IdempotentCall.objects.get().body)

    def test_is_for_an_integration_with_the_scope_too(self, shop):
        assert shop.post("/webhooks", NEW).json()["owner"] is None

    @pytest.mark.parametrize("who", ["alice", "sofia", "max_"])
    def test_is_not_for_others_whatever_their_key(self, request, who):
        api = ApiClient(key_for(request.getfixturevalue(who)))
        with nothing_happens():
            refused = [api.post("/webhooks", NEW), api.get("/webhooks")]
        assert {each.status_code for each in refused} == {403}
        assert {each.json()["required_permission"] for each in refused} == {"events.manage_webhooks"}

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"url": "http://shop.example/"}, "url"), ({"url": "https://127.0.0.1/"}, "url"), ({"url": None}, "url"),
            ({"url": "https://shop.example/" + "x" * 2000}, "url"), ({"events": []}, "events"),
            ({"events": ["issue.sung"]}, "events"), ({"events": ["webhook.test"]}, "events"),
            ({"events": "*"}, "events"), ({"events": [1]}, "events.0"), ({"description": "x" * 201}, "description"),
            ({"store_id": "nowhere"}, "store_id"), ({"secret": "whsec_x"}, "secret"), ({"enabled": True}, "enabled"),
            ({"owner": "EMP-1"}, "owner"), ({"lane": "slow"}, "lane"),
        ],
    )  # fmt: skip
    def test_refuses_what_does_not_fit_by_name(self, api, change, field):
        with nothing_happens():
            refused = api.post("/webhooks", NEW | change)
        assert refused.status_code == 400
        assert list(refused.json()["errors"]) == [field]

    def test_for_some_stores_names_one_of_them(self, db):
        team = TeamFactory()
        team.stores.add(StoreFactory(id="hers"))
        StoreFactory(id="theirs")
        api = ApiClient(key_for(EmployeeFactory(role=ADMINISTRATOR, team=team)))
        for store in ({}, {"store_id": None}, {"store_id": "theirs"}):
            assert list(api.post("/webhooks", NEW | store).json()["errors"]) == ["store_id"]
        hers = api.post("/webhooks", NEW | {"store_id": "hers"}).json()
        ApiClient(key_for()).post("/webhooks", NEW)
        assert [row["id"] for row in api.get("/webhooks").json()["results"]] == [hers["id"]]


class TestChanging:
    @pytest.fixture
    def path(self, api):
        return f"/webhooks/{api.post('/webhooks', NEW).json()['id']}"

    def test_is_audited_with_who_did_it(self, api, ada, path):
        changed = api.patch(path, {"url": "https://shop.example/other", "events": ["*"], "description": "Shop"})
        assert (changed.json()["version"], changed.json()["url"]) == (2, "https://shop.example/other")
        row = WebhookEndpoint.objects.get().history.order_by("-history_id").first()
        assert (row.url, row.events, row.history_user, row.via) == ("https://shop.example/other", ["*"], ada, "api")
        assert not hasattr(row, "secret")
        call_command("verify_audit")

    def test_to_what_it_is_already_changes_nothing(self, api, path):
        with nothing_happens():
            assert api.patch(path, {"events": NEW["events"], "enabled": True}).json()["version"] == 1

    def test_names_something(self, api, path):
        assert api.patch(path, {}).status_code == 400

    def test_refuses_what_does_not_fit(self, api, path):
        with nothing_happens():
            assert api.patch(path, {"url": "https://10.0.0.1/"}).status_code == 400

    def test_switches_off_and_on(self, api, path):
        off = api.patch(path, {"enabled": False}).json()
        assert (off["enabled"], off["disabled_because"]) == (False, "by_hand")
        assert api.post(f"{path}/test", {}).json()["error_code"] == "WEBHOOK_DISABLED"
        on = api.patch(path, {"enabled": True}).json()
        assert (on["enabled"], on["disabled_because"], on["version"]) == (True, None, 3)

    def test_rotation_shows_the_new_secret_once(self, api, path):
        rotated = api.post(f"{path}/rotate", {}).json()
        assert rotated["secret"].startswith("whsec_")
        assert rotated["previous_secret_until"] > moment(clock.now() + timedelta(hours=23))
        assert rotated["version"] == 2


class TestDeliveries:
    @pytest.fixture
    def path(self, api, receiver):
        made = api.post("/webhooks", {"url": receiver.url, "events": ["order.updated"]}).json()
        return f"/webhooks/{made['id']}"

    def test_a_test_goes_to_the_one_that_asked(self, api, path, receiver, receiving, webhook):
        other = receiving()
        webhook(other, ["*"])
        assert api.post(f"{path}/test", {}).status_code == 202
        send()
        assert (len(receiver.calls), len(other.calls)) == (1, 0)

    def test_are_listed_by_state_and_shown_with_what_was_said(self, api, path, receiver, happened):
        receiver.behave = answer(500, b"no room", Content_Type="text/plain", Set_Cookie="a=b")
        event = happened()
        send()
        (row,) = api.get(f"{path}/deliveries?status=pending").json()["results"]
        assert (row["webhook_id"], row["attempts"]) == (str(event.pk), 1)
        assert api.get(f"{path}/deliveries?status=failed").json()["results"] == []
        shown = api.get(f"{path}/deliveries/{row['id']}").json()
        (attempt,) = shown["requests"]
        assert shown["body"]["id"] == str(event.pk)
        assert attempt["response"]["body"] == "no room"
        assert "set-cookie" not in attempt["response"]["headers"]
        assert attempt["headers"]["webhook-signature"] == "v1,…"
        assert api.get(f"{path}/deliveries?status=lost").status_code == 400

    def test_one_is_sent_again_under_the_same_id(self, api, path, receiver, happened):
        event = happened()
        send()
        delivery = WebhookDelivery.objects.get()
        assert api.post(f"{path}/deliveries/{delivery.pk}/redeliver", {}).json()["status"] == "pending"
        send()
        assert receiver.ids == [str(event.pk)] * 2

    def test_what_did_not_arrive_in_a_span_is_sent_again(self, api, path, receiver, happened):
        start = clock.now()
        arrived = happened(1)
        send()
        missed = happened(2)
        deliver.deliver_due()
        api.patch(path, {"enabled": False})
        unheard = happened(3)
        deliver.deliver_due()
        api.patch(path, {"enabled": True})
        span = {"since": moment(start - timedelta(seconds=1)), "until": moment(clock.now() + timedelta(seconds=1))}
        assert api.post(f"{path}/redeliver", span).json()["redelivered"] == 2
        send()
        assert sorted(receiver.ids) == sorted(str(event.pk) for event in (arrived, missed, unheard))
        assert api.post(f"{path}/redeliver", span | {"include_delivered": True}).json()["redelivered"] == 3
        assert list(api.post(f"{path}/redeliver", {**span, "until": span["since"]}).json()["errors"]) == ["until"]

    def test_all_time_is_a_span(self, api, path, happened):
        happened(1)
        always = {"since": "0001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z"}
        assert api.post(f"{path}/redeliver", always).json()["redelivered"] == 1

    def test_a_long_span_is_sent_again_in_parts(self, api, path, receiver, happened, monkeypatch):
        monkeypatch.setattr(redeliver_action, "MOST", 2)
        start = clock.now()
        for number in range(5):
            with clock.as_if_at(start + timedelta(seconds=number)):
                happened(number)
        since, until, counts = moment(start - timedelta(seconds=1)), moment(start + timedelta(hours=1)), []
        while since:
            done = api.post(f"{path}/redeliver", {"since": since, "until": until}).json()
            counts.append(done["redelivered"])
            since = done["next_since"]
        assert counts == [2, 2, 1]

    def test_none_is_left_out_between_two_parts(self, api, path, receiver, happened, monkeypatch):
        monkeypatch.setattr(redeliver_action, "MOST", 1)
        start = clock.now()
        for number in range(3):
            with clock.as_if_at(start + timedelta(seconds=number)):
                happened(number)
        Event.objects.update(created_at=F("created_at") + timedelta(milliseconds=1))  # it is read after the id is made
        since, until, count = moment(start - timedelta(seconds=1)), moment(start + timedelta(hours=1)), 0
        while since:
            done = api.post(f"{path}/redeliver", {"since": since, "until": until}).json()
            count, since = count + done["redelivered"], done["next_since"]
        assert count == 3

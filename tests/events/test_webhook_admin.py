"""Webhooks in the admin: for administrators, through the same actions, the secret on one page alone."""

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.roles import ADMINISTRATOR
from common.as_seen import fingerprint
from events import deliver
from events.actions.create_webhook import create_webhook
from events.forms import FIELDS
from events.models import WebhookDelivery, WebhookEndpoint
from events.webhooks import senders
from tests.factories import EmployeeFactory, StoreFactory, TeamFactory

LIST, ADD = "admin:events_webhookendpoint_changelist", "admin:events_webhookendpoint_add"
SURE = {"_form_submitted": "true"}


def page(row, step="change"):
    return reverse(f"admin:events_{row._meta.model_name}_{step}", args=[row.pk])


def seen(endpoint):
    return {"seen": fingerprint(endpoint, FIELDS)}


def test_a_new_one_shows_its_secret_on_that_page_alone(browse, ada):
    browser = browse(ada)
    assert browser.get(reverse(ADD)).status_code == 200
    shown = browser.post(reverse(ADD), {"url": "https://shop.example/", "events": ["*"], "description": ""})
    endpoint = WebhookEndpoint.objects.get()
    assert b"whsec_" in shown.content
    assert endpoint.owner == ada
    for address in (page(endpoint), reverse(LIST), page(endpoint, "history")):
        assert b"whsec_" not in browser.get(address).content


@pytest.mark.parametrize(
    "given", [{"url": "https://10.0.0.1/"}, {"url": "http://shop.example/"}, {"events": []}, {"events": ["x"]}]
)
def test_what_does_not_fit_is_said_at_the_field(browse, ada, given):
    shown = browse(ada).post(reverse(ADD), {"url": "https://shop.example/", "events": ["*"], "description": ""} | given)
    assert shown.status_code == 200
    assert list(shown.context["adminform"].form.errors) == list(given)
    assert WebhookEndpoint.objects.count() == 0


def test_a_change_is_audited(browse, ada, webhook, receiver):
    endpoint, _ = webhook(receiver)
    given = {"url": receiver.url, "events": ["issue.created", "issue.closed"], "description": "Shop"} | seen(endpoint)
    assert browse(ada).post(page(endpoint), given).status_code == 302
    row = endpoint.history.order_by("-history_id").first()
    assert (row.version, row.events, row.description, row.history_user) == (2, given["events"], "Shop", ada)


def test_it_is_rotated_tried_out_and_switched_off_and_on(browse, ada, webhook, receiver):
    endpoint, _ = webhook(receiver)
    browser = browse(ada)
    assert b"whsec_" in browser.post(page(endpoint, "rotate"), SURE).content
    browser.post(page(endpoint, "send_a_test"), SURE)
    deliver.deliver_due()
    senders.send_here()
    assert len(receiver.calls) == 1
    for step, is_enabled in (("switch_off", False), ("switch_on", True)):
        assert browser.post(page(endpoint, step), SURE)["Location"] == page(endpoint)
        endpoint.refresh_from_db()
        assert endpoint.is_enabled is is_enabled
    assert endpoint.version == 4


def test_what_was_given_up_is_sent_again(browse, ada, webhook, receiver, happened):
    webhook(receiver)
    happened()
    deliver.deliver_due()
    WebhookDelivery.objects.all().give_up("no")
    delivery, browser = WebhookDelivery.objects.get(), browse(ada)
    listed = browser.get(reverse("admin:events_webhookdelivery_changelist"), {"state": "failed"})
    assert b"order.updated" in listed.content
    assert browser.post(page(delivery, "send_again"), SURE)["Location"] == page(delivery)
    senders.send_here()
    assert b"webhook-id" in browser.get(page(delivery)).content
    assert len(receiver.calls) == 1


@pytest.mark.parametrize("who", ["alice", "sofia", "max_"])
def test_others_see_and_do_nothing(browse, request, webhook, receiver, who):
    endpoint, _ = webhook(receiver)
    browser = browse(request.getfixturevalue(who))
    for address in (reverse(LIST), reverse(ADD), page(endpoint), reverse("admin:events_webhookdelivery_changelist")):
        assert browser.get(address).status_code == 403
    for step in ("rotate", "send_a_test", "switch_off"):
        assert browser.post(page(endpoint, step), SURE).status_code == 403
    endpoint.refresh_from_db()
    assert endpoint.version == 1


def test_of_other_stores_there_is_none(browse, webhook, receiver):
    team = TeamFactory()
    team.stores.add(StoreFactory(id="hers"))
    endpoint, _ = webhook(receiver)
    browser = browse(EmployeeFactory(role=ADMINISTRATOR, team=team))
    assert receiver.url.encode() not in browser.get(reverse(LIST)).content
    assert browser.get(page(endpoint)).status_code in (302, 404)
    assert browser.post(page(endpoint, "switch_off"), SURE).status_code == 403


def test_deliveries_are_filtered_by_the_webhooks_that_one_sees(browse, ada, webhook, receiver):
    webhook(receiver)
    WebhookEndpoint.objects.update(description="Depot of Porto")
    team = TeamFactory()
    team.stores.add(StoreFactory(id="hers"))
    ida, listed = EmployeeFactory(role=ADMINISTRATOR, team=team), reverse("admin:events_webhookdelivery_changelist")
    new = {"url": "https://hers.example/", "events": ["*"], "store_id": "hers", "description": "Depot of Lisbon"}
    for _ in range(2):  # a filter with one choice is not shown
        create_webhook(new, actor=Actor.system("test"))
    shown = browse(ida).get(listed).content.decode()
    assert "Depot of Lisbon" in shown
    assert "Depot of Porto" not in shown
    assert "Depot of Porto" in browse(ada).get(listed).content.decode()


def test_nothing_is_deleted(browse, ada, webhook, receiver):
    endpoint, _ = webhook(receiver)
    assert browse(ada).post(page(endpoint, "delete"), {"post": "yes"}).status_code == 403

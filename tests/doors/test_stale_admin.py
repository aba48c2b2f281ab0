"""A page of the admin that is no longer true does not write over what somebody else has saved meanwhile."""

import pytest
from django.urls import reverse

from events.channels.chat import sealed
from events.models import ChatRoom, WebhookEndpoint
from issues.models import CustomerText, RoutingRule, Team
from tests.doors.doors import signed_in
from tests.doors.forms import opened
from tests.factories import StoreFactory, TeamFactory
from tests.untouched import nothing_happens

MODELS = [Team, RoutingRule, ChatRoom, CustomerText, WebhookEndpoint]
SAID = "Somebody else saved this since you opened it"


@pytest.fixture
def row(ada):
    """``row(model)``: one, for its page to be opened."""

    def row(model):
        if model is Team:
            return TeamFactory()
        if model is WebhookEndpoint:
            given = {"url": "https://shop.example/", "events": ["*"], "description": ""}
            signed_in(ada).post(reverse("admin:events_webhookendpoint_add"), given)
            return WebhookEndpoint.objects.get()
        fields = {
            RoutingRule: {"team": TeamFactory()},
            ChatRoom: {"name": "Orders", "address": sealed("slack://x"), "kinds": ["escalated"]},
            CustomerText: {"kind": "customer_resolved", "subject": "Hallo", "body": "Es ist gelöst."},
        }
        return model.objects.create(**fields[model])

    return row


CHANGES = {
    Team: ({"name": "Day shift"}, {"name": "Night shift"}),
    RoutingRule: ({"position": 1}, {"position": 2}),
    ChatRoom: ({"name": "Day shift"}, {"name": "Night shift"}),
    CustomerText: ({"subject": "Guten Tag"}, {"subject": "Gute Nacht"}),
    WebhookEndpoint: ({"description": "Shop"}, {"description": "Depot"}),
}


def page_of(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize("model", MODELS)
def test_who_comes_second_is_told_and_writes_nothing(ada, row, model):
    first, second = CHANGES[model]
    browser, page = signed_in(ada), page_of(row(model))
    sent = opened(browser, page)
    assert browser.post(page, sent | first).status_code == 302
    with nothing_happens():
        answer = browser.post(page, sent | second)
    assert SAID in answer.content.decode()
    assert browser.post(page, opened(browser, page) | second).status_code == 302
    assert model.objects.filter(**second).exists()


@pytest.mark.parametrize("model", MODELS)
def test_who_does_not_say_what_they_saw_writes_nothing(ada, row, model):
    browser, page = signed_in(ada), page_of(row(model))
    sent = opened(browser, page) | CHANGES[model][1]
    del sent["seen"]
    with nothing_happens():
        assert SAID in browser.post(page, sent).content.decode()


def test_a_team_that_was_given_stores_meanwhile_does_not_see_every_store_again(ada):
    team = TeamFactory()
    browser, page = signed_in(ada), page_of(team)
    sent = opened(browser, page) | {"takes_escalations": "on"}
    team.stores.add(StoreFactory(id="berlin"))
    with nothing_happens():
        assert SAID in browser.post(page, sent).content.decode()


def test_a_webhook_that_delivered_meanwhile_is_saved_all_the_same(ada, row):
    endpoint = row(WebhookEndpoint)
    browser, page = signed_in(ada), page_of(endpoint)
    sent = opened(browser, page) | {"description": "Shop"}
    WebhookEndpoint.objects.update(lane=WebhookEndpoint.Lane.SLOW, failing_since=endpoint.created_at)
    assert browser.post(page, sent).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.description, endpoint.lane) == ("Shop", "slow")

"""A mail provider hands over what came in: Postmark's form, through Anymail's view of it."""

import base64

import pytest
from anymail.exceptions import AnymailInsecureWebhookWarning
from django.test import Client

from common import clock
from events.threads import reply_address
from issues.actions.place_mail import place_due_mail
from issues.models import InboundMail
from issues.web.views import inbound
from tests.mail.conftest import ACTOR
from tests.mail.letters import letter

HOOK = "/mail/inbound"
SECRET = "desk:secret"


@pytest.fixture
def provider(settings):
    settings.INBOUND_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    inbound._view_of.cache_clear()


def hand_over(message, *, secret: str = SECRET):
    told = {
        "MessageID": "22c74902",
        "OriginalRecipient": str(message["To"]),
        "Date": clock.now().isoformat(),
        "RawEmail": message.as_string(),
        "Headers": [{"Name": "Return-Path", "Value": "<kim@shop.example>"}],
    }
    basic = base64.b64encode(secret.encode()).decode()
    browser = Client(headers={"authorization": f"Basic {basic}"} if secret else {}, enforce_csrf_checks=True)
    return browser.post(HOOK, told, content_type="application/json")


def test_what_the_provider_hands_over_becomes_a_word_of_the_customer(provider, issue):
    message = letter("It still leaks.", to=reply_address(issue.pk))
    assert [hand_over(message).status_code for _ in range(2)] == [200, 200]
    place_due_mail(actor=ACTOR)
    assert issue.communications.get().body == "It still leaks."


@pytest.mark.parametrize("secret", ["", "desk:wrong"])
def test_nobody_else_hands_over(provider, issue, secret):
    assert hand_over(letter(to=reply_address(issue.pk)), secret=secret).status_code == 400
    assert not InboundMail.objects.exists()


def test_without_a_secret_it_is_for_nobody(provider, issue, settings):
    settings.ANYMAIL = {}
    with pytest.warns(AnymailInsecureWebhookWarning):
        assert hand_over(letter(to=reply_address(issue.pk)), secret="").status_code == 403
    assert not InboundMail.objects.exists()


def test_without_a_provider_there_is_no_such_page(db, settings):
    settings.INBOUND_PROVIDER = ""
    assert hand_over(letter()).status_code == 404
    assert not InboundMail.objects.exists()

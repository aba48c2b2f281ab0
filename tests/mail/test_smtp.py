"""Mail as a real SMTP server on loopback gets it."""

from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from events.deliver import deliver_due
from events.threads import reply_address
from issues.actions.update import update_issue
from tests.ports import free_port


class Box:
    def __init__(self) -> None:
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's name
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 taken"


@pytest.fixture
def box(settings):
    box = Box()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield box
    server.stop()


def test_a_customer_gets_text_and_page_and_where_to_answer(box, issue, alice, as_):
    for status in ("investigating", "in_progress", "resolved"):
        update_issue(issue.order_id, issue.pk, {"status": status, "notes": "x"}, actor=as_(alice))
    deliver_due()
    ((_, mail),) = [each for each in box.mails if each[0] == ["kim@shop.example"]]
    assert mail["To"] == "kim@shop.example"
    assert mail["Reply-To"] == reply_address(issue.pk)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "is resolved" in mail["Subject"]
    assert issue.number in mail.get_body(("plain",)).get_content()
    assert issue.number in mail.get_body(("html",)).get_content()


def test_an_employee_gets_a_mail_that_a_mailbox_can_end(box, issue, sofia, alice, as_):
    update_issue(issue.order_id, issue.pk, {"assigned_to": sofia}, actor=as_(alice))
    deliver_due()
    ((recipients, mail),) = box.mails
    assert recipients == [sofia.email]
    assert mail["Reply-To"] is None
    assert "/notifications/off/" in mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

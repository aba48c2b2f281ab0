"""Chats, through Apprise, over real HTTP to a receiver on loopback."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock
from common.as_seen import fingerprint
from events import deliver
from events.channels.chat import UnfitAddress, sealed, service_at
from events.messages import Message, queue_messages
from events.models import Channel, ChatRoom, Delivery, Event, NotificationSettings
from issues.actions.update import update_issue
from issues.timeline import entries_of
from tests.doors.doors import signed_in
from tests.factories import IssueFactory, TeamFactory
from tests.receiver import Receiver, answer

pytestmark = pytest.mark.django_db
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#orders"


@pytest.fixture
def chat(settings):
    settings.CHAT_SERVICES = ["json", "slack"]
    receiver = Receiver(answer(200))
    yield receiver
    receiver.close()


def address_of(chat: Receiver, query: str = "") -> str:
    return f"json://127.0.0.1:{chat.port}/hook{query}"


def room(chat: Receiver, *, kinds=("escalated",), **fields) -> ChatRoom:
    fields = {"name": "Orders", "address": sealed(address_of(chat))} | fields
    return ChatRoom.objects.create(kinds=list(kinds), **fields)


def tell(employee, kind="assigned"):
    event = Event.objects.create(name="test.thunder", via="system", next_attempt_at=None)
    message = Message(kind=kind, subject="Thunder", text="Hear it.\n\nAnd more.", url="/x", employee=employee)
    queue_messages(event, [message])
    deliver.deliver_due()


def test_an_employee_with_an_address_is_told_there_too(alice, chat, settings):
    NotificationSettings.objects.create(employee=alice, chat=sealed(address_of(chat)))
    tell(alice)
    (call,) = chat.calls
    said = json.loads(call.body)
    assert said["title"] == "Thunder"
    assert said["message"] == f"Hear it.\n{settings.PUBLIC_URL}/x"
    assert Delivery.objects.get(channel=Channel.CHAT).sent_at is not None


def test_the_team_on_duty_hears_of_an_escalation_in_its_room(sofia, chat, as_):
    team = TeamFactory(takes_escalations=True)
    room(chat, team=team)
    room(chat, name="Another team's", team=TeamFactory())
    room(chat, name="Off", is_enabled=False)
    room(chat, name="Of other things", kinds=["assigned"])
    issue = IssueFactory()
    update_issue(issue.order_id, issue.pk, {"status": "escalated"}, actor=as_(sofia))
    deliver.deliver_due()
    assert [json.loads(call.body)["title"] for call in chat.calls] == [f"Escalated: {issue.number}"]
    told = [entry.data["recipient"] for entry in entries_of(issue)[0] if entry.type == "notification"]
    assert told == ["Orders"], "and not the customer"


def test_a_chat_that_fails_is_told_again_and_keeps_no_mail_waiting(alice, chat, mailoutbox):
    NotificationSettings.objects.create(employee=alice, chat=sealed(address_of(chat)))
    chat.behave = answer(500)
    tell(alice)
    assert len(mailoutbox) == 1
    assert Delivery.objects.get(channel=Channel.CHAT).sent_at is None
    chat.behave = answer(200)
    with clock.as_if_at(clock.now() + timedelta(minutes=1)):
        deliver.deliver_due()
    assert Delivery.objects.get(channel=Channel.CHAT).sent_at is not None
    assert len(chat.calls) == 2


def test_no_redirect_is_followed(alice, chat):
    elsewhere = Receiver(answer(200))
    chat.behave = answer(307, Location=elsewhere.url)
    NotificationSettings.objects.create(employee=alice, chat=sealed(address_of(chat)))
    tell(alice)
    assert elsewhere.connections == 0
    assert Delivery.objects.get(channel=Channel.CHAT).sent_at is None
    elsewhere.close()


@pytest.mark.parametrize(
    "address",
    [
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#orders",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "workflows://prod-12.westeurope.logic.azure.com/643e8b1b4d2e4fc1a1d8ad3fa4/iVhVyWgsSB1FJWm2ZgVgXW4SB1FJWm2Z",
        "tgram://123456789:abcdefg_hijklmnop/12315544/",
    ],
)
@pytest.mark.parametrize("question", ["template", "Template", "%74emplate", "image=no&template", "image=no;template"])
def test_no_template_is_read_from_a_file_or_an_address(alice, settings, chat, address, question):
    settings.CHAT_SERVICES = ["slack", "discord", "workflows", "tgram"]
    assert service_at(address), "fit without it"
    with pytest.raises(UnfitAddress, match="template"):
        service_at(f"{address}?{question}=http://127.0.0.1:{chat.port}/x")
    NotificationSettings.objects.create(employee=alice, chat=sealed(f"{address}?{question}={chat.url}"))
    tell(alice)
    assert chat.connections == 0
    assert "template" in Delivery.objects.get(channel=Channel.CHAT).last_error


def test_an_address_that_was_forgotten_meanwhile_is_told_to_a_person(alice, chat):
    own = NotificationSettings.objects.create(employee=alice, chat=sealed(address_of(chat)))
    event = Event.objects.create(name="test.thunder", via="system", next_attempt_at=None)
    queue_messages(event, [Message(kind="assigned", subject="x", text="x", employee=alice)])
    own.delete()
    deliver.deliver_due()
    assert chat.connections == 0
    assert "no chat address" in Delivery.objects.get(channel=Channel.CHAT).last_error


class TestRoomsInTheAdmin:
    ADD, LIST = "admin:events_chatroom_add", "admin:events_chatroom_changelist"
    FORM = {"name": "Orders", "address": SLACK, "kinds": ["escalated"], "team": "", "is_enabled": "on"}

    def test_the_address_is_sealed_and_never_shown(self, ada):
        browser = signed_in(ada)
        assert browser.post(reverse(self.ADD), self.FORM).status_code == 302
        made = ChatRoom.objects.get()
        assert "TIiajkdn" not in made.address
        change = reverse("admin:events_chatroom_change", args=[made.pk])
        for page in (change, reverse(self.LIST)):
            assert b"TIiajkdn" not in browser.get(page).content
            assert made.address.encode() not in browser.get(page).content
        browser.post(change, self.FORM | {"address": "", "name": "Renamed", "seen": fingerprint(made)})
        kept = ChatRoom.objects.get()
        assert (kept.name, kept.address) == ("Renamed", made.address)

    @pytest.mark.parametrize("address", ["", "json://127.0.0.1/", "https://hooks.slack.example/x"])
    def test_an_unfit_address_is_refused(self, ada, address):
        page = signed_in(ada).post(reverse(self.ADD), self.FORM | {"address": address})
        assert page.status_code == 200
        assert not ChatRoom.objects.exists()

    def test_they_are_for_administrators(self, alice, max_):
        for employee in (alice, max_):
            assert signed_in(employee).post(reverse(self.ADD), self.FORM).status_code == 403
        assert not ChatRoom.objects.exists()

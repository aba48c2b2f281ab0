"""After an erasure no personal data of the customer is left."""

from smtplib import SMTPRecipientsRefused

import pytest
from django.apps import apps
from django.core.mail import EmailMultiAlternatives
from django.db import models

from accounts.models import IdempotentCall
from common.audit import broken_links
from common.errors import NotFound, PermissionDenied
from events import deliver
from events.messages import Message, queue_messages
from events.models import ChatRoom, Delivery, Event
from issues.actions.add_communication import add_communication
from issues.actions.create import create_issue
from issues.actions.keep_mail import keep_mail
from issues.actions.update import update_issue
from issues.actions.use_macro import use_macro
from issues.models import Communication, InboundMail, Issue, Note, SearchEntry
from issues.placeholders import filled_in
from issues.search import index_issue, matching
from orders.actions.erase_customer import erase_customer
from orders.actions.put_order import put_order
from orders.models import Customer, Order
from refunds.actions.claim_file import file_claims_of
from refunds.models import Claim
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory
from tests.mail.letters import letter
from tests.refunds.cashier import ask
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db
PERSONAL = ("Niamh O'Brien", "niamh@shop.example", "+49 30 1")
NAME_IN_HTML, OLD_ADDRESS = "Niamh O&#x27;Brien", "niamh@old.example"
KNOWN_AS = (*PERSONAL, NAME_IN_HTML, OLD_ADDRESS)


@pytest.fixture
def content(content):
    content["customer"] |= dict(zip(("name", "email", "phone"), PERSONAL, strict=True))
    return content


@pytest.fixture
def order(content, as_, ada):
    order, _ = put_order("A-1", content, actor=as_(ada))
    return order


@pytest.fixture
def told(order, alice):
    """An issue of the order, of which the customer and Alice were told."""
    issue = IssueFactory(order=order)
    index_issue(issue)
    event = Event.objects.create(name="test.thunder", order_id=order.pk, issue_id=issue.pk, via="api")
    queue_messages(
        event,
        [
            Message("closed", "Dear Niamh O'Brien", "Niamh O'Brien, it is closed.", address=PERSONAL[1]),
            Message("assigned", "Of Niamh O'Brien", f"{PERSONAL}", f"<p>{NAME_IN_HTML}</p>", employee=alice),
        ],
    )
    return issue


@pytest.fixture
def lived(told, content, as_, alice, ada, monkeypatch):
    """The issue, after a time with another address: a mail that was refused there, a macro's note, and words."""
    order, actor = told.order, as_(alice)
    content["customer"]["email"] = OLD_ADDRESS
    put_order(order.pk, content, actor=as_(ada))
    issue = create_issue(order.pk, {"issue_type": "other", "description": "NIAMH O'BRIEN waits."}, actor=actor)
    for status in ("investigating", "in_progress", "resolved"):
        update_issue(order.pk, issue.pk, {"status": status, "notes": "x"}, actor=actor)
    refusal = SMTPRecipientsRefused({OLD_ADDRESS: (550, b"No such user")})
    monkeypatch.setattr(EmailMultiAlternatives, "send", lambda mail: (_ for _ in ()).throw(refusal))
    deliver.deliver_due()
    note = filled_in("Sorry, {{customer_name}}.", issue, actor=actor)
    use_macro(order.pk, issue.pk, {"use": "note", "body": note}, actor=actor)
    said = f"I am Niamh\n O'Brien, call me: {PERSONAL[2]}, not at {OLD_ADDRESS.title()}!"
    add_communication(order.pk, issue.pk, {"channel": "chat", "direction": "inbound", "body": said}, actor=actor)
    file_claims_of(ask(issue, source="insurance", actor=actor).pk, actor=actor)
    content["customer"]["email"] = PERSONAL[1]
    put_order(order.pk, content, actor=as_(ada))
    keep_mail(bytes(letter("To nobody.", sender=PERSONAL[1])), actor=actor)
    return Issue.objects.get(pk=issue.pk)


def rows_with(text: str) -> list[str]:
    """Every table whose columns hold ``text``, in letters or in bytes."""
    found = []
    if any(text.encode() in bytes(call.body) for call in IdempotentCall.objects.all()):
        found.append("accounts.IdempotentCall.body")
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
            if is_text and model.objects.filter(**{f"{field.name}__icontains": text}).exists():
                found.append(f"{model._meta.label}.{field.name}")
    return found


def deliver_events_to_subscribers() -> None:
    from events.subscribers import subscribers_of

    for event in Event.objects.filter(name="customer.erased"):
        for subscriber in subscribers_of(event.name):
            subscriber(event)


def test_nothing_personal_is_left_in_any_table(lived, as_, ada):
    assert all(rows_with(text) for text in KNOWN_AS)
    erase_customer("c-1", actor=as_(ada))
    deliver_events_to_subscribers()
    assert {text: rows_with(text) for text in KNOWN_AS} == {text: [] for text in KNOWN_AS}
    assert Customer.objects.get().erased_at is not None
    assert Event.objects.filter(name="customer.erased").count() == 1


def test_an_answer_that_is_kept_to_be_repeated_goes_and_others_stay(shop, content, as_, ada):
    def put(order_id, customer_id):
        customer = content["customer"] | {"id": customer_id, "name": 'Mina "Ä" Harker'}
        body = content | {"customer": customer, "placed_at": "2026-11-01T09:30:00Z"}
        assert shop.put(f"/orders/{order_id}", body, Idempotency_Key=order_id).status_code < 300

    put("A-1", "c-1")
    put("A-2", "c-12")
    erase_customer("c-1", actor=as_(ada))
    assert IdempotentCall.objects.get().key == "A-2"
    put("A-1", "c-1")
    assert Customer.objects.get(pk="c-1").name == ""


def test_the_order_and_its_issues_stay(told, as_, ada):
    erase_customer("c-1", actor=as_(ada))
    deliver_events_to_subscribers()
    assert Order.objects.get().customer_id == "c-1"
    assert SearchEntry.objects.get(is_header=True).text == f"{told.number} A-1"


def test_a_message_that_waits_is_not_sent_any_more(told, as_, ada):
    erase_customer("c-1", actor=as_(ada))
    to_customer = Delivery.objects.get(employee=None)
    assert (to_customer.address, to_customer.next_attempt_at) == ("(erased)", None)
    assert Delivery.objects.filter(employee__isnull=False, next_attempt_at=None).count() == 0


def test_an_erased_customer_stays_erased_whatever_the_shop_sends(order, content, as_, ada):
    erase_customer("c-1", actor=as_(ada))
    put_order("A-2", content, actor=as_(ada))
    assert rows_with("Niamh O'Brien") == []


def test_it_takes_the_permission(order, as_, max_):
    with nothing_happens(), pytest.raises(PermissionDenied):
        erase_customer("c-1", actor=as_(max_))
    assert Customer.objects.get().name == "Niamh O'Brien"


def test_a_customer_of_stores_out_of_sight_is_not_found(order, as_):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    elsewhere = EmployeeFactory(role="Administrator", team=team)
    with nothing_happens(), pytest.raises(NotFound):
        erase_customer("c-1", actor=as_(elsewhere))


class TestWhatWasSaid:
    def test_stays_without_the_name(self, lived, as_, ada):
        erase_customer("c-1", actor=as_(ada))
        assert Note.objects.latest("created_at").body == "Sorry, (erased)."
        assert Communication.objects.get().body == "I am (erased), call me: (erased), not at (erased)!"
        assert Issue.objects.get(pk=lived.pk).description == "(erased) waits."
        assert set(Claim.objects.values_list("description", flat=True)) == {"(erased) waits."}

    def test_is_found_by_the_name_no_more(self, lived, as_, ada):
        assert Issue.objects.filter(matching("sorry O'Brien")).exists()
        erase_customer("c-1", actor=as_(ada))
        deliver_events_to_subscribers()
        assert not Issue.objects.filter(matching("O'Brien")).exists()
        assert Issue.objects.filter(matching("sorry")).get() == lived

    def test_keeps_its_audit(self, lived, as_, ada):
        erase_customer("c-1", actor=as_(ada))
        audited = [*Issue.objects.all(), *Claim.objects.all(), *Order.objects.all()]
        assert [broken for row in audited for broken in broken_links(row)] == []
        assert Issue.objects.get(pk=lived.pk).version == lived.version

    def test_about_the_orders_of_others_stays(self, lived, as_, ada, alice):
        other = IssueFactory(order=OrderFactory(customer__name="Niamh O'Brien"), description="Niamh O'Brien waits.")
        update_issue(other.order_id, other.pk, {"notes": "Niamh O'Brien called."}, actor=as_(alice))
        erase_customer("c-1", actor=as_(ada))
        assert other.notes.get().body == "Niamh O'Brien called."
        assert Issue.objects.get(pk=other.pk).description == "Niamh O'Brien waits."

    def test_costs_no_more_for_many_rows(self, lived, as_, ada, django_assert_max_num_queries):
        notes = [Note(issue=lived, issue_version=1, body="Niamh O'Brien", via="api") for _ in range(100)]
        Note.objects.bulk_create(notes)
        with django_assert_max_num_queries(27):
            erase_customer("c-1", actor=as_(ada))


def test_a_mail_to_an_old_address_keeps_nothing_but_what_it_was_about(lived, as_, ada):
    Delivery.objects.filter(address=OLD_ADDRESS).update(text="Dear Niamh Murphy", subject="Murphy")
    erase_customer("c-1", actor=as_(ada))
    mail = Delivery.objects.get(kind="customer_resolved")
    assert (mail.subject, mail.text, mail.html) == ("(erased)", "(erased)", "")
    assert (mail.address, mail.last_error, mail.next_attempt_at) == ("(erased)", "", None)


def test_a_mail_that_is_being_sent_gets_no_error_afterwards(told, as_, ada):
    waiting = Delivery.objects.filter(employee=None)
    (sending,) = deliver.take(waiting, 1)
    erase_customer("c-1", actor=as_(ada))
    deliver.put_off(sending, SMTPRecipientsRefused({PERSONAL[1]: (550, b"")}))
    assert (waiting.get().last_error, waiting.get().next_attempt_at) == ("", None)


def test_a_message_to_a_chat_room_keeps_its_room(told, as_, ada):
    room = ChatRoom.objects.create(name="Floor 2", address="x")
    queue_messages(Event.objects.earliest("created_at"), [Message("critical", "Of Niamh O'Brien", "Look!", room=room)])
    erase_customer("c-1", actor=as_(ada))
    message = Delivery.objects.get(room=room)
    assert (message.address, message.subject, message.text) == ("Floor 2", "Of (erased)", "Look!")
    assert message.next_attempt_at is not None


def test_mail_of_others_that_found_no_issue_stays(lived, as_, ada):
    keep_mail(bytes(letter("To nobody.", sender="kim@shop.example")), actor=as_(ada))
    erase_customer("c-1", actor=as_(ada))
    assert InboundMail.objects.get().sender == "kim@shop.example"


def test_a_short_name_does_not_tear_other_words(order, told, as_, ada):
    Customer.objects.update(name="Al")
    Delivery.objects.update(text="Al also called.")
    erase_customer("c-1", actor=as_(ada))
    to_us = Delivery.objects.exclude(employee=None)
    assert set(to_us.values_list("text", flat=True)) == {"(erased) also called."}

"""An order that named the customer once, and names somebody else or nobody now: what was theirs goes, and no more."""

import pytest
from django.apps import apps
from django.db import models

from common import clock
from common.audit import broken_links
from events.messages import Message, queue_messages
from events.models import Delivery, Event
from events.subscribers import subscribers_of
from events.threads import reply_address
from issues.actions.add_communication import add_communication
from issues.actions.add_files import add_files
from issues.actions.create import create_issue
from issues.actions.keep_mail import keep_mail
from issues.actions.place_mail import place_due_mail
from issues.actions.update import update_issue
from issues.models import Communication, InboundMail, Issue, Note, SearchEntry, StoredFile
from orders.actions.erase_customer import erase_customer
from orders.actions.put_order import put_order
from orders.models import Order
from refunds.actions.claim_file import file_claims_of
from refunds.models import Claim, CreditConsent
from tests.issues.pictures import picture, sent
from tests.mail.conftest import ACTOR
from tests.mail.letters import letter
from tests.refunds.cashier import ask

pytestmark = pytest.mark.django_db

PHONE = "+49 30 1"  # of both: they live together
NIAMH = {"id": "c-1", "name": "Niamh O'Brien", "email": "niamh@shop.example", "phone": PHONE}
KIM = {"id": "c-2", "name": "Kim Novak", "email": "kim@shop.example", "phone": PHONE}
WAITS = f"Niamh O'Brien waits, call {PHONE}."
SECOND = f"Kim Novak, not Niamh O'Brien, waits, call {PHONE}."


@pytest.fixture(autouse=True)
def own_settings(settings, tmp_path):
    settings.INBOUND_ADDRESS = "support@desk.example"
    where = {"location": str(tmp_path)}
    settings.STORAGES = settings.STORAGES | {"uploads": settings.STORAGES["uploads"] | {"OPTIONS": where}}


@pytest.fixture
def names(content, as_, ada):
    """``names(customer)``: the shop says whom the order names."""
    return lambda customer: put_order("A-1", content | {"customer": customer}, actor=as_(ada))[0]


@pytest.fixture
def live(as_, alice):
    """``live(customer, words)``: an issue, with all that is said and kept of it; ``words`` in each text."""

    def live(customer: dict, words: str) -> Issue:
        actor = as_(alice)
        issue = create_issue("A-1", {"issue_type": "other", "description": words}, actor=actor)
        issue = Issue.objects.get(pk=issue.pk)
        update_issue("A-1", issue.pk, {"notes": words}, actor=actor)
        word = {"channel": "chat", "direction": "inbound", "body": words}
        add_communication("A-1", issue.pk, word, actor=actor)
        add_files("A-1", issue.pk, [sent(f"{customer['id']}.png", picture())], actor=actor)
        keep_mail(bytes(letter(words, to=reply_address(issue.pk), sender=customer["email"])), actor=ACTOR)
        place_due_mail(actor=ACTOR)
        tell(issue, customer, alice, words)
        refund = ask(issue, amount="5.00", source="insurance", actor=actor)
        file_claims_of(refund.pk, actor=actor)
        CreditConsent.objects.create(
            refund=refund, given_by=customer["name"], given_at=clock.now(), channel="chat", recorded_by=alice
        )
        return issue

    return live


def tell(issue: Issue, customer: dict, alice, words: str) -> None:
    event = Event.objects.create(name="test.thunder", order_id="A-1", issue_id=issue.pk, via="api")
    to_customer = Message("closed", customer["name"], words, address=customer["email"])
    queue_messages(event, [to_customer, Message("assigned", words, words, employee=alice)])


@pytest.fixture
def erase(as_, ada):
    def erase() -> None:
        erase_customer("c-1", actor=as_(ada))
        event = Event.objects.get(name="customer.erased")
        for subscriber in subscribers_of(event.name):
            subscriber(event)

    return erase


def tables_with(text: str) -> set[str]:
    """Whose columns hold ``text``."""
    return {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and model.objects.filter(**{f"{field.name}__icontains": text}).exists()
    }


def texts() -> list[str]:
    """All that is said of issues, but for messages."""
    rows = [
        Issue.objects.values_list("description", flat=True),
        Note.objects.values_list("body", flat=True),
        Communication.objects.values_list("body", flat=True),
        Claim.objects.values_list("description", flat=True),
        SearchEntry.objects.filter(is_header=False).values_list("text", flat=True),
    ]
    return [text.strip() for each in rows for text in each]


@pytest.mark.parametrize("now", [KIM, None], ids=["somebody else", "nobody"])
def test_what_was_theirs_goes_with_them(names, live, erase, now):
    names(NIAMH)
    live(NIAMH, WAITS)
    names(now)
    assert {"issues.Note", "refunds.Claim", "issues.StoredFile"} <= tables_with("Niamh O'Brien") | tables_with("c-1")
    erase()
    assert tables_with("Niamh O'Brien") == tables_with(NIAMH["email"]) == set()
    assert set(texts()) == {"(erased) waits, call (erased)."}
    assert not StoredFile.objects.present().exists()
    assert not InboundMail.objects.exists()
    assert CreditConsent.objects.get().given_by == ""
    assert [row for row in Order.objects.all() if list(broken_links(row))] == []


def test_what_is_said_since_is_of_the_other_and_stays_without_the_name(names, live, erase):
    names(NIAMH)
    names(KIM)
    issue = live(KIM, SECOND)
    erase()
    assert tables_with("Niamh O'Brien") == set()
    assert set(texts()) == {f"Kim Novak, not (erased), waits, call {PHONE}."}
    mail = Delivery.objects.get(kind="closed")
    assert (mail.address, mail.subject, mail.next_attempt_at is None) == (KIM["email"], "Kim Novak", False)
    assert StoredFile.objects.present().get().issue == issue
    assert InboundMail.objects.get().sender == KIM["email"]
    assert CreditConsent.objects.get().given_by == "Kim Novak"


def test_of_an_issue_of_both_each_has_what_was_said_in_their_time(names, live, erase, as_, alice):
    names(NIAMH)
    issue = live(NIAMH, WAITS)
    names(KIM)
    tell(issue, KIM, alice, SECOND)
    update_issue("A-1", issue.pk, {"notes": SECOND}, actor=as_(alice))
    add_files("A-1", issue.pk, [sent("later.png", picture())], actor=as_(alice))
    erase()
    bodies = Note.objects.order_by("created_at").values_list("body", flat=True)
    assert list(bodies) == ["(erased) waits, call (erased).", f"Kim Novak, not (erased), waits, call {PHONE}."]
    assert set(Delivery.objects.to_outsiders().values_list("address", flat=True)) == {"(erased)", KIM["email"]}
    assert StoredFile.objects.present().get().name == "later.png"


def test_once_it_names_them_again_all_of_it_is_theirs(names, live, erase):
    names(NIAMH)
    names(KIM)
    live(KIM, SECOND)
    names(NIAMH)
    erase()
    assert set(texts()) == {"Kim Novak, not (erased), waits, call (erased)."}
    assert not StoredFile.objects.present().exists()


def test_an_order_that_never_named_them_stays_as_it_is(names, live, erase, content, as_, ada):
    put_order("A-2", content | {"customer": NIAMH}, actor=as_(ada))
    names(KIM)
    live(KIM, SECOND)
    erase()
    assert set(texts()) == {SECOND}

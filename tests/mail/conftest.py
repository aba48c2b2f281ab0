import pytest

from accounts.actor import Actor
from issues.actions.keep_mail import keep_mail
from issues.actions.place_mail import place_due_mail
from tests.factories import CustomerFactory, IssueFactory, OrderFactory
from tests.mail.letters import letter

ACTOR = Actor.system("test")


@pytest.fixture(autouse=True)
def inbox(settings):
    settings.INBOUND_ADDRESS = "support@desk.example"


@pytest.fixture
def customer(db):
    return CustomerFactory(email="kim@shop.example", name="Kim")


@pytest.fixture
def issue(customer):
    return IssueFactory(order=OrderFactory(customer=customer))


@pytest.fixture
def arrive(db):
    """``arrive(letter)``: kept and put where it belongs; the row as it is then."""

    def run(message=None, **given):
        kept, _ = keep_mail(bytes(message or letter(**given)), actor=ACTOR)
        place_due_mail(actor=ACTOR)
        kept.refresh_from_db()
        return kept

    return run

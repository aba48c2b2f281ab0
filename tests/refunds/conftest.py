import pytest

from accounts.actor import Actor
from accounts.models import ApiKey
from refunds import providers
from tests import factories
from tests.refunds.cashier import Silent, pay, refund_of
from tests.refunds.insurer import insurer_at_work


@pytest.fixture(autouse=True)
def sandbox_books(settings, tmp_path):
    """Every test begins with a sandbox that has paid nothing."""
    settings.SANDBOX_STORE = tmp_path / "sandbox.sqlite3"


@pytest.fixture
def refund(alice):
    """One that was paid."""
    refund = refund_of(by=alice)
    pay(refund)
    return refund


@pytest.fixture
def silence(monkeypatch):
    monkeypatch.setitem(providers.PAYERS, "sandbox", Silent())


@pytest.fixture
def insurer(settings):
    with insurer_at_work(settings) as insurer:
        yield insurer


@pytest.fixture
def mina(db):
    return factories.CustomerFactory(id="mina", name="Mina Harker")


@pytest.fixture
def shop(db):
    factories.key_for()
    return Actor(employee=None, via="api", key=ApiKey.objects.latest("pk"))


@pytest.fixture
def insured(alice):
    """One that waits for the insurer's word."""
    return refund_of(source="insurance", by=alice)

import pytest

from tests.refunds.cashier import pay, refund_of


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

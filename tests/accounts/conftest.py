import pytest

from common.api.rate_limit import buckets
from tests.accounts.calls import Caller
from tests.factories import key_for


@pytest.fixture(autouse=True)
def full_buckets():
    buckets.cache_clear()


@pytest.fixture
def alices(alice):
    """Alice's own key."""
    return Caller(key_for(alice))


@pytest.fixture
def shop(db):
    """An integration's key that may act for any employee."""
    return Caller(key_for(None))

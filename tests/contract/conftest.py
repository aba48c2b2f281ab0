import pytest

from tests.api_client import ApiClient
from tests.factories import key_for


@pytest.fixture
def api_of(db):
    """``api_of(alice)``: a client with a key of her own."""
    return lambda employee, **key: ApiClient(key_for(employee, **key))


@pytest.fixture
def shop(db):
    """An integration that may act for any employee."""
    return ApiClient(key_for(None))

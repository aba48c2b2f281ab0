import pytest

from issues.actions.update import update_issue
from tests.api_client import ApiClient
from tests.factories import key_for


@pytest.fixture
def update(issue, as_, alice):
    """``update(notes=…)``: by Alice, or by another ``actor``."""
    return lambda actor=None, **changes: update_issue(issue.order_id, issue.pk, changes, actor=actor or as_(alice))


@pytest.fixture
def api(alice):
    return ApiClient(key_for(alice))

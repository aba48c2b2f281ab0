import pytest

from issues.actions.update import update_issue


@pytest.fixture
def update(issue, as_, alice):
    """``update(notes=…)``: by Alice, or by another ``actor``."""
    return lambda actor=None, **changes: update_issue(issue.order_id, issue.pk, changes, actor=actor or as_(alice))

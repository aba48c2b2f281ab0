import pytest


@pytest.fixture(autouse=True)
def sandbox_books(settings, tmp_path):
    """Every test begins with a sandbox that has paid nothing."""
    settings.SANDBOX_STORE = tmp_path / "sandbox.sqlite3"

import pytest
from django.core.cache import cache

from common.api.rate_limit import buckets


@pytest.fixture
def forget_tries(settings):
    """What a process knows of tries to sign in, gone, as in another process."""

    def forget():
        cache.clear()
        buckets.cache_clear()
        if settings.REDIS_URL:
            client = buckets()._take.registered_client
            for name in client.scan_iter("redress:rate:login:*"):
                client.delete(name)

    return forget


@pytest.fixture(autouse=True)
def nobody_tried_yet(forget_tries):
    """Nor has anybody for the test that comes next in this process."""
    forget_tries()
    yield
    forget_tries()

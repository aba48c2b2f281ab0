"""At most so many calls in a time, with bursts: a token bucket for each name, taken from atomically."""

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache

import redis
import structlog
from django.conf import settings

from common.api.errors import RateLimited

log = structlog.get_logger(__name__)

# Refill by the time that passed, take, and say how many seconds one that found too few has to wait.
TAKE = """
local now = redis.call('TIME')
now = now[1] + now[2] / 1000000
local per_second, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = (tonumber(bucket[1]) or burst) + (now - (tonumber(bucket[2]) or now)) * per_second
tokens = math.min(burst, tokens)
local wait = 0
if tokens >= wanted then tokens = math.min(burst, tokens - wanted) else wait = (wanted - tokens) / per_second end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], math.ceil(burst / per_second) + 1)
return tostring(wait)
"""


@dataclass(frozen=True)
class Rate:
    per_second: float
    burst: int


class LocalBuckets:
    """For one process. Of more names than ``MOST`` the ones longest unused are forgotten."""

    MOST = 10_000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, rate: Rate, wanted: int = 1) -> float:
        """0, or the seconds to wait; -1 wanted gives one back."""
        with self._lock:
            now = time.monotonic()
            tokens, at = self._buckets.pop(name, (rate.burst, now))
            tokens = min(rate.burst, tokens + (now - at) * rate.per_second)
            wait = 0.0 if tokens >= wanted else (wanted - tokens) / rate.per_second
            self._buckets[name] = (tokens if wait else min(rate.burst, tokens - wanted), now)
            if len(self._buckets) > self.MOST:
                self._buckets.popitem(last=False)
            return wait


class SharedBuckets:
    """For all processes, in Redis. While Redis is away each process counts by itself, and calls go on."""

    SECONDS_TO_LEAVE_ALONE = 5

    def __init__(self, url: str) -> None:
        client = redis.Redis.from_url(url, socket_timeout=0.25, socket_connect_timeout=0.25)
        self._take = client.register_script(TAKE)
        self._local = LocalBuckets()
        self._away_until = 0.0

    def take(self, name: str, rate: Rate, wanted: int = 1) -> float:
        if time.monotonic() < self._away_until:
            return self._local.take(name, rate, wanted)
        try:
            return float(self._take(keys=[f"redress:rate:{name}"], args=[rate.per_second, rate.burst, wanted]))
        except redis.RedisError as error:
            log.warning("rate_limit.local", error=type(error).__name__)
            self._away_until = time.monotonic() + self.SECONDS_TO_LEAVE_ALONE
            return self._local.take(name, rate, wanted)


@cache
def buckets() -> LocalBuckets | SharedBuckets:
    return SharedBuckets(settings.REDIS_URL) if settings.REDIS_URL else LocalBuckets()


def ensure_within_rate(caller: str) -> None:
    """Raises ``RateLimited``. ``caller`` names a key, or an employee with a browser."""
    wait = buckets().take(caller, Rate(settings.RATE_LIMIT_PER_MINUTE / 60, settings.RATE_LIMIT_BURST))
    if wait:
        raise RateLimited(seconds=math.ceil(wait))

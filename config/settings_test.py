"""The tests' settings: as the demo, with data that vanishes; DATABASE_URL and REDIS_URL choose real services."""

import atexit
import os
import shutil
import tempfile

os.environ["ENVIRONMENT"] = "test"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="redress-test-")
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from config.settings import *  # noqa: E402, F403
from config.settings import CACHES, DATABASES, REDIS_URL  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: the race tests open real connections of their own.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(os.environ["DATA_DIR"], "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # it vanishes anyhow
else:
    # The 64 of a race wait for one of ten connections, on a machine as slow as it may be.
    DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = 60
if REDIS_URL.rpartition("/")[2].isdigit() and (worker := os.environ.get("PYTEST_XDIST_WORKER")):
    # Each of the test processes has a Redis database to itself, beside the one that was named.
    server, _, named = REDIS_URL.rpartition("/")
    REDIS_URL = f"{server}/{(int(named) + 1 + int(worker.removeprefix('gw'))) % 16}"
    CACHES["default"]["LOCATION"] = REDIS_URL
# Each client of a test is a server that starts: it need not look at every static file first.
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = REDIS_URL or "memory://"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
RATE_LIMIT_PER_MINUTE = 1_000_000
RATE_LIMIT_BURST = 1_000_000

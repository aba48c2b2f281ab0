"""Production starts only with secrets of its own, and then with its cookies secured."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "a-secret-of-our-own-that-is-long-enough-for-production-0123456789",
    "ALLOWED_HOSTS": "desk.example",
    "DATABASE_URL": "postgres://desk:pw@127.0.0.1/desk",
}
SHOW = """
import json
from config import settings
named = {name: value for name, value in vars(settings).items() if name.isupper()}
print(json.dumps({name: value for name, value in named.items() if isinstance(value, (bool, int, str))}))
"""


def start(tmp_path, script: str = "import config.settings", **environment):
    """The outcome of a process with these settings and no others."""
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **environment},
    )  # fmt: skip


def test_production_starts_with_its_own_settings(tmp_path):
    assert start(tmp_path, **PRODUCTION).returncode == 0


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_production_refuses_to_start_without(tmp_path, missing):
    outcome = start(tmp_path, **{name: value for name, value in PRODUCTION.items() if name != missing})
    assert outcome.returncode != 0
    assert missing in outcome.stderr


@pytest.mark.parametrize(
    "secret", ["", "development-only-secret-that-production-refuses-to-start-with", "short"], ids=str
)
def test_production_refuses_a_known_or_short_secret(tmp_path, secret):
    outcome = start(tmp_path, **PRODUCTION | {"SECRET_KEY": secret})
    assert outcome.returncode != 0
    assert "SECRET_KEY" in outcome.stderr


def test_what_the_database_url_asks_for_is_asked_of_the_database(tmp_path):
    show = "from config import settings; print(settings.DATABASES['default']['OPTIONS'])"
    shown = start(
        tmp_path, show, **PRODUCTION | {"DATABASE_URL": f"{PRODUCTION['DATABASE_URL']}?sslmode=require"}
    ).stdout
    assert "'sslmode': 'require'" in shown
    assert "'pool'" in shown, "beside what the desk asks for"


def test_an_unknown_environment_is_refused(tmp_path):
    assert start(tmp_path, ENVIRONMENT="prod").returncode != 0


def test_production_is_never_in_debug_and_secures_its_cookies(tmp_path):
    shown = json.loads(start(tmp_path, SHOW, **PRODUCTION, DEBUG="1").stdout)
    assert shown["DEBUG"] is False
    assert shown["SESSION_COOKIE_SECURE"] is shown["CSRF_COOKIE_SECURE"] is shown["SECURE_SSL_REDIRECT"] is True
    assert shown["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert shown["RATE_LIMIT_PER_MINUTE"] == 600
    assert shown["RATE_LIMIT_BURST"] == 100


def test_the_demo_starts_with_nothing_set(tmp_path):
    shown = json.loads(start(tmp_path, SHOW).stdout)
    assert shown["ENVIRONMENT"] == "demo"
    assert shown["RATE_LIMIT_PER_MINUTE"] == 6000


def test_an_empty_variable_is_one_that_is_not_set(tmp_path):
    empty = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL", "PORT"), "")
    assert json.loads(start(tmp_path, SHOW, **empty).stdout) == json.loads(start(tmp_path, SHOW).stdout)
    assert start(tmp_path, **PRODUCTION | {"DATABASE_URL": ""}).returncode != 0

"""Who is waited for gives up in time; who works on goes on."""

import json

import pytest

from config.celery import find_by_index
from config.postgres import ask_of_sessions
from tests.config.test_settings import start

POSTGRES = {"DATABASE_URL": "postgres://desk@127.0.0.1/desk"}
SHOW = "import json, {process}; from django.db import connections;"
SHOW += "print(json.dumps(connections.settings['default']['OPTIONS'].get('options')))"


def asked_by(tmp_path, process: str, **environment) -> str | None:
    """What the sessions of a process that begins with this module are asked."""
    outcome = start(tmp_path, SHOW.format(process=process), DJANGO_SETTINGS_MODULE="config.settings", **environment)
    assert outcome.returncode == 0, outcome.stderr
    return json.loads(outcome.stdout)


def test_a_web_process_waits_for_less_than_five_seconds(tmp_path):
    assert asked_by(tmp_path, "config.wsgi", **POSTGRES) == "-c lock_timeout=4000 -c statement_timeout=4500"


def test_as_long_as_the_environment_says(tmp_path):
    given = {"DATABASE_LOCK_TIMEOUT": "0.25", "DATABASE_STATEMENT_TIMEOUT": "0"}
    asked = asked_by(tmp_path, "config.wsgi", **POSTGRES, **given)
    assert asked == "-c lock_timeout=250 -c statement_timeout=0"


@pytest.mark.parametrize("process", ["config.celery", "django.core.management"])
def test_workers_and_commands_are_not_cut_short(tmp_path, process):
    assert asked_by(tmp_path, process, **POSTGRES) is None


def test_sqlite_is_asked_nothing_of_it(tmp_path):
    assert asked_by(tmp_path, "config.wsgi") is None


def test_what_is_asked_stands_beside_what_was_asked_before():
    options = {"options": "-c work_mem=8MB"}
    ask_of_sessions(options, lock_timeout=1, statement_timeout=2)
    find_by_index(options)
    assert options["options"] == ("-c work_mem=8MB -c lock_timeout=1 -c statement_timeout=2 -c random_page_cost=1.1")

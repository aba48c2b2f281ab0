"""The tests' database is made once, by the process that hands out the tests; each process of tests has a copy."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from tests import made_by_migrations


@contextmanager
def made() -> Iterator[str]:
    """Its name."""
    as_before = setup_databases(verbosity=0, interactive=False, serialized_aliases=())
    made_by_migrations.keep()
    _leave()
    yield connection.settings_dict["NAME"]
    teardown_databases(as_before, verbosity=0)


@contextmanager
def copied(name: str, suffix: str) -> Iterator[None]:
    """From where ``made`` has it, and nobody is in it any more."""
    before = connection.settings_dict["NAME"]
    _enter(name)
    connection.creation.clone_test_db(suffix, verbosity=0)
    _enter(connection.creation.get_test_db_clone_settings(suffix)["NAME"])
    yield
    connection.creation.destroy_test_db(before, verbosity=0)


def name_to_be() -> str:
    return connection.creation._get_test_db_name()


def _leave() -> None:
    """PostgreSQL copies nothing that somebody is connected to."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


def _enter(name: str) -> None:
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name

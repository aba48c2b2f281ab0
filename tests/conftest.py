"""Three named people, as in life: Alice the agent, Sofia the senior agent, Max the manager; and an administrator."""

import gc
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.template import Template
from pytest_django.plugin import blocking_manager_key

from accounts.actor import Actor
from accounts.roles import ADMINISTRATOR, AGENT, MANAGER, SENIOR_AGENT
from common import clock
from tests import factories, made_by_migrations, one_database
from tests.described_events import ensure_events_are_described

MAKING = pytest.StashKey[ExitStack]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["database"] = one_database.name_to_be()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodeready(node):
    """While the processes collect the tests, this one has nothing to do."""
    if MAKING not in node.config.stash:
        node.config.stash[MAKING] = ExitStack()
        with node.config.stash[blocking_manager_key].unblock():
            node.config.stash[MAKING].enter_context(one_database.made())


def pytest_unconfigure(config):
    if MAKING in config.stash:
        with config.stash[blocking_manager_key].unblock():
            config.stash[MAKING].close()


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    process = getattr(request.config, "workerinput", None)
    database = one_database.copied(process["database"], process["workerid"]) if process else one_database.made()
    with ExitStack() as until_the_end:
        with django_db_blocker.unblock():
            until_the_end.enter_context(database)
            made_by_migrations.use_kept()
        yield
        with django_db_blocker.unblock():
            until_the_end.close()


@pytest.fixture(autouse=True, scope="session")
def whole_pages_alone_tell_their_context(django_test_environment):
    """Not each of the 240 parts of an issue's page: to copy all their contexts was a tenth of the time of a page."""
    told_by_all = Template._render

    def told_by_pages(template, context):
        return told_by_all(template, context) if template is context.template else template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", told_by_pages)
        yield


@pytest.fixture(autouse=True)
def events_are_as_described(request):
    """At the end of every test that has a database: what was recorded is in the public vocabulary, in its form."""
    if "_django_db_helper" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("_django_db_helper")  # so that ours ends first
    yield
    if not connection.needs_rollback:  # a broken transaction has recorded nothing
        ensure_events_are_described()


@pytest.fixture(scope="module")
def in_midmonth():
    """For prices: the thirty days of the figures hold no whole month, which would be read folded, by one statement."""
    with clock.as_if_at(datetime(2026, 6, 15, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def alice(db):
    return factories.EmployeeFactory(username="alice", employee_id="EMP-ALICE", role=AGENT)


@pytest.fixture
def sofia(db):
    return factories.EmployeeFactory(username="sofia", employee_id="EMP-SOFIA", role=SENIOR_AGENT)


@pytest.fixture
def max_(db):
    return factories.EmployeeFactory(username="max", employee_id="EMP-MAX", role=MANAGER)


@pytest.fixture
def ada(db):
    return factories.EmployeeFactory(username="ada", employee_id="EMP-ADA", role=ADMINISTRATOR)


@pytest.fixture
def as_():
    """``as_(alice)``: the actor that Alice is when she comes by the API without a key."""
    return lambda employee: Actor(employee=employee, via="api", request_id="test")


@pytest.fixture
def browse(client):
    """``browse(alice)``: the test's own browser, with her signed in."""

    def as_employee(employee):
        client.force_login(employee, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_employee


@pytest.fixture
def order(db):
    return factories.OrderFactory()


@pytest.fixture
def issue(order):
    return factories.IssueFactory(order=order)


def pytest_addoption(parser):
    parser.addoption("--write-query-counts", action="store_true", help="write tests/query_counts.json anew")


def pytest_collection_finish():
    """What was imported and collected stays: the collector need not look through it again, a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_collection_modifyitems(items):
    """What takes longest begins first, so that no process is left with it at the end, when the others are done.

    What only PostgreSQL can show (real row locks) is skipped, visibly, on SQLite.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if connection.vendor == "postgresql":
        return
    for item in items:
        if item.get_closest_marker("postgresql"):
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: set DATABASE_URL"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """A test with transactions of its own empties the tables when it ends: give back what the migrations put there.

    After the last test there is no database any more to give them to.
    """
    result = yield
    marker = item.get_closest_marker("django_db")
    if nextitem is not None and marker and marker.kwargs.get("transaction"):
        with item.config.stash[blocking_manager_key].unblock():
            made_by_migrations.give_back()
    return result

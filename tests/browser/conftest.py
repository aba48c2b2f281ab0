"""A real browser before a real server: Chromium where it is installed, and a visible skip where it is not."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections

from tests.browser.chromium import CHROMIUM, OFFLINE, sign_in_as
from tests.browser.desk import PASSWORD, open_desk


@pytest.fixture(scope="module")
def chromium(django_db_setup):
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the browser extra: playwright")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"needs Chromium at {CHROMIUM}")
    migrated = vars(connections["default"]).get("_test_serialized_contents")  # where some test begins with it
    with playwright.sync_playwright() as driver, queries_beside_a_loop(migrated):
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=OFFLINE)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    """Gunicorn, a worker and the demo; see ``tests.browser.desk``."""
    yield from open_desk(tmp_path_factory.mktemp("desk"))


@contextmanager
def queries_beside_a_loop(migrated: str | None) -> Iterator[None]:
    """Playwright keeps an event loop in this thread, by which Django takes our queries for asynchronous ones.

    Beside a loop Django has other connections, too: they must know the ``migrated`` content, which each test begins
    with, and be closed before the loop ends.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if migrated is not None:
        connection._test_serialized_contents = migrated
    try:
        yield
    finally:
        connections.close_all()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium, live_server):
    """``open_page(**options of a context)``: a page that must stay with us and break no policy."""
    with watched_pages(chromium, live_server.url) as open_one:
        yield open_one


@pytest.fixture
def sit_down(chromium, desk, seats):
    """``sit_down("agent", at="/…")``: somebody of the demo before a browser of their own."""
    with watched_pages(chromium, desk.url) as open_one:

        def sit(username: str, *, at: str, **options):
            if username in seats:
                page = open_one(storage_state=seats[username], **options)
                page.goto(at)
            else:
                page = open_one(**options)
                sign_in_as(page, username, PASSWORD, at=at)
                seats[username] = page.context.storage_state()
            return page

        yield sit


@pytest.fixture(scope="session")
def seats():
    """Who has signed in already, with what their browser keeps of it."""
    return {}


@contextmanager
def watched_pages(chromium, url: str) -> Iterator[Callable]:
    contexts, complaints = [], []

    def hear(message):
        # A refused form answers 422, which Chromium notes as an error of loading.
        if message.type == "error" and "status of 422" not in message.text:
            complaints.append(message.text)

    def see(request):
        if request.url.startswith("http") and urlsplit(request.url).netloc != urlsplit(url).netloc:
            complaints.append(f"asks another host: {request.url}")

    def open_one(**options):
        context = chromium.new_context(base_url=url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", see)
        page.on("dialog", lambda dialog: (complaints.append(f"a script ran: {dialog.message}"), dialog.dismiss()))
        return page

    yield open_one
    heard = list(complaints)
    for context in contexts:
        context.set_offline(True)  # the page of an issue says that it is left, which the next test must not hear
        context.close()
    assert heard == []

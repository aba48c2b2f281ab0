"""What every page has to hold, whoever adds it: its price in SQL statements, its policy, and no other host.

The price stands in ``every_page.json`` and is the same with few rows and with many.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext, override_settings

from tests.every_page import furnish
from tests.pages import PageToSee, candidates, client_of, is_shown

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("in_midmonth"),
    pytest.mark.xdist_group("every page"),  # seen once, in one process
]

ON_FILE = Path(__file__).with_name("every_page.json")
FEW, MANY = 2, 12
# What a browser fetches without being asked to; a link, which somebody follows, may lead anywhere.
FETCHED_ELSEWHERE = re.compile(
    r"""<(?:script|img|iframe|link|source|form)\b[^>]*?(?:src|href|action)=["'](?:https?:)?//[^>]*>"""
)
INLINE = re.compile(r"""<script(?![^>]*\bsrc=)[^>]*>|<style\b|<[^>]+\s(?:style|on[a-z]+)=["'][^>]*>|javascript:""")
# A policy that lets in what is written into a page, or what lies on another host.
LOOSE = re.compile(r"unsafe|\*|https?:")


clients = cache(client_of)


@dataclass(frozen=True)
class Seen:
    page: PageToSee
    answer: HttpResponse
    statements: int


@pytest.fixture(autouse=True)
def sandbox_books(settings, tmp_path):
    settings.SANDBOX_STORE = tmp_path / "sandbox.sqlite3"


@pytest.fixture(scope="module")
def few(in_midmonth, django_db_setup, django_db_blocker, tmp_path_factory):
    """Every page of a desk with few rows, seen once for all tests; the desk is taken back at once."""
    books = tmp_path_factory.mktemp("books") / "sandbox.sqlite3"
    with django_db_blocker.unblock(), override_settings(SANDBOX_STORE=books), transaction.atomic():
        furnish(FEW)
        clients.cache_clear()
        seen = list(looked_at())
        transaction.set_rollback(True)
    return seen


def looked_at() -> Iterator[Seen]:
    """A first visit may set something up: what then costs other than is on file is visited again."""
    found = set()
    for page in candidates():
        if page.name not in found and is_shown((seen := look_at(page)).answer):
            found.add(page.name)
            yield seen if seen.statements == on_file().get(page.name) else look_at(page)


@cache
def on_file() -> dict[str, int]:
    return json.loads(ON_FILE.read_text()).get(connection.vendor, {})


def look_at(page: PageToSee) -> Seen:
    client = clients(page.role)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(page.address)
    return Seen(page, answer, len(captured))


def test_each_page_costs_what_is_on_file(few, request):
    measured = {seen.page.name: seen.statements for seen in few}
    if request.config.getoption("--write-query-counts"):
        written = (json.loads(ON_FILE.read_text()) if ON_FILE.exists() else {}) | {connection.vendor: measured}
        ON_FILE.write_text(json.dumps(written, indent=2, sort_keys=True) + "\n")
        on_file.cache_clear()
    assert measured == on_file()


def test_each_page_costs_the_same_with_many_rows(few):
    known = {seen.page.name: seen for seen in few}
    furnish(MANY)
    clients.cache_clear()
    again = {page.name: look_at(page) for page in candidates() if same_page(page, known)}
    assert again.keys() == known.keys()
    # Those of the few were seen before: a first visit may set something up.
    differing = [seen.page for name, seen in again.items() if seen.statements != known[name].statements]
    assert {page.name: look_at(page).statements for page in differing} == {
        page.name: known[page.name].statements for page in differing
    }


def same_page(page: PageToSee, known: dict[str, Seen]) -> bool:
    return page.name in known and known[page.name].page.role == page.role


def test_no_page_names_another_host_or_holds_a_script_that_its_policy_refuses(few):
    """In its HTML; that nothing is asked for at run time, the browser tests see."""
    assert [(seen.page.name, fault) for seen in few for fault in faults_of(seen.page, seen.answer)] == []


def faults_of(page: PageToSee, answer) -> list[str]:
    html = answer.content.decode()
    found = FETCHED_ELSEWHERE.findall(html)
    if page.is_ours:
        found += INLINE.findall(html)
        found += [part for part in answer.headers["Content-Security-Policy"].split(";") if LOOSE.search(part)]
    return found

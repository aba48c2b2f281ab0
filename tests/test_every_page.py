"""What every page has to hold, whoever adds it: its price in SQL statements, its policy, and no other host.

The price stands in ``every_page.json`` and is the same with few rows and with many.
"""

import json
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import ADMINISTRATOR, MANAGER
from tests.every_page import furnish
from tests.pages import NOBODY, PageToSee, client_of, pages

pytestmark = pytest.mark.django_db

ON_FILE = Path(__file__).with_name("every_page.json")
FEW, MANY = 2, 12
# What a browser fetches without being asked to; a link, which somebody follows, may lead anywhere.
FETCHED_ELSEWHERE = re.compile(
    r"""<(?:script|img|iframe|link|source|form)\b[^>]*?(?:src|href|action)=["'](?:https?:)?//[^>]*>"""
)
INLINE = re.compile(r"""<script(?![^>]*\bsrc=)[^>]*>|<style\b|<[^>]+\s(?:style|on[a-z]+)=["'][^>]*>|javascript:""")
# A policy that lets in what is written into a page, or what lies on another host.
LOOSE = re.compile(r"unsafe|\*|https?:")


@pytest.fixture(autouse=True)
def sandbox_books(settings, tmp_path):
    settings.SANDBOX_STORE = tmp_path / "sandbox.sqlite3"


def statements(shown: list[PageToSee]) -> dict[str, int]:
    clients = {role: client_of(role) for role in {page.role for page in shown}}
    counts = {}
    for page in shown:
        with CaptureQueriesContext(connection) as captured:
            assert clients[page.role].get(page.address).status_code == 200, page
        counts[page.name] = len(captured)
    return dict(sorted(counts.items()))


@pytest.mark.parametrize("count", [FEW, MANY], ids=["few rows", "many rows"])
def test_each_page_costs_what_is_on_file(count, request):
    furnish(count)
    measured = statements(pages())
    on_file = json.loads(ON_FILE.read_text()) if ON_FILE.exists() else {}
    if request.config.getoption("--write-query-counts") and count == FEW:
        on_file[connection.vendor] = measured
        ON_FILE.write_text(json.dumps(on_file, indent=2) + "\n")
    differing = {name: (count, on_file[connection.vendor].get(name)) for name, count in measured.items()}
    assert {name: pair for name, pair in differing.items() if pair[0] != pair[1]} == {}
    assert sorted(measured) == sorted(on_file[connection.vendor])


@pytest.fixture
def furnished(db):
    furnish(FEW)
    clients = {role: client_of(role) for role in (ADMINISTRATOR, MANAGER, NOBODY)}
    return [(page, clients[page.role].get(page.address)) for page in pages()]


def test_no_page_names_another_host_or_holds_a_script_that_its_policy_refuses(furnished):
    """In its HTML; that nothing is asked for at run time, the browser tests see."""
    faults = [(page.name, fault) for page, answer in furnished for fault in faults_of(page, answer)]
    assert faults == []


def faults_of(page: PageToSee, answer) -> list[str]:
    html = answer.content.decode()
    found = FETCHED_ELSEWHERE.findall(html)
    if page.is_ours:
        found += INLINE.findall(html)
        found += [part for part in answer.headers["Content-Security-Policy"].split(";") if LOOSE.search(part)]
    return found

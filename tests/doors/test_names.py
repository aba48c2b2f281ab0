"""Names that are read from the right, or that turn what follows them, stay names: nobody seems to be another."""

import re

import pytest
from django.urls import reverse

from common.display import isolated
from issues.actions.decide_approval import decide_approval
from issues.models import Delegation
from tests.doors.doors import signed_in
from tests.doors.test_delegations import name
from tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db

FROM_THE_RIGHT = "יעל"
TURNING = "Mona\u202e"  # what follows it is read from the right, up to the end of what it stands in
ISOLATED = re.compile(r"<bdi>[^<]*</bdi>|<option[^>]*>[^<]*</option>")  # a choice is a line of its own


@pytest.fixture
def decided(large_request, as_, alice, max_):
    """A request of one of them, decided by another for a third."""
    mona = EmployeeFactory(first_name=TURNING, last_name="", role="Manager")
    for person in (alice, max_):
        type(person).objects.filter(pk=person.pk).update(first_name=FROM_THE_RIGHT + person.username, last_name="")
        person.refresh_from_db()
    approval = large_request(as_(alice))
    customer = approval.issue.order.customer
    type(customer).objects.filter(pk=customer.pk).update(name=FROM_THE_RIGHT)
    name(as_(max_), mona)
    return decide_approval(approval.pk, "approved", actor=as_(mona))


def outside(page: str) -> str:
    """The text of the main part of a page without what is isolated."""
    return re.sub(r"<[^>]*>", "", ISOLATED.sub("", page[page.index("<main") :]))


@pytest.mark.parametrize(
    ("route", "question"), [("web:approvals", "?status=decided"), ("web:approval", ""), ("web:delegations", "")]
)
def test_each_name_of_a_line_is_isolated(decided, max_, route, question):
    assert Delegation.objects.exists()
    address = reverse(route, args=[decided.pk] if route == "web:approval" else []) + question
    page = signed_in(max_).get(address).content.decode()
    assert f"<bdi>{TURNING}</bdi>" in page
    assert TURNING not in outside(page)


def test_in_the_list_of_requests_so_are_the_customer_and_all_three_who_did_something(decided, max_, alice):
    page = signed_in(max_).get(reverse("web:approvals") + "?status=decided").content.decode()
    (line,) = re.findall(r'<span class="quiet">(.*? by .*?)</span>', page)
    for written in (FROM_THE_RIGHT, decided.asker, TURNING, max_.name):
        assert f"<bdi>{written}</bdi>" in line
    assert FROM_THE_RIGHT not in ISOLATED.sub("", line)


def test_in_the_story_each_deed_ends_where_it_ends(decided, max_):
    page = signed_in(max_).get(reverse("web:issue", args=[decided.issue_id])).content.decode()
    story = page[page.index("story-title") :]
    assert f"<bdi>{TURNING}</bdi>" in story
    assert f"<bdi>approved the request to pay the refund, for {max_.name} who is away</bdi>" in story


def test_what_is_isolated_is_escaped_and_nothing_stays_nothing():
    assert isolated("<b>") == "<bdi>&lt;b&gt;</bdi>"
    assert isolated(None) == isolated("") == ""

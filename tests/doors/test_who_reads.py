"""To read issues takes a permission, which administrators give and take: at every door."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts.roles import AGENT
from issues.models import StoredFile
from tests.api_client import ApiClient, path_of
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, key_for
from tests.rows import row_of

pytestmark = pytest.mark.django_db

UNDER_AN_ISSUE = ("", "/timeline", "/history", "/communications", "/refunds")
PAGES = ("web:home", "web:issues", "web:approvals", "web:news", "web:calendar")


@pytest.fixture(params=["who has no role", "an agent, since it was taken from the role"])
def reader(request):
    employee = EmployeeFactory(role=AGENT)
    if request.param == "who has no role":
        employee.groups.clear()
    else:
        Group.objects.get(name=AGENT).permissions.remove(Permission.objects.get(codename="view_issue"))
    return employee


def test_the_api_tells_them_which_they_need(reader, issue):
    api = ApiClient(key_for(reader))
    under = [path_of(issue) + rest for rest in UNDER_AN_ISSUE]
    order = f"/orders/{issue.order_id}"
    for path in ("/issues", order, f"{order}/issues", "/refunds", "/approvals", *under):
        answer = api.get(path)
        assert (answer.status_code, answer.json().get("required_permission")) == (403, "issues.view_issue"), path


def test_an_integration_reads_as_an_agent_does(issue):
    integration = ApiClient(key_for(None))
    assert integration.get(path_of(issue)).status_code == 200
    Group.objects.get(name=AGENT).permissions.remove(Permission.objects.get(codename="view_issue"))
    assert integration.get(path_of(issue)).json()["required_permission"] == "issues.view_issue"


def test_no_page_and_no_file_is_shown_to_them(reader, issue):
    file, browser = row_of(StoredFile), signed_in(reader)
    addresses = [reverse(page) for page in PAGES]
    addresses += [reverse("web:issue", args=[issue.pk]), reverse("web:file", args=[file.issue_id, file.pk])]
    addresses += [reverse("admin:issues_issue_changelist")]
    assert {address: browser.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 403)
    assert browser.get(reverse("admin:issues_issue_change", args=[issue.pk])).status_code == 404


def test_their_own_choices_are_theirs(reader):
    assert signed_in(reader).get(reverse("web:notifications")).status_code == 200

"""Requests in the web pages: who sees the buttons, who may press them, and that they work once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock
from issues.models import Approval, Issue
from tests.doors.doors import CODE, signed_in
from tests.factories import EmployeeFactory
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
BUTTON = 'name="decision"'


def page_of(approval) -> str:
    return reverse("web:approval", args=[approval.pk])


def test_a_manager_approves_and_comes_back_to_the_request(request_to_reopen, closed, max_, decision):
    client = signed_in(max_)
    assert BUTTON in client.get(page_of(request_to_reopen)).content.decode()
    response = client.post(page_of(request_to_reopen), decision("approved", "Fair."))
    assert (response.status_code, response["Location"]) == (302, page_of(request_to_reopen))
    assert Issue.objects.get(pk=closed.pk).status == "open"
    approval = Approval.objects.get()
    assert (approval.status, approval.decided_by, approval.decision_note) == ("approved", max_, "Fair.")
    page = client.get(page_of(request_to_reopen)).content.decode()
    assert "The request was approved." in page
    assert BUTTON not in page


def test_a_rejection_says_why(request_to_reopen, closed, max_, decision):
    client = signed_in(max_)
    with nothing_happens():
        bare = client.post(page_of(request_to_reopen), decision("rejected", "  "))
    assert bare.status_code == 422
    assert "Say why you reject it" in bare.content.decode()
    client.post(page_of(request_to_reopen), decision("rejected", "Too late."))
    assert Approval.objects.get().status == "rejected"
    assert Issue.objects.get(pk=closed.pk).status == "closed"


def test_htmx_gets_the_part_of_the_page_and_the_navigation(request_to_reopen, max_, decision):
    client = signed_in(max_)
    response = client.post(page_of(request_to_reopen), decision("approved"), headers=HTMX, follow=True)
    part = response.content.decode()
    assert Approval.objects.get().status == "approved"
    assert "<html" not in part
    assert '<main id="main"' in part
    assert 'hx-swap-oob="true"' in part
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("word", ["approved", "rejected"])
@pytest.mark.parametrize("role", ["Agent", "Senior agent"])
def test_who_may_not_decide_sees_no_button_and_gets_403(request_to_reopen, decision, role, word):
    client = signed_in(EmployeeFactory(role=role))
    page = client.get(page_of(request_to_reopen)).content.decode()
    assert BUTTON not in page
    assert "Managers decide this" in page
    with nothing_happens():
        response = client.post(page_of(request_to_reopen), decision(word, "Because."))
    assert response.status_code == 403
    assert CODE.search(response.content.decode())[1] == "PERMISSION_DENIED"
    assert "Your role may not decide" in response.content.decode()


@pytest.mark.parametrize("word", ["approved", "rejected"])
def test_nobody_decides_what_they_asked_for(large_request, as_, max_, decision, word):
    approval, client = large_request(as_(max_)), signed_in(max_)
    page = client.get(page_of(approval)).content.decode()
    assert BUTTON not in page
    assert "another person must decide" in page
    with nothing_happens():
        response = client.post(page_of(approval), decision(word, "Mine."))
    assert response.status_code == 403
    assert "another person must decide" in response.content.decode()


def test_the_admin_decides_nothing(large_request, as_, max_, decision):
    approval, client = large_request(as_(max_)), signed_in(max_)
    change = reverse("admin:issues_approval_change", args=[approval.pk])
    with nothing_happens():
        for data in (decision("approved"), {"status": "approved", "decided_by": max_.pk, "_save": "Save"}):
            assert client.post(change, data).status_code == 403


def test_a_double_click_decides_once_and_is_no_error(request_to_reopen, closed, max_, decision):
    client, data = signed_in(max_), decision("approved")
    first, second = client.post(page_of(request_to_reopen), data), client.post(page_of(request_to_reopen), data)
    assert first.status_code == second.status_code == 302
    assert Issue.objects.get(pk=closed.pk).reopened_count == 1


def test_the_second_of_two_managers_is_told_who_was_first(request_to_reopen, max_, ada, decision):
    signed_in(max_).post(page_of(request_to_reopen), decision("approved"))
    with nothing_happens():
        late = signed_in(ada).post(page_of(request_to_reopen), decision("rejected", "No."))
    assert late.status_code == 422
    assert "no longer waiting for a decision" in late.content.decode()
    assert max_.name in late.content.decode()


def test_what_waited_too_long_expires_when_somebody_decides_it(request_to_reopen, max_, decision):
    with clock.as_if_at(clock.now() + timedelta(days=8)):
        response = signed_in(max_).post(page_of(request_to_reopen), decision("approved"))
    assert response.status_code == 422
    assert Approval.objects.get().status == "expired"


def test_the_inbox_shows_what_waits_and_what_was_decided(request_to_reopen, large_request, as_, alice, max_, decision):
    refund = large_request(as_(alice))
    client = signed_in(max_)
    client.post(page_of(request_to_reopen), decision("approved"))
    inbox = reverse("web:approvals")
    assert approvals_in(client.get(inbox)) == [refund]
    assert approvals_in(client.get(inbox, {"status": "decided"})) == [request_to_reopen]
    assert approvals_in(client.get(inbox, {"kind": "reopen"})) == []
    assert approvals_in(client.get(inbox, {"kind": "nonsense"})) == [refund]


def test_the_inbox_is_paged_by_position(large_request, as_, alice, max_):
    requests = [large_request(as_(alice)) for _ in range(3)]
    client = signed_in(max_)
    first = client.get(reverse("web:approvals"), {"limit": 2}).context["page"]
    second = client.get(first.next).context["page"]
    assert [*first.rows, *second.rows] == requests[::-1]
    assert client.get(reverse("web:approvals"), {"cursor": "nonsense"}).status_code == 302


def approvals_in(response) -> list[Approval]:
    return list(response.context["page"].rows)


def test_home_shows_ones_own_request_as_somebody_elses_to_decide(large_request, as_, max_):
    large_request(as_(max_))
    page = signed_in(max_).get(reverse("web:home")).content.decode()
    assert "Yours: another person decides" in page

"""Several requests decided at once, my decisions, and requests whose ground has shifted."""

import re
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actor import Actor
from common import clock
from common.context import writing_as
from common.display import isolated
from issues.actions.decide_approval import decide_approval
from issues.actions.update import update_issue
from issues.models import Approval, Issue
from issues.notifications import STAFF
from tests.doors.doors import CODE, signed_in
from tests.factories import PASSWORD, EmployeeFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

INBOX = "/approvals"
BOX = re.compile(r'<input type="checkbox" name="approvals" value="([0-9a-f-]+)"')


def several(word, *approvals, note="", form_id=None):
    chosen = [str(getattr(each, "pk", each)) for each in approvals]
    return {"form_id": str(form_id or uuid.uuid4()), "decision": word, "note": note, "approvals": chosen}


def lines(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def status_of(approval) -> str:
    return Approval.objects.get(pk=approval.pk).status


@pytest.fixture
def requests(large_request, request_to_reopen, as_, alice):
    return [large_request(as_(alice)), large_request(as_(alice)), request_to_reopen]


def test_a_manager_approves_several_at_once(requests, closed, max_):
    client = signed_in(max_)
    assert set(BOX.findall(client.get(INBOX).content.decode())) == {str(each.pk) for each in requests}
    response = client.post(INBOX, several("approved", *requests, note="Fair."), follow=True)
    assert [line.endswith(": approved.") for line in lines(response)] == [True] * 3
    assert {status_of(each) for each in requests} == {"approved"}
    assert set(Approval.objects.values_list("decision_note", flat=True)) == {"Fair."}
    assert Issue.objects.get(pk=closed.pk).status == "open"


def test_what_is_refused_of_one_takes_nothing_from_the_others(requests, large_request, as_, max_, ada):
    own = large_request(as_(max_))
    decide_approval(requests[0].pk, "rejected", actor=as_(ada), note="No.")
    response = signed_in(max_).post(INBOX, several("approved", *requests, own), follow=True)
    first, second, third, last = lines(response)
    assert "not approved. This request is no longer waiting" in first
    assert second.endswith(": approved.")
    assert third.endswith(": approved.")
    assert "You asked for this yourself" in last
    assert [status_of(each) for each in (*requests, own)] == ["rejected", "approved", "approved", "pending"]


def test_without_the_note_no_rejection_is_written_and_the_boxes_stay_checked(requests, max_):
    client = signed_in(max_)
    with nothing_happens():
        response = client.post(INBOX, several("rejected", *requests[:2]))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Say why you reject it" in page
    assert page.count(" checked>") == 2
    client.post(INBOX, several("rejected", *requests[:2], note="Not this time."))
    assert [status_of(each) for each in requests] == ["rejected", "rejected", "pending"]


@pytest.mark.parametrize("chosen", [[], ["nonsense"], [uuid.uuid4()]])
def test_nothing_or_nonsense_is_decided_on(requests, max_, chosen):
    with nothing_happens():
        response = signed_in(max_).post(INBOX, several("approved", *chosen), follow=True)
    assert response.status_code == (200 if chosen else 422)


def test_a_second_copy_of_the_same_decisions_is_no_error(requests, max_):
    client, data = signed_in(max_), several("approved", *requests)
    client.post(INBOX, data, follow=True)
    with nothing_happens():
        again = lines(client.post(INBOX, data, follow=True))
    assert all(line.endswith(": approved.") for line in again)


@pytest.mark.parametrize("role", ["Agent", "Senior agent"])
def test_who_may_not_decide_has_no_boxes_and_decides_none(requests, role):
    client = signed_in(EmployeeFactory(role=role))
    assert not BOX.findall(client.get(INBOX).content.decode())
    with nothing_happens():
        told = lines(client.post(INBOX, several("approved", *requests), follow=True))
    assert all("Your role may not decide" in line for line in told)


def test_there_is_no_box_beside_ones_own_request(large_request, as_, max_):
    large_request(as_(max_))
    assert not BOX.findall(signed_in(max_).get(INBOX).content.decode())


def test_another_stores_requests_are_not_there_to_decide(requests):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    client = signed_in(EmployeeFactory(team=team, role="Manager"))
    with nothing_happens():
        told = lines(client.post(INBOX, several("approved", *requests), follow=True))
    assert all("There is no such approval" in line for line in told)
    assert not any("ISS-" in line for line in told)


def shown(client, **query) -> set:
    return {each.pk for each in client.get(INBOX, query).context["page"].rows}


def test_the_tabs_say_how_many_wait_of_each_kind(requests, max_):
    tabs = {tab.title: tab.count for tab in signed_in(max_).get(INBOX).context["inbox"].kinds}
    assert tabs == {"All": "3", "Reopen": "1", "Close": "0", "Escalate": "0", "Refund": "2"}


def test_my_decisions_and_my_requests_are_lists_of_their_own(requests, large_request, as_, alice, max_, ada):
    decide_approval(requests[0].pk, "approved", actor=as_(max_))
    decide_approval(requests[1].pk, "rejected", actor=as_(ada), note="No.")
    own = large_request(as_(max_))
    client = signed_in(max_)
    assert shown(client, status="mine") == {requests[0].pk}
    assert shown(client, status="decided") == {requests[0].pk, requests[1].pk}
    assert shown(client, status="asked") == {own.pk}
    assert shown(client, status="mine", kind="reopen") == set()
    assert shown(client, status="nonsense") == {requests[2].pk, own.pk}
    assert shown(signed_in(alice), status="asked") == {each.pk for each in requests}


# What was asked has changed since


@pytest.fixture
def changed(large_request, as_, alice):
    """A request for 6,000 whose refund became one of 5,500 meanwhile, as no action of ours does."""
    approval = large_request(as_(alice))
    approval.refund.amount = Decimal(5500)
    with writing_as(Actor.system("test").origin), clock.as_if_at(clock.now() + timedelta(minutes=5)):
        approval.refund.version += 1
        approval.refund.save()
    return approval


def test_the_page_says_that_what_was_asked_has_changed(changed, max_):
    page = signed_in(max_).get(reverse("web:approval", args=[changed.pk])).content.decode()
    assert "What was asked for has changed since" in page
    assert "Amount: 6000.00 USD when it was asked, 5500.00 USD now." in page
    assert 'value="approved"' not in page


@pytest.mark.parametrize("word", ["approved", "rejected"])
def test_a_decision_on_what_has_changed_voids_the_request_and_pays_nothing(changed, max_, decision, word):
    client = signed_in(max_)
    response = client.post(reverse("web:approval", args=[changed.pk]), decision(word, "Go."))
    assert response.status_code == 422
    approval = Approval.objects.get(pk=changed.pk)
    assert (approval.status, approval.decided_by, approval.refund.status) == ("superseded", None, "rejected")
    assert "The request is void" in response.content.decode()


def test_several_at_once_void_what_has_changed_and_decide_the_rest(changed, requests, max_):
    told = lines(signed_in(max_).post(INBOX, several("approved", changed, requests[0]), follow=True))
    assert "not approved" in told[0]
    assert (status_of(changed), status_of(requests[0])) == ("superseded", "approved")


def test_a_change_of_the_issue_since_is_said_and_voids_nothing(large_request, as_, alice, sofia, max_):
    approval = large_request(as_(alice))
    client, address = signed_in(max_), reverse("web:approval", args=[approval.pk])
    assert "Since this was asked" not in client.get(address).content.decode()
    with clock.as_if_at(clock.now() + timedelta(minutes=5)):
        update_issue(approval.issue.order_id, approval.issue_id, {"notes": "They called again."}, actor=as_(sofia))
        page = client.get(address).content.decode()
    assert f"the issue has changed once, last by {isolated(sofia.name)}" in page
    assert 'value="approved"' in page


# The link in the message


def test_the_link_of_the_message_survives_the_login(request_to_reopen, max_):
    assert "approval.requested" in STAFF
    client, address = Client(), reverse("web:approval", args=[request_to_reopen.pk])
    login = client.get(address)["Location"]
    assert login == f"{reverse('account_login')}?next={address}"
    page = client.get(login).content.decode()
    assert f'name="next" value="{address}"' in page
    given = {"login": max_.username, "password": PASSWORD, "next": address}
    assert client.post(reverse("account_login"), given)["Location"] == address
    assert client.get(address).status_code == 200


def test_a_refusal_in_the_inbox_names_its_code(requests, max_):
    response = signed_in(max_).post(INBOX, several("rejected", requests[0]))
    assert CODE.search(response.content.decode())[1] == "VALIDATION_ERROR"

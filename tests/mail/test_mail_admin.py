"""Mail that came in, in the admin: to look at, and to put into its issue."""

import pytest
from django.urls import reverse

from events.threads import reply_address
from issues.models import InboundMail
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens

LIST = "admin:issues_inboundmail_changelist"
HOSTILE = "<script>alert(1)</script>"


def page(mail) -> str:
    return reverse("admin:issues_inboundmail_change", args=[mail.pk])


def test_the_list_and_the_page_show_what_came_in_escaped(arrive, alice):
    lost = arrive(text=HOSTILE, subject=HOSTILE)
    for address in (reverse(LIST), page(lost)):
        shown = signed_in(alice).get(address).content.decode()
        assert HOSTILE not in shown
        assert "&lt;script&gt;" in shown


def test_a_lost_mail_is_put_into_its_issue(arrive, issue, alice):
    lost = arrive(text="Which issue was it?")
    place = reverse("admin:issues_inboundmail_place", args=[lost.pk])
    answer = signed_in(alice).post(place, {"number": issue.number, "_form_submitted": "true"})
    assert answer.headers["Location"] == reverse("admin:issues_issue_change", args=[issue.pk])
    assert issue.communications.get().body == "Which issue was it?"


@pytest.mark.parametrize("number", ["ISS-1999-000001", "nonsense"])
def test_a_wrong_number_is_told_and_changes_nothing(arrive, alice, number):
    lost = arrive()
    place = reverse("admin:issues_inboundmail_place", args=[lost.pk])
    with nothing_happens():
        answer = signed_in(alice).post(place, {"number": number, "_form_submitted": "true"})
    form = answer.context["form"]
    assert form.errors == {"number": ["There is no issue with this number."]}
    assert form["number"].value() == number
    assert InboundMail.objects.get().outcome == "unplaced"


def test_who_sees_one_store_sees_its_mail_alone(arrive, issue):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    placed, lost = arrive(to=reply_address(issue.pk)), arrive()
    browser = signed_in(EmployeeFactory(team=team))
    assert b"kim@shop.example" not in browser.get(reverse(LIST)).content
    for mail in (placed, lost):
        assert browser.get(page(mail)).status_code == 302


def test_nothing_is_added_changed_or_deleted_here(arrive, ada):
    lost = arrive()
    browser = signed_in(ada)
    assert browser.get(reverse("admin:issues_inboundmail_add")).status_code == 403
    assert browser.post(page(lost), {"sender": "x"}).status_code == 403
    assert browser.post(reverse("admin:issues_inboundmail_delete", args=[lost.pk])).status_code == 403
    assert InboundMail.objects.get().sender == "kim@shop.example"

"""The pages around the forms: who sees them, what they say, and that looking changes nothing."""

import re
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from events.models import Channel, Delivery, Event
from issues.actions.update import update_issue
from issues.models import Issue, SatisfactionLink
from tests.doors.doors import signed_in
from tests.factories import PASSWORD, EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

LISTS = [
    "web:home", "web:approvals", "web:issues", "web:news", "web:refunds", "account_change_password", "account_logout",
]  # fmt: skip
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.fixture
def hostile_issue(alice, max_, as_):
    """An issue that says nasty things in every text it has, with a request that waits."""
    order = OrderFactory(customer__name=HOSTILE, store__name=HOSTILE)
    issue = IssueFactory(order=order, description=HOSTILE, status="closed", resolution_description=HOSTILE)
    update_issue(order.pk, issue.pk, {"status": "open", "notes": HOSTILE}, actor=as_(alice))
    return issue


@pytest.fixture
def pages(hostile_issue):
    """The address of every page for somebody who is signed in."""
    approval = hostile_issue.approvals.get()
    return [
        *map(reverse, LISTS),
        reverse("web:issue", args=[hostile_issue.pk]),
        reverse("web:issue", args=[hostile_issue.pk]) + "?whole",
        reverse("web:approval", args=[approval.pk]),
        reverse("web:issues") + "?q=nothing&status=open",
        "/nowhere",
    ]


@pytest.fixture
def news(alice):
    def make(employee=alice, **fields):
        event = Event.objects.create(name="test.thunder", via="web")
        return Delivery.objects.create(
            event=event, channel=Channel.IN_PRODUCT, employee=employee, address=employee.employee_id,
            kind="assigned", subject="ISS-1 is yours", text="Have a look.", url="/issues", **fields,
        )  # fmt: skip

    return make


def test_looking_at_pages_changes_nothing(max_, pages):
    client = signed_in(max_)
    with nothing_happens():
        for page in pages:
            assert client.get(page).status_code in (200, 404)


def test_what_changes_something_takes_no_get(max_, alice, issue, news):
    addresses = [
        reverse("web:communications", args=[issue.pk]),
        reverse("web:step_requests", args=[issue.pk]),
        reverse("web:read_all_news"),
        reverse("web:read_news", args=[news().pk]),
    ]
    pages = {reverse("web:issue", args=[issue.pk]), reverse("web:news")}
    with nothing_happens():
        assert {signed_in(max_).get(address).headers["Location"] for address in addresses} == pages
        for page in ("communications", "requests"):
            address = reverse(f"admin:issues_issue_{page}", args=[issue.pk])
            query = {
                "form_id": uuid.uuid4(),
                "channel": "phone",
                "direction": "inbound",
                "body": "x",
                "kind": "escalate",
            }
            assert signed_in(alice).get(address, query).status_code == 200
        assert signed_in(alice).get(reverse("account_logout")).status_code == 200


def test_pages_hold_no_inline_script_or_style_and_escape_what_people_write(max_, pages):
    client = signed_in(max_)
    for page in [*pages, reverse("account_login")]:
        text = client.get(page).content.decode().replace(escape(HOSTILE), "")
        assert not INLINE.search(text), (page, INLINE.search(text))
        assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)" in client.get(pages[-5]).content.decode()


def test_the_admin_escapes_what_people_write(alice, hostile_issue):
    address = reverse("admin:issues_issue_change", args=[hostile_issue.pk])
    for page in (address, reverse("admin:issues_issue_changelist"), reverse("admin:issues_note_changelist")):
        assert HOSTILE not in signed_in(alice).get(page).content.decode()


def test_the_policy_is_strict_and_looser_for_the_admin_alone(alice, issue):
    client = signed_in(alice)
    strict = client.get(reverse("web:issue", args=[issue.pk]))["Content-Security-Policy"]
    loose = client.get(reverse("admin:index"))["Content-Security-Policy"]
    assert "unsafe" not in strict
    assert "default-src 'self'" in strict
    assert "'unsafe-eval'" in loose
    assert "script-src 'self' 'unsafe-eval'" in loose, "no inline script in the admin either"


@pytest.mark.parametrize("name", ["web:home", "web:approvals", "web:issues", "web:news"])
def test_who_is_not_signed_in_is_sent_to_the_login(name):
    address = reverse(name)
    response = Client().get(address)
    assert response["Location"] == f"{reverse('account_login')}?next={address}"
    part = Client().get(address, headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == response["Location"], "a part of a page can't show the login"


def test_the_admin_has_no_login_of_its_own(alice):
    assert Client().get("/admin/")["Location"].startswith("/admin/login/")
    assert Client().get("/admin/login/?next=/admin/")["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    outsider = EmployeeFactory(is_staff=False)
    assert signed_in(outsider).get("/admin/login/").status_code == 403


def test_signing_in_and_out(alice):
    client = Client(enforce_csrf_checks=True)
    page = client.get(reverse("account_login")).content.decode()
    assert 'name="login"' in page
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    given = {"login": "alice", "password": PASSWORD, "csrfmiddlewaretoken": token, "next": "https://evil.example/"}
    wrong = client.post(reverse("account_login"), given | {"password": "guess"})
    assert "not correct" in wrong.content.decode()
    right = client.post(reverse("account_login"), given)
    assert (right.status_code, right["Location"]) == (302, "/"), "and not to another host"
    home = client.get("/").content.decode()
    assert alice.name in home
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', home)[1]
    assert client.post(reverse("account_logout")).status_code == 403, "without the token"
    assert client.post(reverse("account_logout"), {"csrfmiddlewaretoken": token}).status_code == 302
    assert client.get("/").status_code == 302


def test_a_password_is_changed_by_who_knows_it(alice):
    client, address = signed_in(alice), reverse("account_change_password")
    new = {"password1": "entirely different 7", "password2": "entirely different 7"}
    assert client.post(address, {"oldpassword": "guess", **new}).status_code == 200
    assert client.post(address, {"oldpassword": PASSWORD, **new}).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password("entirely different 7")


def test_nobody_signs_up():
    assert Client().get("/accounts/signup/").status_code == 404


def test_who_has_left_is_signed_out(alice):
    client = signed_in(alice)
    alice.is_active = False
    alice.save()
    assert client.get("/").status_code == 302


def test_pages_are_not_kept_by_caches(alice):
    assert "no-store" in signed_in(alice).get("/")["Cache-Control"]


def test_the_list_narrows_and_says_what_it_does_not_understand(alice):
    mine, other = IssueFactory(assigned_to=alice, status="escalated"), IssueFactory()
    client, address = signed_in(alice), reverse("web:issues")

    def found(**query):
        return [issue.pk for issue in client.get(address, query).context["page"].rows]

    assert found() == [other.pk, mine.pk]
    assert found(status="escalated", q="") == found(assigned_to="me") == [mine.pk]
    for wrong in ({"status": "done"}, {"color": "red"}, {"cursor": "nonsense"}):
        response = client.get(address, wrong)
        assert response.status_code == 400
        assert "Start over" in response.content.decode()


def test_the_list_is_paged_by_position(alice):
    issues = [IssueFactory() for _ in range(3)]
    client = signed_in(alice)
    first = client.get(reverse("web:issues"), {"limit": 2})
    second = client.get(first.context["page"].next)
    rows = [*first.context["page"].rows, *second.context["page"].rows]
    assert [issue.pk for issue in rows] == [issue.pk for issue in issues[::-1]]


def test_another_stores_issue_is_404_on_every_page(as_, alice, closed):
    approval = update_issue(closed.order_id, closed.pk, {"status": "open"}, actor=as_(alice)).approval
    team = TeamFactory()
    team.stores.add(StoreFactory())
    client = signed_in(EmployeeFactory(team=team, role="Manager"))
    for page, row in (("issue", closed), ("approval", approval)):
        assert client.get(reverse(f"web:{page}", args=[row.pk])).status_code == 404
    with nothing_happens():
        for page, row in (("communications", closed), ("step_requests", closed), ("approval", approval)):
            assert client.post(reverse(f"web:{page}", args=[row.pk]), {"decision": "approved"}).status_code == 404
    assert list(client.get("/issues").context["page"].rows) == []
    assert list(client.get("/approvals").context["page"].rows) == []


def test_the_cost_of_a_list_does_not_grow_with_it(alice, django_assert_max_num_queries):
    for _ in range(30):
        IssueFactory(assigned_to=alice)
    client = signed_in(alice)
    for address, most in (("/issues", 8), ("/", 22), (reverse("admin:issues_issue_changelist"), 16)):
        client.get(address)
        with django_assert_max_num_queries(most):
            client.get(address)


def test_news_is_read_one_by_one_or_all_at_once(alice, max_, news):
    first, second, third, anothers = news(), news(), news(), news(employee=max_)
    client = signed_in(alice)
    assert '<span class="count" title="unread">3</span>' in client.get("/news").content.decode()
    client.post(reverse("web:read_news", args=[first.pk]))
    client.post(reverse("web:read_news", args=[anothers.pk]))
    assert unread() == {second.pk, third.pk, anothers.pk}
    client.post(reverse("web:read_all_news"))
    assert unread() == {anothers.pk}


def unread() -> set:
    return set(Delivery.objects.filter(read_at=None).values_list("pk", flat=True))


def test_pages_of_errors_say_what_to_do(alice):
    client = signed_in(alice)
    missing = client.get("/nowhere")
    assert (missing.status_code, "Go to the desk" in missing.content.decode()) == (404, True)
    forbidden = Client(enforce_csrf_checks=True).post("/accounts/login/", {})
    assert (forbidden.status_code, "load the page again" in forbidden.content.decode()) == (403, True)


def test_a_breakdown_shows_our_page_and_nothing_of_the_inside(alice, monkeypatch):
    def break_down(*args, **kwargs):
        raise RuntimeError("secret inside")

    monkeypatch.setattr("issues.web.views.home.news_of", break_down)
    client = signed_in(alice)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()
    assert "secret" not in response.content.decode()


def test_a_customer_answers_once_by_their_link(closed):
    client, address = Client(), reverse("web:satisfaction", args=[SatisfactionLink.make(closed)])
    with nothing_happens():
        page = client.get(address)
        assert (page.status_code, closed.number in page.content.decode()) == (200, False)
        client.post(address, {"satisfied": "perhaps"})
    assert client.post(address, {"satisfied": "no"}).status_code == 200
    issue = Issue.objects.get(pk=closed.pk)
    assert (issue.customer_satisfied, issue.status) == (False, "closed")
    with nothing_happens():
        assert client.get(address).status_code == client.post(address, {"satisfied": "yes"}).status_code == 410


def test_a_guessed_link_is_gone():
    address = reverse("web:satisfaction", args=["guess"])
    assert Client().get(address).status_code == Client().post(address, {"satisfied": "yes"}).status_code == 410


def test_who_was_signed_out_in_mid_work_comes_back_to_the_page_and_hears_that_nothing_was_saved(max_, issue):
    client, page = Client(), reverse("web:issue", args=[issue.pk])
    with nothing_happens():
        to_login = client.post(reverse("web:communications", args=[issue.pk]), {"body": "Hello?"}).headers["Location"]
    client.force_login(max_, backend="django.contrib.auth.backends.ModelBackend")
    (address,) = parse_qs(urlsplit(to_login).query)["next"]
    answer = client.get(address, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "What you sent last was not saved" in answer.content.decode()

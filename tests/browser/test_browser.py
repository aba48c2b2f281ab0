"""The desk as people use it: by mouse and keyboard, with script and without, on a large screen and a small one."""

import re

import pytest

from issues.actions.update import update_issue
from issues.models import Approval, Issue, Note
from tests.browser.chromium import sign_in_as
from tests.factories import PASSWORD, IssueFactory, OrderFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

HOSTILE = (
    "<script>alert('tag')</script><img src=x onerror=alert('image')><svg onload=alert('svg')>"
    "\"><details open ontoggle=alert('toggle')>{{ 7*7 }}<a href=javascript:alert('link')>here</a>"
)
STAYED = "document.documentElement.dataset.stayed"


def sign_in(page, employee, at="/"):
    sign_in_as(page, employee.username, PASSWORD, at=at)


@pytest.fixture
def closed(db):
    return IssueFactory(status="closed")


@pytest.fixture
def request_to_reopen(closed, alice, as_):
    changes = {"status": "open", "notes": "The new kettle leaks too."}
    return update_issue(closed.order_id, closed.pk, changes, actor=as_(alice)).approval


def test_an_agent_works_on_an_issue_in_the_admin(open_page, alice, issue):
    page = open_page()
    sign_in(page, alice, at="/admin/issues/issue/")
    page.get_by_role("link", name=issue.number).click()
    page.get_by_label("Note", exact=True).fill("Called the carrier.")
    page.get_by_label("Priority").select_option("high")
    page.get_by_role("button", name="Investigate").click()
    page.get_by_text("The issue was updated.").wait_for()
    story = page.locator(".story").inner_text()
    assert "moved it from Open to" in story
    assert "Called the carrier." in story
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.status, issue.priority, issue.history.first().via) == ("investigating", "high", "admin")

    page.get_by_role("button", name="Start work").click()
    page.get_by_role("button", name="Resolve with this note").click()
    error = page.locator(".field.has-errors")
    assert "Notes are required when the status becomes resolved." in error.inner_text()
    assert Issue.objects.get(pk=issue.pk).status == "in_progress"


def test_an_agent_writes_down_a_call_and_reads_the_history(open_page, alice, issue):
    page = open_page()
    sign_in(page, alice, at=f"/admin/issues/issue/{issue.pk}/change/")
    page.get_by_role("radio", name="Customer").check()
    page.get_by_label("What was said").fill("They would rather have the money.")
    page.get_by_role("button", name="Add to the story").click()
    page.locator(".story").get_by_text("They would rather have the money.").wait_for()
    page.get_by_role("link", name="History").click()
    page.wait_for_url("**/history/")
    assert issue.number in page.content()


@pytest.mark.parametrize("script", [True, False], ids=["with htmx", "without JavaScript"])
def test_a_manager_signs_in_at_home_and_approves_a_reopen(open_page, request_to_reopen, closed, max_, script):
    page = open_page(java_script_enabled=script)
    sign_in(page, max_)
    page.locator(".request", has_text=closed.number).click()
    assert "The new kettle leaks too." in page.locator(".story").inner_text()
    if script:
        page.evaluate(f"{STAYED} = 'yes'")
    page.get_by_label("Note").fill("Fair.")
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("The request was approved.").wait_for()
    assert page.get_by_role("button", name="Approve").count() == 0
    if script:
        assert page.evaluate(STAYED) == "yes", "the page was not loaded anew"
        assert page.locator("#navigation .count[title~=waiting]").count() == 0
    assert Issue.objects.get(pk=closed.pk).status == "open"
    assert Approval.objects.get().decision_note == "Fair."


@pytest.mark.parametrize("script", [True, False], ids=["with htmx", "without JavaScript"])
def test_a_rejection_without_a_note_is_told_at_the_field(open_page, request_to_reopen, max_, script):
    page = open_page(java_script_enabled=script)
    sign_in(page, max_, at=f"/approvals/{request_to_reopen.pk}")
    page.get_by_role("button", name="Reject").click()
    page.locator(".field.has-errors", has_text="Say why you reject it").wait_for()
    page.get_by_label("Note").fill("Too late.")
    page.get_by_role("button", name="Reject").click()
    page.get_by_text("The request was rejected.").wait_for()
    assert Approval.objects.get().status == "rejected"


def test_a_double_click_saves_once(open_page, max_, issue):
    page = open_page()
    sign_in(page, max_, at=f"/issues/{issue.pk}")
    page.get_by_label("Note", exact=True).fill("Once.")
    page.locator("#composer").get_by_role("button", name="Save").dblclick()
    page.get_by_text("The issue was updated.").wait_for()
    page.wait_for_load_state("networkidle")
    assert Note.objects.count() == 1


def test_the_list_is_narrowed_in_place_and_back_goes_back(open_page, max_, issue):
    resolved = IssueFactory(status="resolved")
    page = open_page()
    sign_in(page, max_, at="/issues")
    page.evaluate(f"{STAYED} = 'yes'")
    page.get_by_label("Status").select_option("resolved")
    page.get_by_role("link", name=issue.number).wait_for(state="detached")
    assert page.get_by_role("link", name=resolved.number).count() == 1
    assert "status=resolved" in page.url
    assert page.evaluate(STAYED) == "yes"
    page.go_back()
    page.get_by_role("link", name=issue.number).wait_for()


def test_everything_can_be_done_by_keyboard(open_page, request_to_reopen, max_):
    page = open_page()
    sign_in(page, max_, at=f"/approvals/{request_to_reopen.pk}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "approved":
            break
    shadow = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
    assert shadow != "none", "where the focus is can be seen"
    page.keyboard.press("Enter")
    page.get_by_text("The request was approved.").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_the_screen(open_page, request_to_reopen, closed, alice, max_, as_, width, scheme):
    page = open_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    pages = [
        "/accounts/login/", "/", "/approvals", f"/approvals/{request_to_reopen.pk}", "/issues", f"/issues/{closed.pk}",
        "/news", "/refunds", "/accounts/password/change/", "/accounts/2fa/", f"/admin/issues/issue/{closed.pk}/change/",
    ]  # fmt: skip
    sign_in(page, max_)
    page.get_by_role("heading", name=re.compile("Good day")).wait_for()
    for address in pages:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_nothing_that_people_write_runs_as_script(open_page, alice, max_, as_):
    order = OrderFactory(customer__name=HOSTILE[:200], store__name=HOSTILE[:200])
    issue = IssueFactory(order=order, description=HOSTILE, status="closed", resolution_description=HOSTILE)
    updated = update_issue(order.pk, issue.pk, {"status": "open", "notes": HOSTILE}, actor=as_(alice))
    page = open_page()
    sign_in(page, max_)
    for address in (
        "/", "/issues", f"/issues/{issue.pk}", "/approvals", f"/approvals/{updated.approval.pk}", "/admin/",
        "/admin/issues/issue/", f"/admin/issues/issue/{issue.pk}/change/", f"/admin/issues/issue/{issue.pk}/history/",
        "/admin/issues/note/", f"/admin/orders/order/{order.pk}/change/",
    ):  # fmt: skip
        page.goto(address)
        page.wait_for_load_state("networkidle")
    assert page.locator("a[href^=javascript]").count() == 0

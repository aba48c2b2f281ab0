"""The page of an issue as agents use it: drafts, one-click acts, who else is here, the palette and the keys."""

import pytest

from issues.actions.update import update_issue
from issues.models import Communication, Issue, Presence
from refunds.models import Refund
from tests.browser.test_browser import sign_in
from tests.factories import IssueFactory, OrderFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
in_both = pytest.mark.parametrize("page_of", ["/issues/{}", "/admin/issues/issue/{}/change/"], ids=["web", "admin"])


@pytest.fixture
def open_issue(open_page):
    """``open_issue(employee, address)``: a page with that address, for who is signed in."""

    def open_one(employee, address, **options):
        page = open_page(**options)
        sign_in(page, employee, at=address)
        page.locator("[data-issue-page]").wait_for()
        return page

    return open_one


def note_of(page):
    return page.get_by_label("Note", exact=True)


@in_both
def test_a_draft_survives_a_reload_and_ends_with_its_submission(open_issue, alice, issue, page_of):
    page = open_issue(alice, page_of.format(issue.pk))
    note_of(page).fill("Half a thou")
    page.get_by_label("Priority").select_option("low")
    page.reload()
    page.get_by_text("Your draft is back.").wait_for()
    assert note_of(page).input_value() == "Half a thou"
    assert page.get_by_label("Priority").input_value() == "low"
    note_of(page).fill("A whole thought.")
    page.locator("#composer").get_by_role("button", name="Save").click()
    page.get_by_text("The issue was updated.").wait_for()
    page.reload()
    assert note_of(page).input_value() == ""
    assert page.get_by_text("Your draft is back.").count() == 0
    assert Issue.objects.get().notes.get().body == "A whole thought."


def test_a_draft_can_be_discarded_and_does_not_undo_what_others_did(open_issue, alice, sofia, issue, as_):
    page = open_issue(alice, f"/issues/{issue.pk}")
    note_of(page).fill("Mine.")
    page.get_by_label("Priority").select_option("low")
    update_issue(issue.order_id, issue.pk, {"priority": "high", "notes": "Theirs."}, actor=as_(sofia))
    page.reload()
    page.get_by_text("Your draft is back.").wait_for()
    assert page.get_by_label("Priority").input_value() == "high"
    page.get_by_role("button", name="Discard it").click()
    assert note_of(page).input_value() == ""
    page.reload()
    page.locator("#composer").wait_for()
    assert page.get_by_text("Your draft is back.").count() == 0


def test_a_word_with_the_customer_is_a_draft_of_its_own(open_issue, alice, issue):
    page = open_issue(alice, f"/issues/{issue.pk}")
    page.get_by_role("radio", name="Customer").check()
    page.get_by_label("What was said").fill("We are on it.")
    page.reload()
    page.get_by_text("Your draft is back.").wait_for()
    assert page.get_by_label("What was said").is_visible(), "in the mode that it was written in"
    page.get_by_role("button", name="Add to the story").click()
    page.get_by_text("The communication was added").wait_for()
    assert Communication.objects.get().body == "We are on it."


@in_both
def test_taking_and_resolving_by_single_keys(open_issue, alice, page_of):
    issue = IssueFactory(status="in_progress")
    page = open_issue(alice, page_of.format(issue.pk))
    page.keyboard.press("t")
    page.get_by_text("In your hands").wait_for()
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "notes", "it needs a note first"
    page.keyboard.type("Sent a new one, trn.")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("r")
    page.get_by_text("The issue was updated.").wait_for()
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.status, issue.assigned_to, issue.notes.get().body) == ("resolved", alice, "Sent a new one, trn.")


def test_what_is_written_is_saved_without_leaving_the_keyboard(open_issue, alice, issue):
    page = open_issue(alice, f"/issues/{issue.pk}")
    page.keyboard.press("n")
    page.keyboard.type("By keyboard?")
    page.keyboard.press("Control+Enter")
    page.get_by_text("The issue was updated.").wait_for()
    assert Issue.objects.get().notes.get().body == "By keyboard?"


def test_keys_are_shown_and_can_be_switched_off(open_issue, alice, issue):
    page = open_issue(alice, f"/issues/{issue.pk}")
    page.keyboard.press("?")
    page.get_by_text("Write an internal note").wait_for()
    page.get_by_label("Single keys are on in this browser").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.keyboard.press("?")
    page.reload()
    assert page.locator("dialog.help").count() == 0
    assert Issue.objects.get().assigned_to is None
    page.keyboard.press("Control+k")
    assert page.locator("dialog.palette").is_visible(), "a key with Ctrl stays"


@in_both
def test_the_palette_goes_to_an_issue_and_to_a_view_and_acts(open_issue, alice, issue, page_of):
    other = IssueFactory(number="ISS-2026-000042")
    page = open_issue(alice, page_of.format(issue.pk))
    page.keyboard.press("Control+k")
    page.keyboard.type("42")
    page.get_by_role("option", name="ISS-2026-000042").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{page_of.format(other.pk)}")
    page.keyboard.press("Control+k")
    page.keyboard.type("unassigned")
    page.get_by_role("option", name="Unassigned").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**assigned_to=none**")
    page.goto(page_of.format(issue.pk))
    page.keyboard.press("Control+k")
    page.keyboard.type("take it")
    page.get_by_role("option", name="Take it").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("In your hands").wait_for()


@in_both
def test_one_sees_who_else_is_here_and_what_changed_since(open_issue, alice, sofia, issue, as_, page_of):
    hers = open_issue(sofia, page_of.format(issue.pk))
    page = open_issue(alice, page_of.format(issue.pk))
    page.get_by_text(f"{sofia.name} has this open too").wait_for()
    note_of(page).fill("Being written.")
    update_issue(issue.order_id, issue.pk, {"priority": "high", "notes": "Urgent."}, actor=as_(sofia))
    page.clock.install()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    page.get_by_role("link", name="1 change since you opened it").click()
    page.locator(".story .is-new", has_text="Urgent.").wait_for()
    assert note_of(page).input_value() == "Being written."
    hers.goto("about:blank")
    hers.wait_for_timeout(300)
    assert not Presence.objects.filter(employee=sofia).exists(), "who leaves is gone at once"


@in_both
def test_a_stale_save_shows_both_and_can_be_saved_again(open_issue, alice, sofia, issue, as_, page_of):
    page = open_issue(alice, page_of.format(issue.pk))
    note_of(page).fill("It is worse.")
    page.get_by_label("Priority").select_option("critical")
    update_issue(issue.order_id, issue.pk, {"priority": "high", "notes": "Urgent."}, actor=as_(sofia))
    page.locator("#composer").get_by_role("button", name="Save").click()
    cells = page.locator(".standoff tbody tr").first.locator("th, td").all_inner_texts()
    assert cells == ["Priority", "Medium", "High", "Critical"]
    assert note_of(page).input_value() == "It is worse."
    page.locator("#composer").get_by_role("button", name="Save").click()
    page.get_by_text("The issue was updated.").wait_for()
    assert (Issue.objects.get().priority, Issue.objects.get().version) == ("critical", 3)


@in_both
def test_the_refund_dialog_says_what_will_come_of_it(open_issue, alice, page_of):
    issue = IssueFactory(order=OrderFactory(total_amount=400))
    page = open_issue(alice, page_of.format(issue.pk))
    page.get_by_role("button", name="Refund…").click()
    dialog = page.locator("dialog.refund")
    dialog.get_by_label("Refund (USD)").fill("99")
    dialog.get_by_label("Refund from").select_option("store_credit")
    assert not dialog.get_by_text("waits for a manager's approval").is_visible()
    assert dialog.locator(".is-chosen").inner_text().startswith("Store Credit")
    dialog.get_by_label("Refund (USD)").fill("401")
    assert dialog.get_by_text("No more than 400.00 USD").is_visible()
    dialog.get_by_label("Refund (USD)").fill("150")
    assert dialog.get_by_text("waits for a manager's approval").is_visible()
    dialog.get_by_role("button", name="Send the refund").dblclick()
    page.get_by_text("waits for a manager's approval.").first.wait_for()
    page.wait_for_load_state("networkidle")
    refund = Refund.objects.get()
    assert (refund.amount, refund.status) == (150, "awaiting_approval")


def test_what_is_wrong_with_a_refund_is_told_in_the_open_dialog(open_issue, alice, issue):
    page = open_issue(alice, f"/issues/{issue.pk}")
    page.keyboard.press("f")
    page.locator("dialog.refund").get_by_role("button", name="Send the refund").click()
    page.locator("dialog.refund .errors", has_text="Say how much.").wait_for()
    page.keyboard.press("Escape")
    assert not page.locator("dialog.refund").is_visible()


@in_both
def test_all_of_it_is_there_without_a_script(open_page, alice, page_of):
    issue = IssueFactory(status="in_progress")
    page = open_page(java_script_enabled=False)
    sign_in(page, alice, at=f"/issues/{issue.pk}")
    page.goto(page_of.format(issue.pk))
    page.get_by_label("Refund (USD)").fill("5")
    page.get_by_label("Refund from").select_option("merchant")
    page.get_by_role("button", name="Send the refund").click()
    page.get_by_role("button", name="Take it").click()
    page.get_by_role("radio", name="Customer").check()
    page.get_by_label("What was said").fill("Paid back.")
    page.get_by_role("button", name="Add to the story").click()
    page.get_by_role("link", name="Hide events").click()
    note_of(page).fill("Refunded.")
    page.get_by_role("button", name="Resolve with this note").click()
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.status, issue.assigned_to, Refund.objects.count()) == ("resolved", alice, 1)
    assert page.locator(".story .is-status_changed").count() == 0

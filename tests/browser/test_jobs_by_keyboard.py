"""The queue and the inbox by keyboard alone: by Tab and Enter, and quicker by single keys. No test here has a mouse."""

import pytest

from tests.browser.test_jobs import QUEUE
from tests.browser.test_refund_page import press_until

pytestmark = pytest.mark.browser

HERE = "document.activeElement"
IS_SEEN = f"""{HERE}.matches(':focus-visible')
    && (({{ boxShadow, outlineStyle }}) => boxShadow + outlineStyle !== 'nonenone')(getComputedStyle({HERE}))"""


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def arrive(page, words: str, *, focus: str = "") -> None:
    """On a page that says ``words``, when its keys can be pressed and the focus is where it puts it."""
    page.get_by_text(words).first.wait_for()
    page.wait_for_load_state()
    if focus:
        page.wait_for_function(has_text(focus))


def has_text(words: str) -> str:
    return f"{HERE}.textContent.trim().startsWith({words!r})"


def go_to(page, words: str) -> None:
    """By the palette."""
    press(page, "Control+k")
    page.keyboard.type(words)
    page.locator("dialog.palette").get_by_role("option", name=words).wait_for()
    press(page, "Enter")


def test_an_agent_works_the_queue(desk, sit_down):
    page = sit_down("agent", at=QUEUE)
    press(page, "Tab")
    assert page.evaluate(f"{HERE}.className") == "skip"
    press(page, "Enter")
    press_until(page, has_text("Unassigned"), at_most=20)
    press(page, "Enter")
    page.wait_for_url("**assigned_to=none**")
    press(page, "j")
    assert page.evaluate(IS_SEEN)
    first = page.evaluate(f"{HERE}.textContent")
    press(page, "x", "j", "j", "x", "k", "x", "x")
    assert page.locator("[data-chosen]").inner_text() == "2 chosen"
    before = desk.value("version", first)
    raise_the_priority_of_the_chosen(page)
    assert (desk.value("priority", first), desk.value("version", first)) == ("critical", before + 1)
    press(page, "Enter")
    page.wait_for_url("**assigned_to=none**")
    press(page, "/")
    page.keyboard.type(first)
    press(page, "Enter")
    page.wait_for_url("**q=ISS**")
    take_it_and_write_a_note(page)
    holder = "(SELECT username FROM accounts_employee e WHERE e.id = assigned_to_id)"
    assert desk.value(holder, first) == "agent"
    go_to(page, "Unassigned")
    page.wait_for_url("**assigned_to=none**")
    assert page.get_by_role("link", name=first).count() == 0


def raise_the_priority_of_the_chosen(page) -> None:
    press(page, "b", "Tab", "c")
    assert page.evaluate(f"[{HERE}.name, {HERE}.value]") == ["priority", "critical"]
    press_until(page, f"{HERE}.name === 'notes'", at_most=3)
    page.keyboard.type("Nobody looks at these.")
    press_until(page, has_text("Preview"), at_most=3)
    press(page, "Enter")
    arrive(page, "It can be done to all 2.", focus="Do it")
    press(page, "Enter")
    arrive(page, "Done for 2 of 2.", focus="Back to the queue")


def take_it_and_write_a_note(page) -> None:
    press(page, "j", "Enter")
    arrive(page, "Internal note")
    press(page, "t")
    arrive(page, "In your hands")
    press(page, "n")
    page.keyboard.type("Rang the carrier.")
    press(page, "Control+Enter")
    arrive(page, "The issue was updated.")
    page.locator(".story").get_by_text("Rang the carrier.").wait_for()


def test_the_focus_is_where_it_is_wanted_however_late_the_scripts_of_the_admin_come(desk, sit_down):
    page = sit_down("agent", at=QUEUE)
    page.route("**/alpine.js*", lambda route: (page.wait_for_timeout(700), route.continue_()))
    press(page, "j", "x", "b", "Tab", "Tab", "Tab")
    page.keyboard.type("Looked at.")
    press(page, "Tab", "Enter")
    arrive(page, "It can be done to all 1.", focus="Do it")


def test_filters_of_the_queue_open_and_close(desk, sit_down):
    page = sit_down("agent", at=QUEUE)
    press(page, "/")
    press_until(page, has_text("Priority"), at_most=5)
    press(page, "Enter")
    press_until(page, f"{HERE}.value === 'critical'", at_most=8)
    press(page, "Space", "Escape")
    assert page.evaluate(has_text("Priority"))
    assert page.locator(".queue-filters details[open]").count() == 0
    press_until(page, has_text("Show"))
    press(page, "Enter")
    page.wait_for_url("**priority=critical**")
    assert set(page.locator("[data-rows] .is-priority").all_inner_texts()) == {"Critical"}


def test_a_manager_decides_one_request_and_then_several(desk, sit_down):
    page = sit_down("manager", at="/approvals")
    press_until(page, has_text("Close"), at_most=40)
    press(page, "Enter")
    page.wait_for_url("**kind=close**")
    press(page, "j")
    assert page.evaluate(IS_SEEN)
    press(page, "Enter")
    arrive(page, "The request")
    one = page.locator("h1").inner_text().removeprefix("Close ")
    press_until(page, f"{HERE}.name === 'note'", at_most=40)
    page.keyboard.type("Thank you.")
    press(page, "Tab", "Enter")
    page.get_by_text("The request was approved.").wait_for()
    assert (desk.value("status", one), decision_of(desk, one)) == ("closed", ("approved", "Thank you."))
    page.goto("/approvals?kind=close")
    press(page, "j", "x", "j", "x", "b")
    two = [box.get_attribute("aria-label").removeprefix("Close ") for box in page.locator(".box :checked").all()]
    page.keyboard.type("Both.")
    press(page, "Tab", "Enter")
    page.get_by_text(f"Close {two[1]}: approved.").wait_for()
    assert [decision_of(desk, number) for number in two] == [("approved", "Both.")] * 2


def decision_of(desk, number: str) -> tuple[str, str]:
    return desk.query(
        "SELECT a.status, a.decision_note FROM issues_approval a JOIN issues_issue i ON i.id = a.issue_id "
        f"WHERE i.number = '{number}' ORDER BY a.created_at DESC LIMIT 1"
    )[0]


def test_the_keys_of_a_list_are_shown_and_end_with_the_others(desk, sit_down):
    page = sit_down("agent", at=QUEUE)
    press(page, "?")
    page.get_by_text("To the next row").wait_for()
    page.get_by_text("Choose the row, or not any more").wait_for()
    press(page, "Space", "Escape", "j")
    assert page.evaluate(f"{HERE}.closest('[data-rows]')") is None

"""The jobs of a day from end to end, in a browser, on a desk of real processes: what the worker does is waited for."""

import re

import pytest

from tests.browser.chromium import sign_in_as
from tests.browser.desk import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def sit_down(chromium, desk):
    """``sit_down("agent", at="/…")``: somebody of the demo at a browser of their own."""
    contexts = []

    def sit(username: str, *, at: str = "/", **options):
        context = chromium.new_context(base_url=desk.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        sign_in_as(page, username, PASSWORD, at=at)
        return page

    yield sit
    for context in contexts:
        context.close()


def issue_to_refund(desk) -> tuple[str, str]:
    """The id and number of one that is worked on, of an order paid by a card that is good."""
    rows = desk.query(
        "SELECT i.id, i.number FROM issues_issue i JOIN orders_order o ON o.id = i.order_id "
        "WHERE i.status = 'in_progress' AND o.payment_method = 'card' AND o.payment_reference LIKE 'pay_ok%' "
        "AND o.refund_reserved = 0 AND o.total_amount > 20 ORDER BY i.number LIMIT 1"
    )
    return str(rows[0][0]), rows[0][1]


def test_a_refund_that_an_agent_starts_is_paid_by_the_worker_and_shown(desk, sit_down):
    issue_id, _ = issue_to_refund(desk)
    page = sit_down("agent", at=f"/admin/issues/issue/{issue_id}/change/")
    page.get_by_role("button", name=re.compile("Refund")).first.click()
    page.get_by_label("Amount").fill("7.50")
    page.get_by_label("Source").select_option("merchant")
    page.get_by_role("button", name=re.compile("Send the refund|Refund|Start")).last.click()
    desk.wait_for(
        f"SELECT status FROM refunds_refund WHERE issue_id = '{as_stored(desk, issue_id)}' "
        "ORDER BY created_at DESC LIMIT 1",
        "succeeded",
    )
    page.reload()
    assert "7.50" in page.locator(".story").inner_text()
    (payment,) = [each for each in desk.processes.payments() if float(each["amount"]) == 7.5]
    assert payment["currency"]


def test_a_reopen_is_asked_for_by_an_agent_and_granted_beside_the_story(desk, sit_down):
    ((issue_id, number),) = desk.query(
        "SELECT id, number FROM issues_issue WHERE status = 'closed' ORDER BY number LIMIT 1"
    )
    agent = sit_down("agent", at=f"/admin/issues/issue/{issue_id}/change/")
    agent.get_by_label("Note", exact=True).fill("They wrote again: the new one leaks too.")
    agent.get_by_role("button", name=re.compile("reopen", re.IGNORECASE)).first.click()
    agent.get_by_text(re.compile("approval", re.IGNORECASE)).first.wait_for()
    manager = sit_down("manager", at="/approvals")
    manager.get_by_text(number).first.click()
    manager.locator(".story").get_by_text("They wrote again: the new one leaks too.").first.wait_for()
    manager.get_by_label("Note").first.fill("Fair.")
    manager.get_by_role("button", name="Approve").click()
    manager.get_by_text("The request was approved.").wait_for()
    assert desk.query(f"SELECT status FROM issues_issue WHERE id = '{as_stored(desk, issue_id)}'") == [("open",)]
    agent.reload()
    agent.locator(".story").get_by_text("They wrote again: the new one leaks too.").first.wait_for()


def test_the_figures_are_shown_with_their_tables_and_as_a_file(desk, sit_down):
    page = sit_down("manager", at="/figures?group_by=store")
    page.locator("canvas").first.wait_for()
    assert page.get_by_role("table").count() >= 3
    with page.expect_download() as download:
        page.locator("a[href*='.csv']").first.click()
    assert download.value.path().read_text().count("\n") > 5


def as_stored(desk, issue_id: str) -> str:
    """SQLite keeps an id without its dashes."""
    return issue_id.replace("-", "") if desk.processes.url.startswith("sqlite") else issue_id

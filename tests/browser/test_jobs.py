"""The jobs of a day from end to end, in a browser, on a desk of real processes: what the worker does is waited for."""

import re
from decimal import Decimal

import pytest

pytestmark = pytest.mark.browser

QUEUE = "/admin/issues/issue/"
REFUNDABLE = (
    "i.status = 'in_progress' AND o.payment_method = 'card' AND o.payment_reference LIKE 'pay_ok%' "
    "AND o.currency = 'USD' AND o.refund_reserved = 0 AND o.total_amount > 100"
)
NEVER_REOPENED = (
    "i.status = 'closed' AND NOT EXISTS (SELECT 1 FROM issues_approval a WHERE a.issue_id = i.id AND a.kind = 'reopen')"
)


def page_of(issue_id: str) -> str:
    return f"{QUEUE}{issue_id}/change/"


def story_of(page):
    return page.locator(".story")


def test_a_refund_that_an_agent_starts_is_paid_by_the_worker_once_and_shown(desk, sit_down):
    number, issue_id = desk.issue(REFUNDABLE)
    page = sit_down("agent", at=page_of(issue_id))
    total = page.locator("#about-order dd b").first.inner_text()
    page.get_by_role("button", name="Refund…").click()
    dialog = page.get_by_role("dialog")
    facts = dialog.inner_text()
    assert f"Still refundable\n{total}" in facts
    assert "You may start yourself\n100.00 USD" in facts
    assert re.search(r"Merchant with the customer by \d+ \w+ \d{4}", facts.replace("\n", " "))
    dialog.get_by_label("Refund (USD)").fill("7.31")
    dialog.get_by_label("Refund from").select_option("merchant")
    dialog.get_by_role("button", name="Send the refund").click()
    story_of(page).get_by_text("started the refund of 7.31 USD").wait_for()
    refunds = f"FROM refunds_refund r JOIN issues_issue i ON i.id = r.issue_id WHERE i.number = '{number}'"
    desk.wait_for(f"SELECT r.status {refunds}", "succeeded")
    page.reload()
    story_of(page).get_by_text("paid the refund of 7.31 USD").wait_for()
    ((reference,),) = desk.query(f"SELECT o.payment_reference FROM orders_order o {joined(number)}")
    paid = [each for each in desk.processes.payments() if each["payment_reference"] == reference]
    assert [(Decimal(str(each["amount"])), each["currency"]) for each in paid] == [(Decimal("7.31"), "USD")]


def joined(number: str) -> str:
    return f"JOIN issues_issue i ON i.order_id = o.id WHERE i.number = '{number}'"


def by_the_inbox(desk, sit_down, number):
    page = sit_down("manager", at="/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Approvals").click()
    page.get_by_role("link", name=re.compile("^Reopen [0-9]+$")).click()
    page.locator(".request", has_text=number).click()
    return page


def by_the_news(desk, sit_down, number):
    wait_for_word(desk, number, "in_product", "EMP-301")
    page = sit_down("manager", at="/news")
    page.get_by_role("link", name=f"Please decide: reopen of {number}").click()
    return page


def by_the_mail(desk, sit_down, number):
    """Whoever is not signed in yet comes to the request after that."""
    text = wait_for_word(desk, number, "email", "manager2@redress.example")
    (address,) = re.findall(rf"{desk.url}(/approvals/\S+)", text)
    page = sit_down("manager2", at=address)
    assert page.url == desk.url + address
    return page


def wait_for_word(desk, number: str, channel: str, address: str) -> str:
    words = (
        f"FROM events_delivery WHERE kind = 'approval_requested' AND channel = '{channel}' "
        f"AND address = '{address}' AND subject LIKE '%{number}' AND sent_at IS NOT NULL"
    )
    desk.wait_for(f"SELECT count(*) > 0 {words}", True)
    return desk.query(f"SELECT text {words}")[0][0]


@pytest.mark.parametrize("find_it", [by_the_inbox, by_the_news, by_the_mail])
def test_a_reopen_is_asked_for_by_an_agent_and_granted_by_a_manager(desk, sit_down, find_it):
    number, issue_id = desk.issue(NEVER_REOPENED)
    agent = sit_down("agent", at=page_of(issue_id))
    agent.get_by_label("Note", exact=True).fill("They wrote again: the new one leaks too.")
    agent.get_by_role("button", name="Reopen (asks a manager)").click()
    story_of(agent).get_by_text("asked a manager to reopen it").first.wait_for()
    manager = find_it(desk, sit_down, number)
    story_of(manager).get_by_text("They wrote again: the new one leaks too.").first.wait_for()
    manager.get_by_label("Note").fill("Fair, look at it again.")
    manager.get_by_role("button", name="Approve").click()
    manager.get_by_text("The request was approved.").wait_for()
    assert desk.value("status", number) == "open"
    agent.reload()
    story_of(agent).get_by_text("Fair, look at it again.").first.wait_for()
    assert agent.locator(".issue-head .badge").first.inner_text() == "Open"


def test_several_issues_are_changed_at_once_and_each_refusal_says_why(desk, sit_down):
    page = sit_down("agent", at=QUEUE)
    page.get_by_role("group").filter(has_text="Status").first.click()
    page.get_by_role("checkbox", name="Open", exact=True).check()
    page.get_by_role("checkbox", name="Closed", exact=True).check()
    page.get_by_label("Sort by").select_option("-updated_at")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**status=open**")
    filtered = page.url
    rows = page.locator("[data-rows] tr").filter(has_not=page.locator(".is-priority", has_text="Critical"))
    of_status = {word: rows.filter(has=page.locator(".is-status", has_text=word)) for word in ("Open", "Closed")}
    chosen = [of_status["Open"].nth(0), of_status["Open"].nth(1), of_status["Closed"].nth(0)]
    taken, overtaken, closed = numbers = [row.locator("th a").inner_text() for row in chosen]
    for row in chosen:
        row.get_by_role("checkbox").check()
    bar = page.locator("#bulk")
    assert "3 chosen" in bar.inner_text()
    bar.get_by_label("Assign to").select_option(label="Bilal Haddad")
    bar.get_by_label("Priority").select_option("critical")
    bar.get_by_label("Note").fill("All of one lorry.")
    before = [desk.value("version", number) for number in numbers]
    bar.get_by_role("button", name="Preview").click()
    page.get_by_text("It can be done to 2 of 3").wait_for()
    assert "→ Critical" in line_of(page, taken)
    assert "The issue is closed." in line_of(page, closed)
    assert [desk.value("version", number) for number in numbers] == before
    another_note(desk, sit_down, overtaken)
    page.get_by_role("button", name="Do it").click()
    page.get_by_text("Done for 1 of 3.").wait_for()
    assert "→ Critical" in line_of(page, taken)
    assert "Somebody changed it since you looked." in line_of(page, overtaken)
    assert "The issue is closed." in line_of(page, closed)
    assert [desk.value("version", number) for number in numbers] == [before[0] + 1, before[1] + 1, before[2]]
    assert desk.value("priority", taken) == "critical"
    page.get_by_role("link", name="Back to the queue").click()
    page.locator("[data-rows]").wait_for()
    assert page.url == filtered


def line_of(page, number: str) -> str:
    return page.locator("tbody tr", has_text=number).inner_text()


def another_note(desk, sit_down, number: str) -> None:
    _, issue_id = desk.issue(f"i.number = '{number}'")
    page = sit_down("agent2", at=page_of(issue_id))
    page.get_by_label("Note", exact=True).fill("I was quicker.")
    page.locator("#composer").get_by_role("button", name="Save").click()
    page.get_by_text("The issue was updated.").wait_for()


INKED = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some(each => each > 0);
}"""


def test_figures_are_drawn_stand_in_tables_lead_to_their_issues_and_come_as_a_file(desk, sit_down):
    page = sit_down("manager", at="/figures")
    page.locator("[name=group_by]").select_option("store")
    page.get_by_role("heading", name="By store").wait_for()
    page.locator("[name=store]").select_option("kuwait")
    page.wait_for_url("**store=kuwait**")
    page.get_by_role("rowheader", name="Boston").wait_for(state="detached")
    assert page.locator("canvas").count() == 2
    assert all(canvas.evaluate(INKED) for canvas in page.locator("canvas").all())
    created = tile(page, "Created")
    days = [int(cell) for cell in page.locator("#days tbody td:nth-child(2)").all_text_contents()]
    assert (len(days), sum(days)) == (30, created)
    assert {"By store", "How long it took", "Time in each status", "Refunds"} <= set(
        page.get_by_role("heading").all_inner_texts()
    )
    with page.expect_download() as download:
        page.locator("section", has=page.get_by_role("heading", name="Day by day")).get_by_role(
            "link", name="CSV"
        ).click()
    head, *lines = [line.split(",") for line in download.value.path().read_text().splitlines()]
    assert [int(line[head.index("created")]) for line in lines] == days
    page.get_by_role("link", name=re.compile("^Created")).click()
    page.get_by_role("heading", name="Created").wait_for()
    assert page.locator("[data-rows] tr").count() == created
    page.locator("[data-rows] a").first.click()
    page.locator("[data-issue-page]").wait_for()


def tile(page, name: str) -> int:
    return int(page.locator(".tiles li", has_text=name).locator("b").inner_text())


def test_a_pattern_becomes_a_problem_with_its_issues_and_who_may_be_next(desk, sit_down):
    page = sit_down("manager", at="/patterns?hours=168")
    row = page.locator("#patterns tbody tr", has=page.get_by_role("link", name="Who else has it")).first
    count = int(row.locator("td a").first.inner_text())
    item = row.locator(".trait").first.inner_text().removeprefix("Item").strip()
    row.get_by_text("Make it a problem").click()
    row.get_by_label("Title").fill("A bad batch")
    row.get_by_role("button", name=f"Record it with {count} issues").click()
    page.get_by_role("heading", name="A bad batch").wait_for()
    assert page.locator("[data-rows] tr").count() == count
    page.get_by_role("heading", name="Orders with the same item and no complaint yet").wait_for()
    assert page.get_by_role("region", name="Orders").get_by_role("row").count() > 1
    page.goto("/patterns?hours=168")
    page.locator("#patterns tbody tr", has_text=item).get_by_role("link", name="Recorded").first.click()
    page.get_by_role("button", name="It is solved").click()
    page.get_by_text("The problem is solved.").wait_for()
    page.get_by_role("link", name="All problems").click()
    assert "Solved" in page.get_by_role("row", name=re.compile("A bad batch")).inner_text()


def test_a_macro_is_written_once_and_said_with_the_names_of_the_issue(desk, sit_down):
    number, issue_id = desk.issue("i.status = 'investigating' AND o.customer_id IS NOT NULL")
    page = sit_down("agent", at="/admin/issues/macro/add/")
    page.get_by_label("Name").fill("On its way")
    page.get_by_label("What it is").select_option("communication")
    page.get_by_label("Text").fill("Dear {{customer_name}}, {{issue_number}} is looked at by {{agent_name}}.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was added successfully").wait_for()
    page.goto(page_of(issue_id))
    page.get_by_role("radio", name="Macro").check()
    page.get_by_label("Macro", exact=True).last.select_option(label="On its way")
    page.get_by_role("button", name="Fill in").click()
    text = page.get_by_label("What the customer is told").input_value()
    assert re.fullmatch(rf"Dear \w+ \w+, {number} is looked at by Alice Moreau\.", text)
    page.get_by_role("button", name="Add to the story as told").click()
    page.get_by_text("The macro was used.").wait_for()
    story_of(page).get_by_text(text).wait_for()


def test_a_duplicate_is_merged_after_a_look_and_the_merge_is_undone(desk, sit_down):
    number, issue_id = desk.issue("i.status = 'in_progress' AND i.assigned_to_id IS NOT NULL")
    page = sit_down("agent", at=f"{QUEUE}add/")
    ((order,),) = desk.query(f"SELECT o.id FROM orders_order o {joined(number)}")
    page.get_by_label("Order").fill(order)
    page.get_by_label("What went wrong").select_option("delivery_issue")
    page.get_by_label("Description").fill("The same once more, by telephone.")
    page.get_by_role("button", name="Open the issue").click()
    duplicate = page.locator(".issue-head h1").inner_text()
    page.get_by_text("Merge it into another issue").click()
    page.get_by_label("The issue that goes on").fill(number)
    page.get_by_role("button", name="See what would happen").click()
    assert f"{number} keeps its status" in page.locator("#merge").inner_text()
    assert desk.value("status", duplicate) == "open"
    page.get_by_role("button", name=f"Merge into {number}").click()
    story_of(page).get_by_text(f"merged it into {number}").wait_for()
    assert desk.value("status", duplicate) == "resolved"
    page.goto(page_of(issue_id))
    story_of(page).get_by_text("The same once more, by telephone.").first.wait_for()
    page.locator("#links").get_by_role("link", name=duplicate).click()
    page.get_by_role("button", name="Undo the merge").click()
    story_of(page).get_by_text(f"undid the merge into {number}").wait_for()
    assert desk.value("status", duplicate) == "open"

"""One use-case, three doors: the same update comes to the same end through each of them."""

import pytest

from issues.models import Approval, Issue, Note
from refunds.models import Refund
from tests.contract.tables import ROLES, STATUSES, expected_step
from tests.doors.cases import CASES
from tests.doors.doors import DOORS, FORM_DOORS, signed_in
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

through_every_door = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.via)
through_every_form = pytest.mark.parametrize("door", FORM_DOORS, ids=lambda door: door.via)


@through_every_door
@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_update_comes_to_the_same_end(door, case):
    issue = IssueFactory(status=case.starts, order=OrderFactory(payment_reference=case.paid_with))
    employee = EmployeeFactory(role=case.role)
    if case.ends.isupper():
        with nothing_happens():
            outcome = door.update(employee, issue, case.changes)
        assert outcome.code == case.ends
        if case.ends == "VALIDATION_ERROR":
            assert outcome.fields == case.fields
        return
    outcome = door.update(employee, issue, case.changes)
    issue = Issue.objects.get(pk=issue.pk)
    assert (outcome.code, issue.status) == ("", case.ends), outcome.text
    assert list(Approval.objects.values_list("kind", flat=True)) == ([case.asks_for] if case.asks_for else [])
    assert Note.objects.filter(body=case.changes.get("notes")).count() == ("notes" in case.changes)
    assert Refund.objects.count() == ("refund_amount" in case.changes)
    newest = issue.history.first()
    if not case.asks_for:
        assert (newest.history_user, newest.via) == (employee, door.via)


@through_every_form
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("current", STATUSES)
def test_every_step_goes_as_the_table_says(door, current, role):
    employee = EmployeeFactory(role=role)
    client = signed_in(employee)
    for target in STATUSES:
        issue = IssueFactory(status=current)
        http_status, code = expected_step(current, target, role)
        changes = {"status": target, "notes": "Why."}
        if code:
            with nothing_happens():
                outcome = door.update(employee, issue, changes, client=client)
        else:
            outcome = door.update(employee, issue, changes, client=client)
        assert outcome.code == code, target
        assert outcome.status == (302 if not code else 403 if code == "PERMISSION_DENIED" else 422)
        after = target if http_status == 200 else current
        assert Issue.objects.get(pk=issue.pk).status == after


@through_every_door
def test_a_refund_above_the_limit_waits_for_another_person(door):
    issue = IssueFactory(order=OrderFactory(total_amount=1000))
    employee = EmployeeFactory()
    assert door.update(employee, issue, {"refund_amount": "100.01", "refund_source": "merchant"}).code == ""
    assert Refund.objects.get().status == "awaiting_approval"
    assert Approval.objects.get().kind == "refund"


@through_every_door
def test_nobody_reaches_an_issue_of_a_store_that_their_team_does_not_see(door):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    employee, issue = EmployeeFactory(team=team), IssueFactory()
    with nothing_happens():
        assert door.update(employee, issue, {"notes": "Mine?"}).status == 404

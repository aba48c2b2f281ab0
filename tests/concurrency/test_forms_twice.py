"""One form that arrives many times at the same moment counts once, and every sender is told that it is done."""

import pytest
from django.urls import reverse

from issues.models import Issue, Note
from refunds.models import Refund
from tests.concurrency.together import all_at_once
from tests.doors.doors import FORM_DOORS, filled_in, signed_in
from tests.factories import EmployeeFactory, IssueFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.mark.parametrize("door", FORM_DOORS, ids=lambda door: door.via)
def test_eight_copies_of_one_submission_are_one_update(door):
    issue = IssueFactory()
    data = filled_in(issue, {"notes": "Once.", "refund_amount": "5.00", "refund_source": "merchant"})
    client = signed_in(EmployeeFactory())
    assert all_at_once(8, lambda _: client.post(door.address(issue), data).status_code) == [302] * 8
    assert (Note.objects.count(), Refund.objects.count(), Issue.objects.get().version) == (1, 1, 2)


def test_control_the_same_words_in_eight_forms_are_eight_updates():
    issue = IssueFactory()
    client, address = signed_in(EmployeeFactory()), reverse("web:communications", args=[issue.pk])
    word = {"channel": "phone", "direction": "inbound", "body": "Hello?"}
    forms = [filled_in(issue, {}) | word for _ in range(8)]
    assert all_at_once(8, lambda number: client.post(address, forms[number]).status_code) == [302] * 8
    assert issue.communications.count() == 8

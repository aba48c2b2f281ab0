"""What stands beside a conversation costs the page the same few statements, however much of it there is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from issues.actions.link import link_issues
from issues.actions.merge import merge_issue
from issues.actions.tag import change_tags
from issues.actions.write_macro import write_macro
from issues.models import StoredFile
from tests.doors.doors import signed_in
from tests.factories import IssueFactory
from tests.issues.test_macros import PLAIN

PAGES = ["web:issue", "admin:issues_issue_change"]


def fill(issue, count, actor):
    """``count`` of everything: tags, links, merged duplicates with their notes, files and macros."""
    change_tags(issue.order_id, issue.pk, add=[f"tag{number}" for number in range(count)], actor=actor)
    for number in range(count):
        other, duplicate = IssueFactory(order=issue.order), IssueFactory(order=issue.order)
        link_issues(issue.order_id, issue.pk, "related", other.number, actor=actor)
        merge_issue(duplicate.order_id, duplicate.pk, issue.number, actor=actor)
        write_macro(PLAIN | {"name": f"Macro {number}"}, actor=actor)
    StoredFile.objects.bulk_create(
        StoredFile(issue=issue, name=f"{number}.txt", media_type="text/plain", size=1, via="web", author=actor.employee)
        for number in range(count)
    )


@pytest.mark.parametrize("page", PAGES)
def test_more_of_it_costs_no_more_statements(page, alice, as_, order):
    browser = signed_in(alice)

    def cost(count):
        issue = IssueFactory(order=order)
        fill(issue, count, as_(alice))
        browser.get(reverse(page, args=[issue.pk]))
        with CaptureQueriesContext(connection) as captured:
            shown = browser.get(reverse(page, args=[issue.pk])).content.decode()
        assert shown.count('class="chip"') == count
        return len(captured)

    assert cost(1) == cost(8)

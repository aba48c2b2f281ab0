"""The chain of an issue's history: an honest one holds, and whatever is done to it behind its back is found."""

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from common.audit import broken_links
from issues.actions.create import create_issue
from issues.actions.update import update_issue
from issues.models import Issue
from orders.models import Order
from refunds.models import Refund
from tests.factories import IssueFactory, OrderFactory

DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def audited(issue, update):
    for number in range(4):
        update(notes=str(number), customer_satisfied=bool(number % 2))
    return Issue.objects.get(pk=issue.pk)


def history_of(issue):
    return issue.history.model.objects.filter(id=issue.pk).order_by("history_id")


def alter(issue):
    history_of(issue).filter(version=3).update(customer_satisfied=None)


def fill_what_was_empty(issue):
    history_of(issue).filter(version=1).update(follow_up_date=DAY)


def alter_who(issue):
    history_of(issue).filter(version=3).update(history_user_id=None)


def alter_when(issue):
    history_of(issue).filter(version=3).update(history_date=DAY)


def alter_and_hash_again(issue):
    """By somebody who knows how: the next row still names the old hash."""
    from common.audit import _link_as_written

    row = history_of(issue).get(version=3)
    row.priority = "low"
    row.hash = _link_as_written(row, values_of=row)
    row.save()


def insert(issue):
    row = history_of(issue).get(version=3)
    row.history_id = None
    row.save(force_insert=True)


def remove(issue):
    history_of(issue).filter(version=3).delete()


def remove_first(issue):
    history_of(issue).filter(version=1).delete()


def remove_last(issue):
    history_of(issue).last().delete()


def remove_all(issue):
    history_of(issue).delete()


def swap(issue):
    second, third = history_of(issue).get(version=2), history_of(issue).get(version=3)
    ids = second.history_id, third.history_id
    history_of(issue).filter(pk__in=ids).delete()
    for row, history_id in ((second, ids[1]), (third, ids[0])):
        row.history_id = history_id
        row.save(force_insert=True)


def change_the_row(issue):
    Issue.objects.filter(pk=issue.pk).update(priority="low")


def forget_the_hash(issue):
    Issue.objects.filter(pk=issue.pk).update(audit_hash="")


TAMPERINGS = [
    alter, fill_what_was_empty, alter_who, alter_when, alter_and_hash_again, insert, remove, remove_first, remove_last,
    remove_all, swap, change_the_row, forget_the_hash,
]  # fmt: skip


def test_an_honest_history_has_no_broken_link(audited):
    assert list(broken_links(audited)) == []


@pytest.mark.parametrize("later", ["follow_up_date", "resolution_description", "follow_up_required"])
def test_a_column_that_comes_later_and_is_empty_breaks_no_link(as_, alice, order, monkeypatch, later):
    history_model = Issue.history.model
    with monkeypatch.context() as before:
        known = [field for field in history_model.tracked_fields if field.attname != later]
        before.setattr(history_model, "tracked_fields", known)
        issue = create_issue(order.pk, {"issue_type": "other", "description": "Broken."}, actor=as_(alice))
    assert later in {field.attname for field in history_model.tracked_fields}
    assert list(broken_links(Issue.objects.get(pk=issue.pk))) == []


@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_tampering_is_found(audited, tamper):
    tamper(audited)
    assert list(broken_links(Issue.objects.get(pk=audited.pk)))


def verify() -> str:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


def test_the_command_walks_every_kind_of_audited_row(audited, as_, max_):
    refund = {"refund_amount": Decimal("10.00"), "refund_source": "merchant"}
    update_issue(audited.order_id, audited.pk, refund, actor=as_(max_))
    kinds = [model for model in apps.get_models() if hasattr(model, "audit_hash")]
    assert f"{len(kinds)} kinds of rows is unbroken" in verify()
    for model in (Order, Refund):
        model.history.model.objects.update(via="web")
        with pytest.raises(CommandError) as found:
            verify()
        assert found.value.returncode == 1
        model.history.model.objects.update(via="system")


def test_the_command_finds_an_issue_that_was_removed_with_its_history_left(db):
    issue = IssueFactory(order=OrderFactory())
    Issue.objects.filter(pk=issue.pk)._raw_delete("default")
    with pytest.raises(CommandError):
        verify()

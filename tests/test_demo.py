"""The demo desk: all of it there, true in its audit, the same every time, and nothing sent about the past."""

import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import ApiKey, Employee, Scope
from common import clock
from common.audit import broken_links
from events.models import Delivery, Event
from issues.demo import ensure_demo, make_access
from issues.demo.shop import orders
from issues.demo.stories import stories
from issues.models import Approval, Communication, Issue, Note, Team
from issues.workflow import ApprovalStatus, IssueType, Priority, Status
from orders.models import Order, Store
from refunds.models import RELEASED, Refund, RefundStatus, Source

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]  # made once, in one process

MORNING = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 6, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo_desk(django_db_setup, django_db_blocker):
    """Made once for this module, and taken back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.as_if_at(MORNING):
            ensure_demo(progress=io.StringIO())
        yield
        transaction.set_rollback(True)


def count_by(queryset, field: str) -> Counter:
    return Counter(queryset.values_list(field, flat=True))


def test_stories_are_the_same_every_time():
    sold = list(orders(MIDNIGHT))
    assert sold == list(orders(MIDNIGHT))
    assert list(stories(sold, MIDNIGHT)) == list(stories(sold, MIDNIGHT))


def test_it_has_the_promised_size(demo_desk):
    assert (Store.objects.count(), Order.objects.count(), Issue.objects.count()) == (4, 600, 400)
    assert Team.objects.count() == 3
    assert not Team.objects.filter(stores__isnull=False).exists()
    roles = Counter(Employee.objects.values_list("groups__name", flat=True))
    assert roles == {"Agent": 6, "Senior agent": 3, "Manager": 2, "Administrator": 1}


def test_it_shows_everything_that_can_be(demo_desk):
    assert set(count_by(Issue.objects, "status")) == set(Status.values)
    assert set(count_by(Issue.objects, "issue_type")) == set(IssueType.values)
    assert set(count_by(Issue.objects, "priority")) == set(Priority.values)
    assert set(count_by(Approval.objects, "status")) == set(ApprovalStatus.values)
    assert {RefundStatus.SUCCEEDED, RefundStatus.FAILED, RefundStatus.PENDING, RefundStatus.AWAITING_APPROVAL} <= set(
        count_by(Refund.objects, "status")
    )
    assert {Source.MERCHANT, Source.PLATFORM, Source.STORE_CREDIT} <= set(count_by(Refund.objects, "source"))
    assert min(Note.objects.count(), Communication.objects.count()) > 300


def test_it_happened_within_the_last_90_days(demo_desk):
    created = Issue.objects.values_list("created_at", flat=True)
    assert MIDNIGHT - timedelta(days=91) < min(created)
    assert max(created) < MIDNIGHT
    assert MIDNIGHT - max(created) < timedelta(days=1)
    assert not Issue.objects.filter(updated_at__gte=MIDNIGHT).exists()


def test_every_issue_has_a_true_and_unbroken_history(demo_desk):
    for issue in Issue.objects.all():
        assert list(broken_links(issue)) == []
        assert issue.history.earliest("history_id").history_date == issue.created_at


def test_the_cap_of_every_order_is_the_sum_of_its_refunds(demo_desk):
    reserved = Counter()
    for refund in Refund.objects.exclude(status__in=RELEASED):
        reserved[refund.order_id] += refund.amount
    assert reserved
    assert {order.pk: order.refund_reserved for order in Order.objects.exclude(refund_reserved=0)} == dict(reserved)


def test_nothing_is_sent_about_the_past(demo_desk):
    assert not Event.objects.exclude(next_attempt_at=None).exists()
    assert not Delivery.objects.exclude(next_attempt_at=None).exists()
    assert not Delivery.objects.exclude(last_error="").exists()
    assert mail.outbox == []


def test_news_of_the_last_day_is_unread(demo_desk):
    news = Delivery.objects.filter(channel="in_product")
    assert news.filter(read_at=None).exists()
    assert not news.filter(read_at=None, created_at__lt=MIDNIGHT - timedelta(days=1)).exists()


def test_a_second_time_makes_only_new_keys(demo_desk):
    before = Issue.objects.count(), Order.objects.count(), Employee.objects.count(), ApiKey.objects.count()
    ensure_demo(progress=io.StringIO())
    assert before == (Issue.objects.count(), Order.objects.count(), Employee.objects.count(), ApiKey.objects.count())
    first, second = make_access(), make_access()
    assert first["employees"] == second["employees"]
    assert not set(first["keys"].values()) & set(second["keys"].values())


@pytest.fixture
def access(demo_desk):
    return make_access()


def key_of(secret: str) -> ApiKey:
    return ApiKey.objects.get(hash=ApiKey.hash_of(secret))


def test_access_has_the_promised_form(access):
    people = ["agent", "agent2", "senior", "manager", "manager2", "admin"]
    assert list(access["employees"]) == people
    assert list(access["keys"]) == [*people, "integration", "readonly", "expired", "revoked"]
    for name, who in access["employees"].items():
        assert who.keys() == {"employee_id", "username", "password"}
        employee = Employee.objects.get(username=who["username"])
        assert employee.employee_id == who["employee_id"]
        assert employee.check_password(who["password"])
        assert key_of(access["keys"][name]).employee == employee


def test_keys_have_the_promised_scopes(access):
    keys = {name: key_of(secret) for name, secret in access["keys"].items()}
    personal, shop = set(Scope.values) - {Scope.ACT_AS}, set(Scope.values) - {Scope.APPROVALS_WRITE}
    assert set(keys["manager"].scopes) == set(keys["agent"].scopes) == personal
    assert set(keys["integration"].scopes) == shop
    assert set(keys["readonly"].scopes) == {Scope.ISSUES_READ, Scope.METRICS_READ}
    now = clock.now()
    usable = {name for name, key in keys.items() if key.is_usable(at=now)}
    assert usable == keys.keys() - {"expired", "revoked"}
    assert keys["expired"].revoked_at is None


def test_the_command_prints_json_and_nothing_else(demo_desk, settings, capsys):
    settings.IS_DEMO = True
    call_command("demo", "--json")
    assert json.loads(capsys.readouterr().out).keys() == {"employees", "keys"}


def test_it_is_refused_outside_the_demo(demo_desk, settings):
    keys = ApiKey.objects.count()
    settings.IS_DEMO = False
    with pytest.raises(CommandError):
        call_command("demo", "--json")
    assert ApiKey.objects.count() == keys

"""How much somebody may refund on an order without asking, however they split it."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actions.rotate_key import rotate_key
from accounts.actor import Actor, Grants
from accounts.models import ApiKey, Employee, Scope
from accounts.roles import MANAGER, REFUND_LIMITS
from refunds.actions.approve import approve_refund
from refunds.actions.cancel import cancel_refund
from refunds.allowance import is_within_limit
from refunds.models import Refund
from refunds.models import RefundStatus as S
from tests import factories
from tests.refunds.cashier import ask, pay, refund_of

AGENT_LIMIT = REFUND_LIMITS["Agent"]


def plain_actor(*, limit: Decimal = AGENT_LIMIT) -> Actor:
    """Somebody whose grants need no database."""
    return Actor(employee=Employee(pk=1), via="api", _grants=Grants(frozenset(), limit, None))


cents = st.integers(min_value=1, max_value=20_000).map(lambda amount: Decimal(amount) / 100)


@given(parts=st.lists(cents, min_size=1, max_size=30))
@settings(deadline=None)
def test_no_split_passes_the_limit(parts):
    counting: list[Refund] = []
    for part in parts:
        if is_within_limit(part, counting, actor=plain_actor()):
            counting.append(Refund(amount=part, requested_by_id=1))
    assert sum(refund.amount for refund in counting) <= AGENT_LIMIT


@given(parts=st.lists(st.tuples(cents, st.integers(min_value=1, max_value=4)), min_size=1, max_size=30))
@settings(deadline=None)
def test_what_others_asked_for_does_not_count(parts):
    others = [Refund(amount=amount, requested_by_id=employee + 1) for amount, employee in parts]
    assert is_within_limit(AGENT_LIMIT, others, actor=plain_actor())
    assert not is_within_limit(AGENT_LIMIT + Decimal("0.01"), others, actor=plain_actor())


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "limit"), [("alice", 100), ("sofia", 500), ("max_", 5000), ("ada", 5000)])
def test_each_role_has_its_limit(request, who, limit):
    employee = request.getfixturevalue(who)
    total = {"total_amount": Decimal(10_000)}
    assert refund_of(amount=str(limit), by=employee, **total).status == S.QUEUED
    assert refund_of(amount=f"{limit}.01", by=employee, **total).status == S.AWAITING_APPROVAL


@pytest.fixture
def large(db):
    """Two issues of one order with room for many refunds."""
    order = factories.OrderFactory(total_amount=Decimal(10_000))
    return factories.IssueFactory.create_batch(2, order=order)


def test_refunds_on_all_issues_of_the_order_count(alice, large, as_):
    assert ask(large[0], "60", actor=as_(alice)).status == S.QUEUED
    assert ask(large[1], "40.01", actor=as_(alice)).status == S.AWAITING_APPROVAL


def test_waiting_and_approved_refunds_count(alice, max_, large, as_):
    waiting = ask(large[0], "200", actor=as_(alice))
    assert ask(large[0], "10", actor=as_(alice)).status == S.AWAITING_APPROVAL
    approve_refund(waiting.pk, actor=as_(max_))
    assert ask(large[0], "11", actor=as_(alice)).status == S.AWAITING_APPROVAL


def test_cancelled_and_failed_refunds_do_not_count(alice, as_, sandbox_books):
    order = factories.OrderFactory(total_amount=Decimal(1000), payment_reference="pay_decline")
    issue = factories.IssueFactory(order=order)
    cancel_refund(ask(issue, "90", actor=as_(alice)).pk, actor=as_(alice))
    assert pay(ask(issue, "95", actor=as_(alice))) == S.FAILED
    assert ask(issue, "100", actor=as_(alice)).status == S.QUEUED


def integration_key(*more: str) -> ApiKey:
    factories.key_for(scopes=[*factories.INTEGRATION_SCOPES, *more])
    return ApiKey.objects.latest("pk")


def test_an_integration_counts_as_an_agent_whoever_it_names(max_, large):
    actor = Actor(employee=max_, via="api", key=integration_key())
    assert ask(large[0], "100.01", actor=actor).status == S.AWAITING_APPROVAL


def test_an_integration_gains_nothing_by_naming_many(alice, sofia, max_, large):
    key = integration_key()
    statuses = [
        ask(large[0], amount, actor=Actor(employee=employee, via="api", key=key)).status
        for employee, amount in [(alice, "60"), (sofia, "40"), (max_, "0.01")]
    ]
    assert statuses == [S.QUEUED, S.QUEUED, S.AWAITING_APPROVAL]


def test_it_gains_nothing_by_a_new_key_in_place_of_the_old_one(alice, sofia, ada, large, as_):
    old = integration_key()
    new = rotate_key(old.pk, actor=as_(ada)).key
    statuses = [
        ask(large[0], amount, actor=Actor(employee=employee, via="api", key=key)).status
        for employee, key, amount in [(alice, old, "60"), (sofia, new, "40.01")]
    ]
    assert statuses == [S.QUEUED, S.AWAITING_APPROVAL]


def test_nor_by_naming_many_where_it_may_decide(max_, ada, large):
    key = integration_key(Scope.APPROVALS_WRITE)
    statuses = [
        ask(large[0], amount, actor=Actor(employee=employee, via="api", key=key)).status
        for employee, amount in [(max_, "3000"), (ada, "2000"), (factories.EmployeeFactory(role=MANAGER), "0.01")]
    ]
    assert statuses == [S.QUEUED, S.QUEUED, S.AWAITING_APPROVAL]


def test_another_integration_counts_by_itself(alice, sofia, large):
    keys = [integration_key(), integration_key()]
    keys[1].integration = "Another shop"
    keys[1].save()
    statuses = [
        ask(issue, "60", actor=Actor(employee=employee, via="api", key=key)).status
        for issue, employee, key in zip(large, (alice, sofia), keys, strict=True)
    ]
    assert statuses == [S.QUEUED, S.QUEUED]


def test_a_persons_key_that_can_name_anybody_has_an_agents_limit_in_their_own_name_too(max_, large):
    factories.key_for(max_, scopes=[*factories.INTEGRATION_SCOPES])
    actor = Actor(employee=max_, via="api", key=ApiKey.objects.get())
    assert ask(large[0], "100.01", actor=actor).status == S.AWAITING_APPROVAL


def test_an_integration_that_may_decide_has_the_named_employees_limit(max_, sofia, large):
    key = integration_key(Scope.APPROVALS_WRITE)
    assert ask(large[0], "400", actor=Actor(employee=sofia, via="api", key=key)).status == S.QUEUED
    assert ask(large[0], "4000", actor=Actor(employee=max_, via="api", key=key)).status == S.QUEUED


def test_all_keys_and_sessions_of_one_employee_are_one_person(alice, large, as_):
    factories.key_for(alice)
    with_key = Actor(employee=alice, via="api", key=ApiKey.objects.get())
    ask(large[0], "60", actor=with_key)
    assert ask(large[0], "41", actor=as_(alice)).status == S.AWAITING_APPROVAL

"""Who decides while somebody is away: by whom it is named, what it does, and what it never does."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actor import Actor
from accounts.models import ApiKey, Employee, Scope
from common import clock
from common.audit import broken_links
from common.display import isolated
from common.errors import NotFound, PermissionDenied, ValidationFailed
from issues.actions.decide_approval import decide_approval
from issues.actions.delegate import delegate_decisions, end_delegation
from issues.models import Approval, Delegation
from issues.notifications import deciders
from issues.story import story_of
from tests.api_client import ApiClient
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, TeamFactory, key_for
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def mona(db):
    return EmployeeFactory(username="mona", employee_id="EMP-MONA", role="Manager")


@pytest.fixture
def away(as_, max_, mona):
    """Max is away from now on for three days, and Mona decides for him."""
    return name(as_(max_), mona)


def name(actor, delegate, *, start=timedelta(0), end=3 * DAY):
    return delegate_decisions(delegate, clock.now() + start, clock.now() + end, actor=actor)


def test_the_delegate_decides_for_who_is_away_and_it_is_written_down(away, large_request, as_, alice, max_, mona):
    approval = decide_approval(large_request(as_(alice)).pk, "approved", actor=as_(mona))
    assert (approval.decided_by, approval.on_behalf_of) == (mona, max_)
    row = approval.history.first()
    assert (row.history_user, row.on_behalf_of) == (mona, max_)
    assert list(broken_links(approval)) == []
    deeds = [part.deed for passage in story_of(approval.issue)[0] for part in passage.parts]
    assert f"approved the request to pay the refund, for {max_.name} who is away" in deeds


def test_the_pages_and_the_api_say_for_whom_it_was_decided(
    away, large_request, decision, as_, alice, max_, mona
):  # fmt: skip
    approval, client = large_request(as_(alice)), signed_in(mona)
    address = reverse("web:approval", args=[approval.pk])
    assert f"You decide for {isolated(max_.name)}, who is away." in client.get(address).content.decode()
    client.post(address, decision("approved"))
    assert f"by {isolated(mona.name)}, for {isolated(max_.name)} who was away" in client.get(address).content.decode()
    assert ApiClient(key_for(mona)).get(f"/approvals/{approval.pk}").json()["on_behalf_of"] == "EMP-MAX"
    mine = signed_in(max_).get("/approvals", {"status": "mine"})
    assert [each.pk for each in mine.context["page"].rows] == [approval.pk]
    assert f"approved by {isolated(mona.name)} for {isolated(max_.name)}" in mine.content.decode()


def test_the_delegate_never_decides_what_they_asked_for(away, large_request, as_, mona):
    approval = large_request(as_(mona))
    with nothing_happens(), pytest.raises(PermissionDenied):
        decide_approval(approval.pk, "approved", actor=as_(mona))


def test_who_is_away_gets_nothing_of_their_own_through_the_delegate(away, large_request, as_, max_, mona):
    """Mona may decide it, as any manager may; but it is her own decision and not Max's."""
    approval = decide_approval(large_request(as_(max_)).pk, "approved", actor=as_(mona))
    assert (approval.decided_by, approval.on_behalf_of) == (mona, None)


def test_nor_of_what_they_asked_for_in_another_name_by_a_key_of_their_own(
    away, large_request, as_, alice, max_, mona
):  # fmt: skip
    key_for(max_, scopes=Scope.values)
    approval = large_request(Actor(employee=alice, via="api", key=ApiKey.objects.get(employee=max_)))
    approval = decide_approval(approval.pk, "approved", actor=as_(mona))
    assert (approval.requested_by, approval.decided_by, approval.on_behalf_of) == (alice, mona, None)


def test_the_database_refuses_a_decision_for_who_asked(away, large_request, as_, max_, mona):
    approval = large_request(as_(max_))
    for absent in (max_, mona):
        with pytest.raises(IntegrityError), transaction.atomic():
            Approval.objects.filter(pk=approval.pk).update(decided_by=mona, on_behalf_of=absent)


@pytest.mark.parametrize("role", ["Agent", "Senior agent"])
def test_it_gives_nobody_a_right_that_their_role_has_not(as_, max_, role):
    with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
        name(as_(max_), EmployeeFactory(role=role))
    assert refusal.value.errors.keys() == {"delegate"}
    assert not Delegation.objects.exists()


def test_a_delegate_who_loses_the_right_decides_nothing(away, large_request, as_, alice, mona):
    approval = large_request(as_(alice))
    mona.groups.clear()
    with nothing_happens(), pytest.raises(PermissionDenied):
        decide_approval(approval.pk, "approved", actor=as_(Employee.objects.get(pk=mona.pk)))


def test_a_request_of_a_store_that_who_is_away_does_not_see_is_not_decided_for_them(
    large_request, as_, alice, max_, mona
):  # fmt: skip
    approval, elsewhere = large_request(as_(alice)), large_request(as_(alice))
    max_.team = TeamFactory()
    max_.team.stores.add(approval.issue.order.store)
    max_.save()
    name(as_(max_), mona)
    assert decide_approval(approval.pk, "approved", actor=as_(mona)).on_behalf_of == max_
    assert decide_approval(elsewhere.pk, "approved", actor=as_(mona)).on_behalf_of is None


def test_nor_does_it_open_a_store_that_the_delegate_does_not_see(away, large_request, as_, alice, mona):
    approval, other = large_request(as_(alice)), large_request(as_(alice))
    mona.team = TeamFactory()
    mona.team.stores.add(other.issue.order.store)
    mona.save()
    with nothing_happens(), pytest.raises(NotFound):
        decide_approval(approval.pk, "approved", actor=as_(mona))


@pytest.mark.parametrize("when", [-DAY, 4 * DAY])
def test_outside_of_its_days_everybody_decides_for_themselves(large_request, as_, alice, max_, mona, when):
    name(as_(max_), mona, start=timedelta(hours=1))
    approval = large_request(as_(alice))
    with clock.as_if_at(clock.now() + when):
        assert decide_approval(approval.pk, "approved", actor=as_(mona)).on_behalf_of is None


def test_who_is_back_early_ends_it(away, large_request, as_, alice, max_, mona):
    client = signed_in(max_)
    client.post(reverse("web:end_delegation", args=[away.pk]))
    assert Delegation.objects.get().ends_at <= clock.now()
    assert away.history.count() == 2
    assert decide_approval(large_request(as_(alice)).pk, "approved", actor=as_(mona)).on_behalf_of is None
    name(as_(max_), mona)  # and may name somebody anew


def test_one_that_has_not_begun_is_taken_back_as_a_whole(as_, max_, mona):
    planned = name(as_(max_), mona, start=DAY)
    ended = end_delegation(planned.pk, actor=as_(max_))
    assert ended.ends_at == ended.starts_at
    name(as_(max_), mona, end=5 * DAY)


def test_nobody_ends_that_of_another(away, mona):
    with nothing_happens():
        signed_in(mona).post(reverse("web:end_delegation", args=[away.pk]))
        signed_in(mona).post(reverse("web:end_delegation", args=[uuid.uuid4()]))
    assert Delegation.objects.get().version == 1


def test_nobody_is_named_twice_for_the_same_days_or_while_away_themselves(away, as_, max_, mona, ada):
    for actor, delegate, field in (
        (max_, ada, "starts_at"),  # has named Mona
        (ada, max_, "delegate"),  # is away
        (mona, ada, "starts_at"),  # stands in for Max: no chains
        (ada, ada, "delegate"),
    ):
        with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
            name(as_(actor), delegate)
        assert refusal.value.errors.keys() == {field}, actor
    assert Delegation.objects.count() == 1


@pytest.mark.parametrize(("start", "end"), [(2 * DAY, DAY), (DAY, timedelta(hours=24)), (-3 * DAY, -DAY)])
def test_days_that_are_none_or_over_are_refused(as_, max_, mona, start, end):
    with clock.as_if_at(clock.now()), nothing_happens(), pytest.raises(ValidationFailed) as refusal:
        name(as_(max_), mona, start=start, end=end)
    assert refusal.value.errors.keys() == {"ends_at"}


def test_an_integration_delegates_nothing_and_decides_for_nobody(away, large_request, as_, alice, max_, mona):
    approval = large_request(as_(alice))
    key_for(None)
    key = ApiKey.objects.get(employee=None)
    for person in (max_, mona):
        integration = Actor(employee=person, via="api", key=key)
        with nothing_happens(), pytest.raises(PermissionDenied):
            decide_approval(approval.pk, "approved", actor=integration)
        with nothing_happens(), pytest.raises(PermissionDenied):
            name(integration, mona, start=10 * DAY, end=11 * DAY)


def test_an_agent_delegates_nothing(as_, alice, mona):
    with nothing_happens(), pytest.raises(PermissionDenied):
        name(as_(alice), mona)
    client = signed_in(alice)
    assert client.get(reverse("web:delegations")).status_code == 403
    assert client.post(reverse("web:delegations"), {}).status_code == 403


def test_who_is_away_is_not_asked_and_the_delegate_is(away, issue, as_, alice, max_, mona):
    told = deciders(issue, event_by(alice))
    assert mona in told
    assert max_ not in told
    assert max_ in deciders(issue, event_by(mona)), "Mona can't decide her own: then Max is asked after all"


def event_by(employee):
    class Event:
        employee_id = employee.pk

    return Event()


# The page


def test_a_manager_names_somebody_on_the_page(max_, mona, alice):
    client, address = signed_in(max_), reverse("web:delegations")
    page = client.get(address).content.decode()
    assert mona.name in page
    assert alice.name not in page
    today = f"{clock.now():%Y-%m-%d}"
    given = {"form_id": str(uuid.uuid4()), "delegate": mona.pk, "starts_at": today, "ends_at": today}
    assert client.post(address, given)["Location"] == address
    client.post(address, given)  # a double click
    (delegation,) = Delegation.objects.all()
    assert (delegation.decider, delegation.delegate) == (max_, mona)
    assert delegation.ends_at - delegation.starts_at == DAY
    assert delegation.history.get().via == "web"
    assert f"<b>{isolated(mona.name)}</b> decides for you" in client.get(address).content.decode()
    assert f"You decide for <b>{isolated(max_.name)}</b>" in signed_in(mona).get(address).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"delegate": ""}, {"starts_at": "soon"}, {"ends_at": "2020-01-01"}, {"ends_at": "9999-12-31"}, {"delegate": "0"}],
)
def test_what_is_unfit_is_said_at_its_field(max_, mona, wrong):
    today = f"{clock.now():%Y-%m-%d}"
    given = {"form_id": str(uuid.uuid4()), "delegate": mona.pk, "starts_at": today, "ends_at": today} | wrong
    with nothing_happens():
        response = signed_in(max_).post(reverse("web:delegations"), given)
    assert response.status_code == 422
    assert f'id="delegationform-{next(iter(wrong))}_error"' in response.content.decode()
    assert not Delegation.objects.exists()

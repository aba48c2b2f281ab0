"""Keys: made and shown once, rotated with an overlap, revoked for good."""

from datetime import timedelta

import pytest

from accounts.actions.create_key import create_key
from accounts.actions.revoke_key import revoke_key
from accounts.actions.rotate_key import OVERLAP, rotate_key
from accounts.actor import Actor
from accounts.models import ApiKey, Scope
from common import clock
from common.errors import NotFound, PermissionDenied, ValidationFailed
from tests.accounts.calls import Caller
from tests.factories import EmployeeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel_urls")]
SCOPES = [Scope.ISSUES_READ, Scope.ISSUES_WRITE]


@pytest.fixture
def by_ada(ada):
    return Actor(employee=ada, via="admin", request_id="test")


def works(secret: str) -> bool:
    return Caller(secret)("GET", "/things/one").status_code == 200


def test_a_new_key_works_and_only_its_hash_is_kept(alice, by_ada):
    new = create_key(actor=by_ada, employee=alice, scopes=SCOPES)
    assert works(new.secret)
    assert new.secret.startswith(new.key.prefix)
    assert new.secret[len(new.key.prefix) :] not in str(ApiKey.objects.filter(pk=new.key.pk).values())


def test_no_two_keys_are_alike(alice, by_ada):
    secrets = {create_key(actor=by_ada, employee=alice, scopes=SCOPES).secret for _ in range(50)}
    assert len(secrets) == 50


def test_an_employee_may_have_many_keys(alice, by_ada):
    first, second = (create_key(actor=by_ada, employee=alice, scopes=SCOPES).secret for _ in range(2))
    assert works(first)
    assert works(second)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"scopes": SCOPES}, ["employee"]),
        ({"scopes": SCOPES, "integration": "  "}, ["employee"]),
        ({"scopes": SCOPES, "integration": "Shop", "whose": "active"}, ["employee"]),
        ({"scopes": SCOPES, "whose": "gone"}, ["employee"]),
        ({"scopes": [], "integration": "Shop"}, ["scopes"]),
        ({"scopes": ["issues:burn"], "integration": "Shop"}, ["scopes"]),
        ({"scopes": SCOPES, "integration": "Shop", "ends_in": -1}, ["expires_at"]),
        ({"scopes": [], "ends_in": -1}, ["employee", "scopes", "expires_at"]),
    ],
    ids=str,
)
def test_all_that_is_wrong_with_a_key_is_said_at_once(by_ada, fields, wrong):
    whose, ends_in = fields.pop("whose", None), fields.pop("ends_in", None)
    employee = EmployeeFactory(is_active=whose == "active") if whose else None
    expires_at = clock.now() + timedelta(hours=ends_in) if ends_in else None
    with pytest.raises(ValidationFailed) as refused:
        create_key(actor=by_ada, employee=employee, expires_at=expires_at, **fields)
    assert list(refused.value.errors) == wrong
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("person", ["alice", "sofia", "max_"])
def test_only_an_administrator_makes_rotates_and_revokes(request, by_ada, person):
    key = create_key(actor=by_ada, integration="Shop", scopes=SCOPES).key
    actor = Actor(employee=request.getfixturevalue(person), via="admin", request_id="test")
    before = list(ApiKey.objects.values())
    for deed in (
        lambda: create_key(actor=actor, integration="Mine", scopes=SCOPES),
        lambda: rotate_key(key.pk, actor=actor),
        lambda: revoke_key(key.pk, actor=actor),
    ):
        with pytest.raises(PermissionDenied):
            deed()
    assert list(ApiKey.objects.values()) == before


def test_a_rotated_key_works_beside_the_new_one_until_the_overlap_ends(alice, by_ada):
    old = create_key(actor=by_ada, employee=alice, scopes=SCOPES)
    new = rotate_key(old.key.pk, actor=by_ada)
    assert (new.key.employee, new.key.scopes, new.key.replaces) == (alice, SCOPES, old.key)
    for hours, old_works in [(0, True), (23, True), (25, False)]:
        with clock.as_if_at(clock.now() + timedelta(hours=hours)):
            assert works(old.secret) == old_works
            assert works(new.secret)


def test_the_new_key_lives_as_long_as_the_old_one_did(by_ada):
    month = timedelta(days=30)
    start = clock.now()
    with clock.as_if_at(start):
        old = create_key(actor=by_ada, integration="Shop", scopes=SCOPES, expires_at=start + month)
    with clock.as_if_at(start + timedelta(days=20)):
        new = rotate_key(old.key.pk, actor=by_ada)
    assert new.key.expires_at == start + timedelta(days=20) + month
    assert ApiKey.objects.get(pk=old.key.pk).expires_at == start + timedelta(days=20) + OVERLAP


@pytest.mark.parametrize("lifetime", [None, timedelta(days=30)])
def test_a_key_that_is_rotated_once_more_gives_the_new_one_its_first_lifetime(by_ada, lifetime):
    """The secret of the first new one was lost, say."""
    start = clock.now()
    with clock.as_if_at(start):
        end = start + lifetime if lifetime else None
        old = create_key(actor=by_ada, integration="Shop", scopes=SCOPES, expires_at=end)
        first, second = (rotate_key(old.key.pk, actor=by_ada) for _ in range(2))
    assert first.key.expires_at == second.key.expires_at == end


def test_an_overlap_does_not_prolong_a_key(by_ada):
    soon = clock.now() + timedelta(hours=1)
    old = create_key(actor=by_ada, integration="Shop", scopes=SCOPES, expires_at=soon)
    rotate_key(old.key.pk, actor=by_ada, overlap=timedelta(days=7))
    assert ApiKey.objects.get(pk=old.key.pk).expires_at == soon


def test_without_an_overlap_the_old_key_ends_at_once(by_ada):
    old = create_key(actor=by_ada, integration="Shop", scopes=SCOPES)
    rotate_key(old.key.pk, actor=by_ada, overlap=timedelta(0))
    assert not works(old.secret)


def test_a_revoked_key_stops_at_once_and_stays_so(by_ada):
    new = create_key(actor=by_ada, integration="Shop", scopes=SCOPES)
    revoked_at = revoke_key(new.key.pk, actor=by_ada).revoked_at
    assert not works(new.secret)
    with clock.as_if_at(clock.now() + timedelta(days=1)):
        assert revoke_key(new.key.pk, actor=by_ada).revoked_at == revoked_at


def test_a_revoked_key_is_not_rotated_back_to_life(by_ada):
    key = create_key(actor=by_ada, integration="Shop", scopes=SCOPES).key
    revoke_key(key.pk, actor=by_ada)
    with pytest.raises(ValidationFailed):
        rotate_key(key.pk, actor=by_ada)
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("deed", [rotate_key, revoke_key])
def test_a_key_that_is_not_there_is_not_found(by_ada, deed):
    with pytest.raises(NotFound):
        deed(0, actor=by_ada)

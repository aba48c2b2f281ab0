"""Of what the library for accounts could show, the desk has what it means and no more."""

import pytest
from django.urls import reverse

from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db

# An address that somebody can change by themselves, and a link that goes to it, would open another's account.
NOT_THERE = ("email/", "confirm-email/", "password/set/", "password/reset/", "signup/", "login/code/confirm/")
THERE = ("account_login", "account_logout", "account_change_password", "account_reauthenticate", "mfa_index")


@pytest.mark.parametrize("path", NOT_THERE)
def test_nobody_changes_an_address_or_comes_in_by_a_link_to_it(client, path):
    alice = EmployeeFactory()
    for browser in (client, signed_in(alice)):
        for answer in (browser.get(f"/accounts/{path}"), browser.post(f"/accounts/{path}", {"email": "a@b.example"})):
            assert answer.status_code == 404
    before = alice.email
    alice.refresh_from_db()
    assert alice.email == before


@pytest.mark.parametrize("page", THERE)
def test_what_is_meant_is_there(page):
    assert signed_in(EmployeeFactory()).get(reverse(page)).status_code in (200, 302)

"""The signed address that answers come to."""

import uuid

import pytest

from common.ids import new_id
from events.threads import delivery_named, issue_at, message_id_of, reply_address


def test_names_its_issue_whatever_case_and_name_it_comes_with():
    issue = new_id()
    address = reply_address(issue)
    assert issue_at(address) == issue
    assert issue_at(f"Redress <{address.upper()}>") == issue
    assert len(address.partition("@")[0]) <= 64


def test_is_none_where_the_desk_takes_no_mail(settings):
    settings.INBOUND_ADDRESS = ""
    assert reply_address(new_id()) == ""
    assert issue_at("+x@") is None


def test_outlives_a_change_of_the_secret_as_long_as_the_old_one_is_named(settings):
    issue = new_id()
    address, settings.SECRET_KEY_FALLBACKS = reply_address(issue), [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" * 8
    assert issue_at(address) == issue
    settings.SECRET_KEY_FALLBACKS = []
    assert issue_at(address) is None


def forged(address: str) -> list[str]:
    local, _, domain = address.partition("@")
    last = "b" if local[-3] == "a" else "a"
    return [
        f"{local[:-3]}{last}{local[-2:]}@{domain}",
        f"{local}@elsewhere.example",
        f"other{local[7:]}@{domain}",
        f"support+@{domain}",
        f"support+äöü@{domain}",
        f"support+{uuid.uuid4().hex}@{domain}",
        "support@desk.example",
        "",
        "+",
    ]


@pytest.mark.parametrize("number", range(9))
def test_forged_names_nothing(number):
    assert issue_at(forged(reply_address(new_id()))[number]) is None


def test_our_own_mails_are_known_by_their_names():
    delivery = new_id()
    assert delivery_named(message_id_of(delivery)) == delivery
    assert delivery_named(f"<{delivery}@elsewhere.example>") is None
    assert delivery_named("<nonsense@localhost>") is None

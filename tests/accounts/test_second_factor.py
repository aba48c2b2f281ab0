"""The second factor: it works, and a copy of the database without the settings can't take its place."""

import time
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.apps import apps
from django.contrib import admin
from django.test import Client

from common.sealed import Unreadable
from tests.doors.doors import signed_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

migration = import_module("accounts.migrations.0004_sealed_second_factors")


@pytest.fixture
def seed():
    return generate_totp_secret()


@pytest.fixture
def in_clear(alice, seed):
    """As they were kept before there was a seal: Alice's app and her recovery codes."""
    app = Authenticator.objects.create(user=alice, type="totp", data={"secret": seed})
    codes = {"seed": RecoveryCodes.generate_seed(), "used_mask": 1}
    return app, Authenticator.objects.create(user=alice, type="recovery_codes", data=codes)


def code_of(seed: str) -> str:
    return format_hotp_value(hotp_value(seed, int(time.time()) // 30))


def kept() -> list[dict]:
    return list(Authenticator.objects.order_by("pk").values_list("data", flat=True))


def test_the_seeds_are_kept_sealed_and_the_codes_count(alice, seed):
    app, codes = TOTP.activate(alice, seed), RecoveryCodes.activate(alice)
    assert seed not in str(kept())
    assert kept()[0]["secret"].startswith("sealed:")
    assert kept()[1]["seed"].startswith("sealed:")
    assert app.validate_code(code_of(seed))
    assert codes.validate_code(codes.get_unused_codes()[0])
    assert not codes.validate_code("00000000")


def test_who_signs_in_is_asked_for_the_code_of_a_sealed_seed(alice, seed):
    TOTP.activate(alice, seed)
    visitor = Client()
    visitor.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert "_auth_user_id" not in visitor.session
    visitor.post("/accounts/2fa/authenticate/", {"code": code_of(seed)})
    assert visitor.session["_auth_user_id"] == str(alice.pk)


def test_what_was_kept_in_clear_works_on(in_clear, seed):
    app, codes = (each.wrap() for each in in_clear)
    assert app.validate_code(code_of(seed))
    assert len(codes.get_unused_codes()) == 9


def test_the_migration_seals_what_was_kept_in_clear_and_can_be_taken_back(in_clear, seed):
    before = kept()
    for _ in range(2):  # what is sealed already stays
        migration.seal_all(apps, None)
        assert all(each[name].startswith("sealed:") for each, name in zip(kept(), ("secret", "seed"), strict=True))
        app, codes = (Authenticator.objects.get(pk=each.pk).wrap() for each in in_clear)
        assert len(codes.get_unused_codes()) == 9
    assert app.validate_code(code_of(seed))
    migration.unseal_all(apps, None)
    assert kept() == before


def test_under_another_secret_key_nothing_is_read_unless_the_earlier_one_is_named(alice, seed, settings):
    app = TOTP.activate(alice, seed)
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "x" * 50
    with pytest.raises(Unreadable):
        app.validate_code(code_of(seed))
    settings.SECRET_KEY_FALLBACKS = [earlier]
    assert app.validate_code(code_of(seed))


@pytest.mark.parametrize("model", [Authenticator, EmailAddress])
def test_the_admin_has_no_page_that_shows_or_edits_what_people_sign_in_with(ada, model):
    ada.is_superuser = True
    ada.save()
    assert not admin.site.is_registered(model)
    assert signed_in(ada).get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/").status_code == 404

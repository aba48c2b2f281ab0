"""Refunds in the admin: looked at by all, moved only through the actions."""

import pytest
from django.urls import reverse

from refunds.models import Refund
from refunds.models import RefundStatus as S
from tests import factories
from tests.refunds.cashier import pay, refund_of, status_of
from tests.refunds.test_moves import standing_at
from tests.untouched import nothing_happens

MEANT = {"_form_submitted": "true", "note": "As they asked."}
HTMX = {"HX-Request": "true"}


def page(refund: Refund, step: str = "change") -> str:
    return reverse(f"admin:refunds_refund_{step}", args=[refund.pk])


def test_the_list_and_a_refund_are_shown(browse, alice):
    refund = refund_of(by=alice)
    pay(refund)
    browser = browse(alice)
    listed = browser.get(reverse("admin:refunds_refund_changelist"))
    assert listed.status_code == 200
    assert refund.order_id in listed.content.decode()
    assert "60.00 USD" in browser.get(page(refund)).content.decode()


def test_nothing_is_added_changed_or_deleted(browse, ada, alice):
    refund = refund_of(by=alice)
    browser = browse(ada)
    with nothing_happens():
        assert browser.get(reverse("admin:refunds_refund_add")).status_code == 403
        assert browser.post(page(refund), {"status": S.SUCCEEDED, "amount": "1"}).status_code == 403
        assert browser.post(page(refund, "delete"), {"post": "yes"}).status_code == 403


def test_finance_finds_what_is_overdue(browse, alice):
    late, ended, early = (refund_of(by=alice) for _ in range(3))
    pay(ended)
    Refund.objects.filter(pk__in=[late.pk, ended.pk]).update(expected_by="2020-01-01")
    listed = browse(alice).get(reverse("admin:refunds_refund_changelist"), {"arrival": "overdue"}).content.decode()
    assert late.order_id in listed
    assert ended.order_id not in listed
    assert early.order_id not in listed


@pytest.mark.parametrize("by_script", [True, False])
def test_an_agent_cancels_after_a_question(browse, alice, by_script):
    refund = refund_of(by=alice)
    browser = browse(alice)
    question = browser.get(page(refund, "cancel"))
    assert question.status_code == 200
    assert status_of(refund) == S.QUEUED
    answer = browser.post(page(refund, "cancel"), MEANT, headers=HTMX if by_script else {})
    assert answer["HX-Redirect" if by_script else "Location"] == page(refund)
    assert answer.status_code == (200 if by_script else 303)
    assert status_of(refund) == S.CANCELLED
    row = refund.history.latest()
    assert (row.via, row.history_user_id, row.history_change_reason) == ("admin", alice.pk, "As they asked.")


def test_an_agent_tries_again(browse, alice):
    refund = refund_of("pay_decline", by=alice)
    pay(refund)
    browse(alice).post(page(refund, "retry"), MEANT)
    assert status_of(refund) == S.QUEUED


@pytest.mark.parametrize("by_script", [True, False])
def test_a_refusal_is_told_in_the_dialog_with_what_was_typed_and_nothing_more(browse, alice, max_, by_script):
    refund = standing_at(S.FAILED, refund_of(amount="5001", by=max_, total_amount=9000))
    browser = browse(alice)
    with nothing_happens():
        dialog = browser.post(page(refund, "retry"), MEANT, headers=HTMX if by_script else {}).content.decode()
    assert "more than you may refund" in dialog
    assert 'id="dialog-form"' in dialog
    assert MEANT["note"] in dialog
    assert "more than you may refund" not in browser.get(page(refund)).content.decode()


def test_a_manager_confirms_a_payout(browse, alice, max_):
    refund = refund_of(by=alice, payment_method="cash")
    pay(refund)
    browse(max_).post(page(refund, "confirm"), {**MEANT, "outcome": "succeeded"})
    assert status_of(refund) == S.SUCCEEDED


@pytest.mark.parametrize("outcome", ["", "queued", "cancelled"])
def test_only_an_outcome_is_confirmed(browse, alice, max_, outcome):
    refund = refund_of(by=alice, payment_method="cash")
    pay(refund)
    browser = browse(max_)
    with nothing_happens():
        assert browser.post(page(refund, "confirm"), {**MEANT, "outcome": outcome}).status_code == 200


class TestWhoMayNot:
    @pytest.mark.parametrize("step", ["retry", "confirm"])
    def test_a_step_that_the_refund_does_not_wait_for(self, browse, alice, max_, step):
        refund = refund_of(by=alice)
        browser = browse(max_)
        with nothing_happens():
            assert browser.post(page(refund, step), {**MEANT, "outcome": "succeeded"}).status_code == 403

    def test_an_agent_confirms_nothing(self, browse, alice, sofia):
        refund = refund_of(by=alice, payment_method="cash")
        pay(refund)
        browser = browse(sofia)
        with nothing_happens():
            assert browser.post(page(refund, "confirm"), {**MEANT, "outcome": "succeeded"}).status_code == 403

    def test_nobody_confirms_their_own(self, browse, max_):
        refund = refund_of(by=max_, payment_method="cash")
        pay(refund)
        browser = browse(max_)
        with nothing_happens():
            assert browser.post(page(refund, "confirm"), {**MEANT, "outcome": "succeeded"}).status_code == 403

    def test_who_does_not_see_the_store(self, browse, alice, sofia):
        refund = refund_of(by=alice)
        team = factories.TeamFactory()
        team.stores.add(factories.StoreFactory())
        sofia.team = team
        sofia.save()
        browser = browse(sofia)
        with nothing_happens():
            assert browser.post(page(refund, "cancel"), MEANT).status_code == 403
            assert browser.get(page(refund)).status_code in (302, 404)

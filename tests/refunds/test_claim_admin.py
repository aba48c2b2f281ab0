"""Claims, payouts and credit accounts in the admin: seen by all, answered by those who may decide."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from common import clock
from refunds.actions.claim_file import file_claims_of
from refunds.models import Claim, Refund
from refunds.models import RefundStatus as S
from tests import factories
from tests.refunds.cashier import WORKER, pay, refund_of, reserved, status_of
from tests.refunds.shop_credit import credit_of
from tests.untouched import nothing_happens

MEANT = {"_form_submitted": "true", "note": "As their letter says."}
CONSENT = {**MEANT, "given_by": "The customer", "given_at": "2026-01-30T09:15", "channel": "phone"}
PAYOUTS = "admin:refunds_payouttomake_changelist"


@pytest.fixture
def claim(alice):
    refund = refund_of(source="insurance", by=alice)
    file_claims_of(refund.pk, actor=WORKER)
    return refund.claims.get()


@pytest.fixture
def payout(alice):
    refund = refund_of(by=alice, payment_method="cash", payment_provider="")
    assert pay(refund) == S.PENDING
    return refund


def page(row, step: str = "change", model: str = "") -> str:
    return reverse(f"admin:refunds_{model or row._meta.model_name}_{step}", args=[row.pk])


def messages_of(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


class TestClaims:
    def test_all_see_the_list_and_the_evidence(self, browse, alice, claim):
        browser = browse(alice)
        assert claim.refund.order_id in browser.get(reverse("admin:refunds_claim_changelist")).content.decode()
        assert "The kettle came broken." in browser.get(page(claim)).content.decode()

    def test_the_list_is_filtered_by_status(self, browse, alice, claim):
        address = reverse("admin:refunds_claim_changelist")
        shown = browse(alice).get(address, {"status__exact": "rejected"}).content.decode()
        assert claim.refund.order_id not in shown

    @pytest.mark.parametrize(
        ("step", "given", "status", "left"),
        [
            ("review", {}, "in_review", 60),
            ("accept", {}, "accepted", 60),
            ("accept_part", {"amount": "40"}, "accepted_in_part", 40),
            ("reject", {}, "rejected", 0),
        ],
    )
    def test_a_manager_writes_the_answer_down(self, browse, max_, claim, step, given, status, left):
        answer = browse(max_).post(page(claim, step), MEANT | given)
        assert answer["Location"] == page(claim)
        claim.refresh_from_db()
        assert (claim.status, reserved(claim.refund.order)) == (status, left)
        row = claim.history.latest()
        assert (row.history_user_id, row.via, row.history_change_reason) == (max_.pk, "admin", MEANT["note"])

    @pytest.mark.parametrize("step", ["review", "accept", "accept_part", "reject"])
    @pytest.mark.parametrize("who", ["alice", "sofia"])
    def test_who_may_not_decide_is_not_offered_it(self, request, browse, claim, step, who):
        browser = browse(request.getfixturevalue(who))
        with nothing_happens():
            assert browser.post(page(claim, step), MEANT | {"amount": "40"}).status_code == 403

    def test_nobody_answers_the_claim_of_their_own_refund(self, browse, max_):
        refund = refund_of(source="insurance", by=max_)
        file_claims_of(refund.pk, actor=WORKER)
        browser = browse(max_)
        with nothing_happens():
            assert browser.post(page(refund.claims.get(), "accept"), MEANT).status_code == 403

    @pytest.mark.parametrize("amount", ["60.01", "0", "-1", "0.001"])
    def test_an_amount_that_cannot_be_is_refused_in_words(self, browse, max_, claim, amount):
        browser = browse(max_)
        with nothing_happens():
            dialog = browser.post(page(claim, "accept_part"), MEANT | {"amount": amount}).content.decode()
        assert Claim.objects.get().status == "submitted"
        assert "at most the 60.00 USD" in dialog
        assert f'value="{amount}"' in dialog
        assert MEANT["note"] in dialog

    def test_a_claim_of_another_store_is_not_there(self, browse, max_, claim):
        team = factories.TeamFactory()
        team.stores.add(factories.StoreFactory())
        max_.team = team
        max_.save()
        browser = browse(max_)
        with nothing_happens():
            assert browser.post(page(claim, "accept"), MEANT).status_code == 403
        assert browser.get(page(claim)).status_code in (302, 404)


class TestPayouts:
    def test_finance_sees_what_it_has_to_pay_and_nothing_else(self, browse, max_, alice, payout):
        card = refund_of("pay_pending", by=alice)
        pay(card)
        shown = browse(max_).get(reverse(PAYOUTS)).content.decode()
        assert payout.order_id in shown
        assert card.order_id not in shown

    def test_a_late_one_is_marked(self, browse, max_, payout):
        with clock.as_if_at(clock.now() + timedelta(days=30)):
            assert "is-late" in browse(max_).get(reverse(PAYOUTS)).content.decode()

    def test_one_is_paid_by_a_payment_that_is_named(self, browse, max_, payout):
        given = MEANT | {"reference": "TRANSFER-7"}
        browse(max_).post(page(payout, "paid", "payouttomake"), given)
        payout.refresh_from_db()
        assert (payout.status, payout.provider_reference) == (S.SUCCEEDED, "TRANSFER-7")

    def test_without_the_payment_it_is_not_paid(self, browse, max_, payout):
        browser = browse(max_)
        with nothing_happens():
            browser.post(page(payout, "paid", "payouttomake"), MEANT | {"reference": " "})

    def test_one_is_not_paid_and_its_amount_is_free(self, browse, max_, payout):
        browse(max_).post(page(payout, "not_paid", "payouttomake"), MEANT)
        assert (status_of(payout), reserved(payout.order)) == (S.FAILED, 0)

    def test_several_are_confirmed_each_by_itself(self, browse, max_, alice, payout):
        own = refund_of(by=max_, payment_method="corporate_account")
        nameless = refund_of(by=alice, payment_method="cash")
        pay(own), pay(nameless)
        chosen = {"action": "confirm_several", "_selected_action": [payout.pk, own.pk, nameless.pk]}
        browser = browse(max_)
        with nothing_happens():
            assert "Payment reference" in browser.post(reverse(PAYOUTS), chosen).content.decode()
        references = {f"reference-{payout.pk}": "T-1", f"reference-{own.pk}": "T-2", f"reference-{nameless.pk}": " "}
        answer = browser.post(reverse(PAYOUTS), chosen | references | {"confirmed": "yes"}, follow=True)
        assert [status_of(each) for each in (payout, own, nameless)] == [S.SUCCEEDED, S.PENDING, S.PENDING]
        said = messages_of(answer)
        assert len(said) == 3
        assert f"{payout.order_id}, 60.00 USD: paid." in said
        assert any("Another person" in word for word in said)
        assert any("by which payment" in word for word in said)

    def test_an_agent_confirms_nothing(self, browse, sofia, payout):
        browser = browse(sofia)
        chosen = {"action": "confirm_several", "_selected_action": [payout.pk], "confirmed": "yes"}
        with nothing_happens():
            browser.post(reverse(PAYOUTS), chosen | {f"reference-{payout.pk}": "T-1"})
            answer = browser.post(page(payout, "paid", "payouttomake"), MEANT | {"reference": "T-1"})
        assert answer.status_code == 403

    def test_nothing_is_added_changed_or_deleted(self, browse, ada, payout):
        browser = browse(ada)
        with nothing_happens():
            assert browser.get(reverse("admin:refunds_payouttomake_add")).status_code == 403
            assert browser.post(page(payout, "delete", "payouttomake"), {"post": "yes"}).status_code == 403


class TestCredit:
    def test_the_accounts_are_shown_with_their_entries(self, browse, alice):
        refund = refund_of(source="store_credit", by=alice)
        pay(refund)
        account = credit_of(refund.order.customer)
        browser = browse(alice)
        listed = browser.get(reverse("admin:refunds_ledgeraccount_changelist")).content.decode()
        assert refund.order.customer.name in listed
        assert "60.00 USD" in browser.get(page(account)).content.decode()

    def test_a_dead_card_is_replaced_by_credit_after_a_question(self, browse, alice):
        refund = refund_of("pay_decline", by=alice)
        pay(refund)
        browser = browse(alice)
        assert "Who agreed to it" in browser.get(page(refund, "credit_instead")).content.decode()
        browser.post(page(refund, "credit_instead"), CONSENT)
        new = Refund.objects.get(replaces=refund)
        assert pay(new) == S.SUCCEEDED
        assert (new.consent.channel, new.consent.recorded_by) == ("phone", alice)
        assert credit_of(refund.order.customer).balance == 60

    @pytest.mark.parametrize("missing", ["given_by", "given_at", "channel"])
    def test_without_consent_there_is_no_credit(self, browse, alice, missing):
        refund = refund_of("pay_decline", by=alice)
        pay(refund)
        browser = browse(alice)
        with nothing_happens():
            browser.post(page(refund, "credit_instead"), CONSENT | {missing: ""})

    def test_nor_is_there_where_they_will_agree_later(self, browse, alice):
        refund = refund_of("pay_decline", by=alice)
        pay(refund)
        later = f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
        with nothing_happens():
            answer = browse(alice).post(page(refund, "credit_instead"), CONSENT | {"given_at": later})
        form = answer.context["form"]
        assert form.errors == {"given_at": ["Must not be in the future."]}
        assert (form["given_at"].value(), form["note"].value()) == (later, CONSENT["note"])

    def test_nor_is_there_where_the_customer_agreed_in_the_year_0(self, browse, alice):
        refund = refund_of("pay_decline", by=alice)
        pay(refund)
        with nothing_happens():
            answer = browse(alice).post(
                page(refund, "credit_instead"), CONSENT | {"given_at": "0001-01-01T00:00:00+14:00"}
            )
        assert "Enter a valid date/time." in answer.content.decode()

    def test_a_manager_takes_credit_back(self, browse, alice, max_):
        refund = refund_of(source="store_credit", by=alice)
        pay(refund)
        browse(max_).post(page(refund, "revert_credit"), MEANT)
        assert status_of(refund) == S.RETURNED
        assert credit_of(refund.order.customer).balance == Decimal(0)

    def test_an_agent_takes_nothing_back(self, browse, alice, sofia):
        refund = refund_of(source="store_credit", by=alice)
        pay(refund)
        browser = browse(sofia)
        with nothing_happens():
            assert browser.post(page(refund, "revert_credit"), MEANT).status_code == 403

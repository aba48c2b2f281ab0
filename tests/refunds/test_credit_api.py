"""Store credit over the API: given in place of money, spent by the shop, and read by everybody."""

from decimal import Decimal

import pytest

from refunds.models import CreditConsent, Refund
from tests import factories
from tests.api_client import ApiClient
from tests.refunds.cashier import pay, refund_of
from tests.refunds.shop_credit import credit_of
from tests.refunds.test_credit_instead import dead
from tests.untouched import nothing_happens


class TestOverTheApi:
    CONSENT = {"given_by": "Mina", "given_at": "2026-01-30T09:15:00Z", "channel": "phone"}

    @pytest.fixture
    def api(self, alice):
        return ApiClient(factories.key_for(alice))

    @pytest.fixture
    def shop(self):
        return ApiClient(factories.key_for())

    def test_credit_instead(self, api, alice):
        failed = dead(alice)
        answer = api.post(f"/refunds/{failed.pk}/credit-instead", {"updated_by": "EMP-ALICE", "consent": self.CONSENT})
        assert answer.status_code == 201
        body = answer.json()
        assert (body["replaces"], body["source"], body["amount"]) == (str(failed.pk), "store_credit", 60)
        assert CreditConsent.objects.get().refund_id == Refund.objects.get(replaces=failed).pk

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({}, "consent"),
            ({"consent": {**CONSENT, "channel": "pigeon"}}, "consent.channel"),
            ({"consent": {**CONSENT, "given_at": "2026-01-30"}}, "consent.given_at"),
            ({"consent": {**CONSENT, "given_at": "2126-01-30T09:15:00Z"}}, "consent.given_at"),
            ({"consent": {**CONSENT, "colour": "red"}}, "consent.colour"),
        ],
    )
    def test_without_consent_it_is_refused_by_field(self, api, alice, given, field):
        failed = dead(alice)
        with nothing_happens():
            answer = api.post(f"/refunds/{failed.pk}/credit-instead", {"updated_by": "EMP-ALICE", **given})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])

    def test_twice_is_a_conflict(self, api, alice):
        failed = dead(alice, amount="30")
        body = {"updated_by": "EMP-ALICE", "consent": self.CONSENT}
        api.post(f"/refunds/{failed.pk}/credit-instead", body)
        answer = api.post(f"/refunds/{failed.pk}/credit-instead", body)
        assert (answer.status_code, answer.json()["error_code"]) == (409, "REFUND_NOT_REPLACEABLE")

    def test_the_shop_spends_and_everybody_sees_it(self, api, shop, alice):
        refund = refund_of(source="store_credit", by=alice)
        pay(refund)
        path = f"/customers/{refund.order.customer_id}/store-credit"
        debit = {"amount": "20.50", "currency": "USD", "reference": "ORDER-9"}
        answers = [shop.post(f"{path}/debits", debit) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 200]
        assert answers[0].json()["id"] == answers[1].json()["id"]
        seen = api.get(path).json()
        (balance,) = seen["balances"]
        assert (balance["currency"], balance["balance"], balance["available"]) == ("USD", 39.5, 39.5)
        assert [(lot["amount"], lot["remaining"], lot["expires_at"]) for lot in balance["lots"]] == [(60, 39.5, None)]
        told = [(entry["kind"], entry["amount"], entry["reference"]) for entry in seen["results"]]
        assert told == [("debit", -20.5, "ORDER-9"), ("credit", 60, None)]
        assert seen["results"][1]["refund_id"] == str(refund.pk)

    def test_the_entries_come_in_pages(self, api, shop, alice):
        refund = refund_of(source="store_credit", by=alice)
        pay(refund)
        path = f"/customers/{refund.order.customer_id}/store-credit"
        for number in range(3):
            shop.post(f"{path}/debits", {"amount": 1, "currency": "USD", "reference": f"ORDER-{number}"})
        first = api.get(f"{path}?limit=3").json()
        second = api.get(f"{path}?" + first["next"].partition("?")[2]).json()
        assert [entry["amount"] for entry in first["results"] + second["results"]] == [-1, -1, -1, 60]
        assert second["next"] is None

    @pytest.mark.parametrize(
        ("debit", "status", "code"),
        [
            ({"amount": "60.01"}, 409, "INSUFFICIENT_CREDIT"),
            ({"amount": "20", "reference": "USED"}, 422, "CREDIT_REFERENCE_REUSED"),
            ({"amount": -60}, 400, "VALIDATION_ERROR"),
            ({"amount": True}, 400, "VALIDATION_ERROR"),
            ({"amount": "60,00"}, 400, "VALIDATION_ERROR"),
            ({"amount": "33.333"}, 400, "VALIDATION_ERROR"),
            ({"currency": "XYZ"}, 400, "VALIDATION_ERROR"),
            ({"reference": ""}, 400, "VALIDATION_ERROR"),
            ({"colour": "red"}, 400, "VALIDATION_ERROR"),
        ],
    )
    def test_what_is_refused_leaves_the_balance(self, shop, alice, debit, status, code):
        refund = refund_of(source="store_credit", by=alice)
        pay(refund)
        path = f"/customers/{refund.order.customer_id}/store-credit/debits"
        shop.post(path, {"amount": 1, "currency": "USD", "reference": "USED"})
        with nothing_happens():
            answer = shop.post(path, {"amount": "5", "currency": "USD", "reference": "ORDER-9"} | debit)
        assert (answer.status_code, answer.json()["error_code"]) == (status, code)
        assert credit_of(refund.order.customer).balance == Decimal(59)

    def test_an_agents_own_key_spends_nothing(self, api, alice):
        refund = refund_of(source="store_credit", by=alice)
        pay(refund)
        path = f"/customers/{refund.order.customer_id}/store-credit/debits"
        with nothing_happens():
            answer = api.post(path, {"amount": 1, "currency": "USD", "reference": "ORDER-9"})
        assert answer.json()["required_permission"] == "orders.put_order"

    def test_a_customer_that_is_not_there(self, api, shop):
        assert api.get("/customers/nobody/store-credit").json()["error_code"] == "NOT_FOUND"
        debit = {"amount": 1, "currency": "USD", "reference": "ORDER-9"}
        assert shop.post("/customers/nobody/store-credit/debits", debit).json()["error_code"] == "NOT_FOUND"

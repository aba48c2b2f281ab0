"""What an operator and a test can ask: the sandbox's books, a word from the world, a job as of another time."""

import json
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from common import clock
from refunds.checks import check_limits
from refunds.models import RefundStatus as S
from tests.refunds.cashier import paid, pay, pay_to_the_end, refund_of, reserved, status_of


def run(name, *args, **options) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out, **options)
    return out.getvalue()


class TestSandboxPayments:
    def test_nothing_is_an_empty_list(self, db):
        assert json.loads(run("sandbox_payments", "--json")) == []

    def test_each_payment_as_the_contract_says(self, alice):
        with clock.as_if_at(clock.now().replace(microsecond=0)):
            now = clock.now()
            refund = refund_of("pay_ok_7", amount="60", by=alice)
            pay(refund)
        printed = run("sandbox_payments", "--json")
        assert json.loads(printed) == [
            {
                "idempotency_key": f"{refund.pk}-1",
                "refund_id": str(refund.pk),
                "payment_reference": "pay_ok_7",
                "amount": 60,
                "currency": "USD",
                "at": now.isoformat().replace("+00:00", "Z"),
            }
        ]
        assert '"amount":60' in printed
        assert "pay_ok_7" in run("sandbox_payments")


class TestSandboxTell:
    @pytest.mark.parametrize(("word", "status", "money"), [("succeeded", S.SUCCEEDED, [60]), ("failed", S.FAILED, [])])
    def test_a_pending_payment_ends_by_it(self, alice, word, status, money):
        refund = refund_of("pay_pending", by=alice)
        pay(refund)
        assert status in run("sandbox_tell", str(refund.pk), word)
        assert (status_of(refund), paid(refund)) == (status, money)
        assert reserved(refund.order) == sum(money)

    def test_a_payment_comes_back(self, alice):
        refund = refund_of(by=alice)
        pay(refund)
        run("sandbox_tell", str(refund.pk), "returned")
        assert (status_of(refund), reserved(refund.order)) == (S.RETURNED, 0)

    @pytest.mark.parametrize(("word", "status"), [("succeeded", S.SUCCEEDED), ("failed", S.FAILED)])
    def test_the_insurer_answers(self, alice, word, status):
        refund = refund_of(source="insurance", by=alice)
        run("sandbox_tell", str(refund.pk), word)
        assert pay_to_the_end(refund) == status

    @pytest.mark.parametrize("word", ["succeeded", "failed"])
    def test_finance_confirms_a_payout(self, alice, word):
        refund = refund_of(by=alice, payment_method="corporate_account")
        pay(refund)
        run("sandbox_tell", str(refund.pk), word)
        assert status_of(refund) == word

    def test_a_claim_on_a_cash_payment_is_told_twice(self, alice):
        refund = refund_of(source="insurance", by=alice, payment_method="cash")
        run("sandbox_tell", str(refund.pk), "succeeded")
        assert pay(refund) == S.PENDING
        run("sandbox_tell", str(refund.pk), "succeeded")
        assert status_of(refund) == S.SUCCEEDED

    @pytest.mark.parametrize(
        ("reference", "source", "word"),
        [
            ("pay_ok", "merchant", "succeeded"),
            ("pay_ok", "merchant", "failed"),
            ("pay_pending", "merchant", "returned"),
            ("pay_decline", "merchant", "succeeded"),
            ("pay_ok", "store_credit", "returned"),
            ("pay_ok", "insurance", "returned"),
        ],
    )
    def test_what_waits_for_nothing_is_left_alone(self, alice, reference, source, word):
        refund = refund_of(reference, source=source, by=alice)
        pay(refund)
        before = status_of(refund)
        with pytest.raises(CommandError):
            run("sandbox_tell", str(refund.pk), word)
        assert status_of(refund) == before

    def test_a_refund_that_is_not_there(self, db):
        with pytest.raises(CommandError):
            run("sandbox_tell", str(uuid4()), "succeeded")

    def test_not_in_production(self, alice, settings):
        settings.IS_PRODUCTION = True
        refund = refund_of(source="insurance", by=alice)
        with pytest.raises(CommandError):
            run("sandbox_tell", str(refund.pk), "succeeded")
        assert status_of(refund) == S.AWAITING_CLAIM


class TestRunJob:
    def test_it_pays_what_is_due_then(self, alice):
        refund = refund_of("pay_timeout", by=alice)
        run("run_job", "pay-refunds")
        assert status_of(refund) == S.UNKNOWN
        run("run_job", "pay-refunds")
        assert status_of(refund) == S.UNKNOWN, "it is not due yet"
        run("run_job", "pay-refunds", "--at", (clock.now() + timedelta(minutes=1)).isoformat())
        assert status_of(refund) == S.SUCCEEDED
        assert paid(refund) == [60]

    @pytest.mark.parametrize("at", ["tomorrow", "2026-13-01T00:00:00Z"])
    def test_no_time_is_refused(self, at):
        with pytest.raises(CommandError):
            run("run_job", "pay-refunds", "--at", at)

    def test_in_production_it_is_now(self, settings):
        settings.IS_PRODUCTION = True
        with pytest.raises(CommandError):
            run("run_job", "pay-refunds", "--at", "2026-03-01T00:00:00Z")

    def test_an_unknown_job_is_refused(self):
        with pytest.raises(CommandError):
            run("run_job", "pay-everybody")


def test_a_lease_must_outlive_its_holder(settings):
    assert check_limits() == []
    settings.LEASE_SECONDS = settings.TASK_HARD_LIMIT
    assert [error.id for error in check_limits()] == ["refunds.E001"]

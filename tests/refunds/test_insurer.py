"""Claims filed over signed HTTP: once in effect, however often the line goes dead, and paid only when accepted."""

import time
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.db import connection

from accounts.actor import Actor
from common import clock
from events.models import Event
from issues.models import Attachment
from issues.timeline import entries_of
from refunds.actions import claim_file
from refunds.actions.cancel import cancel_refund
from refunds.actions.claim import accept_claim, reject_claim
from refunds.actions.claim_file import file_claims_of, file_due_claims
from refunds.actions.claim_settle import settle_claim
from refunds.actions.retry import retry_refund
from refunds.checks import check_insurer
from refunds.models import Claim
from refunds.models import RefundStatus as S
from refunds.providers import insurer_http
from refunds.providers.insurer_http import is_safe
from tests.refunds.cashier import paid, pay_to_the_end, reserved, status_of
from tests.refunds.insurer import DRIPS

JOB = Actor.system("file-claims")


def filed(refund) -> Claim:
    file_claims_of(refund.pk, actor=JOB)
    return refund.claims.latest("number")


def ask_again(claim) -> Claim:
    """At the time when the claim is due."""
    claim.refresh_from_db()
    with clock.as_if_at(max(claim.next_attempt_at, clock.now())):
        file_due_claims(actor=JOB)
    claim.refresh_from_db()
    return claim


class TestFiling:
    def test_what_is_claimed_with_its_evidence(self, insurer, insured, alice):
        Attachment.objects.create(issue=insured.issue, url="https://files.example/photo.jpg", author=alice, via="api")
        claim = filed(insured)
        told = insurer.claims[str(claim.pk)]
        assert (told["amount"], told["currency"], told["order_id"]) == ("60.00", "USD", insured.order_id)
        assert told["evidence"] == ["https://files.example/photo.jpg"]
        assert told["description"] == "The kettle came broken."
        assert (claim.number, claim.status, bool(claim.filed_at)) == (1, "submitted", True)
        assert insurer.forged == 0

    def test_the_row_stands_and_no_transaction_is_open_when_the_insurer_is_called(self, insurer, insured, monkeypatch):
        seen = []
        real = insurer_http.file

        def looked_at(claim):
            seen.append((Claim.objects.filter(pk=claim.pk).exists(), len(connection.savepoint_ids)))
            return real(claim)

        before = len(connection.savepoint_ids)
        monkeypatch.setattr(insurer_http, "file", looked_at)
        filed(insured)
        assert seen == [(True, before)]

    @pytest.mark.parametrize(
        "trouble", [None, (500, {}), (503, b"busy"), (429, {}), (302, {}), (401, {"error": {"code": "no"}}),
                    (404, {"error": {"code": "no"}}), (400, b"garbage"), (200, b"garbage"), (200, {"status": "paid"}),
                    (200, {"status": "accepted_in_part"}), (200, {"status": "accepted", "accepted_amount": "lots"}),
                    (200, {"status": []}), (200, {"status": {}}), (200, b"x" * 70_000)],
    )  # fmt: skip
    def test_trouble_is_no_answer_and_the_same_claim_is_filed_again(self, insurer, insured, trouble):
        insurer.script = [trouble]
        claim = filed(insured)
        assert (status_of(insured), claim.filed_at, reserved(insured.order)) == (S.AWAITING_CLAIM, None, 60)
        assert claim.last_error
        file_due_claims(actor=JOB)
        assert len(insurer.calls) == 1, "it is not due yet"
        assert ask_again(claim).filed_at
        assert insurer.calls == [("POST", str(claim.pk))] * 2
        assert len(insurer.claims) == 1

    def test_an_answer_that_nobody_foresaw_is_none_and_is_asked_for_ever_later(self, insurer, insured, monkeypatch):
        monkeypatch.setattr(insurer_http, "_amount", lambda told: {}[told])
        claim = filed(insured)
        assert (claim.filed_at, claim.last_error, claim.leased_until) == (None, "KeyError", None)
        assert claim.next_attempt_at > clock.now()
        monkeypatch.undo()
        assert ask_again(claim).filed_at

    def test_the_tries_are_counted_to_a_thousand_and_no_further(self, insurer, insured):
        claim_file.open_for(insured.pk, actor=JOB)
        Claim.objects.update(tries=32767)
        insurer.script = [(503, {})]
        assert filed(insured).tries == claim_file.MOST_TRIES == 1000

    def test_an_answer_that_drips_is_waited_for_no_longer_than_any(self, insurer, insured, settings):
        settings.REFUND_HTTP_TIMEOUT = 0.4
        insurer.script = [DRIPS]
        began = time.monotonic()
        claim = filed(insured)
        assert time.monotonic() - began < 2
        assert claim.last_error == "The insurer can't be reached: TimeoutError"

    def test_a_worker_that_died_is_followed_by_another_when_its_lease_ends(self, insurer, insured, settings):
        claim_file.open_for(insured.pk, actor=JOB)
        claim = claim_file.take(Claim.objects.all(), actor=JOB)
        file_due_claims(actor=JOB)
        assert insurer.calls == []
        with clock.as_if_at(clock.now() + timedelta(seconds=settings.LEASE_SECONDS + 1)):
            file_due_claims(actor=JOB)
        assert insurer.calls == [("POST", str(claim.pk))]

    def test_refused_the_refund_fails_with_the_insurers_code(self, insurer, insured, alice, as_):
        insurer.script = [(422, {"error": {"code": "no_policy", "reason": "There is no such policy"}})]
        claim = filed(insured)
        insured.refresh_from_db()
        assert (insured.status, insured.failure_code) == (S.FAILED, "no_policy")
        assert (claim.status, reserved(insured.order)) == ("rejected", 0)
        assert retry_refund(insured.pk, actor=as_(alice)).status == S.AWAITING_CLAIM
        assert (filed(insured).number, len(insurer.claims)) == (2, 2)

    def test_a_lost_nudge_is_found_by_the_sweep(self, insurer, insured):
        file_due_claims(actor=JOB)
        assert len(insurer.claims) == 1

    def test_without_an_address_a_person_answers_and_nobody_is_called(self, insured):
        claim = filed(insured)
        file_due_claims(actor=JOB)
        assert (claim.status, claim.next_attempt_at, claim.filed_at) == ("submitted", None, None)


class TestAnswers:
    def told(self, insurer, refund, **answer) -> Claim:
        claim = filed(refund)
        insurer.answers[str(claim.pk)] = answer
        return ask_again(claim)

    def test_in_review_is_not_taken_back(self, insurer, insured):
        assert self.told(insurer, insured, status="in_review").status == "in_review"
        assert self.told(insurer, insured, status="submitted").status == "in_review"
        assert Event.objects.filter(name="claim.in_review").count() == 1

    def test_accepted_it_is_paid(self, insurer, insured):
        claim = self.told(insurer, insured, status="accepted")
        assert (claim.status, claim.accepted_amount) == ("accepted", 60)
        assert (pay_to_the_end(insured), paid(insured)) == (S.SUCCEEDED, [60])

    def test_accepted_at_once(self, insurer, insured):
        insurer.script = [(200, {"status": "accepted", "reference": "CLM-77"})]
        claim = filed(insured)
        assert (claim.status, claim.reference, status_of(insured)) == ("accepted", "CLM-77", S.QUEUED)

    def test_accepted_in_part_the_rest_is_free_in_the_same_moment(self, insurer, insured):
        claim = self.told(insurer, insured, status="accepted_in_part", accepted_amount="40.00")
        insured.refresh_from_db()
        assert (claim.status, insured.amount, reserved(insured.order)) == ("accepted_in_part", 40, 40)
        assert (pay_to_the_end(insured), paid(insured)) == (S.SUCCEEDED, [40])
        amounts = list(insured.history.order_by("history_id").values_list("amount", flat=True))
        assert (amounts[0], amounts[-1]) == (60, 40)
        event = Event.objects.get(name="claim.accepted_in_part")
        assert (event.data["asked_amount"], event.data["accepted_amount"]) == ("60.000", "40.00")

    def test_the_timeline_says_so(self, insurer, insured):
        self.told(insurer, insured, status="accepted_in_part", accepted_amount="40.00")
        told = [entry.data for entry in entries_of(insured.issue)[0] if entry.type == "refund"]
        assert [(each["after"], each["amount"], each["previous_amount"]) for each in told] == [
            ("awaiting_claim", 60, None),
            ("queued", 40, 60),
        ]

    @pytest.mark.parametrize("amount", ["60.01", "0", "-1", "NaN", "40.001"])
    def test_an_amount_that_cannot_be_changes_nothing(self, insurer, insured, amount):
        claim = self.told(insurer, insured, status="accepted", accepted_amount=amount)
        assert (claim.is_open, status_of(insured), reserved(insured.order)) == (True, S.AWAITING_CLAIM, 60)
        assert claim.last_error

    def test_while_its_amount_cannot_be_it_is_asked_ever_later_and_a_person_sees_why(self, insurer, insured, settings):
        claim = self.told(insurer, insured, status="accepted", accepted_amount="600.00")
        assert claim.last_error == (
            "The insurer accepted 600.00. Must be more than zero, and at most the 60.00 USD that were asked for."
        )
        for tries, seconds in enumerate(settings.REFUND_RETRY_DELAYS[1:], start=2):
            due_at = claim.next_attempt_at
            claim = ask_again(claim)
            assert claim.tries == tries
            assert claim.next_attempt_at - due_at >= timedelta(seconds=seconds * 0.8)
        insurer.answers[str(claim.pk)] = {"status": "accepted"}
        assert (ask_again(claim).status, status_of(insured)) == ("accepted", S.QUEUED)

    def test_after_an_answer_that_can_be_the_tries_are_counted_anew(self, insurer, insured):
        self.told(insurer, insured, status="accepted", accepted_amount="600.00")
        claim = self.told(insurer, insured, status="in_review")
        assert (claim.tries, claim.last_error) == (0, "")

    def test_of_a_number_without_end_a_person_sees_the_beginning(self, insurer, insured):
        claim = self.told(insurer, insured, status="accepted", accepted_amount="6" * 1000)
        assert claim.last_error.startswith(f"The insurer accepted {'6' * 40}. Must be")

    def test_rejected_the_refund_fails_with_the_reason(self, insurer, insured):
        claim = self.told(insurer, insured, status="rejected", reason="Wear and tear")
        insured.refresh_from_db()
        assert (insured.failure_code, insured.failure_reason) == ("claim_rejected", "Wear and tear")
        assert (claim.status, reserved(insured.order)) == ("rejected", 0)

    def test_a_cancelled_refund_withdraws_its_claim_and_a_late_word_is_ignored(self, insurer, insured, alice, as_):
        claim = filed(insured)
        late = Claim.objects.select_related("refund__issue").get(pk=claim.pk)
        cancel_refund(insured.pk, actor=as_(alice))
        insurer.answers[str(claim.pk)] = {"status": "accepted"}
        settle_claim(late, actor=JOB)
        claim.refresh_from_db()
        assert (claim.status, status_of(insured), paid(insured)) == ("withdrawn", S.CANCELLED, [])

    def test_an_old_claims_late_word_is_not_taken_for_the_new_ones(self, insurer, insured, alice, as_):
        old = Claim.objects.select_related("refund__issue").get(pk=filed(insured).pk)
        reject_claim(insured.pk, actor=JOB)
        retry_refund(insured.pk, actor=as_(alice))
        filed(insured)
        insurer.answers[str(old.pk)] = {"status": "accepted"}
        settle_claim(old, actor=JOB)
        assert status_of(insured) == S.AWAITING_CLAIM

    def test_a_person_may_be_quicker(self, insurer, insured, max_, as_):
        claim = filed(insured)
        accept_claim(insured.pk, amount=Decimal("10"), actor=as_(max_))
        claim.refresh_from_db()
        assert (claim.next_attempt_at, reserved(insured.order)) == (None, 10)

    def test_a_call_that_fails_after_a_person_was_quicker_asks_no_more(self, insurer, insured, max_, as_):
        claim = filed(insured)
        asking = Claim.objects.select_related("refund__issue").get(pk=claim.pk)
        accept_claim(insured.pk, amount=Decimal("10"), actor=as_(max_))
        insurer.script = [(503, {})]
        settle_claim(asking, actor=JOB)
        claim.refresh_from_db()
        assert (claim.next_attempt_at, claim.status) == (None, "accepted_in_part")


class TestWhereItGoes:
    @pytest.mark.parametrize(
        ("address", "is_demo", "safe"),
        [
            ("https://insurer.example/v1", False, True),
            ("http://insurer.example/v1", False, False),
            ("http://insurer.example/v1", True, True),
            ("http://127.0.0.1:8080/v1", False, True),
            ("http://localhost/v1", False, True),
            ("http://[::1]/v1", False, True),
            ("ftp://insurer.example", True, False),
            ("http://127.0.0.1.insurer.example", False, False),
        ],
    )
    def test_https_alone_but_here(self, settings, address, is_demo, safe):
        settings.IS_DEMO = is_demo
        settings.INSURER_URL, settings.INSURER_SECRET = address, "a secret"
        assert is_safe(urlsplit(address)) == safe
        assert [error.id for error in check_insurer()] == ([] if safe else ["refunds.E002"])

    def test_an_address_needs_a_secret(self, settings):
        settings.INSURER_URL = "https://insurer.example"
        assert [error.id for error in check_insurer()] == ["refunds.E003"]

    def test_what_is_not_safe_is_not_called(self, insurer, insured, settings):
        settings.IS_DEMO, settings.INSURER_URL = False, "http://insurer.example/v1"
        assert "https" in filed(insured).last_error

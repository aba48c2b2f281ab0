"""What the insurer sends: signed, taken once, and never believed without asking."""

import json
from datetime import timedelta

import pytest

from common import clock
from refunds.actions.claim_file import file_claims_of
from refunds.actions.claim_settle import settle_claim
from refunds.models import Claim, ProviderEvent
from refunds.models import RefundStatus as S
from refunds.providers import signature
from tests.api_client import ApiClient
from tests.refunds.cashier import status_of
from tests.refunds.insurer import SECRET
from tests.refunds.test_insurer import JOB, filed
from tests.untouched import nothing_happens

EVENTS = "/providers/insurance/events"


class TestEvents:
    def tell(self, body: dict | bytes, *, secret=SECRET, age=timedelta(0)):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        now = clock.now()
        signed = signature.sign(raw, secret=secret, at=now - age)
        with clock.as_if_at(now):
            return ApiClient().post(EVENTS, raw, Redress_Signature=signed)

    def test_it_makes_the_desk_ask_at_once(self, insurer, insured):
        claim = filed(insured)
        insurer.answers[str(claim.pk)] = {"status": "accepted"}
        assert self.tell({"event_id": "evt_1", "claim_id": str(claim.pk)}).status_code == 200
        file_claims_of(insured.pk, actor=JOB)
        assert status_of(insured) == S.QUEUED

    def test_twice_it_is_taken_once(self, insurer, insured):
        claim = filed(insured)
        body = {"event_id": "evt_1", "claim_id": str(claim.pk)}
        self.tell(body)
        file_claims_of(insured.pk, actor=JOB)
        assert self.tell(body).status_code == 200
        file_claims_of(insured.pk, actor=JOB)
        assert (ProviderEvent.objects.count(), len(insurer.calls)) == (1, 2)

    def test_one_that_comes_while_the_desk_asks_makes_it_ask_again(self, insurer, insured):
        claim = filed(insured)
        asking = Claim.objects.select_related("refund__issue").get(pk=claim.pk)
        self.tell({"event_id": "evt_1", "claim_id": str(claim.pk)})
        settle_claim(asking, actor=JOB)
        insurer.answers[str(claim.pk)] = {"status": "accepted"}
        file_claims_of(insured.pk, actor=JOB)
        assert status_of(insured) == S.QUEUED

    def test_one_that_comes_while_a_call_fails_is_not_put_off_with_it(self, insurer, insured):
        claim = filed(insured)
        asking = Claim.objects.select_related("refund__issue").get(pk=claim.pk)
        self.tell({"event_id": "evt_1", "claim_id": str(claim.pk)})
        insurer.script = [(503, {})]
        settle_claim(asking, actor=JOB)
        insurer.answers[str(claim.pk)] = {"status": "accepted"}
        file_claims_of(insured.pk, actor=JOB)
        assert status_of(insured) == S.QUEUED

    def test_the_event_itself_is_not_believed(self, insurer, insured):
        claim = filed(insured)
        self.tell({"event_id": "evt_1", "claim_id": str(claim.pk), "status": "accepted"})
        file_claims_of(insured.pk, actor=JOB)
        assert status_of(insured) == S.AWAITING_CLAIM

    @pytest.mark.parametrize(
        "forgery", [{"secret": "another"}, {"age": timedelta(seconds=301)}, {"age": timedelta(seconds=-301)}]
    )
    def test_forged_or_old_it_does_nothing(self, insurer, insured, forgery):
        claim = filed(insured)
        with nothing_happens():
            answer = self.tell({"event_id": "evt_1", "claim_id": str(claim.pk)}, **forgery)
        assert answer.status_code == 401
        assert not ProviderEvent.objects.exists()

    @pytest.mark.parametrize("header", ["", "t=1", "t=x,v1=00", "t=1,v1=" + "0" * 64, "v1=é"])
    def test_any_other_signature_is_refused(self, insurer, db, header):
        assert ApiClient().post(EVENTS, {"event_id": "e"}, Redress_Signature=header).status_code == 401

    def test_without_a_secret_nobody_is_believed(self, insured, settings):
        settings.INSURER_SECRET = ""
        body = {"event_id": "evt_1", "claim_id": str(filed(insured).pk)}
        with nothing_happens():
            assert self.tell(body, secret="").status_code == 401

    @pytest.mark.parametrize("body", [b"x", b"[]", {}, {"event_id": "e"}, {"event_id": 1, "claim_id": "x"},
                                      {"event_id": "e", "claim_id": "x"}])  # fmt: skip
    def test_what_is_no_event_is_refused(self, insurer, db, body):
        assert self.tell(body).status_code == 400
        assert not ProviderEvent.objects.exists()

    def test_of_a_claim_that_nobody_knows_there_is_nothing_to_ask(self, insurer, insured):
        claim_id = "018f3c1e-7f6a-7c11-b6a5-0f0d6f3a9b21"
        assert self.tell({"event_id": "evt_1", "claim_id": claim_id}).status_code == 200
        assert insurer.calls == []

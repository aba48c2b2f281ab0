"""The payment server keeps its word: what the tests on top of it lean on."""

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest
import stripe

from tests.payment_server import PaymentServer

HALF: Any = {"payment_intent": "pi_1", "amount": 5000}


@pytest.fixture
def server():
    with PaymentServer() as server:
        server.books.add_payment("pi_1", 10000)
        yield server


@pytest.fixture
def refunds(server):
    return stripe.StripeClient("sk_test", base_addresses={"api": server.url}, max_network_retries=0).v1.refunds


def money(server) -> list[int]:
    with urlopen(f"{server.url}/_effects") as answer:
        return [effect["amount"] for effect in json.load(answer)]


def test_a_key_is_worth_one_refund_for_a_day(server, refunds):
    first = refunds.create(HALF, {"idempotency_key": "k"})
    assert refunds.create(HALF, {"idempotency_key": "k"}).id == first.id
    server.books.forward(25 * 3600)
    assert refunds.create(HALF, {"idempotency_key": "k"}).id != first.id
    assert money(server) == [5000, 5000]


def test_a_key_takes_one_body(server, refunds):
    refunds.create(HALF, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError):
        refunds.create(HALF | {"amount": 1}, {"idempotency_key": "k"})


def test_an_error_is_kept_with_its_key(server, refunds):
    server.books.script("pi_1", ["error"])
    for _ in range(3):
        with pytest.raises(stripe.APIError):
            refunds.create(HALF, {"idempotency_key": "k"})
    assert money(server) == [5000]


def test_no_payment_gives_back_more_than_it_was(server, refunds):
    refunds.create(HALF)
    refunds.create(HALF)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        refunds.create(HALF)
    assert refusal.value.code == "charge_already_refunded"


def test_an_answer_can_be_dropped_after_the_money_went(server, refunds):
    server.books.script("*", ["drop"])
    with pytest.raises(stripe.APIConnectionError):
        refunds.create(HALF)
    assert money(server) == [5000]


def test_it_is_controlled_over_http_too(server, refunds):
    wanted = json.dumps({"payment": "pi_1", "steps": ["busy"]}).encode()
    with urlopen(Request(f"{server.url}/_control/script", wanted)):
        pass
    with pytest.raises(stripe.RateLimitError):
        refunds.create(HALF)
    assert [call["path"] for call in server.books.calls] == ["/v1/refunds"]

"""Refunds over the API: read, cancelled, tried again."""

from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.models import Scope
from refunds.models import RefundStatus as S
from tests import factories
from tests.api_client import ApiClient, path_of
from tests.refunds.cashier import ask, pay, refund_of, reserved
from tests.untouched import nothing_happens


@pytest.fixture
def api(alice):
    return ApiClient(factories.key_for(alice))


def test_a_refund_is_answered_as_the_contract_says(api, alice):
    refund = refund_of(by=alice)
    answer = api.get(f"/refunds/{refund.pk}")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(refund.pk),
        "issue_id": str(refund.issue_id),
        "order_id": refund.order_id,
        "amount": 60.0,
        "currency": "USD",
        "source": "merchant",
        "payment_method": "card",
        "status": "queued",
        "provider": "sandbox",
        "provider_reference": None,
        "failure_code": None,
        "failure_reason": None,
        "requested_by": "EMP-ALICE",
        "approved_by": None,
        "expected_by": refund.expected_by.isoformat(),
        "created_at": refund.created_at.isoformat().replace("+00:00", "Z"),
        "completed_at": None,
    }


@pytest.mark.parametrize(
    ("currency", "amount", "written"), [("USD", "60", b"60.00"), ("JPY", "50", b"50"), ("KWD", "1.2", b"1.200")]
)
def test_money_is_an_exact_number_with_the_currencys_digits(api, alice, currency, amount, written):
    refund = refund_of(currency=currency, amount=amount, by=alice)
    assert b'"amount":' + written + b"," in api.get(f"/refunds/{refund.pk}").content


@pytest.fixture
def three(alice):
    """Queued from the merchant, succeeded as store credit, failed from the platform; oldest first."""
    refunds = [
        refund_of(by=alice),
        refund_of(source="store_credit", by=alice),
        refund_of("pay_decline", source="platform", by=alice),
    ]
    for refund in refunds[1:]:
        pay(refund)
    return refunds


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [2, 1, 0]),
        ("?status=queued", [0]),
        ("?status=succeeded,failed", [2, 1]),
        ("?source=merchant,platform", [2, 0]),
        ("?status=queued&source=platform", []),
        ("?order_id={0}", [0]),
        ("?order_id={0},{2}", [2, 0]),
        ("?order_id=nobody", []),
    ],
)
def test_the_list_is_filtered_and_newest_first(api, three, query, found):
    query = query.format(*(refund.order_id for refund in three))
    assert ids(api.get(f"/refunds{query}")) == [str(three[number].pk) for number in found]


def test_the_list_comes_in_pages(api, three):
    first = api.get("/refunds?limit=2").json()
    second = api.get("/refunds?" + first["next"].partition("?")[2]).json()
    assert [row["id"] for row in first["results"] + second["results"]] == [str(each.pk) for each in three[::-1]]
    assert second["next"] is None


@pytest.mark.parametrize("query", ["status=paid", "status=", "source=till", "colour=red", "limit=0"])
def test_a_filter_that_is_unknown_is_refused_by_name(api, query):
    answer = api.get(f"/refunds?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == {query.partition("=")[0]}


def test_the_refunds_of_an_issue(api, alice, as_):
    one, other = factories.IssueFactory.create_batch(2, order=factories.OrderFactory())
    refund = ask(one, "10", actor=as_(alice))
    ask(other, "20", actor=as_(alice))
    assert ids(api.get(f"{path_of(one)}/refunds")) == [str(refund.pk)]


def test_the_refunds_of_an_issue_that_is_not_there(api, issue):
    assert api.get(f"/orders/{issue.order_id}/issues/{uuid4()}/refunds").json()["error_code"] == "ISSUE_NOT_FOUND"
    assert api.get(f"/orders/nowhere/issues/{issue.pk}/refunds").json()["error_code"] == "ORDER_NOT_FOUND"


def test_cancelling_frees_the_amount(api, alice):
    refund = refund_of(by=alice)
    answer = api.post(f"/refunds/{refund.pk}/cancel", {"updated_by": "EMP-ALICE", "note": "They kept it."})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["success"], body["status"], body["id"]) == (True, "cancelled", str(refund.pk))
    assert body["completed_at"]
    assert reserved(refund.order) == 0
    row = refund.history.latest()
    assert (row.history_change_reason, row.history_user_id) == ("They kept it.", alice.pk)


def test_retrying_reserves_the_amount_again(api, alice):
    refund = refund_of("pay_decline", by=alice)
    pay(refund)
    answer = api.post(f"/refunds/{refund.pk}/retry", {"updated_by": "EMP-ALICE"})
    assert (answer.status_code, answer.json()["status"]) == (200, "queued")
    assert answer.json()["failure_reason"] is None
    assert reserved(refund.order) == 60


@pytest.mark.parametrize(("step", "code"), [("cancel", "REFUND_NOT_CANCELLABLE"), ("retry", "REFUND_NOT_RETRYABLE")])
def test_what_is_paid_is_neither_cancelled_nor_retried(api, alice, step, code):
    refund = refund_of(by=alice)
    pay(refund)
    with nothing_happens():
        answer = api.post(f"/refunds/{refund.pk}/{step}", {"updated_by": "EMP-ALICE"})
    assert answer.status_code == 409
    assert (answer.json()["error_code"], answer.json()["status"]) == (code, S.SUCCEEDED)


def test_a_retry_beyond_the_cap_says_what_is_left(api, alice, sofia, as_):
    refund = refund_of("pay_decline", by=alice)
    pay(refund)
    ask(refund.issue, "50", "store_credit", actor=as_(sofia))
    with nothing_happens():
        answer = api.post(f"/refunds/{refund.pk}/retry", {"updated_by": "EMP-ALICE"})
    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == {"refund_amount"}
    assert Decimal(str(answer.json()["refundable_amount"])) == 50


@pytest.mark.parametrize("step", ["cancel", "retry"])
class TestWhoMayStep:
    def test_the_acting_employee_is_required(self, api, alice, step):
        refund = refund_of(by=alice)
        with nothing_happens():
            answer = api.post(f"/refunds/{refund.pk}/{step}", {"note": 5, "amount": 1})
        assert answer.status_code == 400
        assert answer.json()["errors"].keys() == {"updated_by", "note", "amount"}

    def test_the_scope_is_required(self, alice, step):
        reader = ApiClient(factories.key_for(alice, scopes=[Scope.ISSUES_READ, Scope.ISSUES_WRITE]))
        answer = reader.post(f"/refunds/{refund_of(by=alice).pk}/{step}", {"updated_by": "EMP-ALICE"})
        assert answer.status_code == 403
        assert answer.json()["required_scope"] == "refunds:write"

    def test_a_refund_that_is_not_there_is_not_found_before_the_body_is_judged(self, api, alice, step):
        answer = api.post(f"/refunds/{uuid4()}/{step}", {"colour": "red"})
        assert (answer.status_code, answer.json()["error_code"]) == (404, "NOT_FOUND")

    def test_of_another_store_it_is_not_found(self, alice, sofia, step):
        refund = refund_of(by=sofia)
        team = factories.TeamFactory()
        team.stores.add(factories.StoreFactory())
        alice.team = team
        alice.save()
        api = ApiClient(factories.key_for(alice))
        with nothing_happens():
            assert api.post(f"/refunds/{refund.pk}/{step}", {"updated_by": "EMP-ALICE"}).status_code == 404
        assert api.get(f"/refunds/{refund.pk}").status_code == 404
        assert ids(api.get("/refunds")) == []


def test_without_a_key_nothing_is_told(db):
    assert ApiClient().get("/refunds").status_code == 401


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]

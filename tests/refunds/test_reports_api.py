"""The reports over the API: their form, as JSON and as CSV, what they refuse, and who sees what of them."""

from datetime import timedelta

import pytest
from django.test import Client

from common import clock
from refunds.models import RefundStatus as S
from tests import factories
from tests.api_client import ApiClient
from tests.doors.doors import signed_in
from tests.factories import key_for
from tests.refunds.test_reports import JANUARY, refund_at, through
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

REPORTS = ["", "/ageing", "/recovered"]
DAYS = "from=2026-01-01&to=2026-01-31"
NOTHING = {"count": 0, "amount": 0}


@pytest.fixture
def api(max_):
    return ApiClient(key_for(max_))


def test_a_report_says_what_it_was_asked_for_and_each_figure_by_currency(api, max_):
    through(refund_at(JANUARY, "10.10", by=max_), S.PROCESSING, S.SUCCEEDED, at=JANUARY)
    answer = api.get(f"/reports/refunds?{DAYS}&by=agent")
    assert answer.status_code == 200
    assert b'"amount":10.10' in answer.content
    assert answer.json() == {
        "from": "2026-01-01",
        "to": "2026-01-31",
        "by": "agent",
        "results": [
            {
                "group": "EMP-MAX",
                "name": max_.name,
                "currency": "USD",
                "requested": {"count": 1, "amount": 10.1},
                "paid": {"count": 1, "amount": 10.1},
                "failed": NOTHING,
                "returned": NOTHING,
                "open": NOTHING,
            }
        ],
    }


def test_what_waits_has_no_days(api, max_):
    through(refund_at(clock.now(), by=max_), S.PROCESSING, S.UNKNOWN, at=clock.now())
    (line,) = api.get("/reports/refunds/ageing").json()["results"]
    assert (line["status"], line["under_1_day"]) == ("unknown", {"count": 1, "amount": 10.0})


def test_what_came_back_from_insurers_stands_by_month(api, max_):
    refund = refund_at(JANUARY, source="insurance", by=max_)
    through(refund, S.QUEUED, S.PROCESSING, S.SUCCEEDED, at=JANUARY)
    (line,) = api.get(f"/reports/refunds/recovered?{DAYS}").json()["results"]
    assert (line["period"], line["recovered"]) == ("2026-01-01", {"count": 1, "amount": 10.0})


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("?from=2026-1-1", {"from"}),
        ("?from=2026-02-30&to=tomorrow", {"from", "to"}),
        ("?from=2026-01-01T00:00:00Z", {"from"}),
        ("?from=0001-01-01", {"from"}),
        ("?to=9999-12-31", {"to"}),
        ("?from=", {"from"}),
        ("?from=2026-02-01&to=2026-01-31", {"to"}),
        ("?from=2025-01-01&to=2026-01-02", {"to"}),
        ("?by=customer", {"by"}),
        ("?format=xlsx&colour=red&by=", {"format", "colour", "by"}),
        ("?limit=5", {"limit"}),
        ("/ageing?from=2026-01-01&by=source", {"from", "by"}),
        ("/recovered?by=store", {"by"}),
    ],
)
def test_what_is_unfit_is_named_all_of_it(api, path, wrong):
    with nothing_happens():
        answer = api.get(f"/reports/refunds{path}")
    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == wrong


def test_a_year_may_be_asked_for_at_once(api):
    assert api.get("/reports/refunds?from=2028-01-01&to=2028-12-31").status_code == 200


class TestCsv:
    @pytest.fixture
    def file(self, max_):
        """``file(path)``: the answer to a browser that is signed in."""
        return lambda path, **headers: signed_in(max_).get(f"/api/v1/reports/refunds{path}", headers=headers)

    def test_it_is_a_file_in_utf_8_that_is_sent_line_by_line(self, file, max_):
        store = factories.StoreFactory(id="koeln", name='=HYPERLINK("http://evil.example","Köln")')
        refund_at(JANUARY, "1234.50", by=max_, store=store)
        answer = file(f"?{DAYS}&by=store&format=csv")
        assert answer.streaming
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Content-Disposition"] == 'attachment; filename="refunds-totals.csv"'
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Request-ID"]
        assert b"".join(answer).decode() == (
            "group,name,currency,requested_count,requested_amount,paid_count,paid_amount,failed_count,failed_amount,"
            "returned_count,returned_amount,open_count,open_amount\r\n"
            'koeln,"\'=HYPERLINK(""http://evil.example"",""Köln"")",USD,1,1234.50,0,0.00,0,0.00,0,0.00,1,1234.50\r\n'
        )

    @pytest.mark.parametrize("report", REPORTS)
    def test_each_report_has_one(self, file, report):
        answer = file(f"{report}?format=csv", Accept="text/csv")
        assert answer.status_code == 200
        assert b"".join(answer).count(b"\r\n") == 1, "the names of the columns"

    def test_who_takes_no_csv_is_told(self, file):
        assert file("?format=csv", Accept="application/json").status_code == 406
        assert file("", Accept="text/csv").status_code == 406


@pytest.mark.parametrize("report", REPORTS)
class TestWhoMayRead:
    def test_an_agent_may_not(self, alice, report):
        answer = ApiClient(key_for(alice)).get(f"/reports/refunds{report}")
        assert (answer.status_code, answer.json()["required_permission"]) == (403, "issues.view_metrics")

    def test_an_integration_may_by_its_scope(self, db, report):
        assert ApiClient(key_for(None)).get(f"/reports/refunds{report}").status_code == 200

    def test_nobody_else(self, db, report):
        assert Client().get(f"/api/v1/reports/refunds{report}").status_code == 401

    def test_only_the_stores_of_ones_team_count(self, max_, report):
        for day, status in ((clock.now(), S.PENDING), (clock.now(), S.SUCCEEDED)):
            refund = refund_at(day - timedelta(hours=1), source="insurance", by=max_)
            through(refund, S.QUEUED, S.PROCESSING, status, at=day)
        assert ApiClient(key_for(max_)).get(f"/reports/refunds{report}").json()["results"]
        team = factories.TeamFactory()
        team.stores.add(factories.StoreFactory())
        ida = factories.EmployeeFactory(role="Administrator", team=team)
        assert ApiClient(key_for(ida)).get(f"/reports/refunds{report}").json()["results"] == []

"""The managers' page of what refunds add up to: the API's figures, their files, and who sees them."""

import pytest
from django.urls import reverse

from refunds.models import RefundStatus as S
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, StoreFactory, TeamFactory
from tests.refunds.test_reports import JANUARY, refund_at, through
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db
DAYS = {"from": "2026-01-01", "to": "2026-01-31"}


def page(employee, **query):
    return signed_in(employee).get(reverse("web:refunds"), query)


def test_it_shows_the_figures_with_a_file_for_each_table(max_, alice):
    store = StoreFactory(id="berlin", name="<b>Berlin</b>")
    through(refund_at(JANUARY, "1234.50", by=alice, store=store), S.QUEUED, S.PROCESSING, S.SUCCEEDED, at=JANUARY)
    with nothing_happens():
        shown = page(max_, **DAYS, by="store")
    text = shown.content.decode()
    assert shown.status_code == 200
    assert "&lt;b&gt;Berlin&lt;/b&gt;" in text
    assert "1,234.50 USD" in text
    assert "Nothing waits for an answer." in text
    files = [table.file for table in shown.context["tables"]]
    assert files[0] == "/api/v1/reports/refunds?from=2026-01-01&to=2026-01-31&by=store&format=csv"
    for file in files:
        assert signed_in(max_).get(file)["Content-Type"] == "text/csv; charset=utf-8"


def test_without_days_it_is_the_last_thirty(max_):
    assert page(max_).status_code == 200
    assert page(max_, **{"from": "", "to": "", "by": "agent"}).status_code == 200


@pytest.mark.parametrize("query", [{"from": "yesterday"}, {"by": "customer"}, {"colour": "red"}, {"to": "1999-01-01"}])
def test_what_is_unfit_is_told(max_, query):
    shown = page(max_, **query)
    assert shown.status_code == 400
    assert f'role="alert">{next(iter(query))}: ' in shown.content.decode()
    assert shown.context["tables"] == []


def test_only_who_sees_figures_is_offered_it(alice, sofia):
    assert page(alice).status_code == 403
    assert f'href="{reverse("web:refunds")}"' not in signed_in(alice).get("/").content.decode()
    assert page(sofia).status_code == 200
    assert f'href="{reverse("web:refunds")}"' in signed_in(sofia).get("/").content.decode()


def test_another_stores_refunds_are_not_in_it(alice):
    refund_at(JANUARY, by=alice)
    team = TeamFactory()
    team.stores.add(StoreFactory())
    shown = page(EmployeeFactory(role="Manager", team=team), **DAYS)
    assert [table.report.lines for table in shown.context["tables"]] == [[], [], []]

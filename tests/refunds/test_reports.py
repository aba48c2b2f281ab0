"""Reports on refunds, held against sums that are made here, one by one, in Python."""

from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actor import Actor, use_case
from common import clock
from common.context import writing_as
from refunds.actions.credit_revert import lower
from refunds.actions.move import lock_refund, move
from refunds.models import Claim, ClaimStatus, Refund
from refunds.models import RefundStatus as S
from refunds.reports import AGEING, RECOVERED, TOTALS
from refunds.reports.asked import read
from tests import factories
from tests.refunds.cashier import ask

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")
JANUARY = datetime(2026, 1, 10, 12, tzinfo=UTC)
EVERYTHING = Actor.system("test").grants


def refund_at(at: datetime, amount="10.00", currency="USD", source="merchant", *, by, **order) -> Refund:
    order = factories.OrderFactory(currency=currency, total_amount=amount, **order)
    with clock.as_if_at(at):
        return ask(factories.IssueFactory(order=order), amount, source, actor=Actor(employee=by, via="api"))


def through(refund: Refund, *statuses: str, at: datetime) -> None:
    with clock.as_if_at(at):
        go(refund, statuses, actor=SYSTEM)


@use_case
def go(refund: Refund, statuses, *, actor: Actor) -> None:
    for status in statuses:
        move(lock_refund(refund.pk, actor=actor), status, actor=actor)


def report(kind=TOTALS, grants=EVERYTHING, **asked) -> dict[tuple, dict[str, tuple[int, str]]]:
    """The figures that are not nothing, by key and currency."""
    asked = {name.rstrip("_"): word for name, word in asked.items()}
    made = kind.make(read(asked, kind.choices, dated=kind.dated), grants)
    return {
        (str(line.key), line.currency): {
            name: (each.count, str(each.amount)) for name, each in line.figures.items() if each.count
        }
        for line in made.lines
    }


def january(**asked):
    return report(from_="2026-01-01", to="2026-01-31", **asked)


class TestByWhichMomentAFigureCounts:
    def test_each_by_its_own(self, alice):
        refund = refund_at(JANUARY, by=alice)
        through(refund, S.PROCESSING, S.SUCCEEDED, at=JANUARY + timedelta(days=30))
        assert january() == {("merchant", "USD"): {"requested": (1, "10.00"), "open": (1, "10.00")}}
        assert report(from_="2026-02-01", to="2026-02-28") == {("merchant", "USD"): {"paid": (1, "10.00")}}

    def test_a_past_figure_stays_when_the_money_comes_back_and_is_paid_again(self, alice):
        refund = refund_at(JANUARY, by=alice)
        through(refund, S.PROCESSING, S.SUCCEEDED, at=JANUARY)
        before = january()
        assert before == {("merchant", "USD"): {"requested": (1, "10.00"), "paid": (1, "10.00")}}
        march = JANUARY + timedelta(days=60)
        through(refund, S.RETURNED, S.QUEUED, S.PROCESSING, S.SUCCEEDED, at=march)
        assert january() == before
        assert report(from_="2026-03-01", to="2026-03-31") == {
            ("merchant", "USD"): {"returned": (1, "10.00"), "paid": (1, "10.00")}
        }

    def test_a_failure_stays_a_failure_of_its_month_and_a_second_one_counts_again(self, alice):
        refund = refund_at(JANUARY, by=alice)
        through(refund, S.PROCESSING, S.FAILED, at=JANUARY)
        through(refund, S.QUEUED, at=JANUARY + timedelta(days=40))
        through(refund, S.PROCESSING, S.FAILED, at=JANUARY + timedelta(days=41))
        assert january() == {("merchant", "USD"): {"requested": (1, "10.00"), "failed": (1, "10.00")}}
        assert report(from_="2026-02-01", to="2026-02-28") == {("merchant", "USD"): {"failed": (1, "10.00")}}

    def test_what_changes_a_refund_that_was_paid_does_not_pay_it_twice(self, alice):
        refund = refund_at(JANUARY, by=alice)
        through(refund, S.PROCESSING, S.SUCCEEDED, at=JANUARY)
        with clock.as_if_at(JANUARY + timedelta(days=1)), writing_as(SYSTEM.origin):
            lower(lock_refund(refund.pk, actor=SYSTEM), Decimal("4.00"), note="")
        assert january()["merchant", "USD"]["paid"] == (1, "10.00")

    @pytest.mark.parametrize(
        ("moment", "counts"),
        [
            ("2025-12-31T23:59:59.999999", False),
            ("2026-01-01T00:00:00", True),
            ("2026-01-31T23:59:59.999999", True),
            ("2026-02-01T00:00:00", False),
        ],
    )
    def test_the_days_are_those_of_utc_both_in_it(self, alice, moment, counts):
        refund_at(datetime.fromisoformat(moment).replace(tzinfo=UTC), by=alice)
        assert ("requested" in january().get(("merchant", "USD"), {})) is counts


def test_currencies_are_never_added(alice):
    for currency, amount in (("USD", "10.01"), ("USD", "0.10"), ("JPY", "500"), ("KWD", "1.255")):
        refund_at(JANUARY, amount, currency, by=alice)
    assert {key[1]: line["requested"] for key, line in january().items()} == {
        "USD": (2, "10.11"), "JPY": (1, "500"), "KWD": (1, "1.255"),
    }  # fmt: skip


def test_the_groups(alice, max_):
    store = factories.StoreFactory(id="berlin", name="Berlin")
    refund_at(JANUARY, by=alice, store=store)
    refund_at(JANUARY, "20.00", source="store_credit", by=max_, payment_method="cash")
    assert january(by="source").keys() == {("merchant", "USD"), ("store_credit", "USD")}
    assert january(by="reason") == {("damaged_items", "USD"): {"requested": (2, "30.00"), "open": (2, "30.00")}}
    assert january(by="method").keys() == {("card", "USD"), ("cash", "USD")}
    assert january(by="agent").keys() == {("EMP-ALICE", "USD"), ("EMP-MAX", "USD")}
    assert january(by="store")["berlin", "USD"]["requested"] == (1, "10.00")


@contextmanager
def forgotten():
    """What is written inside is taken back: an example begins with nothing."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


ENDS = st.sampled_from([(), (S.PENDING,), (S.SUCCEEDED,), (S.FAILED,), (S.SUCCEEDED, S.RETURNED), (S.UNKNOWN,)])
CENTS = {"USD": 2, "JPY": 0, "KWD": 3}
ONE = st.tuples(
    st.sampled_from(list(CENTS)), st.integers(1, 10**9), ENDS, st.integers(0, 60), st.integers(0, 60)
)  # currency, minor units, where it goes, when it is asked for, how much later it gets there


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(refunds=st.lists(ONE, max_size=6))
def test_sums_are_exact(alice, refunds):
    with forgotten():
        expected = expected_of(refunds, by=alice)
        shown = report(from_="2026-01-01", to="2026-01-31")
        assert {key[1]: line for key, line in shown.items()} == expected


def expected_of(refunds, *, by) -> dict[str, dict[str, tuple[int, str]]]:
    """Plays ``refunds``, and adds what of them lies in January."""
    counts: dict[tuple, int] = Counter()
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    for currency, minor, ends, day, later in refunds:
        amount = Decimal(minor).scaleb(-CENTS[currency])
        asked, there = (datetime(2026, 1, 1, 6, tzinfo=UTC) + timedelta(days=each) for each in (day, day + later))
        refund = refund_at(asked, amount, currency, by=by)
        if ends:
            approved = (S.QUEUED,) if refund.status == S.AWAITING_APPROVAL else ()
            through(refund, *approved, S.PROCESSING, *ends, at=there)
        names = {S.SUCCEEDED: "paid", S.FAILED: "failed", S.RETURNED: "returned"}
        facts = [("requested", asked)] + [(names[end], there) for end in ends if end in names]
        found = [name for name, at in facts if at.month == 1]
        ended_in_january = bool(set(ends) & names.keys()) and there.month == 1
        found += ["open"] if asked.month == 1 and not ended_in_january else []
        for name in found:
            counts[currency, name] += 1
            sums[currency, name] += amount
    expected: dict[str, dict] = defaultdict(dict)
    for (currency, name), count in counts.items():
        expected[currency][name] = (count, str(sums[currency, name]))
    return expected


@pytest.mark.parametrize(
    ("hours", "bucket"),
    [(1, "under_1_day"), (25, "1_to_3_days"), (24 * 6, "3_to_7_days"), (24 * 20, "14_to_30_days"),
     (24 * 31, "over_30_days")],
)  # fmt: skip
def test_what_waits_stands_under_its_age(alice, hours, bucket):
    now = clock.now()
    refund = refund_at(now - timedelta(hours=hours), by=alice)
    through(refund, S.PROCESSING, S.PENDING, at=now)
    refund_at(now, by=alice)  # queued: nobody waits for an answer
    late = {"overdue": (1, "10.00")} if hours > 24 * 15 else {}
    assert report(AGEING) == {("pending", "USD"): {bucket: (1, "10.00"), **late}}


def test_what_insurers_gave(alice):
    refund = refund_at(JANUARY, "100.00", source="insurance", by=alice)
    Claim.objects.filter(refund=refund).delete()
    with writing_as(SYSTEM.origin):
        Claim(
            refund=refund, number=1, asked_amount=100, accepted_amount=70, status=ClaimStatus.ACCEPTED_IN_PART,
            created_at=JANUARY, decided_at=JANUARY + timedelta(days=25),
        ).save()  # fmt: skip
    through(refund, S.QUEUED, S.PROCESSING, S.SUCCEEDED, at=JANUARY + timedelta(days=50))
    assert report(RECOVERED, from_="2026-01-01", to="2026-03-31") == {
        ("2026-01-01", "USD"): {"claimed": (1, "100.00")},
        ("2026-02-01", "USD"): {"accepted": (1, "70.00")},
        ("2026-03-01", "USD"): {"recovered": (1, "100.00")},
    }
    assert report(RECOVERED, from_="2026-02-01", to="2026-02-28", by="day").keys() == {("2026-02-04", "USD")}


def test_without_days_it_is_the_last_thirty(alice):
    with clock.as_if_at(JANUARY):
        period = read({}, {}, dated=True).period
    assert (period.first, period.last) == (date(2025, 12, 12), date(2026, 1, 10))

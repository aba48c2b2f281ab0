"""The lists of refunds in the admin: what needs a person, what is late, and how the navigation counts them."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse

from common import clock
from config.sidebar import navigation
from refunds.models import Refund
from refunds.models import RefundStatus as S
from tests import factories
from tests.refunds.auditor import paid_elsewhere, run
from tests.refunds.cashier import lost, pay_to_the_end, refund_of, reserved
from tests.refunds.test_refund_page import MEANT, listed, page


class TestWhatNeedsReview:
    def test_the_list_says_why_since_when_and_what_can_be_done(self, browse, alice, max_, silence):
        refund, other = lost(alice), refund_of(by=alice)
        text = listed(browse(max_), status__exact="needs_review")
        assert refund.order_id in text
        assert other.order_id not in text
        assert "8 look-ups in vain" in text
        assert "Last answer: It answered 503." in text
        assert f'href="{page(refund, "look_up")}"' in text
        assert f'href="{page(refund, "confirm")}"' in text

    def test_since_when_it_is_there(self, browse, alice, max_, silence):
        refund = lost(alice)
        moved = refund.history.latest().history_date
        assert moved > clock.now() + timedelta(hours=5), "the look-ups took their time"
        assert moved.isoformat() in listed(browse(max_), status__exact="needs_review")

    def test_who_may_not_say_it_is_not_offered_it(self, browse, alice, max_, silence):
        mine, theirs = lost(max_), lost(alice)
        text = listed(browse(max_), status__exact="needs_review")
        assert page(mine, "confirm") not in text
        assert page(theirs, "confirm") in text
        assert page(theirs, "confirm") not in listed(browse(alice), status__exact="needs_review")

    @pytest.mark.parametrize(("outcome", "held"), [("succeeded", 60), ("failed", 0)])
    def test_a_person_says_what_became_of_it_with_the_reference(self, browse, alice, max_, silence, outcome, held):
        refund = lost(alice)
        browse(max_).post(page(refund, "confirm"), {**MEANT, "outcome": outcome, "reference": "re_4711"})
        refund.refresh_from_db()
        assert (refund.status, refund.provider_reference) == (outcome, "re_4711")
        assert reserved(refund.order) == held

    def test_nothing_else_ends_it(self, alice, silence):
        refund = lost(alice)
        with clock.as_if_at(clock.now() + timedelta(days=30)):
            assert pay_to_the_end(refund) == S.NEEDS_REVIEW


class TestWhatIsLate:
    def test_the_list_says_by_how_many_days_the_longest_first(self, browse, alice):
        today = clock.now().date()
        late, later = (refund_of(by=alice) for _ in range(2))
        Refund.objects.filter(pk=late.pk).update(expected_by=today - timedelta(days=1))
        Refund.objects.filter(pk=later.pk).update(expected_by=today - timedelta(days=12))
        text = listed(browse(alice), arrival="overdue")
        assert text.index("12 days") < text.index("1 day<")

    def test_on_its_day_it_is_not_late(self, browse, alice):
        refund = refund_of(by=alice)
        Refund.objects.update(expected_by=clock.now().date())
        assert refund.order_id not in listed(browse(alice), arrival="overdue")


class TestTheNavigation:
    def test_it_counts_what_waits_for_a_person(self, browse, alice, max_, silence):
        lost(alice)
        Refund.objects.update(expected_by="2020-01-01")
        paid_elsewhere("pay_ok_1", amount="3.00")
        items = self.items(max_)
        assert items["Needs review"]["badge"] == "1"
        assert items["Overdue"]["badge"] == "1"
        assert items["What differs"]["badge"] == ""
        run()
        assert self.items(max_)["What differs"]["badge"] == "1"
        text = browse(max_).get(reverse("admin:index")).content.decode()
        assert "?status__exact=needs_review" in text

    def test_in_the_stores_that_they_see(self, alice, max_, silence):
        lost(alice)
        team = factories.TeamFactory()
        team.stores.add(factories.StoreFactory())
        max_.team = team
        max_.save()
        assert self.items(max_)["Needs review"]["badge"] == ""

    def test_an_agent_is_not_shown_the_reconciliation(self, alice):
        assert "What differs" not in self.items(alice)

    def test_of_the_lists_of_refunds_the_one_that_is_looked_at_is_marked(self, alice):
        def marked(**filters):
            items = self.items(alice, **filters)
            return [title for title in ("Refunds", "Needs review", "Overdue") if items[title]["active"]]

        assert marked() == ["Refunds"]
        assert marked(status__exact="failed") == ["Refunds"]
        assert marked(status__exact="needs_review") == ["Needs review"]
        assert marked(arrival="overdue") == ["Overdue"]

    def items(self, employee, **filters) -> dict:
        request = RequestFactory().get(reverse("admin:refunds_refund_changelist"), filters)
        request.user = type(employee).objects.get(pk=employee.pk)
        return {item["title"]: item for section in navigation(request) for item in section["items"]}

"""A refund's page, and the lists that somebody works through: what it means, what comes next, what can be done."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actor import Actor
from common import clock
from common.display import isolated
from refunds.actions.confirm import confirm_refund
from refunds.actions.look_up import look_up_refund
from refunds.errors import RefundNotAwaiting
from refunds.models import Refund, RefundAttempt
from refunds.models import RefundStatus as S
from refunds.providers import sandbox
from refunds.providers.base import Outcome
from tests import factories
from tests.refunds.auditor import books, run
from tests.refunds.cashier import ask, calls_for, lost, paid, pay, refund_of, reserved
from tests.refunds.test_moves import standing_at
from tests.untouched import nothing_happens

MEANT = {"_form_submitted": "true", "note": "Found it."}


@pytest.fixture
def shown(browse):
    """``shown(refund, employee)``: the text of its page."""
    return lambda refund, employee: browse(employee).get(page(refund)).content.decode()


def page(refund: Refund, step: str = "change") -> str:
    return reverse(f"admin:refunds_refund_{step}", args=[refund.pk])


def listed(browser, **filters) -> str:
    return browser.get(reverse("admin:refunds_refund_changelist"), filters).content.decode()


class TestThePage:
    @pytest.mark.parametrize("status", S.values)
    def test_every_status_is_said_in_words_with_what_comes_next(self, shown, alice, max_, status):
        refund = standing_at(S(status), refund_of(by=alice))
        text = shown(refund, max_)
        assert "Where it stands" in text
        assert "<b>Next:</b>" in text

    def test_when_the_provider_was_asked_and_will_be(self, shown, alice, silence):
        at = clock.now().replace(hour=10, minute=2)
        with clock.as_if_at(at):
            refund = refund_of(by=alice)
            pay(refund)
            Refund.objects.update(next_attempt_at=at + timedelta(minutes=10))
            text = shown(refund, alice)
        assert "Asked the provider at 10:02, next look at 10:12." in text
        assert "Being confirmed" in text

    def test_the_tries_with_their_evidence_in_words(self, shown, alice):
        refund = refund_of("pay_decline", by=alice)
        pay(refund)
        text = shown(refund, alice)
        assert f"{refund.pk}-1" in text
        assert "The provider refused it" in text
        assert "<dt>Code</dt><dd>declined</dd>" in text
        assert "The provider declined the refund" in text
        assert "{&#x27;" not in text, "no raw JSON"

    def test_the_order_with_its_cap_and_its_other_refunds(self, shown, alice):
        order = factories.OrderFactory()
        first, second = (
            ask(factories.IssueFactory(order=order), amount, actor=Actor(employee=alice, via="api"))
            for amount in ("25", "50")
        )
        text = shown(first, alice)
        assert "75.00 of 100.00 USD promised or paid back, 25.00 USD left" in text
        assert '<meter min="0" max="100" value="75"' in text
        assert page(second) in text

    def test_who_moved_it_and_what_they_said(self, shown, alice, max_):
        refund = refund_of(by=alice, payment_method="cash")
        pay(refund)
        confirm_refund(refund.pk, S.SUCCEEDED, actor=Actor(employee=max_, via="admin"), note="Till 3.")
        text = shown(refund, alice)
        assert f"<b>{isolated(max_.name)}</b>" in text
        assert "Till 3." in text

    def test_a_finding_about_it(self, shown, alice, max_):
        refund = refund_of(by=alice)
        pay(refund)
        books("UPDATE payments SET amount = '61.00'")
        run()
        assert "Amount differs: ours 60.00 USD, succeeded; theirs 61.00 USD, succeeded" in shown(refund, max_)

    def test_nobody_can_write_by_it(self, browse, alice):
        refund = refund_of(by=alice)
        with nothing_happens():
            assert browse(alice).post(page(refund), {"status": S.SUCCEEDED}).status_code == 403

    def test_one_that_is_not_there(self, browse, alice):
        assert browse(alice).get(reverse("admin:refunds_refund_change", args=["no-id"])).status_code == 404

    def test_no_script_and_no_style_stands_in_it(self, shown, alice):
        text = shown(refund_of(by=alice), alice)
        content = text[text.index('class="desk refund-page"') :]
        part = content[: content.index("</ol>\n      </section>\n    </div>\n  </div>")]
        assert "<script" not in part
        assert "style=" not in part


class TestWhatCanBeDone:
    @pytest.mark.parametrize(
        ("status", "possible"),
        [
            (S.QUEUED, {"cancel"}),
            (S.AWAITING_APPROVAL, {"cancel"}),
            (S.PROCESSING, set()),
            (S.UNKNOWN, {"look_up"}),
            (S.PENDING, {"look_up"}),
            (S.NEEDS_REVIEW, {"look_up", "confirm"}),
            (S.SUCCEEDED, set()),
            (S.FAILED, {"retry", "credit_instead"}),
            (S.RETURNED, {"retry", "credit_instead"}),
            (S.CANCELLED, set()),
            (S.REJECTED, set()),
        ],
    )
    def test_a_manager_is_offered_what_the_refund_takes(self, shown, alice, max_, status, possible):
        refund = standing_at(status, refund_of(by=alice))
        RefundAttempt.objects.create(refund=refund, number=1, idempotency_key=f"{refund.pk}-1", calls=1)
        text = shown(refund, max_)
        names = ("look_up", "confirm", "retry", "credit_instead", "cancel", "revert_credit")
        assert {name for name in names if f'id="deed-{name}"' in text} == possible
        assert text.count('class="not-now"') == 6 - len(possible)

    def test_an_agent_hears_who_could(self, shown, alice, sofia, silence):
        text = shown(lost(alice), sofia)
        assert "Your role may not. Who may: Administrator, Manager." in text

    def test_who_asked_for_it_hears_that_another_person_must(self, shown, max_, silence):
        assert "You asked for it, so another person must: Administrator, Manager." in shown(lost(max_), max_)

    def test_what_is_offered_is_taken_and_what_is_not_is_refused(self, browse, alice, max_):
        refund = refund_of(by=alice)
        pay(refund)
        browser = browse(max_)
        for name in ("look_up", "confirm", "retry", "credit_instead", "cancel", "revert_credit"):
            with nothing_happens():
                assert browser.post(page(refund, name), MEANT).status_code == 403


class TestLookingItUp:
    def test_it_is_asked_again_at_once_and_the_answer_counts(self, browse, alice, silence, monkeypatch):
        refund = lost(alice)
        monkeypatch.undo()
        browse(alice).post(page(refund, "look_up"), MEANT)
        assert Refund.objects.get().next_attempt_at <= clock.now()
        sent = calls_for(refund)
        assert pay(refund) == S.NEEDS_REVIEW, "it is not known there, which a person must judge"
        assert calls_for(refund) == sent, "it was looked up and not sent"
        assert Refund.objects.get().next_attempt_at is None

    def test_a_payment_that_is_found_settles_it(self, alice, max_, as_):
        refund = refund_of("pay_timeout", by=alice)
        pay(refund)
        Refund.objects.update(status=S.NEEDS_REVIEW, next_attempt_at=None)
        look_up_refund(refund.pk, actor=as_(alice))
        assert pay(refund) == S.SUCCEEDED
        assert paid(refund) == [60]

    def test_an_answer_that_is_lost_again_leaves_it_to_the_person(self, alice, as_, silence):
        refund = lost(alice)
        look_up_refund(refund.pk, actor=as_(alice))
        assert pay(refund) == S.NEEDS_REVIEW
        evidence = refund.attempts.get().evidence
        assert evidence["vain_looks"] == 9
        assert (Refund.objects.get().next_attempt_at, reserved(refund.order)) == (None, 60)

    def test_while_it_is_being_asked_the_lease_is_left_alone(self, alice, as_, silence):
        refund = lost(alice)
        held = clock.now() + timedelta(seconds=20)
        Refund.objects.update(leased_until=held)
        look_up_refund(refund.pk, actor=as_(alice))
        assert Refund.objects.get().leased_until == held

    @pytest.mark.parametrize("status", [S.QUEUED, S.PROCESSING, S.SUCCEEDED, S.FAILED, S.CANCELLED])
    def test_where_no_answer_is_open_it_is_refused(self, alice, as_, status):
        refund = standing_at(status, refund_of(by=alice))
        with nothing_happens(), pytest.raises(RefundNotAwaiting):
            look_up_refund(refund.pk, actor=as_(alice))

    def test_a_payout_is_asked_of_nobody(self, alice, as_):
        refund = refund_of(by=alice, payment_method="cash")
        pay(refund)
        with nothing_happens(), pytest.raises(RefundNotAwaiting):
            look_up_refund(refund.pk, actor=as_(alice))


class TestTheFindings:
    @pytest.fixture
    def finding(self, alice):
        refund = refund_of(by=alice)
        pay(refund)
        sandbox.tell(refund.pk, Outcome.RETURNED)
        run()
        return refund.findings.get()

    def page(self, finding, step="change"):
        return reverse(f"admin:refunds_finding_{step}", args=[finding.pk])

    def test_a_manager_sees_what_it_means(self, browse, finding, max_):
        text = browse(max_).get(self.page(finding)).content.decode()
        assert "says something else of this refund" in text
        assert page(finding.refund) in text
        assert finding.order_id in browse(max_).get(
            reverse("admin:refunds_finding_changelist"), {"state": "unexplained"}
        ).content.decode()  # fmt: skip

    def test_a_manager_says_that_they_looked_into_it(self, browse, finding, max_):
        answer = browse(max_).post(self.page(finding, "look_into"), {**MEANT, "note": "Known."})
        assert answer["Location"] == self.page(finding)
        finding.refresh_from_db()
        assert (finding.note, finding.looked_into_by) == ("Known.", max_)

    def test_an_agent_sees_none(self, browse, finding, alice):
        assert browse(alice).get(self.page(finding)).status_code == 403
        with nothing_happens():
            assert browse(alice).post(self.page(finding, "look_into"), MEANT).status_code == 403

    def test_the_runs_are_a_list(self, browse, finding, max_):
        text = browse(max_).get(reverse("admin:refunds_reconciliation_changelist")).content.decode()
        assert "Differs" in text
        opened = browse(max_).get(reverse("admin:refunds_reconciliation_change", args=[finding.seen_in_id]))
        assert opened.status_code == 200

"""Where a customer's mail goes, and what an issue does about it."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core import mail as sent_mail
from PIL import Image

from accounts.actor import Actor
from common import clock
from common.errors import NotFound, ValidationFailed
from events.deliver import deliver_due
from events.models import Delivery
from events.threads import message_id_of, reply_address
from issues.actions import place_mail
from issues.actions.add_communication import add_communication
from issues.actions.keep_mail import keep_mail
from issues.actions.merge import merge_issue, undo_merge
from issues.actions.place_mail import ASKS_AGAIN, place_due_mail
from issues.actions.place_mail_by_hand import place_by_hand
from issues.actions.update import update_issue
from issues.mail.keeping import forget_old
from issues.models import Approval, Communication, InboundMail, SlaPolicy
from orders.actions.erase_customer import erase_customer
from tests.factories import EmployeeFactory, IssueFactory, StoreFactory, TeamFactory
from tests.mail.conftest import ACTOR
from tests.mail.letters import QUOTED, letter
from tests.untouched import nothing_happens

Outcome = InboundMail.Outcome


def resolve(issue, by):
    for status in ("investigating", "in_progress", "resolved"):
        update_issue(issue.order_id, issue.pk, {"status": status, "notes": "x"}, actor=by)


def test_an_answer_to_the_signed_address_becomes_a_word_of_the_customer(arrive, issue):
    kept = arrive(text="It still leaks." + QUOTED, to=reply_address(issue.pk))
    said = issue.communications.get()
    assert (said.body, said.channel, said.direction, said.via) == ("It still leaks.", "email", "inbound", "system")
    assert (kept.outcome, kept.issue, kept.communication) == (Outcome.PLACED, issue, said)
    assert bytes(kept.raw) == b"", "the words stand in the communication"


def test_it_may_come_from_another_address_of_theirs(arrive, issue):
    assert arrive(sender="kim@work.example", to=reply_address(issue.pk)).outcome == Outcome.PLACED


def test_an_answer_that_refers_to_our_mail_is_known_by_it(arrive, issue, alice, as_):
    resolve(issue, as_(alice))
    deliver_due()
    ours = Delivery.objects.get(kind="customer_resolved")
    assert arrive(In_Reply_To=message_id_of(ours.pk)).issue == issue


def test_a_reference_proves_nothing_from_anothers_address(arrive, issue, alice, as_):
    resolve(issue, as_(alice))
    deliver_due()
    ours = Delivery.objects.get(kind="customer_resolved")
    kept = arrive(sender="mallory@evil.example", References=message_id_of(ours.pk))
    assert kept.outcome == Outcome.UNPLACED
    assert not Communication.objects.exists()


def test_an_answer_to_a_merged_duplicate_goes_to_the_issue_that_goes_on(arrive, issue, alice, as_):
    survivor = IssueFactory(order=issue.order)
    merge_issue(issue.order_id, issue.pk, survivor.number, actor=as_(alice))
    kept = arrive(text="And the lid.", to=reply_address(issue.pk))
    issue.refresh_from_db()
    assert (kept.outcome, kept.issue, issue.status) == (Outcome.PLACED, survivor, "resolved")
    assert [said.body for said in survivor.communications.all()] == ["And the lid."]
    undo_merge(issue.order_id, issue.pk, actor=as_(alice))
    assert arrive(text="And the cord.", to=reply_address(issue.pk)).issue == issue


def test_our_mail_asks_for_answers_at_the_signed_address_and_says_it_is_automatic(issue, alice, as_):
    resolve(issue, as_(alice))
    deliver_due()
    (ours,) = [each for each in sent_mail.outbox if each.to == ["kim@shop.example"]]
    assert ours.reply_to == [reply_address(issue.pk)]
    assert ours.extra_headers["Auto-Submitted"] == "auto-generated"


class TestTheIssue:
    def test_goes_back_to_work_when_it_was_resolved(self, arrive, issue, alice, as_):
        resolve(issue, as_(alice))
        arrive(to=reply_address(issue.pk))
        issue.refresh_from_db()
        assert issue.status == "in_progress"
        assert issue.resolved_at is None

    def test_then_has_the_customer_wait_for_an_answer(self, arrive, issue, alice, as_):
        SlaPolicy.objects.bulk_create([SlaPolicy(name="mine", next_response=30)])
        word = {"channel": "phone", "direction": "outbound", "body": "We look into it."}
        add_communication(issue.order_id, issue.pk, word, actor=as_(alice))
        resolve(issue, as_(alice))
        kept = arrive(to=reply_address(issue.pk))
        issue.refresh_from_db()
        assert issue.due_at == kept.received_at + timedelta(minutes=30)

    def test_that_is_closed_is_asked_to_be_opened_again(self, arrive, max_, alice, customer, issue, as_):
        resolve(issue, as_(max_))
        update_issue(issue.order_id, issue.pk, {"status": "closed", "notes": "x"}, actor=as_(max_))
        arrive(text="It leaks again.", to=reply_address(issue.pk))
        issue.refresh_from_db()
        approval = Approval.objects.get()
        assert (issue.status, approval.kind, approval.status) == ("closed", "reopen", "pending")
        assert (approval.requested_by, approval.asker) == (None, "The customer")
        assert issue.communications.get().body == "It leaks again."
        assert (approval.note, "It leaks again." in approval.note) == (ASKS_AGAIN, False), "where it can be erased"

    def test_that_is_worked_on_stays_as_it_is(self, arrive, issue):
        arrive(to=reply_address(issue.pk))
        issue.refresh_from_db()
        assert (issue.status, issue.version) == ("open", 1)

    def test_its_assignee_hears_of_it_once(self, arrive, issue, alice, as_):
        update_issue(issue.order_id, issue.pk, {"assigned_to": alice}, actor=as_(alice))
        arrive(to=reply_address(issue.pk))
        deliver_due()
        deliver_due()
        told = Delivery.objects.filter(kind="customer_answered", channel="email")
        assert [each.address for each in told] == [alice.email]


class TestOnce:
    def test_the_same_mail_counts_once(self, issue):
        raw = bytes(letter(to=reply_address(issue.pk)))
        assert [keep_mail(raw, actor=ACTOR)[1] for _ in range(3)] == [True, False, False]
        for _ in range(3):
            place_due_mail(actor=ACTOR)
        assert issue.communications.count() == 1

    def test_a_worker_that_dies_in_the_middle_leaves_nothing_half_done(self, issue, alice, as_, monkeypatch):
        resolve(issue, as_(alice))
        keep_mail(bytes(letter(to=reply_address(issue.pk))), actor=ACTOR)
        with monkeypatch.context() as patch:
            patch.setattr(place_mail, "update_issue", broken)
            place_due_mail(actor=ACTOR)
        assert not issue.communications.exists()
        with clock.as_if_at(clock.now() + timedelta(minutes=1)):
            place_due_mail(actor=ACTOR)
        issue.refresh_from_db()
        assert (issue.communications.count(), issue.status) == (1, "in_progress")

    def test_a_worker_whose_lease_ran_out_writes_nothing(self, issue, monkeypatch):
        keep_mail(bytes(letter(to=reply_address(issue.pk))), actor=ACTOR)
        monkeypatch.setattr(place_mail, "end", lambda *args, **kwargs: False)
        place_due_mail(actor=ACTOR)
        assert not issue.communications.exists()


def broken(*args, **kwargs):
    raise RuntimeError("the worker dies")


class TestLoops:
    @pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "list"}], ids=str)
    def test_what_a_machine_wrote_is_ignored_and_says_why(self, arrive, issue, headers):
        kept = arrive(to=reply_address(issue.pk), **headers)
        assert kept.outcome == Outcome.IGNORED
        assert kept.because
        assert not Communication.objects.exists()

    def test_our_own_mail_is_ignored(self, arrive, issue):
        assert arrive(sender="support@desk.example", to=reply_address(issue.pk)).outcome == Outcome.IGNORED

    def test_two_machines_that_talk_are_stopped(self, arrive, issue, settings):
        settings.INBOUND_MAILS_PER_HOUR = 3
        outcomes = [arrive(to=reply_address(issue.pk)).outcome for _ in range(5)]
        assert outcomes == [Outcome.PLACED] * 3 + [Outcome.UNPLACED] * 2
        assert issue.communications.count() == 3


class TestByHand:
    @pytest.fixture
    def lost(self, arrive):
        return arrive(text="Which issue was it?")

    def test_a_person_puts_it_into_its_issue(self, lost, issue, alice, as_):
        assert lost.outcome == Outcome.UNPLACED
        placed = place_by_hand(lost.pk, issue.number.lower(), actor=as_(alice))
        said = issue.communications.get()
        assert (said.body, said.author) == ("Which issue was it?", alice)
        assert (placed.outcome, placed.issue) == (Outcome.PLACED, issue)

    def test_once(self, lost, issue, alice, as_):
        place_by_hand(lost.pk, issue.number, actor=as_(alice))
        with nothing_happens(), pytest.raises(ValidationFailed):
            place_by_hand(lost.pk, issue.number, actor=as_(alice))

    def test_into_no_issue_that_there_is_not(self, lost, alice, as_):
        with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
            place_by_hand(lost.pk, "ISS-1999-000001", actor=as_(alice))
        assert list(refusal.value.errors) == ["number"]

    def test_not_by_somebody_who_sees_one_store(self, lost, issue, as_):
        team = TeamFactory()
        team.stores.add(StoreFactory())
        with nothing_happens(), pytest.raises(NotFound):
            place_by_hand(lost.pk, issue.number, actor=as_(EmployeeFactory(team=team)))


def test_a_mail_that_is_too_large_is_refused(db, monkeypatch):
    monkeypatch.setattr("issues.actions.keep_mail.MOST_BYTES", 100)
    with pytest.raises(ValidationFailed):
        keep_mail(bytes(letter("x" * 200)), actor=ACTOR)
    assert not InboundMail.objects.exists()


def test_an_erased_customers_mail_goes_with_them(arrive, issue, customer, ada, as_):
    arrive(to=reply_address(issue.pk))
    erase_customer(customer.pk, actor=as_(ada))
    deliver_due()
    assert not InboundMail.objects.exists()


def test_old_mail_is_forgotten_and_what_it_said_is_not(arrive, issue, settings):
    arrive(to=reply_address(issue.pk))
    arrive(text="To nobody.")
    assert forget_old() == 0
    with clock.as_if_at(clock.now() + timedelta(days=settings.INBOUND_KEEP_DAYS + 1)):
        assert forget_old() == 2
    assert issue.communications.count() == 1


def test_the_system_answers_for_nobody(arrive):
    other = IssueFactory()
    arrive(to=reply_address(other.pk))
    assert other.communications.get().author is None
    assert Actor.system("x").employee is None


class TestItsFiles:
    @pytest.fixture
    def picture(self):
        out = BytesIO()
        Image.new("RGB", (8, 8), "red").save(out, "PNG")
        return out.getvalue()

    def with_files(self, issue, *files):
        message = letter(to=reply_address(issue.pk))
        for name, content in files:
            message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        return message

    def test_stand_on_the_issue(self, arrive, issue, picture):
        arrive(self.with_files(issue, ("leak.png", picture)))
        file = issue.files.get()
        assert (file.name, file.media_type, file.author) == ("leak.png", "image/png", None)
        assert issue.communications.get().body == "It still leaks."

    def test_that_are_not_what_they_say_are_left_out_and_told(self, arrive, issue, picture):
        arrive(self.with_files(issue, ("leak.png", b"MZ\x90 a program"), ("good.png", picture)))
        assert [file.name for file in issue.files.all()] == ["good.png"]
        body = issue.communications.get().body
        assert body.startswith("It still leaks.")
        assert "leak.png" in body

    def test_beyond_what_an_issue_takes_are_told(self, arrive, issue, picture, settings):
        settings.UPLOADS_PER_ISSUE = 1
        arrive(self.with_files(issue, ("one.png", picture), ("two.png", picture)))
        assert issue.files.count() == 1
        assert "two.png" in issue.communications.get().body

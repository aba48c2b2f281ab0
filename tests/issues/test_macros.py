"""Macros: texts with a few names in them, shared as their writers may, and used through the actions of any door."""

import re
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from common.as_seen import fingerprint
from common.audit import broken_links
from common.errors import NotFound, PermissionDenied, ValidationFailed
from events.models import Event
from issues.actions.move_to_team import move_to_team
from issues.actions.use_macro import use_macro
from issues.actions.write_macro import write_macro
from issues.errors import IssueClosed, StaleIssue
from issues.models import Issue, Macro
from issues.placeholders import PLACEHOLDERS, filled_in, unknown_in
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, OrderItemFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens

PLAIN = {
    "name": "Sorry", "use": "note", "text": "Sorry, {{ customer_name }}.", "status": "", "priority": "", "team": None,
    "sharing": "own", "shared_with": None, "is_retired": False,
}  # fmt: skip


@pytest.fixture
def write(as_, alice):
    """``write(name=…, by=sofia)``: a macro, by Alice unless it is said."""
    return lambda by=alice, macro_id=None, **given: write_macro(PLAIN | given, actor=as_(by), macro_id=macro_id)


class TestThePlaceholders:
    def test_each_has_its_value(self, alice, as_):
        order = OrderFactory(customer__name="Ann", total_amount=Decimal("1234.00"))
        issue = IssueFactory(order=order, order_item=OrderItemFactory(order=order))
        said = {name: filled_in(f"{{{{{name}}}}}", issue, actor=as_(alice)) for name in PLACEHOLDERS}
        assert said == {
            "issue_number": issue.number,
            "order_id": order.pk,
            "customer_name": "Ann",
            "item": "Kettle",
            "amount": "1,234.00 USD",
            "refundable_amount": "1,234.00 USD",
            "store": order.store.name,
            "agent_name": alice.name,
        }

    @pytest.mark.parametrize("name", ["{{ order_id }}", "{{amount}}", "{% debug %}", "{0.__class__}", "%(x)s", "<b>"])
    def test_a_value_is_put_in_once_and_nothing_in_it_is_looked_at(self, alice, as_, name):
        issue = IssueFactory(order=OrderFactory(customer__name=name))
        assert filled_in("To {{customer_name}}.", issue, actor=as_(alice)) == f"To {name}."

    def test_a_name_that_has_no_value_here_stays_to_be_seen(self, issue, alice, as_):
        assert filled_in("About {{item}}", issue, actor=as_(alice)) == "About {{item}}"

    @pytest.mark.parametrize(
        ("text", "unknown"),
        [
            ("Fine {{order_id}} {{ item }}", []),
            ("{{ custmer_name }} {{secret}}", ["{{ custmer_name }}", "{{secret}}"]),
            ("{{ order_id.__class__ }}", ["{{", "}}"]),
            ("{{ }}", ["{{ }}"]),
            ("{{ order_id", ["{{"]),
            ("{one} {%two%}", []),
        ],
    )
    def test_what_is_none_is_named(self, text, unknown):
        assert unknown_in(text) == unknown


class TestWriting:
    def test_an_unknown_placeholder_is_refused_by_its_name(self, write):
        with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
            write(text="Dear {{ custmer_name }}")
        assert "{{ custmer_name }}" in refusal.value.errors["text"][0]
        assert not Macro.objects.exists()

    def test_an_agent_writes_their_own_and_shares_none(self, write):
        own = write()
        for given in ({"sharing": "all"}, {"sharing": "all", "macro_id": own.pk}):
            with pytest.raises(PermissionDenied) as refusal:
                write(**given)
            assert refusal.value.facts["required_permission"] == "issues.share_macro"
        assert Macro.objects.get().sharing == "own"

    def test_nobody_alters_what_others_share_without_the_permission(self, write, sofia):
        shared = write(by=sofia, sharing="all")
        with pytest.raises(PermissionDenied):
            write(macro_id=shared.pk, sharing="own")
        assert Macro.objects.get().text == PLAIN["text"]

    def test_anothers_own_macro_is_not_there(self, write, max_):
        own = write()
        with pytest.raises(NotFound):
            write(by=max_, macro_id=own.pk)

    def test_each_change_stands_in_the_audit(self, write, sofia):
        macro = write(by=sofia, sharing="all")
        write(by=sofia, macro_id=macro.pk, sharing="all", is_retired=True)
        macro.refresh_from_db()
        assert (macro.version, macro.history.count(), list(broken_links(macro))) == (2, 2, [])

    def test_each_sees_their_own_their_teams_and_everybodys(self, write, sofia, alice):
        alice.team, theirs = TeamFactory(), TeamFactory()
        write(name="own")
        write(by=sofia, name="hers")
        write(by=sofia, name="team", sharing="team", shared_with=alice.team)
        write(by=sofia, name="other team", sharing="team", shared_with=theirs)
        write(by=sofia, name="all", sharing="all")
        write(by=sofia, name="retired", sharing="all", is_retired=True)
        assert {macro.name for macro in Macro.objects.seen_by(alice).in_use()} == {"own", "team", "all"}
        alone = EmployeeFactory()
        assert {macro.name for macro in Macro.objects.seen_by(alone).in_use()} == {"all"}

    def test_a_team_is_named_for_what_is_shared_with_one(self, write, sofia):
        with pytest.raises(ValidationFailed):
            write(by=sofia, sharing="team")


class TestMovingToATeam:
    def test_the_assignee_stays_only_as_a_member(self, alice, sofia, as_):
        team = TeamFactory()
        sofia.team = team
        sofia.save()
        for employee, kept in ((alice, None), (sofia, sofia)):
            issue = IssueFactory(assigned_to=employee)
            moved = move_to_team(issue.order_id, issue.pk, team, actor=as_(alice))
            assert (moved.assigned_team, moved.assigned_to, moved.version) == (team, kept, 2)
            assert not list(broken_links(Issue.objects.get(pk=issue.pk)))
        event = Event.objects.filter(name="issue.updated").last()
        assert event.data == {"fields": ["assigned_team"], "version": 2}

    def test_to_its_own_team_is_no_change(self, alice, as_):
        issue = IssueFactory(assigned_team=TeamFactory(), status="closed")
        with nothing_happens():
            move_to_team(issue.order_id, issue.pk, issue.assigned_team, actor=as_(alice))

    def test_a_closed_issue_an_escalated_one_and_a_team_of_another_store_are_refused(self, issue, alice, as_):
        elsewhere = TeamFactory()
        elsewhere.stores.add(StoreFactory())
        for each, team, error in (
            (IssueFactory(status="closed"), TeamFactory(), IssueClosed),
            (IssueFactory(status="escalated"), TeamFactory(), PermissionDenied),
            (issue, elsewhere, ValidationFailed),
        ):
            with nothing_happens(), pytest.raises(error):
                move_to_team(each.order_id, each.pk, team, actor=as_(alice))


class TestUsing:
    FILLED = {"use": "communication", "body": "We look into it.", "channel": "email", "status": "investigating"}

    def test_all_that_goes_with_it_is_done(self, issue, alice, as_):
        team = TeamFactory()
        use_macro(issue.order_id, issue.pk, self.FILLED | {"team": team}, actor=as_(alice), expected_version=1)
        issue = Issue.objects.get(pk=issue.pk)
        assert (issue.status, issue.assigned_team, issue.version) == ("investigating", team, 3)
        assert [(word.body, word.direction) for word in issue.communications.all()] == [
            ("We look into it.", "outbound")
        ]

    def test_where_a_part_is_refused_nothing_is_done(self, issue, alice, as_):
        elsewhere = TeamFactory()
        elsewhere.stores.add(StoreFactory())
        with nothing_happens(), pytest.raises(ValidationFailed):
            use_macro(issue.order_id, issue.pk, self.FILLED | {"team": elsewhere}, actor=as_(alice))

    @pytest.mark.parametrize("use", ["note", "communication"])
    def test_a_placeholder_that_is_left_is_not_said_to_anybody(self, issue, alice, as_, use):
        filled = self.FILLED | {"use": use, "body": "About your {{ item }}."}
        with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
            use_macro(issue.order_id, issue.pk, filled, actor=as_(alice))
        assert "{{ item }}" in refusal.value.errors["body"][0]

    @pytest.mark.parametrize("says", ["a note and a step", "a word and a team"])
    def test_what_changed_meanwhile_is_not_written_over(self, issue, alice, as_, says):
        word = {"use": "communication", "body": "Hello.", "channel": "email", "status": "", "priority": ""}
        filled = self.FILLED if says == "a note and a step" else word | {"team": TeamFactory()}
        with nothing_happens(), pytest.raises(StaleIssue):
            use_macro(issue.order_id, issue.pk, filled, actor=as_(alice), expected_version=9)


@pytest.mark.parametrize("page", ["web:issue", "admin:issues_issue_change"])
class TestOnTheIssuesPage:
    def address(self, page: str, issue: Issue, form: str) -> str:
        return reverse(f"web:{form}" if page.startswith("web") else f"admin:issues_issue_{form}", args=[issue.pk])

    def test_it_is_read_filled_in_before_it_is_sent(self, page, write, issue, alice):
        macro = write(status="investigating", text="Looking into {{order_id}}.")
        browser = signed_in(alice)
        with nothing_happens():
            shown = browser.get(reverse(page, args=[issue.pk]), {"macro": macro.pk}).content.decode()
        assert f"Looking into {issue.order_id}." in shown
        assert re.search(r'<option value="investigating" selected', shown)
        sent = {"form_id": uuid.uuid4(), "version": 1, "use": "note", "body": "Mine.", "status": "investigating"}
        answer = browser.post(self.address(page, issue, "macro"), sent)
        assert answer.status_code == 302
        assert (Issue.objects.get(pk=issue.pk).status, issue.notes.get().body) == ("investigating", "Mine.")

    def test_a_step_that_there_is_not_is_not_filled_in(self, page, write, issue, alice):
        macro = write(status="closed")
        shown = signed_in(alice).get(reverse(page, args=[issue.pk]), {"macro": macro.pk}).content.decode()
        form = shown[shown.index('class="filled') :]
        assert '<option value="closed"' not in form[: form.index("</form>")]

    def test_another_employees_macro_is_not_filled_in(self, page, write, issue, sofia):
        macro = write(text="Private words")
        for chosen in (macro.pk, uuid.uuid4(), "no-id"):
            shown = signed_in(sofia).get(reverse(page, args=[issue.pk]), {"macro": chosen})
            assert shown.status_code == 200
            assert "Private words" not in shown.content.decode()

    def test_a_word_to_the_customer_has_a_channel(self, page, issue, alice):
        sent = {"form_id": uuid.uuid4(), "version": 1, "use": "communication", "body": "Hello.", "channel": ""}
        with nothing_happens():
            assert signed_in(alice).post(self.address(page, issue, "macro"), sent).status_code == 422

    def test_what_is_refused_keeps_what_was_typed(self, page, issue, alice):
        sent = {"form_id": uuid.uuid4(), "version": 1, "use": "note", "body": "Kept words " + "x" * 2000}
        with nothing_happens():
            answer = signed_in(alice).post(self.address(page, issue, "macro"), sent)
        assert answer.status_code == 422
        assert "Kept words" in answer.content.decode()

    def test_on_an_issue_that_was_changed_meanwhile_it_is_said_after_a_second_look(self, page, issue, alice, update):
        update(notes="Meanwhile.")
        browser, address = signed_in(alice), self.address(page, issue, "macro")
        sent = {"form_id": uuid.uuid4(), "version": 1, "use": "note", "body": "Mine."}
        with nothing_happens():
            form = browser.post(address, sent).context["macro_form"]
        assert form.error_code == "STALE_ISSUE"
        assert browser.post(address, sent | {"version": form["version"].value()}).status_code == 302
        assert issue.notes.filter(body="Mine.").count() == 1


class TestTheAdmin:
    SENT = {"name": "Hello", "use": "note", "text": "Hello {{customer_name}}", "sharing": "own"}

    def test_an_agent_writes_their_own_and_sees_no_other_choice(self, alice):
        browser, address = signed_in(alice), reverse("admin:issues_macro_add")
        assert browser.post(address, self.SENT | {"sharing": "all"}).status_code == 200
        assert not Macro.objects.exists()
        assert browser.post(address, self.SENT).status_code == 302
        macro = Macro.objects.get()
        assert (macro.owner, macro.history.get().via) == (alice, "admin")

    def test_an_unknown_placeholder_is_told_at_its_field(self, alice):
        answer = signed_in(alice).post(reverse("admin:issues_macro_add"), self.SENT | {"text": "{{nobody}}"})
        assert "There is no {{nobody}}" in answer.content.decode()
        assert not Macro.objects.exists()

    def test_a_shared_one_is_changed_by_those_who_share(self, write, sofia, alice):
        macro = write(by=sofia, sharing="all")
        address = reverse("admin:issues_macro_change", args=[macro.pk])
        changed = self.SENT | {"sharing": "all", "text": "Changed", "seen": fingerprint(macro)}
        signed_in(alice).post(address, changed)
        assert Macro.objects.get().text == PLAIN["text"]
        assert signed_in(sofia).post(address, changed).status_code == 302
        assert (Macro.objects.get().text, Macro.objects.get().version) == ("Changed", 2)
        late = signed_in(sofia).post(address, changed | {"text": "Of a page that is no longer true"})
        assert "Somebody else saved this" in late.content.decode()
        assert Macro.objects.get().text == "Changed"

    def test_lists_and_history_show_what_one_sees(self, write, max_, alice):
        macro = write(name="Private one")
        list_, history = (
            reverse("admin:issues_macro_changelist"),
            reverse("admin:issues_macro_history", args=[macro.pk]),
        )
        assert "Private one" in signed_in(alice).get(list_).content.decode()
        assert signed_in(alice).get(history).status_code == 200
        assert "Private one" not in signed_in(max_).get(list_).content.decode()
        assert signed_in(max_).get(history).status_code in (302, 404)

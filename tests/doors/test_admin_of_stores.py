"""The admin for an administrator whose team works for one store: the others are not there, and "every" is read-only."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.roles import ADMINISTRATOR
from issues.models import BusinessHours, CustomerText, RoutingRule, SlaPolicy, Team
from tests.doors.doors import signed_in
from tests.doors.forms import opened
from tests.factories import AuditedFactory, EmployeeFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens

MODELS = [RoutingRule, CustomerText, SlaPolicy, BusinessHours]
CHANGES = {
    RoutingRule: {"position": 7},
    CustomerText: {"subject": "Guten Tag"},
    SlaPolicy: {"position": 7},
    BusinessHours: {"time_zone": "Asia/Kuwait"},
}


@pytest.fixture
def hers(db):
    return StoreFactory(id="hers", name="Lisbon")


@pytest.fixture
def theirs(db):
    return StoreFactory(id="theirs", name="Porto")


@pytest.fixture
def ida(hers):
    """She may do everything, and her team works for one store."""
    team = TeamFactory(name="Lisbon team")
    team.stores.add(hers)
    return EmployeeFactory(role=ADMINISTRATOR, team=team)


@pytest.fixture
def row_of(db):
    """``row_of(model, store)``; without a store it is of every store."""

    def row_of(model, store):
        fields = {
            RoutingRule: lambda: {"team": TeamFactory()},
            CustomerText: lambda: {"kind": "customer_resolved", "subject": "Hallo", "body": "Es ist gut."},
            SlaPolicy: lambda: {"name": "Mine", "resolution": 60},
            BusinessHours: lambda: {"time_zone": "Europe/Lisbon"},
        }[model]()
        if model in (SlaPolicy, BusinessHours):
            made_by = type("Factory", (AuditedFactory,), {"Meta": type("Meta", (), {"model": model})})
            return made_by(store=store, **fields)
        return model.objects.create(store=store, **fields)

    return row_of


def address(model, page, *args) -> str:
    return reverse(f"admin:issues_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS)
class TestWhatIsOfAStore:
    def test_the_list_has_hers_and_what_is_of_every_store(self, ida, row_of, hers, theirs, model):
        rows = [row_of(model, store) for store in (hers, None, theirs)]
        answer = signed_in(ida).get(address(model, "changelist"))
        assert set(answer.context["cl"].result_list) == set(rows[:2])
        assert "Porto" not in answer.content.decode()

    def test_another_stores_is_not_found_and_not_written(self, ida, ada, row_of, theirs, model):
        row = row_of(model, theirs)
        page = address(model, "change", row.pk)
        sent = opened(signed_in(ada), page) | CHANGES[model]
        with nothing_happens():
            answers = [signed_in(ida).get(page), signed_in(ida).post(page, sent)]
            answers.append(signed_in(ida).get(address(model, "history", row.pk)))
        assert {answer.status_code for answer in answers} <= {302, 404}
        assert row_unchanged(row)

    def test_what_is_of_every_store_is_only_looked_at(self, ida, ada, row_of, model):
        row = row_of(model, None)
        page = address(model, "change", row.pk)
        sent = opened(signed_in(ada), page) | CHANGES[model]
        shown = signed_in(ida).get(page)
        assert (shown.status_code, 'name="_save"' in shown.content.decode()) == (200, False)
        with nothing_happens():
            assert signed_in(ida).post(page, sent).status_code == 403
            assert signed_in(ida).post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403

    def test_hers_she_changes(self, ida, row_of, hers, model):
        row = row_of(model, hers)
        browser, page = signed_in(ida), address(model, "change", row.pk)
        assert browser.post(page, opened(browser, page) | CHANGES[model]).status_code == 302
        assert model.objects.filter(pk=row.pk, **CHANGES[model]).exists()

    @pytest.mark.parametrize("store", ["", "theirs"])
    def test_hers_is_not_made_another_stores_or_everybodys(self, ida, row_of, hers, theirs, model, store):
        browser, page = signed_in(ida), address(model, "change", row_of(model, hers).pk)
        sent = opened(browser, page) | {"store": store}
        with nothing_happens():
            answer = browser.post(page, sent)
        assert "store" in answer.context["adminform"].form.errors
        assert "Porto" not in answer.content.decode()

    @pytest.mark.parametrize("store", ["", "theirs"])
    def test_she_adds_none_for_another_or_for_every_store(self, ida, row_of, hers, theirs, model, store):
        browser = signed_in(ida)
        sent = opened(browser, address(model, "change", row_of(model, hers).pk)) | {"store": store}
        with nothing_happens():
            answer = browser.post(address(model, "add"), sent)
        assert list(answer.context["adminform"].form.errors) == ["store"]
        assert "Porto" not in answer.content.decode()


def row_unchanged(row) -> bool:
    return not type(row).objects.filter(pk=row.pk, **CHANGES[type(row)]).exists()


class TestTeams:
    @pytest.fixture
    def both(self, hers, theirs):
        team = TeamFactory(name="Both")
        team.stores.add(hers, theirs)
        return team

    @pytest.fixture
    def browser(self, ida):
        return signed_in(ida)

    @pytest.mark.parametrize("role", ["Agent", "Senior agent", "Manager", ADMINISTRATOR])
    def test_nobody_is_shown_the_names_of_stores_that_they_do_not_see(self, ida, both, theirs, role):
        others = TeamFactory()
        others.stores.add(theirs)
        browser = signed_in(EmployeeFactory(role=role, team=ida.team))
        pages = [browser.get(address(Team, "change", each.pk)) for each in (both, others, TeamFactory())]
        pages.append(browser.get(address(Team, "changelist")))
        shown = [page.content.decode() for page in pages]
        assert [page.status_code for page in pages] == [200] * 4
        assert not [page for page in shown if "Porto" in page]
        assert "Lisbon" in shown[0]
        assert "none of your stores" in shown[1]
        assert "every store" in shown[2]

    def test_who_sees_every_store_is_shown_all_names(self, ada, alice, both):
        assert "Lisbon, Porto" in signed_in(alice).get(address(Team, "change", both.pk)).content.decode()
        for page in (address(Team, "changelist"), address(Team, "change", both.pk)):
            assert "Porto" in signed_in(ada).get(page).content.decode()

    def test_the_stores_that_she_does_not_see_stay_with_the_team(self, browser, ida, both):
        page = address(Team, "change", both.pk)
        sent = opened(browser, page)
        assert sent["stores"] == ["hers"]
        assert browser.post(page, sent | {"name": "Renamed"}).status_code == 302
        assert stores_of(both) == {"hers", "theirs"}
        assert browser.post(page, opened(browser, page) | {"stores": []}).status_code == 302
        assert stores_of(both) == {"theirs"}
        said = LogEntry.objects.filter(user=ida).order_by("pk").values_list("change_message", flat=True)
        assert list(said) == ["name: Both → Renamed", "stores: - Lisbon"]

    def test_she_gives_no_team_every_store_or_another_one(self, browser, ida, theirs):
        page = address(Team, "change", ida.team_id)
        for stores in ([], ["theirs"], ["hers", "theirs"]):
            sent = opened(browser, page) | {"stores": stores}
            with nothing_happens():
                assert "stores" in browser.post(page, sent).context["adminform"].form.errors
        with nothing_happens():
            assert "stores" in browser.post(address(Team, "add"), {"name": "New"}).context["adminform"].form.errors
        assert browser.post(address(Team, "add"), {"name": "New", "stores": ["hers"]}).status_code == 302

    def test_teams_of_every_store_and_of_others_are_only_looked_at(self, browser, ada, theirs):
        others = TeamFactory()
        others.stores.add(theirs)
        for team in (others, TeamFactory()):
            page = address(Team, "change", team.pk)
            sent = opened(signed_in(ada), page) | {"name": "Renamed", "stores": ["hers"]}
            with nothing_happens():
                assert browser.post(page, sent).status_code == 403

    def test_the_log_of_a_team_says_from_what_to_what_to_who_sees_every_store(self, ada, browser, both, theirs):
        page = address(Team, "change", both.pk)
        sent = opened(signed_in(ada), page)
        signed_in(ada).post(page, sent | {"stores": ["hers"], "takes_escalations": "on"})
        told = LogEntry.objects.get(user=ada).get_change_message()
        assert told == "stores: - Porto; takes_escalations: False → True"
        log = address(Team, "history", both.pk)
        assert "Porto" in signed_in(ada).get(log).content.decode()
        assert browser.get(log).status_code == 403


def stores_of(team) -> set[str]:
    return set(Team.objects.get(pk=team.pk).stores.values_list("pk", flat=True))

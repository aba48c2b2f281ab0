"""Finding issues by words."""

from urllib.parse import quote

import pytest
from django.db import connection

from events.models import Event
from events.subscribers import subscribers_of
from issues import search
from issues.actions.create import create_issue
from issues.actions.update import update_issue
from issues.models import Issue, SearchEntry
from orders.actions.put_order import put_order
from tests.api_client import ApiClient
from tests.factories import CustomerFactory, OrderFactory, key_for


@pytest.fixture
def open_issue(alice, as_):
    def open_issue(description="Something is wrong.", **order):
        order = OrderFactory(**order)
        return create_issue(order.pk, {"issue_type": "other", "description": description}, actor=as_(alice))

    return open_issue


@pytest.fixture
def kettle(open_issue):
    customer = CustomerFactory(name="Mina Harker", email="mina.h@mail.example")
    return open_issue("The kettle leaks from its handle.", id="WEB-2026-0815", customer=customer)


@pytest.fixture
def finds(alice):
    api = ApiClient(key_for(alice))

    def finds(query: str) -> list[str]:
        answer = api.get(f"/issues?q={quote(query)}")
        assert answer.status_code == 200
        return [row["issue_number"] for row in answer.json()["results"]]

    return finds


@pytest.fixture
def deliver():
    """Let those who subscribed hear of every event so far."""

    def deliver():
        for event in Event.objects.order_by("id"):
            for subscriber in subscribers_of(event.name):
                if subscriber.__module__ == "issues.search":
                    subscriber(event)

    return deliver


@pytest.mark.parametrize(
    "query",
    [
        "WEB-2026-0815", "2026-0815", "web-2026", "Mina", "harker", "mina.h@mail.example", "mail.example", "kettle",
        "KETTLE", "leak", "handle kettle", "mina kettle", "kettle WEB-2026-0815 harker", "  kettle   leaks ",
    ],
)  # fmt: skip
def test_an_issue_is_found_by_its_order_customer_and_description(kettle, open_issue, finds, query):
    open_issue()
    assert finds(query) == [kettle.number]


def test_an_issue_is_found_by_its_number(kettle, open_issue, finds):
    other = open_issue()
    assert finds(kettle.number) == [kettle.number]
    assert finds("ISS-") == [other.number, kettle.number]


def test_an_issue_is_found_by_its_notes(kettle, open_issue, finds, as_, alice):
    assert finds("courier") == []
    update_issue(kettle.order_id, kettle.pk, {"notes": "The courier dropped it."}, actor=as_(alice))
    assert finds("courier") == [kettle.number]
    assert finds("courier kettle mina") == [kettle.number]


@pytest.mark.parametrize(
    "query", ["toaster", "kettle toaster", "%", "_ettle", "ke%le", "'", '"', "\\", "!&|:*()", "' OR 1=1 --"]
)
def test_what_is_not_there_is_not_found_whatever_its_signs(kettle, finds, query):
    assert finds(query) == []


@pytest.mark.parametrize("sign", ["'", "%", "\\", "_", ":*", "&", "<script>", "ß", "🙂"])
def test_signs_are_found_as_they_are_written(open_issue, finds, sign):
    issue = open_issue(f"Label torn {sign}kettle{sign} twice")
    open_issue("Label torn kettle twice")
    assert finds(f"{sign}kettle{sign}") == [issue.number]


@pytest.mark.parametrize("query", ["äpfel", "ÄPFEL", "Äpfel", "жук", "ЖУК", "çe"])
def test_the_case_of_a_letter_does_not_matter_in_any_alphabet(open_issue, finds, query):
    issue = open_issue("Äpfel, жук und Çedille.")
    assert finds(query) == [issue.number]


def test_more_words_than_are_looked_at_are_no_error(kettle, finds):
    assert finds("kettle " + " ".join("abcdefghijklmnopq")[:150]) in ([], [kettle.number])


def test_the_newest_come_first_and_other_filters_hold(kettle, open_issue, alice, finds):
    second = open_issue("Another kettle.")
    assert finds("kettle") == [second.number, kettle.number]
    api = ApiClient(key_for(alice))
    assert api.get("/issues?q=kettle&status=closed").json()["results"] == []


def test_an_order_that_changes_its_customer_is_found_by_the_new_one(kettle, finds, as_, ada, deliver):
    content = {
        "store": {"id": kettle.order.store_id},
        "customer": {"id": "c-2", "name": "Jonathan", "email": "jon@shop.example"},
        "currency": "USD",
        "total_amount": 100,
        "payment": {"method": "card"},
    }
    put_order(kettle.order_id, content, actor=as_(ada))
    deliver()
    assert finds("jonathan") == [kettle.number]
    assert finds("mina") == []


def test_a_customers_new_name_reaches_all_their_issues(kettle, open_issue, finds, as_, ada, deliver):
    other = open_issue(customer=kettle.order.customer)
    content = {
        "store": {"id": "elsewhere"},
        "customer": {"id": kettle.order.customer_id, "name": "Wilhelmina Murray"},
        "currency": "USD",
        "total_amount": 1,
        "payment": {"method": "card"},
    }
    put_order("NEW", content, actor=as_(ada))
    deliver()
    assert finds("murray") == [other.number, kettle.number]


@pytest.mark.postgresql
class TestOnPostgresql:
    @pytest.mark.parametrize("query", ["kettles", "leaking", "handled"])
    def test_other_forms_of_a_word_find_it(self, kettle, finds, query):
        assert finds(query) == [kettle.number]

    @pytest.mark.parametrize(("query", "found"), [("ke", True), ("k", True), ("xy", False), ("-", False)])
    def test_one_or_two_letters_find_words_that_begin_so(self, kettle, finds, query, found):
        assert finds(query) == ([kettle.number] if found else [])

    def test_common_and_rare_words_find_the_same(self, open_issue, finds, monkeypatch):
        """Whether a word's hits are listed or each issue is asked, depends on their number alone."""
        issues = [open_issue(f"kettle {'blue' if number % 3 else 'red'} number{number}") for number in range(9)]
        queries = ["kettle", "red", "kettle red", "number4 kettle", "red number4", "kettle blue number5"]
        rare = [finds(query) for query in queries]
        for few in (0, 1, 4):
            monkeypatch.setattr(search, "FEW", few)
            assert [finds(query) for query in queries] == rare
        assert rare[0] == [issue.number for issue in reversed(issues)]
        assert (rare[4], len(rare[2])) == ([], 3)

    @pytest.mark.parametrize(
        "condition", ["vector @@ plainto_tsquery('english', 'kettle')", "upper(text) LIKE '%KETTLE%'"]
    )
    def test_either_way_has_an_index_of_its_own(self, db, condition):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN SELECT issue_id FROM issues_searchentry WHERE {condition}")
            plan = "\n".join(line for (line,) in cursor)
        assert "search_entry_" in plan

    def test_the_vector_follows_the_text(self, kettle):
        entry = SearchEntry.objects.get(issue=kettle, is_header=False)
        SearchEntry.objects.filter(pk=entry.pk).update(text="A toaster.")
        assert Issue.objects.filter(search.matching("toasters")).get() == kettle

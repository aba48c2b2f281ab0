"""What customers are told, in a store's own words and their language."""

import pytest
from django.core import mail
from django.urls import reverse

from common.placeholders import filled_in, unknown_in
from events.deliver import deliver_due
from issues.actions.update import update_issue
from issues.models import CustomerText
from tests.doors.doors import signed_in
from tests.factories import CustomerFactory, IssueFactory, OrderFactory, StoreFactory

KIND = "customer_resolved"
ADD = "admin:issues_customertext_add"


@pytest.fixture
def store(db):
    return StoreFactory(name="Lissabon")


def write(body, *, store=None, language=""):
    return CustomerText.objects.create(kind=KIND, store=store, language=language, subject=f"S {body}", body=body)


@pytest.fixture
def told(alice, as_, store):
    """``told(language)``: the mail to a customer whose issue is resolved."""

    def run(language="", name="Kim", store=store):
        customer = CustomerFactory(email="kim@shop.example", name=name, language=language)
        issue = IssueFactory(order=OrderFactory(customer=customer, store=store))
        for status in ("investigating", "in_progress", "resolved"):
            update_issue(issue.order_id, issue.pk, {"status": status, "notes": "x"}, actor=as_(alice))
        deliver_due()
        return mail.outbox[-1], issue

    return run


def test_without_a_text_of_its_own_the_built_in_one_is_sent(told):
    assert "is resolved" in told()[0].subject


@pytest.mark.parametrize(
    ("language", "expected"),
    [("pt-br", "store pt-br"), ("pt-pt", "store pt"), ("de", "all de"), ("fr", "store"), ("", "store")],
)
def test_the_closest_text_is_sent(told, store, language, expected):
    write("all")
    write("all de", language="de")
    write("store", store=store)
    write("store pt", store=store, language="pt")
    write("store pt-br", store=store, language="pt-br")
    write("another store's", store=StoreFactory(), language=language)
    # a store's own text in any language is closer than everybody's
    expected = "store" if expected == "all de" else expected
    assert told(language)[0].subject == f"S {expected}"


def test_everybodys_text_is_for_stores_without_one(told):
    write("all")
    write("all de", language="de")
    assert told("de")[0].subject == "S all de"


def test_its_places_are_filled_once_and_nothing_in_them_runs(told):
    write("Hallo {{customer_name}}, {{ order_id }} ({{issue_number}}), {{store}}: {{customer_name}}")
    sent, issue = told(name="{{store}} <b>{% now %}</b>")
    name = "{{store}} <b>{% now %}</b>"
    assert sent.body.startswith(f"Hallo {name}, {issue.order_id} ({issue.number}), Lissabon: {name}")
    assert "<b>{%" not in sent.alternatives[0].content


@pytest.mark.parametrize("text", ["{{secret}}", "{{ order.customer }}", "{{", "}}", "{{order_id", "{{a}} {{b}}"])
def test_a_place_that_there_is_not_is_refused_by_name(ada, text):
    given = {"kind": KIND, "store": "", "language": "de", "subject": "Hallo", "body": text}
    page = signed_in(ada).post(reverse(ADD), given)
    assert page.status_code == 200
    assert "body" in page.context["adminform"].form.errors
    assert not CustomerText.objects.exists()


def test_administrators_write_them_and_nobody_else(ada, max_, alice):
    given = {"kind": KIND, "store": "", "language": "DE ", "subject": "Hallo", "body": "{{order_id}}"}
    for employee in (alice, max_):
        assert signed_in(employee).post(reverse(ADD), given).status_code == 403
    assert signed_in(ada).post(reverse(ADD), given).status_code == 302
    assert CustomerText.objects.get().language == "de"


def test_places_by_themselves():
    assert unknown_in("{{a}} {{ b }} {{c.d}}", {"a"}) == ["{{ b }}", "{{", "}}"]
    assert filled_in("{{a}}{{ a }}{{b}}", {"a": "{{b}}", "b": ""}) == "{{b}}{{b}}{{b}}"

"""A refund that needs a person, by keyboard alone and on a small screen, light and dark."""

import pytest
from django.urls import reverse

from refunds import providers
from refunds.models import Refund
from refunds.models import RefundStatus as S
from tests.browser.test_browser import sign_in
from tests.refunds.cashier import Silent, lost

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

NARROW = {"width": 390, "height": 844}


@pytest.fixture
def refund(alice, settings, tmp_path, monkeypatch):
    settings.SANDBOX_STORE = tmp_path / "sandbox.sqlite3"
    monkeypatch.setitem(providers.PAYERS, "sandbox", Silent())
    return lost(alice)


def page_of(refund) -> str:
    return reverse("admin:refunds_refund_change", args=[refund.pk])


def press_until(page, condition: str, *, key: str = "Tab", at_most: int = 150) -> None:
    for _ in range(at_most):
        page.keyboard.press(key)
        if page.evaluate(condition):
            return
    raise AssertionError(f"not reached by {key}: {condition}")


def test_a_manager_says_what_became_of_it_by_keyboard(open_page, refund, max_):
    page = open_page()
    sign_in(page, max_, at=page_of(refund))
    press_until(page, "document.activeElement.id === 'deed-confirm'")
    page.keyboard.press("Enter")
    page.get_by_label("Outcome").wait_for()
    press_until(page, "document.activeElement.name === 'outcome'")
    page.keyboard.press("Tab")
    page.keyboard.type("re_4711")
    press_until(page, "document.activeElement.type === 'submit' && document.activeElement.closest('#dialog')")
    page.keyboard.press("Enter")
    page.get_by_text("Thank you: it is written down.").wait_for()
    refund = Refund.objects.get()
    assert (refund.status, refund.provider_reference) == (S.SUCCEEDED, "re_4711")


def test_the_list_offers_it_beside_each_refund(open_page, refund, max_):
    page = open_page()
    sign_in(page, max_, at="/admin/")
    page.get_by_role("link", name="Needs review 1").click()
    page.get_by_role("link", name="Look it up again now").click()
    page.locator("#dialog").get_by_role("button", name="Look it up").click()
    page.get_by_text("The provider is asked now.").wait_for()
    assert Refund.objects.get().next_attempt_at is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_small_screen(open_page, refund, max_, scheme):
    page = open_page(viewport=NARROW, color_scheme=scheme)
    sign_in(page, max_, at=page_of(refund))
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    beyond = (
        "[...document.querySelectorAll('.refund-page *')].filter(e => e.getBoundingClientRect().right > 391).length"
    )
    assert page.evaluate(beyond) == 0
    page.goto(reverse("admin:refunds_refund_changelist") + "?status__exact=needs_review")
    assert page.get_by_role("link", name="Say what became of it").bounding_box()["x"] < NARROW["width"] - 100

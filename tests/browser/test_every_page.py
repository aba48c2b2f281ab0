"""Every page of a desk in use, in light and dark, on a large screen and a phone: it can be read, and stays with us.

The desk runs as a shop runs it. Its pages are those that ``tests.pages`` reads from the URL conf, and must be all whose
price is on file.
"""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.axe import COLOURS, ensure_axe, faults

pytestmark = pytest.mark.browser

ON_FILE = Path(__file__).parents[1] / "every_page.json"
SCREENS = {"large": (1440, 900), "phone": (390, 844)}
# Dialogs that are offered only for a row in one state, which the demo need not have: store credit that nobody spent.
BY_STATE = {"admin:refunds_refund_revert_credit"}
# Answers that Chromium notes as an error of loading, and that are the page.
MEANT = ("status of 410", "status of 422")


class Visitor:
    """Looks at one page after another, and keeps what is wrong with each."""

    def __init__(self, browser, url: str, screen: str) -> None:
        width, height = SCREENS[screen]
        self.browser, self.url, self.width = browser, url, width
        self.options = {"base_url": url, "viewport": {"width": width, "height": height}, "color_scheme": "light"}
        self.options["reduced_motion"] = "reduce"  # no colour is caught on its way
        self.sees_the_dark = screen == "large"  # the colours are the same on a phone
        self.contexts: dict[str, object] = {}
        self.wrong: dict[str, list[str]] = {}
        self.heard: list[str] = []

    def look_at(self, shown: dict[str, str]) -> None:
        page = self.page_of(shown["session"])
        self.heard.clear()
        page.emulate_media(color_scheme="light")
        page.goto(shown["address"], wait_until="load")
        wrong = faults(page)
        if page.evaluate("document.documentElement.scrollWidth") > self.width:
            wrong.append("is wider than the screen")
        if self.sees_the_dark:
            page.emulate_media(color_scheme="dark")
            wrong += [f"in the dark: {each}" for each in faults(page, COLOURS)]
        if wrong or self.heard:
            self.wrong[shown["name"]] = [*wrong, *self.heard]

    def page_of(self, session: str):
        if session not in self.contexts:
            context = self.browser.new_context(**self.options)
            if session:
                context.add_cookies([{"name": "sessionid", "value": session, "url": self.url}])
            page = context.new_page()
            page.on("console", lambda message: self.hear(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: self.hear(str(error)))
            page.on("request", self.see)
            self.contexts[session] = page
        return self.contexts[session]

    def hear(self, text: str) -> None:
        if not any(each in text for each in MEANT):
            self.heard.append(text)

    def see(self, request) -> None:
        if request.url.startswith("http") and urlsplit(request.url).netloc != urlsplit(self.url).netloc:
            self.heard.append(f"asks another host: {request.url}")


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_can_be_read_and_asks_no_other_host(chromium, desk, screen):
    ensure_axe()
    visitor = Visitor(chromium, desk.url, screen)
    for shown in desk.pages:
        if not shown["is_part"]:  # a dialog alone is no document
            visitor.look_at(shown)
    assert json.dumps(visitor.wrong, indent=1) == "{}"


def test_no_page_is_left_out(desk):
    on_file = json.loads(ON_FILE.read_text())
    assert sorted(set(on_file["sqlite"]) - {shown["name"] for shown in desk.pages} - BY_STATE) == []

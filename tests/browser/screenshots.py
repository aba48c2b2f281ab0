"""The pictures of the README, of the demo as it stands: ``make screenshots``.

Given an address (DESK_URL), it visits the desk that runs there; else it opens one of its own.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import CHROMIUM, OFFLINE, sign_in_as
from tests.browser.desk import PASSWORD, open_desk

IMAGES = Path(__file__).parents[2] / "docs" / "images"
LARGE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@dataclass(frozen=True)
class Picture:
    """``inside``: what is clicked on the page at first, to come to the one that is wanted."""

    name: str
    username: str
    address: str
    inside: str = ""
    screen: tuple[str, dict[str, int]] = ("light", LARGE)


PICTURES = (
    Picture("queue", "agent", "/admin/issues/issue/?status=open,investigating,in_progress,escalated&ordering=due_at"),
    Picture("issue", "agent", "/admin/issues/issue/?status=in_progress", "table a[href$='/change/']"),
    Picture("home", "manager", "/"),
    Picture("approval", "manager", "/approvals", ".request"),
    Picture("figures", "manager", "/figures?group_by=store"),
    Picture("patterns", "manager", "/patterns?hours=168"),
    Picture("issue-dark", "manager", "/issues?status=escalated", "table a[href^='/issues/']", ("dark", LARGE)),
    Picture("home-phone", "manager", "/", "", ("light", PHONE)),
)


@contextmanager
def a_desk() -> Iterator[str]:
    if url := os.environ.get("DESK_URL"):
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="redress-pictures-") as folder:
        for desk in open_desk(Path(folder)):
            yield desk.url


def take(page: Page, picture: Picture) -> None:
    sign_in_as(page, picture.username, PASSWORD, at="/")
    page.goto(picture.address)
    if picture.inside:
        with page.expect_navigation():
            page.locator(picture.inside).first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{picture.name}.png", animations="disabled")


def main() -> None:
    wanted = set(sys.argv[1:])
    with a_desk() as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=OFFLINE)
        for picture in PICTURES:
            if wanted and picture.name not in wanted:
                continue
            scheme, size = picture.screen
            context = browser.new_context(base_url=url, viewport=size, color_scheme=scheme, reduced_motion="reduce")
            page = context.new_page()
            page.set_default_timeout(60_000)
            take(page, picture)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()

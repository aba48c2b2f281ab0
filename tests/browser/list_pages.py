"""Prints every page of a desk as JSON, each with its visitor's session: ``python -m tests.browser.list_pages``."""

import json
import sys
from dataclasses import asdict

import django

django.setup()

from tests.every_page import fill_gaps  # noqa: E402
from tests.pages import client_of, pages  # noqa: E402


def main() -> None:
    fill_gaps()
    shown = pages()
    sessions = {role: session_of(role) for role in {page.role for page in shown} if role}
    listed = [asdict(page) | {"session": sessions.get(page.role, "")} for page in shown]
    json.dump(listed, sys.stdout)


def session_of(role: str) -> str:
    return client_of(role).cookies["sessionid"].value


if __name__ == "__main__":
    main()

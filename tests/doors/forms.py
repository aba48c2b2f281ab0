"""What a browser sends of a form of the admin that somebody opened."""

from django.test import Client


def opened(browser: Client, address: str) -> dict:
    """Every field as the page shows it."""
    form = browser.get(address).context["adminform"].form
    shown = {form.add_prefix(name): form[name].value() for name in form.fields}
    given = {name: value for name, value in shown.items() if value is not None and value is not False}
    return {name: "on" if value is True else value for name, value in given.items()}

"""How the desk writes states, money and times for people; in its own pages and in the admin."""

from datetime import datetime
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import clock
from common.money import as_currency

NOTHING = "—"

# Only those whose plain form ("In progress") is not good enough.
BETTER = {"sms": "SMS", "unknown": "Being confirmed", "online": "Online payment", "email": "E-mail"}


def in_words(value: str) -> str:
    """``in_progress`` as "In progress"."""
    return BETTER.get(value) or str(value).replace("_", " ").capitalize()


def isolated(text: object) -> SafeString:
    """What somebody wrote, such as a name: whichever way it is read, what stands beside it keeps its place."""
    return format_html("<bdi>{}</bdi>", text) if text else SafeString("")


def badge(value: str, kind: str = "") -> SafeString:
    """A state or a priority: its word in its colour. ``kind`` keeps apart words with two meanings."""
    return format_html('<span class="badge {}is-{}">{}</span>', f"{kind} " if kind else "", value, in_words(value))


def money(amount: Decimal, currency: str) -> str:
    return f"{as_currency(amount, currency):,} {currency}"


def moment(at: datetime | None) -> SafeString:
    """The time in UTC, short where it is of this year, and exact for those who hover or compute."""
    if at is None:
        return SafeString(NOTHING)
    day = f"{at:%-d %b}" if at.year == clock.now().year else f"{at:%-d %b %Y}"
    exact = f"{at:%Y-%m-%d %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, f"{day}, {at:%H:%M}")

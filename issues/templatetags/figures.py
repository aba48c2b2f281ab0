"""How the figures are put for people: times in the unit that fits, and a mark on what says little."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common.display import NOTHING, in_words

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86400


@register.filter
def duration(seconds: int | None) -> str:
    """By the clock: "45 min", "5.2 h", "3.4 d"."""
    if seconds is None:
        return NOTHING
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{seconds / DAY:.1f} d"


@register.filter
def hours(seconds: int | None) -> str:
    """Of business: a day of them has fewer than 24, so they stay hours."""
    if seconds is None:
        return NOTHING
    return f"{seconds / MINUTE:.0f} min" if seconds < HOUR else f"{seconds / HOUR:.1f} h"


@register.filter
def share(rate: float | None) -> str:
    return NOTHING if rate is None else f"{rate:.1%}"


@register.filter
def named(value: str, names: Mapping[str, str] | None) -> str:
    """By its name where ``names`` has one that differs."""
    name = (names or {}).get(value)
    return f"{name} ({value})" if name and name != value else value


DAY_ROW = '<tr><th scope="row"><time datetime="{}">{}</time></th>' + "<td>{}</td>" * 6 + "</tr>\n"
DAY_COLUMNS = ("created", "resolved", "taken_back", "closed", "reopened", "backlog")


@register.simple_tag
def day_rows(days: list[dict[str, Any]]) -> SafeString:
    """Of their table. A template's own loop takes twenty times as long, which shows where the days are a year's."""
    rows = ((row["day"], f"{row['day'].day} {row['day']:%b %Y}", *(row[name] for name in DAY_COLUMNS)) for row in days)
    return format_html_join("", DAY_ROW, rows)


@register.simple_tag
def sample(of: dict[str, Any]) -> SafeString:
    """Of how many, with a mark where they are few."""
    few = SafeString(' <span class="badge" title="Too few to say much">few</span>' if of["is_small"] else "")
    return format_html("{}", of["n"]) + few


@register.filter
def chance(probability: float) -> str:
    """Small ones by their power of ten: what lies below a millionth is said so."""
    if probability >= 0.001:
        return f"{probability:.1%}"
    return f"1 in {1 / probability:,.0f}" if probability > 1e-6 else "below 1 in 1,000,000"


@register.filter
def instant(at: datetime) -> str:
    """As the API writes it, fit for an address."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@register.simple_tag
def figure_address(figure: str, period: Any) -> str:
    """Where the issues behind ``figure`` of a period (``issues.metrics.today``) are listed."""
    query = {"from": period.day, "to": period.day, "until": instant(period.until)}
    return f"{reverse('web:figure_issues', args=[figure])}?{urlencode(query)}"


TRAITS = {"store": "Store", "issue_type": "Type", "sku": "Item", "partner": "Partner", "customer": "Customer"}


@register.simple_tag(takes_context=True)
def traits(context: Any, dimensions: Mapping[str, str | None]) -> SafeString:
    """What issues have in common, each by the name that ``names`` of the context has for it."""
    names = context.get("names") or {}
    given = [(name, value) for name, value in dimensions.items() if value]
    words = [(TRAITS[name], _trait(name, value, names)) for name, value in given]
    return format_html_join("", '<span class="trait"><span class="quiet">{}</span> {}</span>', words)


def _trait(name: str, value: str, names: Mapping[str, Mapping[str, str]]) -> str:
    if name == "issue_type":
        return in_words(value)
    known = names.get(name, {}).get(value, "")
    return f"{known} ({value})" if known and known != value else value

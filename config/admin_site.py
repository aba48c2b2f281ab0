"""How the admin looks, and where its parts are."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

SETTINGS: dict[str, Any] = {
    "SITE_TITLE": "Redress",
    "SITE_HEADER": "Redress",
    "SITE_SUBHEADER": "The desk of the agents",
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("favicon.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}],
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "STYLES": [
        lambda request: static("desk.css"),
        lambda request: static("beside.css"),
        lambda request: static("admin.css"),
        lambda request: static("issue-page.css"),
        lambda request: static("queue.css"),
        lambda request: static("deadlines.css"),
    ],
    "SCRIPTS": [
        lambda request: static("issue-page.js"),
        lambda request: static("queue.js"),
        lambda request: static("keys.js"),
        lambda request: static("once.js"),
    ],
    "DASHBOARD_CALLBACK": "issues.admin.dashboard.prepare",
    "SIDEBAR": {"navigation": "config.sidebar.navigation"},
    "ACCOUNT": {"navigation": [{"title": "Change password", "link": reverse_lazy("account_change_password")}]},
    "COLORS": {  # the teal of the web pages
        "primary": {
            "50": "#f0fdfa", "100": "#e3f3f1", "200": "#bfe3df", "300": "#8accc5", "400": "#2dd4bf", "500": "#14b8a6",
            "600": "#0f766e", "700": "#0d665f", "800": "#115e59", "900": "#134e4a", "950": "#042f2e",
        },
    },
}  # fmt: skip

"""The pages where people sit all day, on a desk of 100,000 issues: asked for by one signed-in manager after another.

The queue with each of its views, an issue, and the figures; each is to answer within 300 ms at the median.
"""

import json
import subprocess
import sys
from typing import Any
from urllib.parse import urlencode

from bench import postgres
from bench.report import Row

WITHIN = 300  # milliseconds, at the median
AT_ONCE = (1, 2)
QUEUE = "/admin/issues/issue/"
ISSUE = "01900000-0000-7000-8000-{:012x}"
SEARCHES = {"queue: text search": {"q": "cracked"}, "queue: a number": {"q": "MANY-4711"}}
OTHERS = {
    "home": "/",
    "issues": "/issues",
    "approvals": "/approvals",
    "figures, 30 days": "/figures",
    "figures, by store": "/figures?group_by=store",
    "figures, a year": "/figures?{year}",
    "figures, a year by store": "/figures?{year}&group_by=store",
    "patterns": "/patterns",
}


def addresses(prepared: dict[str, Any]) -> dict[str, list[str]]:
    """By the name of the page: its addresses, asked for in turn."""
    views = {f"queue: {name}": [f"{QUEUE}?{query}"] for name, query in prepared["views"].items()}
    found = {f"{name}": [f"{QUEUE}?{urlencode(asked)}"] for name, asked in SEARCHES.items()}
    numbers = range(1, prepared["issues"], max(1, prepared["issues"] // 50))
    issues = {
        "an issue, admin": [f"{QUEUE}{ISSUE.format(number)}/change/" for number in numbers],
        "an issue, web": [f"/issues/{ISSUE.format(number)}" for number in numbers],
    }
    others = {name: [path.format(year=urlencode(prepared["year"]))] for name, path in OTHERS.items()}
    return {"queue": [QUEUE], **views, **found, **issues, **others}


def prepare(bench: Any) -> dict[str, Any]:
    """The big desk in place of the small one."""
    postgres.make_database(bench.server_url)
    run = subprocess.run(
        [sys.executable, "-m", "bench.many"], env=bench.environment, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise RuntimeError(f"bench.many failed:\n{run.stderr}")
    postgres.settle(bench.url)
    return json.loads(run.stdout)


def measure(bench: Any, prepared: dict[str, Any]):
    """A row for each page and number of visitors at once; ``within`` says whether its median is good enough."""
    for name, paths in addresses(prepared).items():
        requests = [request_for(path, prepared["session"], bench.host) for path in paths]
        bench.ask(name, [requests], share=1 / 8)  # warms up
        for visitors in AT_ONCE:
            row: Row = {"page": name, **bench.ask(name, [requests] * visitors, share=1 / 4)}
            yield row | {"at_once": visitors, "within": row["p50"] <= WITHIN}


def request_for(path: str, session: str, host: str) -> str:
    head = [f"GET {path} HTTP/1.1", f"Host: {host}", f"Cookie: sessionid={session}", "Accept: text/html"]
    return "\r\n".join([*head, "", ""])


def table(rows: list[Row], issues: int) -> str:
    lines = [f"{'Pages on ' + format(issues, ',') + ' issues':34}{'at once':>9}{'p50 ms':>10}{'p95 ms':>10}"]
    for row in rows:
        late = "" if row["within"] else f"  over {WITHIN} ms"
        lines.append(f"{row['page']:34}{row['at_once']:>9}{row['p50']:>10}{row['p95']:>10}{late}")
    return "\n".join(lines)

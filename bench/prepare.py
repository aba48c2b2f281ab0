"""Makes the bench's data and looks at one request of each kind: ``python -m bench.prepare``, which prints JSON.

The statements are those that libpq sends, so that BEGIN and COMMIT count as well.
"""

import itertools
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.contrib.auth.models import Group  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from psycopg import ClientCursor  # noqa: E402

from accounts.actions.create_key import create_key  # noqa: E402
from accounts.actor import Actor  # noqa: E402
from accounts.models import Employee, Scope  # noqa: E402
from accounts.roles import AGENT  # noqa: E402
from bench.workloads import EMPLOYEE, HISTORY_ROWS, ISSUES, LOADED, WORKLOADS, Workload, issue_id, order_id  # noqa: E402
from common.nudge import nudges_held  # noqa: E402
from issues.actions.create import create_issue  # noqa: E402
from issues.models import Issue, RoutingRule, Team  # noqa: E402
from orders.actions.put_order import put_order  # noqa: E402


def make_data() -> str:
    """Orders with an issue each, an agent, and the agent's key, which is returned."""
    agent = Employee.objects.create(employee_id=EMPLOYEE, username="bench", email="bench@redress.example")
    agent.groups.add(Group.objects.get(name=AGENT))
    RoutingRule.objects.create(team=Team.objects.create(name="Bench"))
    numbered = (issue_id(number) for number in itertools.count(1))
    Issue._meta.get_field("id").default = lambda: next(numbered)
    actor = Actor(employee=agent, via="api", request_id="bench")
    with transaction.atomic(), nudges_held():
        for number in range(1, ISSUES + 1):
            put_order(order_id(number), ORDER, actor=Actor.system("shop"))
            create_issue(order_id(number), {"issue_type": "other", "description": "The lid is cracked."}, actor=actor)
    scopes = [scope for scope in Scope.values if scope != Scope.ACT_AS]
    return create_key(employee=agent, scopes=scopes, actor=Actor.system("bench")).secret


CLIENT = Client()  # one: its middleware is made with it
ORDER: dict[str, Any] = {
    "store": {"id": "bench", "name": "Bench"},
    "customer": {"id": "bench", "name": "Bench", "email": "bench@customer.example"},
    "currency": "USD",
    "total_amount": 100,
    "payment": {"method": "card", "provider": "sandbox", "reference": "pay_ok_1"},
}


def fill_history(numbers: Iterable[int], rows: int) -> None:
    """Copies of each creation's row: what counts is how many there are."""
    table = Issue.history.model._meta
    columns = ", ".join(column.column for column in table.fields if column.name != "history_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table.db_table} ({columns}) SELECT {columns} FROM {table.db_table}, generate_series(2, %s) "
            "WHERE id = ANY(%s)",
            [rows, list(map(issue_id, numbers))],
        )


def send(workload: Workload, number: int, turn: int, key: str) -> None:
    method, path, body = workload.request(number, turn)
    response = CLIENT.generic(
        method,
        path,
        json.dumps(body) if body else "",
        "application/json",
        headers={"Authorization": f"Bearer {key}", "Host": "localhost"},
    )
    if not 200 <= response.status_code < 300:
        raise RuntimeError(f"{workload.name}: {response.status_code} {response.content!r}")


def statements_on_the_wire(workload: Workload, number: int, key: str) -> int:
    """How many statements the second such request sends; the first one prepares them."""
    send(workload, number, 0, key)
    with tempfile.TemporaryFile("w+") as trace:
        libpq = connection.connection.pgconn
        libpq.trace(trace.fileno())
        try:
            send(workload, number, 1, key)
        finally:
            libpq.untrace()
        trace.seek(0)
        return len(re.findall(r"\tF\t\d+\t(?:Query|Execute)\b", trace.read()))


def pgbench_script(workload: Workload, number: int, key: str) -> str:
    """The statements of one such request as one transaction, on an issue that pgbench draws anew each time."""
    recorded: list[str] = []

    def note(execute, sql, params, many, context):
        recorded.append(ClientCursor(connection.connection).mogrify(sql, params) if params else sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        send(workload, number, 2, key)
    lines = [f"\\set n random(1, {ISSUES})", "BEGIN;"]
    lines += [f"{in_terms_of_n(' '.join(sql.split()), number)};" for sql in recorded if is_work(sql)]
    return "\n".join([*lines, "COMMIT;", ""])


def is_work(sql: str) -> bool:
    return not re.match(r"(BEGIN|COMMIT|SAVEPOINT|RELEASE)\b", sql)


def in_terms_of_n(sql: str, number: int) -> str:
    """The recorded issue and order by the number that was drawn; the ids of new rows, made anew."""
    sql = sql.replace(f"'{order_id(number)}'", f"('{order_id(0)[:-6]}' || lpad((:n::int)::text, 6, '0'))")
    drawn = f"('{issue_id(0).hex[:-12]}' || lpad(to_hex(:n::int), 12, '0'))::uuid"
    sql = sql.replace(f"'{issue_id(number).hex}'::uuid", drawn)
    sql = re.sub(r"'[0-9a-f]{32}'::uuid", "gen_random_uuid()", sql)
    return re.sub(r"'[^']*'", lambda literal: without_colons(literal[0]), sql)


def without_colons(literal: str) -> str:
    """pgbench would take ``:name`` for a variable, within a text too."""
    return f"E{literal}".replace(":", "\\x3a") if ":" in literal else literal


def prepared() -> Iterator[tuple[str, Any]]:
    call_command("migrate", verbosity=0)
    key = make_data()
    yield "key", key
    for numbers, rows in HISTORY_ROWS.items():
        fill_history(numbers, rows)
    connection.ensure_connection()
    own = iter(LOADED)
    yield "statements", {each.name: statements_on_the_wire(each, next(own), key) for each in WORKLOADS}
    yield "pgbench_script", pgbench_script(WORKLOADS[0], next(own), key)


if __name__ == "__main__":
    json.dump(dict(prepared()), sys.stdout)

"""Whether this process lives, and whether it can serve."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

SECONDS = 1.0
_checks = ThreadPoolExecutor(max_workers=2, thread_name_prefix="readiness")


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is touched."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 with a database that answers within a second and has every migration, else 503.

    The broker is shown and does not decide: writes go on without it.
    """
    database, broker = _checks.submit(database_state), _checks.submit(broker_state)
    states = {"database": _within_time(database), "broker": _within_time(broker)}
    is_ready = states["database"] == "ok"
    return JsonResponse({"status": "ok" if is_ready else "unavailable", **states}, status=200 if is_ready else 503)


def _within_time(check) -> str:
    try:
        return check.result(timeout=SECONDS)
    except TooLate:
        return "too slow"


def database_state() -> str:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return "migrations are missing" if missing else "ok"
    except DatabaseError:
        return "unreachable"
    finally:
        connection.close()  # this thread's own


def broker_state() -> str:
    from config.celery import app

    try:
        with app.connection_for_write(transport_options={"socket_connect_timeout": SECONDS}) as broker:
            broker.ensure_connection(max_retries=1, timeout=SECONDS)
    except Exception as error:  # whatever this broker's client raises
        return f"unreachable ({type(error).__name__})"
    return "ok" if settings.CELERY_BROKER_URL.startswith("redis") else "ok (embedded)"

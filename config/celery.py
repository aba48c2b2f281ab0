"""The workers: their broker, their limits, and the table of what is done again and again."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_before_create_process, worker_init, worker_process_init
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connections
from kombu.transport import TRANSPORT_ALIASES

from config.postgres import ask_of_sessions

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

SECOND, MINUTE, HOUR = 1.0, 60.0, 3600.0

# Name of the job: (task, seconds between two runs). ``manage.py run_job NAME`` runs one of them now.
BEAT_TABLE: dict[str, tuple[str, float]] = {
    "deliver-events": ("events.deliver_events", 5 * SECOND),
    "send-webhooks": ("events.send_webhooks", 5 * SECOND),
    "pay-refunds": ("refunds.pay_due_refunds", 5 * SECOND),
    "apply-provider-events": ("refunds.apply_due_events", 5 * SECOND),
    "file-claims": ("refunds.file_due_claims", 10 * SECOND),
    "expire-store-credit": ("refunds.expire_store_credit", HOUR),
    "tell-deadlines": ("issues.tell_deadlines", 10 * SECOND),
    "tell-follow-ups": ("issues.tell_follow_ups", 10 * SECOND),
    "close-stale-issues": ("issues.close_stale_issues", 10 * MINUTE),
    "fetch-mail": ("issues.fetch_mail", MINUTE),
    "place-mail": ("issues.place_mail", 10 * SECOND),
    "forget-mail": ("issues.forget_mail", HOUR),
    "expire-approvals": ("issues.expire_approvals", 10 * MINUTE),
    "make-thumbnails": ("issues.make_thumbnails", MINUTE),
    "read-unread-audits": ("issues.read_unread_audits", 10 * MINUTE),
    "fold-figures": ("issues.fold_figures", HOUR),
    "forget-presences": ("issues.forget_presences", HOUR),
    "reconcile-refunds": ("refunds.reconcile", HOUR),  # once a day; each hour, so that a run that died is made again
    "forget-old-events": ("events.forget_old_events", HOUR),
    "forget-idempotent-calls": ("accounts.forget_idempotent_calls", HOUR),
}

if settings.CELERY_BROKER_URL.startswith("filesystem"):
    (settings.BROKER_FOLDER / "queue").mkdir(parents=True, exist_ok=True)  # the transport makes only "control"

TRANSPORT_ALIASES["filesystem"] = "config.file_broker:Transport"
app = Celery("redress")


def beat_entry(task: str, every: float) -> dict[str, Any]:
    """One that waited for longer than until the next is dropped, so that none pile up while no worker is there.

    Not before ten minutes: a worker's clock may be ahead by as much, and the queue before it long.
    """
    return {"task": task, "schedule": every, "options": {"expires": max(every, 10 * MINUTE)}}


app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_transport_options=(
        {
            "data_folder_in": str(settings.BROKER_FOLDER / "queue"),
            "data_folder_out": str(settings.BROKER_FOLDER / "queue"),
            "control_folder": str(settings.BROKER_FOLDER / "control"),
            "polling_interval": 0.05,
        }
        if settings.CELERY_BROKER_URL.startswith("filesystem")
        else {
            "visibility_timeout": settings.BROKER_VISIBILITY_TIMEOUT,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,  # the default notices a dead worker 100 s later
            "socket_connect_timeout": 1,
            "socket_timeout": 5,
        }
    ),
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_soft_time_limit=settings.TASK_SOFT_LIMIT,
    task_time_limit=settings.TASK_HARD_LIMIT,
    worker_hijack_root_logger=False,
    enable_utc=True,
    timezone="UTC",
    beat_schedule={name: beat_entry(*row) for name, row in BEAT_TABLE.items()},
    beat_schedule_filename=str(settings.DATA_DIR / "beat-schedule"),
)
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**kwargs) -> None:
    """Celery would otherwise put its own handlers in place of ours."""


@worker_before_create_process.connect
def share_what_is_there(**kwargs) -> None:
    """Each process that is forked would get a copy of it all, once its collector looks through it."""
    gc.collect()
    gc.freeze()


@worker_process_init.connect
def keep_the_pool(**kwargs) -> None:
    """A forked process keeps its pool of connections from task to task.

    Celery closes it after each one (celery/celery#10554), so that every task would open another, and threads that
    outlive their task, as those that send webhooks, would lose theirs at any moment.
    """
    for fixup in app._fixups:
        fixup.worker_fixup.worker = None  # by which it knows that it was forked


@worker_init.connect
def refuse_wrong_settings(**kwargs) -> None:
    """Celery runs Django's checks too, and goes on whatever they find."""
    try:
        call_command("check", verbosity=0)
    except SystemCheckError as error:
        raise SystemExit(str(error)) from error
    # The checks have asked the database. A process that is forked now would wait for the threads of a pool that
    # stayed behind, for longer than a worker may take to start.
    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.settings_dict["OPTIONS"].get("pool"):
            connection.close_pool()  # type: ignore[attr-defined]
            find_by_index(connection.settings_dict["OPTIONS"])


def find_by_index(options: dict[str, Any]) -> None:
    """What a worker asks of a backlog has its index, and PostgreSQL, priced for disks with a head, would now and then
    rather read all that is due and sort it, at each row anew, for as long as its statistics are behind.
    """
    ask_of_sessions(options, random_page_cost=1.1)

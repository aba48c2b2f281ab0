"""Hold the refunds against their orders' counters and against the providers' own record, both ways.

Exit code 1: something differs. 2: what could be read agrees, and some books could not be read.
"""

import sys
from datetime import timedelta

import orjson
from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from accounts.actor import Actor
from common import clock
from common.display import in_words
from refunds.actions.reconcile import WINDOW, reconcile
from refunds.models import Finding, Reconciliation

ACTOR = Actor.system("reconcile-refunds")
EXIT_CODES = {Reconciliation.Outcome.DIFFERS: 1, Reconciliation.Outcome.INCOMPLETE: 2}
COUNTS = ("orders_checked", "refunds_checked", "records_checked", "in_flight", "found")
ROW = "{kind:<20} {order:<24} {ours:<28} {theirs:<40} {first_seen}"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as one JSON object")
        parser.add_argument("--days", type=int, default=WINDOW.days, help="how far back the providers' books are read")

    def handle(self, *args, days: int, **options) -> None:
        with tqdm(desc="Read", unit=" rows", file=sys.stderr, disable=None, leave=False) as bar:
            run = reconcile(actor=ACTOR, since=clock.now() - timedelta(days=days), watch=bar.update)
        findings = run.findings.order_by("kind", "first_seen", "pk")
        self.stdout.write(as_json(run, findings) if options["json"] else as_table(run, findings))
        if code := EXIT_CODES.get(Reconciliation.Outcome(run.outcome)):
            sys.exit(code)


def as_json(run: Reconciliation, findings) -> str:
    return orjson.dumps(
        {
            "id": str(run.pk),
            "outcome": run.outcome,
            "since": run.since,
            "started_at": run.started_at,
            "finished_at": run.finished_at,
            **{name: getattr(run, name) for name in COUNTS},
            "unread": run.unread,
            "findings": [facts_of(finding, run) for finding in findings.iterator()],
        },
        option=orjson.OPT_UTC_Z,
    ).decode()


def facts_of(finding: Finding, run: Reconciliation) -> dict:
    return {
        "kind": finding.kind,
        "order_id": finding.order_id,
        "refund_id": finding.refund_id,
        "provider": finding.provider,
        "reference": finding.reference,
        "ours": finding.ours,
        "theirs": finding.theirs,
        "first_seen": finding.first_seen,
        "is_new": finding.told_in_id == run.pk,
        "looked_into": finding.looked_into_at is not None,
    }


def as_table(run: Reconciliation, findings) -> str:
    lines = [f"{in_words(name)}: {getattr(run, name):,}" for name in COUNTS]
    lines += [f"NOT READ: {unread['provider']} {unread['account']}: {unread['reason']}" for unread in run.unread]
    if run.found:
        lines += ["", ROW.format(kind="KIND", order="ORDER", ours="OURS", theirs="THEIRS", first_seen="FIRST SEEN")]
    lines += [row_of(finding) for finding in findings.iterator()]
    return "\n".join([*lines, "", f"Outcome: {in_words(run.outcome).lower()}"])


def row_of(finding: Finding) -> str:
    return ROW.format(
        kind=finding.kind,
        order=finding.order_id or "-",
        ours=finding.ours,
        theirs=finding.theirs,
        first_seen=f"{finding.first_seen:%Y-%m-%d %H:%M}",
    )

"""The desk's own workers, with a place to be killed at: ``celery -A chaos.worker worker``.

The providers and the storing of the answer are wrapped, nothing else. With CHAOS_CONTROL set, a refund is paid as it
would be without the rule that the attempt is committed before the call: all in one transaction, and a key made anew.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from uuid import uuid4  # noqa: E402

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402

from chaos.points import Point, Tickets  # noqa: E402
from config.celery import app  # noqa: E402
from refunds.actions import pay, take  # noqa: E402
from refunds.providers import PAYERS  # noqa: E402
from refunds.providers.base import Outcome  # noqa: E402

__all__ = ["app"]

TICKETS = Tickets(settings.DATA_DIR)


class Dangerous:
    """A provider on the way to which, and on the way back from which, a worker may be halted."""

    def __init__(self, provider) -> None:
        self.provider = provider

    def __getattr__(self, name: str):
        return getattr(self.provider, name)

    def refund(self, request, idempotency_key):
        TICKETS.halt_if_asked(Point.BEFORE, idempotency_key)
        try:
            return self.provider.refund(request, idempotency_key)
        finally:
            if TICKETS.is_laid(Point.ACTED) and self.provider.find(request, idempotency_key):
                TICKETS.halt_if_asked(Point.ACTED, idempotency_key)


def halt_before(settle):
    def settle_late(job, answer, *, actor):
        if answer.outcome != Outcome.UNKNOWN:
            TICKETS.halt_if_asked(Point.ANSWERED, job.idempotency_key)
        return settle(job, answer, actor=actor)

    return settle_late


def forget_the_rule() -> None:
    """The control: nothing is committed before the call, so that a worker's death undoes the attempt and its key."""
    as_it_is = take.new_attempt

    def with_a_key_of_its_own(refund, last):
        attempt = as_it_is(refund, last)
        attempt.idempotency_key = uuid4().hex
        return attempt

    take.new_attempt = with_a_key_of_its_own
    pay.pay_next = transaction.atomic(pay.pay_next)


PAYERS.update({name: Dangerous(payer) for name, payer in PAYERS.items()})
pay.settle = halt_before(pay.settle)
if os.environ.get("CHAOS_CONTROL"):
    forget_the_rule()

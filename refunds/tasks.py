"""What a nudge and what beat ask of this app."""

from celery import shared_task
from django.conf import settings
from structlog.contextvars import bound_contextvars

from accounts.actor import Actor
from refunds.actions import apply_event as events
from refunds.actions import claim_file, credit_expire, pay, reconcile

ACTOR = Actor.system("pay-refunds")


@shared_task(name="refunds.pay_refunds")
def pay_refunds(*refund_ids: str) -> None:
    pay.pay_refunds(refund_ids, actor=ACTOR)


@shared_task(name="refunds.pay_due_refunds")
def pay_due_refunds() -> None:
    pay.pay_due_refunds(actor=ACTOR)


@shared_task(name="refunds.apply_event")
def apply_event(event_id: str) -> None:
    with bound_contextvars(provider_event_id=event_id):
        events.apply_event(event_id, actor=Actor.system("provider-events"))


@shared_task(name="refunds.apply_due_events")
def apply_due_events() -> None:
    events.apply_due_events(actor=Actor.system("provider-events"))


@shared_task(name="refunds.file_claims")
def file_claims(refund_id: str) -> None:
    with bound_contextvars(refund_id=refund_id):
        claim_file.file_claims_of(refund_id, actor=Actor.system("file-claims"))


@shared_task(name="refunds.file_due_claims")
def file_due_claims() -> None:
    claim_file.file_due_claims(actor=Actor.system("file-claims"))


@shared_task(name="refunds.expire_store_credit")
def expire_store_credit() -> None:
    credit_expire.expire_credit(actor=Actor.system("expire-store-credit"))


# Not as short as other tasks, but ended before the broker would give it to a second worker.
_MINUTE = 60
_LONGEST = settings.BROKER_VISIBILITY_TIMEOUT - _MINUTE


@shared_task(name="refunds.reconcile", soft_time_limit=_LONGEST - _MINUTE, time_limit=_LONGEST)
def reconcile_refunds() -> None:
    reconcile.reconcile_today(actor=Actor.system("reconcile-refunds"))

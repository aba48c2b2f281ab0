from celery import shared_task

from accounts.idempotency import forget_old_calls


@shared_task(name="accounts.forget_idempotent_calls")
def forget_idempotent_calls() -> None:
    forget_old_calls()

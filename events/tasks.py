"""What a nudge and what beat ask of this app."""

from celery import Task, shared_task

from common.nudge import nudges_answered
from events.deliver import deliver_due
from events.feed import forget_old_events
from events.webhooks import senders
from events.webhooks.fan_out import SEND


@shared_task(name="events.deliver_events", bind=True)
def deliver_events(self: Task) -> None:
    """A worker wakes its own senders for the webhooks that come of it."""
    with nudges_answered({} if self.request.called_directly else {SEND: senders.wake}):
        deliver_due()


@shared_task(name="events.send_webhooks", bind=True)
def send_webhooks(self: Task) -> None:
    """A worker only wakes its senders; ``run_job`` sends by itself, and has done so when it ends."""
    if self.request.called_directly:
        senders.send_here()
    else:
        senders.wake()


@shared_task(name="events.forget_old_events")
def forget_old() -> None:
    forget_old_events()

"""The desk's own workers, with a place to be killed at: ``celery -A chaos.webhooks.worker worker``.

With CHAOS_CONTROL set, a delivery counts as delivered when it is taken, and not when its receiver has answered.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402

from chaos.points import Tickets  # noqa: E402
from chaos.webhooks.points import Point  # noqa: E402
from common import clock  # noqa: E402
from config.celery import app  # noqa: E402
from events import deliver  # noqa: E402
from events.models import WebhookDelivery  # noqa: E402
from events.webhooks import send, senders  # noqa: E402

__all__ = ["app"]

TICKETS = Tickets(settings.DATA_DIR, Point)


def halt_before(point, step):
    def step_late(delivery, *args):
        TICKETS.halt_if_asked(point, str(delivery.pk))
        return step(delivery, *args)

    return step_late


def halt_after_fan_out(fan_out):
    def fan_out_and_halt(events):
        fan_out(events)
        if events:
            TICKETS.halt_if_asked(Point.FANNED_OUT, str(events[0].pk))

    return fan_out_and_halt


def call_it_delivered(take):
    """The control."""

    def take_and_forget(lane):
        delivery = take(lane)
        if delivery is not None:
            WebhookDelivery.objects.filter(pk=delivery.pk).update(**deliver.DONE, delivered_at=clock.now())
        return delivery

    return take_and_forget


send.attempt = halt_before(Point.TAKEN, send.attempt)
send.settle = halt_before(Point.ANSWERED, send.settle)
deliver.fan_out = halt_after_fan_out(deliver.fan_out)
if os.environ.get("CHAOS_CONTROL"):
    senders.take = call_it_delivered(senders.take)

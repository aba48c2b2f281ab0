"""Registers the webhooks and lets events happen, of which CHAOS_DELIVERIES come: ``python -m chaos.webhooks.tell``.

Only a little ahead of what has arrived, so that events happen, and nudges are lost, for as long as workers are killed.
"""

import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from accounts.actor import Actor  # noqa: E402
from chaos.webhooks.receivers import EVENT  # noqa: E402
from events.actions.create_webhook import create_webhook  # noqa: E402
from events.models import WebhookDelivery  # noqa: E402
from events.record import record  # noqa: E402

SYSTEM = Actor.system("chaos")
# Of all deliveries, so many are on their way; less than what is left after the last kill.
AHEAD = 0.04
LOOK_EVERY = 0.1


def tell_all(urls: list[str], deliveries: int) -> None:
    for url in urls:
        create_webhook({"url": url, "events": [EVENT]}, actor=SYSTEM)
    told = 0
    while told < deliveries:
        ended = WebhookDelivery.objects.filter(next_attempt_at=None).count()
        while told < min(deliveries, ended + deliveries * AHEAD):
            record({EVENT: {"changed": []}}, actor=SYSTEM)
            told += len(urls)
        time.sleep(LOOK_EVERY)


if __name__ == "__main__":
    tell_all(os.environ["CHAOS_RECEIVERS"].split(), int(os.environ["CHAOS_DELIVERIES"]))

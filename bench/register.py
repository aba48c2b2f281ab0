"""Registers a webhook for each address that is given: ``python -m bench.register URL…``."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from accounts.actor import Actor  # noqa: E402
from bench.workloads import UPDATED  # noqa: E402
from events.actions.create_webhook import create_webhook  # noqa: E402

if __name__ == "__main__":
    for url in sys.argv[1:]:
        create_webhook({"url": url, "events": [UPDATED]}, actor=Actor.system("bench"))

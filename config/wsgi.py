import os

import django
from django.core.handlers.wsgi import WSGIHandler

from config.postgres import bound_waiting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from config.requests import DeskRequest  # noqa: E402


class Application(WSGIHandler):
    request_class = DeskRequest


application = Application()
bound_waiting()

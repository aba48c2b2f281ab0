import os

from django.core.wsgi import get_wsgi_application

from config.postgres import bound_waiting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
bound_waiting()

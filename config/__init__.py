import gc

gc.disable()  # what is imported stays, and config.apps begins to collect when all of it is there

from config.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]

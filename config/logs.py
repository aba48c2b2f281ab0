"""One JSON line for each thing worth knowing, with the request's id and without secrets or customer data."""

import logging.config
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

DEEPEST_FRAMES = 30


def where_it_broke(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its kinds and lines of code: its message may quote what a customer wrote, or a secret."""
    raised = event.pop("exc_info", None)
    raised = sys.exc_info() if raised is True else raised
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["exception"] = list(_chain(error))
    return event


def _chain(error: BaseException | None):
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)[-DEEPEST_FRAMES:]
        yield {
            "type": f"{type(error).__module__}.{type(error).__qualname__}",
            "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        }
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_logging(level: str) -> None:
    structlog.configure(
        processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": _shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        where_it_broke,
                        structlog.processors.JSONRenderer(),
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                "django.db.backends": {"level": "WARNING"},  # below that it prints statements with their values
                "django.request": {"level": "ERROR"},  # request.finished says it with the id
                "django.server": {"level": "WARNING"},
                "axes": {"level": "ERROR"},
                "stripe": {"level": "WARNING"},  # at INFO, two lines for each call
                "celery": {"level": "WARNING"},  # at INFO, a line for each sweep
            },
        }
    )

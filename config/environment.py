"""The environment that the settings are read from, and what kind of place this is."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")
env.ENVIRON = {name: value for name, value in os.environ.items() if value}  # one that is empty is not set

ENVIRONMENT = env.str("ENVIRONMENT", "demo")
IS_PRODUCTION = ENVIRONMENT == "production"
IS_DEMO = ENVIRONMENT in ("demo", "development")
if ENVIRONMENT not in ("demo", "development", "test", "production"):
    raise ImproperlyConfigured("ENVIRONMENT must be demo, development, test or production.")


def required(name: str, development_default: str) -> str:
    """The setting ``name``, which production must be given, and not as the development default."""
    value = env.str(name, "" if IS_PRODUCTION else development_default)
    if IS_PRODUCTION and value in ("", development_default):
        raise ImproperlyConfigured(f"{name} must be set to a value of its own in production.")
    return value


DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))
DATA_DIR.mkdir(parents=True, exist_ok=True)

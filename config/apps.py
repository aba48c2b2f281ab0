import gc

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The last of the apps: when it is ready, everything that stays for good is there."""

    name = "config"

    def ready(self) -> None:
        """The collector leaves alone what stays (``gc.freeze`` in Python's documentation), half a million objects.

        It would look through them again and again, in each process, and in a process that was forked copy them by
        that. It comes less often than by default, for the rows of a page are more than the 700 that it waits for.
        """
        gc.freeze()
        gc.set_threshold(20_000, 10, 10)
        gc.enable()

from django.apps import AppConfig
from django.core.checks import register


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from events.actions.disable_webhook import DISABLED
        from events.checks import check_limits
        from events.subscribers import subscribe
        from events.webhooks.notice import tell_owner

        register(check_limits)
        subscribe(DISABLED, tell_owner)

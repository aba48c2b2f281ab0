from django.apps import AppConfig
from django.core.checks import register


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "News"

    def ready(self) -> None:
        from events.actions.disable_webhook import DISABLED
        from events.checks import check_limits
        from events.kinds import describe
        from events.subscribers import subscribe
        from events.webhooks.notice import KIND, tell_owner

        register(check_limits)
        subscribe(DISABLED, tell_owner)
        describe(KIND, "A webhook of mine is switched off")

"""Take in what a provider tells of its own accord: believed by its signature, stored once, applied after that."""

from collections.abc import Mapping

from accounts.actor import Actor, use_case
from common import clock
from common.nudge import nudge_after_commit
from refunds.models import ProviderEvent
from refunds.providers import PAYERS
from refunds.providers.base import News

APPLY = "refunds.apply_event"


def receive_event(provider: str, raw: bytes, headers: Mapping[str, str], *, actor: Actor) -> None:
    """Raises ``EventRejected``: then nothing happened."""
    store_event(provider, PAYERS[provider].parse_event(raw, headers), actor=actor)


@use_case
def store_event(provider: str, news: News, *, actor: Actor) -> None:
    """The same event again is no second one. One that changes nothing here is kept as told, and done."""
    is_followed = bool(news.refund_reference or news.disputed_payment)
    event, is_new = ProviderEvent.objects.get_or_create(
        provider=provider,
        event_id=news.event_id,
        defaults={
            "account": news.account,
            "kind": news.kind,
            "refund_reference": news.refund_reference,
            "disputed_payment": news.disputed_payment,
            "payment_alias": news.payment_alias,
            "outcome": ProviderEvent.Outcome.WAITING if is_followed else ProviderEvent.Outcome.NOT_FOLLOWED,
            "next_attempt_at": clock.now() if is_followed else None,
        },
    )
    if is_new and is_followed:
        nudge_after_commit(APPLY, str(event.pk))

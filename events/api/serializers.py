"""What comes in about webhooks."""

from rest_framework import serializers

from common.api.serializers import Flag, Moment, StrictSerializer, Text
from events.webhooks.addresses import LONGEST_URL


class _Names(serializers.ListField):
    """Of events; that each is one is a rule."""

    child = Text(max_length=64)

    def __init__(self, **kwargs) -> None:
        super().__init__(max_length=100, **kwargs)


class NewWebhookSerializer(StrictSerializer):
    url = Text(max_length=LONGEST_URL)
    events = _Names()
    description = Text(max_length=200, required=False, allow_blank=True)
    store_id = Text(max_length=64, required=False, allow_null=True)


class WebhookChangesSerializer(StrictSerializer):
    url = Text(max_length=LONGEST_URL, required=False)
    events = _Names(required=False)
    description = Text(max_length=200, required=False, allow_blank=True)
    store_id = Text(max_length=64, required=False, allow_null=True)
    enabled = Flag(required=False)


class NothingSerializer(StrictSerializer):
    """A call that says all by its address."""


class SpanSerializer(StrictSerializer):
    since = Moment()
    until = Moment()
    include_delivered = Flag(required=False)

"""What is answered about events and webhooks, field by field."""

from rest_framework import serializers

from common.api.openapi import Word
from events.models import WebhookEndpoint


class EventData(serializers.DictField):
    """As its type's schema says."""


class Event(serializers.Serializer):
    id = serializers.UUIDField()
    type = serializers.CharField()
    version = serializers.IntegerField(help_text="Of the form of data.")
    timestamp = serializers.DateTimeField()
    order_id = serializers.CharField(allow_null=True)
    issue_id = serializers.UUIDField(allow_null=True)
    via = serializers.CharField(help_text="The door: api, admin, web or system.")
    request_id = serializers.CharField(allow_null=True, help_text="The X-Request-ID of the call that did it.")
    data = EventData()  # type: ignore[assignment]


class FeedRow(Event):
    cursor = serializers.CharField(help_text="The event's place in the feed.")


class Feed(serializers.Serializer):
    results = FeedRow(many=True)
    next = serializers.URLField(help_text="What follows, also at the end: ask again.")
    cursor = serializers.CharField(help_text="How far this answer reaches; after=… goes on behind it.")
    has_more = serializers.BooleanField(help_text="Whether more is there already.")


class Type(serializers.Serializer):
    type = serializers.CharField()
    version = serializers.IntegerField()
    description = serializers.CharField()
    schema = serializers.DictField(help_text="The JSON schema of data.")


class Webhook(serializers.Serializer):
    id = serializers.UUIDField()
    url = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    events = serializers.ListField(child=serializers.CharField(), help_text='Names, or "*" for every event.')
    store_id = serializers.CharField(allow_null=True, help_text="null: of all stores.")
    owner = serializers.CharField(allow_null=True, help_text="Who is told when it is switched off.")
    enabled = serializers.BooleanField()
    disabled_because = Word(WebhookEndpoint.Disabled.choices, allow_null=True)
    failing_since = serializers.DateTimeField(allow_null=True)
    last_success_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    secret_changed_at = serializers.DateTimeField()
    previous_secret_until = serializers.DateTimeField(allow_null=True, help_text="Until then it signs too.")
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class WebhookWithSecret(Webhook):
    secret = serializers.CharField(help_text="whsec_…: shown this once.")


class DeliveryRow(serializers.Serializer):
    id = serializers.UUIDField()
    webhook_id = serializers.UUIDField(help_text="The header of that name: the event's id.")
    type = serializers.CharField()
    status = Word(["pending", "delivered", "failed"])
    attempts = serializers.IntegerField(help_text="Since it was last sent anew.")
    created_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    last_error = serializers.CharField(allow_null=True)


class Headers(serializers.DictField):
    child = serializers.CharField()


class Received(serializers.Serializer):
    status = serializers.IntegerField()
    headers = Headers(help_text="Those that tell of delivery; the others are not kept.")
    body = serializers.CharField(help_text="Its first 1,024 characters.")


class Attempt(serializers.Serializer):
    at = serializers.DateTimeField()
    milliseconds = serializers.IntegerField()
    url = serializers.CharField()
    headers = Headers(help_text="As sent, without the signature.")
    response = Received(allow_null=True)
    error = serializers.CharField(allow_null=True)


class Delivery(DeliveryRow):
    body = Event(help_text="What is sent.")
    requests = Attempt(many=True)


class Span(serializers.Serializer):
    redelivered = serializers.IntegerField()
    next_since = serializers.DateTimeField(allow_null=True, help_text="Go on from there, if there is more.")

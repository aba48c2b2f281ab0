"""What comes in about refunds."""

from rest_framework import serializers

from common.api.openapi import WithFacts
from common.api.serializers import Choice, Moment, Money, StrictSerializer, Text
from refunds.actions.credit_instead import LONGEST_NAME
from refunds.models import ContactChannel


class StepSerializer(StrictSerializer):
    """Beside ``updated_by``, which the view reads: why."""

    note = Text(max_length=2000, required=False, allow_blank=True)


class ConsentSerializer(StrictSerializer):
    """Who said that credit will do, when, and through which channel."""

    given_by = Text(max_length=LONGEST_NAME)
    given_at = Moment()
    channel = Choice(ContactChannel.choices)


class InsteadSerializer(StepSerializer):
    consent = ConsentSerializer()


class DebitSerializer(StrictSerializer):
    amount = Money(above_zero=True)
    currency = Text(max_length=3)
    reference = Text(max_length=255)


class InsurerEvent(WithFacts):
    """That something happened to a claim; what it is, the desk asks for."""

    event_id = serializers.CharField()
    claim_id = serializers.UUIDField()

"""Webhooks: register, change, rotate, try out; and what was delivered by them."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import Actor
from accounts.api.views import DeskView
from accounts.models import Scope
from common.api.cursor import page_of
from common.api.query import ensure_known_parameters, parameter_errors
from common.errors import NotFound, ValidationFailed
from events.actions.change_webhook import change_webhook
from events.actions.create_webhook import WithSecret, create_webhook
from events.actions.redeliver import redeliver, redeliver_span
from events.actions.rotate_webhook import rotate_webhook
from events.actions.send_test import send_test
from events.api.answers import delivery_answer, delivery_row, webhook_answer
from events.api.serializers import (
    NewWebhookSerializer,
    NothingSerializer,
    SpanSerializer,
    WebhookChangesSerializer,
)
from events.models import WebhookDelivery, WebhookDeliveryQuerySet, WebhookEndpoint, WebhookEndpointQuerySet
from events.webhooks.rules import ensure_may_manage

STATES = ("pending", "delivered", "failed")
MOST_ATTEMPTS = 50


class WebhookView(DeskView):
    """Base of all of them: the scope, and for a person the permission too, before anything is looked up."""

    def found(self, webhook_id: UUID) -> WebhookEndpoint:
        return find_webhook(webhook_id, self.actor)

    def answer_secret(self, made: WithSecret, message: str, status: int) -> Response:
        """The one answer that has the secret; kept for a repeat, it is kept sealed."""
        body = {"success": True, "message": message, **webhook_answer(made.endpoint), "secret": made.secret}
        response = self.answer(body, status=status)
        response.is_secret = True  # type: ignore[attr-defined]
        return response


class WebhooksView(WebhookView):
    scopes = {"GET": Scope.WEBHOOKS_MANAGE, "POST": Scope.WEBHOOKS_MANAGE}

    def get(self, request: Request) -> Response:
        ensure_known_parameters(request)
        return self.answer_page(page_of(webhooks_for(self.actor), request), webhook_answer)

    def post(self, request: Request) -> Response:
        ensure_may_manage(self.actor)
        made = create_webhook(self.read(NewWebhookSerializer), actor=self.actor)
        return self.answer_secret(made, "The webhook was created; its secret is shown this once.", 201)


class OneWebhookView(WebhookView):
    scopes = {"GET": Scope.WEBHOOKS_MANAGE, "PATCH": Scope.WEBHOOKS_MANAGE}

    def get(self, request: Request, webhook_id: UUID) -> Response:
        ensure_known_parameters(request)
        return self.answer(webhook_answer(self.found(webhook_id)))

    def patch(self, request: Request, webhook_id: UUID) -> Response:
        self.found(webhook_id)
        changes = self.read(WebhookChangesSerializer)
        if not changes:
            raise ValidationFailed({"non_field_errors": ["Name at least one field to change."]})
        endpoint = change_webhook(webhook_id, changes, actor=self.actor)
        return self.answer({"success": True, "message": "The webhook is as you say.", **webhook_answer(endpoint)})


class RotateView(WebhookView):
    scopes = {"POST": Scope.WEBHOOKS_MANAGE}

    def post(self, request: Request, webhook_id: UUID) -> Response:
        self.found(webhook_id)
        self.read(NothingSerializer)
        made = rotate_webhook(webhook_id, actor=self.actor)
        return self.answer_secret(made, "The new secret is shown this once; the old one signs for a day more.", 200)


class TestView(WebhookView):
    scopes = {"POST": Scope.WEBHOOKS_MANAGE}

    def post(self, request: Request, webhook_id: UUID) -> Response:
        self.found(webhook_id)
        self.read(NothingSerializer)
        delivery = send_test(webhook_id, actor=self.actor)
        answer = {"success": True, "message": "A test is on its way.", **delivery_row(delivery)}
        return self.answer(answer, status=202)


class SpanView(WebhookView):
    scopes = {"POST": Scope.WEBHOOKS_MANAGE}

    def post(self, request: Request, webhook_id: UUID) -> Response:
        self.found(webhook_id)
        span = self.read(SpanSerializer)
        done = redeliver_span(webhook_id, span.pop("since"), span.pop("until"), actor=self.actor, **span)
        message = f"{done.count} deliveries are on their way."
        answer = {"success": True, "message": message, "redelivered": done.count, "next_since": done.next_since}
        return self.answer(answer, status=202)


class DeliveriesView(WebhookView):
    scopes = {"GET": Scope.WEBHOOKS_MANAGE}

    def get(self, request: Request, webhook_id: UUID) -> Response:
        deliveries = self.found(webhook_id).deliveries.select_related("event")
        return self.answer_page(page_of(in_state(deliveries, request), request), delivery_row)


class DeliveryView(WebhookView):
    scopes = {"GET": Scope.WEBHOOKS_MANAGE}

    def get(self, request: Request, webhook_id: UUID, delivery_id: UUID) -> Response:
        ensure_known_parameters(request)
        delivery = find_delivery(self.found(webhook_id), delivery_id)
        newest = list(delivery.tries.order_by("-at", "-pk")[:MOST_ATTEMPTS])
        return self.answer(delivery_answer(delivery, reversed(newest)))


class RedeliverView(WebhookView):
    scopes = {"POST": Scope.WEBHOOKS_MANAGE}

    def post(self, request: Request, webhook_id: UUID, delivery_id: UUID) -> Response:
        find_delivery(self.found(webhook_id), delivery_id)
        self.read(NothingSerializer)
        delivery = redeliver(webhook_id, delivery_id, actor=self.actor)
        answer = {"success": True, "message": "The delivery is on its way.", **delivery_row(delivery)}
        return self.answer(answer, status=202)


def webhooks_for(actor: Actor) -> WebhookEndpointQuerySet:
    """Those that the actor sees. Raises ``PermissionDenied``."""
    ensure_may_manage(actor)
    return WebhookEndpoint.objects.visible_to(actor.grants).select_related("owner")


def find_webhook(webhook_id: UUID, actor: Actor) -> WebhookEndpoint:
    endpoint = webhooks_for(actor).filter(pk=webhook_id).first()
    if endpoint is None:
        raise NotFound("There is no such webhook.")
    return endpoint


def find_delivery(endpoint: WebhookEndpoint, delivery_id: UUID) -> WebhookDelivery:
    delivery = endpoint.deliveries.select_related("event").filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound("There is no such delivery.")
    return delivery


def in_state(deliveries: WebhookDeliveryQuerySet, request: Request) -> WebhookDeliveryQuerySet:
    """By ``status``. Raises ``ValidationFailed``."""
    errors = parameter_errors(request, ["status"])
    status = request.GET.get("status")
    if status is not None and status not in STATES:
        errors["status"] = [f"Must be of: {', '.join(STATES)}."]
    if errors:
        raise ValidationFailed(errors)
    return getattr(deliveries, status)() if status else deliveries

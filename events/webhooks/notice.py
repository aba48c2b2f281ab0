"""Tell a person that a webhook was switched off: nobody else would notice that nothing arrives."""

from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Employee
from accounts.roles import MANAGE_WEBHOOKS
from events.messages import Message, queue_messages
from events.models import Event, WebhookEndpoint

KIND = "webhook_disabled"


def tell_owner(event: Event) -> None:
    endpoint = WebhookEndpoint.objects.select_related("owner").get(pk=event.data["webhook_id"])
    path = reverse("admin:events_webhookendpoint_change", args=[endpoint.pk])
    words = render_to_string(f"email/{KIND}.txt", {"webhook": endpoint, "because": event.data["because"]})
    subject, _, text = words.strip().partition("\n")
    body = {"text": text.strip(), "url": settings.PUBLIC_URL + path, "action": ""}
    text, html = (render_to_string(f"email/message.{form}", body).strip() for form in ("txt", "html"))
    message = Message(kind=KIND, subject=subject, text=text, html=html, url=path)
    queue_messages(event, [replace(message, employee=each) for each in _who_see_to_it(endpoint)])


def _who_see_to_it(endpoint: WebhookEndpoint) -> Iterable[Employee]:
    """Its owner; where that was an integration, or has left, whoever manages webhooks."""
    if endpoint.owner is not None and endpoint.owner.is_active:
        return [endpoint.owner]
    app, _, codename = MANAGE_WEBHOOKS.partition(".")
    may = Q(groups__permissions__codename=codename, groups__permissions__content_type__app_label=app)
    return Employee.objects.filter(may, is_active=True).distinct()

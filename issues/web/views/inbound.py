"""Where a mail provider hands over what came in: Anymail checks that it is the provider, we keep it."""

from functools import cache
from importlib import import_module

from anymail.webhooks.base import AnymailBasicAuthMixin
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from accounts.actor import Actor
from issues.actions.keep_mail import keep_mail


@csrf_exempt
def inbound(request: HttpRequest) -> HttpResponseBase:
    if not settings.INBOUND_PROVIDER:
        raise Http404
    return _view_of(settings.INBOUND_PROVIDER).as_view()(request)


class Keeps(AnymailBasicAuthMixin):
    """Before a view of Anymail's, which checks who calls and reads the form; its signal is not used."""

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if self.warn_if_no_basic_auth and not self.basic_auth:  # it has no signature either: anybody could call
            raise PermissionDenied("ANYMAIL_WEBHOOK_SECRET is not set.")
        self.run_validators(request)
        for event in self.parse_events(request):
            message = event.message
            if message.envelope_recipient and "Delivered-To" not in message:
                message["Delivered-To"] = message.envelope_recipient
            keep_mail(message.as_bytes(), actor=Actor.system("inbound-mail"))
        return HttpResponse()


@cache
def _view_of(provider: str) -> type[View]:
    module = import_module(f"anymail.webhooks.{provider}")
    view = next(each for name, each in vars(module).items() if name.endswith("InboundWebhookView"))
    return type("InboundMailView", (Keeps, view), {})

"""What every page of the desk has: somebody signed in, the navigation, and two ways to be sent."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.actor import Actor
from accounts.browser import actor_of
from accounts.roles import DECIDE_APPROVAL, VIEW_ISSUE, VIEW_METRICS
from events.inbox import unread_count
from issues.models import Approval
from issues.waiting import requests_to_decide

MOST_COUNTED = 100


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


@method_decorator(never_cache, name="dispatch")
class Page(LoginRequiredMixin, View):
    """``template`` extends ``shell``: the whole page, or for htmx its main part and the navigation.

    ``permission``: what it takes to see it, if it takes any.
    """

    template: str
    permission = VIEW_ISSUE
    request: HtmxRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and self.permission and not self.actor.may(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def actor(self) -> Actor:
        return actor_of(self.request, via="web")

    def show(self, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
        shell = "part.html" if self.request.htmx else "base.html"
        everywhere = {"shell": shell, "actor": self.actor, "navigation": navigation_of(self.actor)}
        response = render(self.request, self.template, everywhere | dict(context), status=status)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def handle_no_permission(self) -> HttpResponseRedirect:
        """A part of a page can't show the login: the browser goes there."""
        response = super().handle_no_permission()
        return cast(HttpResponseRedirect, HttpResponseClientRedirect(response.url)) if self.request.htmx else response

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who signs in again in mid-work is sent to where the form went, and led on to the page that it is on."""
        page = self.page_of_form()
        if request.method not in ("GET", "HEAD") or not page:
            return super().http_method_not_allowed(request, *args, **kwargs)
        messages.warning(request, "What you sent last was not saved, as you were signed out. Please send it again.")
        return redirect(page)

    def page_of_form(self) -> str:
        """The address of the page whose forms are sent here, where there is nothing else to see."""
        return ""


def navigation_of(actor: Actor) -> dict[str, Any]:
    may_decide = actor.may(DECIDE_APPROVAL)
    waiting = requests_to_decide(actor) if may_decide else Approval.objects.visible_to(actor.grants).pending()
    return {
        "waiting": waiting.values("pk")[:MOST_COUNTED].count(),
        "unread": unread_count(actor.person),
        "may_decide": may_decide,
        "may_view_figures": actor.may(VIEW_METRICS),
    }

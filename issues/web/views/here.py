"""Asked again and again while an issue is open, in the admin too: who else is there, and what is new."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from common.forms import MomentField
from issues.presence import changed_since, leave, others_at, stay
from issues.web.views.issues import IssuePage

PAGES = {"web": "web:issue", "admin": "admin:issues_issue_change"}


class HereForm(forms.Form):
    """``version`` and ``opened``: of the issue when the page was made. ``leaves``: it is being closed."""

    version = forms.IntegerField(min_value=1)
    opened = MomentField(input_formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"])
    door = forms.ChoiceField(choices=[(name, name) for name in PAGES])
    leaves = forms.BooleanField(required=False)


class HerePage(IssuePage):
    http_method_names = ["post"]

    def page_of_form(self) -> str:
        return ""  # a script asks

    def post(self, request: HttpRequest, issue_id: UUID) -> HttpResponse:
        issue, form = self.find(issue_id), HereForm(request.POST)
        if not form.is_valid():
            return HttpResponse(status=400)
        told = form.cleaned_data
        if told["leaves"]:
            leave(issue, actor=self.actor)
            return HttpResponse(status=204)
        stay(issue, actor=self.actor)
        news = {
            "others_here": others_at(issue, actor=self.actor),
            "since": changed_since(issue, version=told["version"], opened=told["opened"]),
            "page": reverse(PAGES[told["door"]], args=[issue.pk]),
            "opened": request.POST["opened"],
        }
        return render(request, "issues/page/here.html", news)

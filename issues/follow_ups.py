"""Somebody's follow-ups as a calendar (RFC 5545). It leaves the desk: it says nothing of the customer."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from accounts.actor import Grants
from accounts.models import Employee
from common import clock
from common.display import in_words
from issues.models import Issue

MOST = 500
LENGTH = timedelta(minutes=15)


def calendar_of(employee: Employee) -> bytes:
    """Of the issues in their hands, as they see them now; the ``MOST`` that are latest."""
    calendar = Calendar()
    calendar.add("prodid", "-//Redress//Follow-ups//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Follow-ups")
    visible = Issue.objects.visible_to(Grants.of_employee(employee))
    theirs = visible.filter(assigned_to=employee, follow_up_required=True)
    for issue in (
        theirs.exclude(follow_up_date=None).order_by("-follow_up_date", "-pk").defer("description", "clocks")[:MOST]
    ):
        if issue.follow_up_date:
            calendar.add_component(_event(issue, issue.follow_up_date))
    return calendar.to_ical()


def _event(issue: Issue, at: datetime) -> Event:
    """Always of the same name, so that a moved one is moved in the calendar too."""
    event = Event()
    event.add("uid", f"{issue.pk}@redress")
    event.add("dtstamp", clock.now())
    event.add("dtstart", at)
    event.add("dtend", clock.later(at, LENGTH))
    event.add("summary", f"Follow up {issue.number}: {in_words(issue.issue_type).lower()}")
    event.add("url", settings.PUBLIC_URL + reverse("web:issue", args=[issue.pk]))
    return event

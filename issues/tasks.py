"""What beat asks of this app."""

from celery import shared_task
from django.conf import settings

from accounts.actor import Actor
from common.leases import work_off
from issues.actions import close_stale, place_mail
from issues.actions.make_thumbnail import make_due_thumbnails
from issues.actions.tell_deadlines import tell_some_deadlines
from issues.actions.tell_follow_ups import tell_some_follow_ups
from issues.mail.imap import fetch_all
from issues.mail.keeping import forget_old
from issues.metrics.folds import fold_months
from issues.metrics.keeping import read_unread
from issues.models import Presence


@shared_task(name="issues.close_stale_issues")
def close_stale_issues() -> None:
    close_stale.close_stale_issues(actor=Actor.system("close-stale-issues"))


@shared_task(name="issues.expire_approvals")
def expire_approvals() -> None:
    close_stale.expire_approvals(actor=Actor.system("expire-approvals"))


@shared_task(name="issues.read_unread_audits")
def read_unread_audits() -> None:
    stretches = read_unread()
    work_off(lambda: next(stretches, None) is not None, seconds=settings.TASK_SOFT_LIMIT / 2)


@shared_task(name="issues.fold_figures")
def fold_figures() -> None:
    work_off(fold_months, seconds=settings.TASK_SOFT_LIMIT / 2)


@shared_task(name="issues.forget_presences")
def forget_presences() -> None:
    Presence.objects.forget_stale()


@shared_task(name="issues.make_thumbnails")
def make_thumbnails() -> None:
    make_due_thumbnails(actor=Actor.system("make-thumbnails"))


@shared_task(name="issues.fetch_mail")
def fetch_mail() -> None:
    fetch_all(actor=Actor.system("fetch-mail"))


@shared_task(name="issues.place_mail")
def place_due_mail() -> None:
    place_mail.place_due_mail(actor=Actor.system("inbound-mail"))


@shared_task(name="issues.forget_mail")
def forget_mail() -> None:
    forget_old()


@shared_task(name="issues.tell_deadlines")
def tell_deadlines() -> None:
    actor = Actor.system("tell-deadlines")
    work_off(lambda: tell_some_deadlines(actor=actor), seconds=settings.TASK_SOFT_LIMIT / 2)


@shared_task(name="issues.tell_follow_ups")
def tell_follow_ups() -> None:
    actor = Actor.system("tell-follow-ups")
    work_off(lambda: tell_some_follow_ups(actor=actor), seconds=settings.TASK_SOFT_LIMIT / 2)

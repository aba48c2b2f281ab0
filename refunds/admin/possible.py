"""What can be done about a refund, for its page: each deed with its button, or why not here and who could."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.actor import Actor
from accounts.roles import DECIDE_APPROVAL, START_REFUND
from refunds.actions.confirm import waits_for_a_person
from refunds.actions.credit_instead import is_replaceable, is_replaced
from refunds.actions.look_up import can_be_looked_up
from refunds.actions.paid_after_all import is_paid_after_all
from refunds.actions.retry import RETRYABLE, is_reverted
from refunds.errors import PAID_AFTER_ALL
from refunds.models import MOVES, Refund, RefundStatus, Source


@dataclass(frozen=True, slots=True)
class Kind:
    """``not_now`` says why the refund does not take it; it is empty where it does. ``by_another``: than who asked."""

    name: str
    title: str
    permission: str
    not_now: Callable[[Refund], str]
    by_another: bool = False
    is_danger: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """``url`` of its dialog is empty where ``why_not`` says something."""

    name: str
    title: str
    url: str
    why_not: str
    is_danger: bool


def _look_up(refund: Refund) -> str:
    return "" if can_be_looked_up(refund) else "Only while a provider's answer is open."


def _confirm(refund: Refund) -> str:
    return "" if waits_for_a_person(refund) else "Only where nobody but a person can know."


def _retry(refund: Refund) -> str:
    if refund.status not in RETRYABLE:
        return "Only what failed or came back."
    if is_replaced(refund):
        return "Store credit was given in its place."
    if is_paid_after_all(refund):
        return PAID_AFTER_ALL
    return "Credit that was taken back is not given again." if is_reverted(refund) else ""


def _credit(refund: Refund) -> str:
    if refund.source == Source.STORE_CREDIT:
        return "It is store credit."
    if is_replaceable(refund):
        return PAID_AFTER_ALL if is_paid_after_all(refund) else ""
    return "It was given already." if refund.status in RETRYABLE else "Only what failed or came back."


def _cancel(refund: Refund) -> str:
    return "" if RefundStatus.CANCELLED in MOVES[refund.status] else "Only before the provider has it."


def _revert(refund: Refund) -> str:
    given = (refund.source, refund.status) == (Source.STORE_CREDIT, RefundStatus.SUCCEEDED)
    return "" if given else "Only store credit that was given."


KINDS = (
    Kind("look_up", "Look it up again now", START_REFUND, _look_up),
    Kind("confirm", "Say what became of it", DECIDE_APPROVAL, _confirm, by_another=True),
    Kind("retry", "Try again", START_REFUND, _retry),
    Kind("credit_instead", "Refund as store credit instead", START_REFUND, _credit),
    Kind("cancel", "Cancel", START_REFUND, _cancel, is_danger=True),
    Kind("revert_credit", "Take credit back", DECIDE_APPROVAL, _revert, by_another=True, is_danger=True),
)


def deeds_of(refund: Refund, *, actor: Actor) -> Iterator[Deed]:
    """All of them, those that can be done first."""
    deeds = [_deed(kind, refund, actor) for kind in KINDS]
    yield from sorted(deeds, key=lambda deed: bool(deed.why_not))


def may_be_done(name: str, refund: Refund, *, actor: Actor) -> bool:
    """As the page says it."""
    return any(not _why_not(kind, refund, actor) for kind in KINDS if kind.name == name)


def _deed(kind: Kind, refund: Refund, actor: Actor) -> Deed:
    why_not = _why_not(kind, refund, actor)
    url = "" if why_not else reverse(f"admin:refunds_refund_{kind.name}", args=[refund.pk])
    return Deed(kind.name, kind.title, url, why_not, kind.is_danger)


def _why_not(kind: Kind, refund: Refund, actor: Actor) -> str:
    if reason := kind.not_now(refund):
        return reason
    if not actor.may(kind.permission):
        return f"Your role may not. Who may: {roles_that_may(kind.permission) or 'nobody'}."
    if kind.by_another and actor.asked(refund.requested_by_id, refund.requested_with):
        return f"You asked for it, so another person must: {roles_that_may(kind.permission)}."
    return ""


def roles_that_may(permission: str) -> str:
    app, _, codename = permission.partition(".")
    groups = Group.objects.filter(permissions__codename=codename, permissions__content_type__app_label=app)
    return ", ".join(groups.order_by("name").values_list("name", flat=True))

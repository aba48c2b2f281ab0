"""What somebody can do with an issue now, and of the rest: why not, and who could."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from accounts.actor import Actor
from accounts.holders import roles_with
from accounts.roles import START_REFUND
from common.display import in_words
from issues.forms.errors import MAY_NOT
from issues.models import Issue
from issues.policy import KIND_OF_STEP, STEPS, allowed_transitions, may_step, next_statuses, required_permission
from issues.rules import STATUSES_THAT_NEED_A_NOTE
from issues.workflow import Status

LABELS = {
    "investigate": "Investigate", "start": "Start work", "resolve": "Resolve with this note",
    "close": "Close with this note", "escalate": "Escalate", "send_back": "Send back to open", "reopen": "Reopen",
}  # fmt: skip
KEYS: dict[str, str] = {Status.RESOLVED: "r", Status.INVESTIGATING: "i", Status.IN_PROGRESS: "s"}
WHAT_IT_IS = {
    "resolve": "Resolve", "close": "Close",
}  # fmt: skip


@dataclass(frozen=True)
class Move:
    """A step to ``target``. ``reason`` says why it is not offered; it is '' where it is."""

    target: str
    label: str
    reason: str = ""

    @property
    def needs_note(self) -> bool:
        return self.target in STATUSES_THAT_NEED_A_NOTE

    @property
    def key(self) -> str:
        """The single key by which it is made on the page, or ''."""
        return KEYS.get(self.target, "")


@dataclass(frozen=True)
class Moves:
    offered: list[Move]
    others: list[Move]
    no_refund: str  # why no refund can be started, or ''


def moves_of(issue: Issue, *, actor: Actor, pending: Collection[str] = ()) -> Moves:
    """``pending``: the kinds of what is asked for already. One statement at most."""
    allowed = allowed_transitions(issue.status, actor)
    refused = [target for target in next_statuses(issue.status) if target not in allowed]
    needed = {target: required_permission(issue.status, target) for target in refused}
    lacks_refund = not actor.may(START_REFUND)
    holders = roles_with([*needed.values(), *([START_REFUND] if lacks_refund else [])])
    others = [_refused((issue.status, target), needed[target], holders, pending) for target in refused]
    unreachable = [each for each in Status.values if each != issue.status and (issue.status, each) not in STEPS]
    return Moves(
        offered=[_offered(issue.status, target, actor) for target in allowed],
        others=others + [_unreachable(issue.status, target) for target in unreachable],
        no_refund=_why_no_refund(issue, holders if lacks_refund else None),
    )


def _offered(current: str, target: str, actor: Actor) -> Move:
    asks = "" if may_step(actor, current, target) else " (asks a manager)"
    return Move(target, LABELS[STEPS[current, target]] + asks)


def _refused(move: tuple[str, str], permission: str, holders: dict[str, list[str]], pending: Collection[str]) -> Move:
    step = STEPS[move]
    reason = _may_not(permission, holders)
    if KIND_OF_STEP.get(move) in pending:
        reason = f"It was asked for and waits for a decision. {reason}"
    return Move(move[1], WHAT_IT_IS.get(step, LABELS[step]), reason)


def _may_not(permission: str, holders: dict[str, list[str]]) -> str:
    who = holders.get(permission)
    could = f"Who could: {_listed(who, 'or')}." if who else "No role may at present; an administrator can change that."
    return f"Your role may not {MAY_NOT[permission]}. {could}"


def _unreachable(current: str, target: str) -> Move:
    sources = [in_words(source) for source, to in STEPS if to == target]
    return Move(target, in_words(target), f"Not from {in_words(current)}; it comes after {_listed(sources, 'or')}.")


def _why_no_refund(issue: Issue, holders: dict[str, list[str]] | None) -> str:
    if holders is not None:
        return _may_not(START_REFUND, holders)
    if issue.is_closed:
        return "The issue is closed: reopen it first."
    if issue.order.refundable_amount <= 0:
        return "All of the order is refunded or promised already."
    return ""


def _listed(words: Iterable[str], join: str) -> str:
    *most, last = words
    return f"{', '.join(most)} {join} {last}" if most else last

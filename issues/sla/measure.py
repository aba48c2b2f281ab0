"""What starts, stops and pauses the clocks of an issue: the rules of docs/deadlines.md."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from issues.models import Communication, Issue
from issues.sla.clocks import BREACH, WARNINGS, Clock, State, Target, Terms
from issues.sla.policies import terms_for
from issues.sla.turns import waits_since
from issues.sla.written import read, write
from issues.workflow import Status

COLUMNS = frozenset({"clocks", "clocks_tell_at"})  # beside those that are audited
RESPONSES = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE)
MOST_CLOCKS = 50
DONE = (Status.RESOLVED, Status.CLOSED)


@dataclass(frozen=True)
class Before:
    """What an issue was like before a step."""

    status: str
    priority: str
    resolved_at: datetime | None


class Measure:
    """The clocks of an issue that is held for a change. ``settle`` puts what they say on its row."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        self.clocks = [read(each) for each in issue.clocks]

    def open(self, *targets: Target) -> list[Clock]:
        return [each for each in self.clocks if each.ended_at is None and each.target in (targets or tuple(Target))]

    def opened(self, at: datetime) -> None:
        self._begin(terms_for(self.issue), at, Target.FIRST_RESPONSE, Target.RESOLUTION)

    def stepped(self, before: Before, at: datetime) -> None:
        """The issue has come from where it was ``before`` to where it is."""
        status = self.issue.status
        if status == Status.ESCALATED or before.status == Status.CLOSED:
            self._end(self.open(Target.RESOLUTION), at, is_met=before.status == Status.CLOSED)
            self._begin(terms_for(self.issue), at, Target.RESOLUTION)
        elif status == Status.RESOLVED:
            self.issue.due_at = self._end_of_resolution(at)
            self._end(self.open(*RESPONSES), at, is_met=True)  # the customer is told
            self._go_into(State.RESOLVED, at)
        elif status == Status.CLOSED:
            self._end(self.open(), at, is_met=True)
        else:
            if before.status in (Status.RESOLVED, Status.ESCALATED):
                self._go_into(State.RUNNING, at)
            if self._is_other_work(before):
                self.looked_different(at)
        if before.status in DONE and status not in DONE:
            self._asked_meanwhile(before.resolved_at or self.issue.created_at, at)

    def looked_different(self, at: datetime) -> None:
        """Something changed that policies look at: a target that the new one does not have is measured no more."""
        terms = terms_for(self.issue)
        for each in self.open():
            if each.target not in terms:
                each.end(at, is_met=False)
            elif each.terms != terms[each.target]:
                self.clocks.append(each.go_over(terms[each.target], at))
        if Target.RESOLUTION not in {each.target for each in self.open()}:
            self._begin_late(terms, at)
        self._name(terms)

    def answered(self, at: datetime, *, is_newest: bool) -> None:
        """Somebody spoke to the customer. Where it is the newest word, it is the customer's turn."""
        if self.issue.status not in DONE:
            self._end(self.open(*(RESPONSES if is_newest else (Target.FIRST_RESPONSE,))), at, is_met=True)
            if is_newest:
                self._go_into(State.WAITING, at)

    def asked(self, at: datetime) -> None:
        """The customer spoke: it is our turn."""
        if self.issue.status not in DONE:
            self._go_into(State.RUNNING, at)
            if self.issue.first_response_at is not None and not self.open(*RESPONSES):
                self._begin(terms_for(self.issue), at, Target.NEXT_RESPONSE)

    def settle(self) -> None:
        if self.issue.status not in DONE:
            self.issue.due_at = min((each.due_at for each in self.open() if each.due_at), default=None)
        self.issue.clocks_tell_at = min((at for each in self.clocks if (at := next_word(each))), default=None)
        self.issue.clocks = [write(each) for each in self._kept()]

    def _is_other_work(self, before: Before) -> bool:
        """Whether it was escalated, or of another priority, when it was last worked on."""
        status, priority = before.status, before.priority
        if status == Status.RESOLVED:
            worked_on = self.issue.history.exclude(status__in=DONE).order_by("-history_id")
            status, priority = worked_on.values_list("status", "priority").first() or (status, priority)
        # Without any clock it is from before there were some.
        return status == Status.ESCALATED or priority != self.issue.priority or not self.clocks

    def _asked_meanwhile(self, done_at: datetime, at: datetime) -> None:
        """A word that was written down while it was done waits for an answer, now that somebody is to give one."""
        if self.issue.first_response_at is None or self.open(*RESPONSES):
            return
        said = self.issue.communications.newest()
        if said and said.direction == Communication.Direction.INBOUND and said.created_at > done_at:
            asked_at = min(max(said.occurred_at, done_at), at)
            self._begin(terms_for(self.issue), asked_at, Target.NEXT_RESPONSE)

    def _begin(self, terms: Mapping[Target, Terms], at: datetime, *targets: Target) -> None:
        self.clocks += [Clock.started(target, terms[target], at) for target in targets if target in terms]
        if Target.RESOLUTION in targets:
            self._name(terms)

    def _begin_late(self, terms: Mapping[Target, Terms], at: datetime) -> None:
        """The resolution, since the issue was opened; it stands still where one that always ran would."""
        if Target.RESOLUTION not in terms or self.issue.status == Status.CLOSED:
            return
        self._begin(terms, self.issue.created_at, Target.RESOLUTION)
        if self.issue.status == Status.RESOLVED:
            self._go_into(State.RESOLVED, self.issue.resolved_at or at)
        elif since := waits_since(self.issue, at):
            self._go_into(State.WAITING, since)

    def _name(self, terms: Mapping[Target, Terms]) -> None:
        self.issue.sla_policy = next((each.policy for each in terms.values()), "")

    def _end(self, clocks: Iterable[Clock], at: datetime, *, is_met: bool) -> None:
        for each in clocks:
            each.end(at, is_met=is_met)

    def _go_into(self, state: State, at: datetime) -> None:
        for each in self.open(Target.RESOLUTION):
            each.go_into(state, at)

    def _end_of_resolution(self, at: datetime) -> datetime | None:
        """By when it had to be resolved; where the clock stood still, as if it went on now."""
        for each in self.open(Target.RESOLUTION):
            return each.due_at or each.terms.calendar.after(at, each.remaining(at))
        return self.issue.due_at

    def _kept(self) -> list[Clock]:
        """All that are open or were late, and the newest of the others."""
        plain = [each for each in self.clocks if each.ended_at and not each.breached_at]
        gone = {id(each) for each in plain[: max(len(self.clocks) - MOST_CLOCKS, 0)]}
        return [each for each in self.clocks if id(each) not in gone]


def next_word(clock: Clock) -> datetime | None:
    """When the next of the warnings, or the breach, has to be told; a breach that was passed by in between, too."""
    if clock.told >= BREACH:
        return None
    percent = next(each for each in (*WARNINGS, BREACH) if each > clock.told)
    return clock.moment_of(percent) or clock.breached_at


def is_measured_otherwise(issue: Issue, status: str, priority: str) -> bool:
    """Whether a change from ``status`` and ``priority`` touches the clocks; most steps of the work do not."""
    matters = {Status.ESCALATED, Status.RESOLVED, Status.CLOSED}
    return issue.priority != priority or (issue.status != status and bool(matters & {issue.status, status}))

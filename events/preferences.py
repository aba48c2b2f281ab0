"""When a message goes, and with what: what its recipient chose, their quiet hours, and a cap for each hour.

Urgent kinds pass by choices and quiet hours. Nothing is dropped for a cap: an employee gets the rest as one mail, and
somebody outside a little later.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BigIntegerField, CharField, Count, DateTimeField, QuerySet

from common import clock
from common.prepared import Parameter, Prepared, fetch_for_each, slots
from events import kinds
from events.models import Delivery, Mode, NotificationChoice, NotificationSettings

HOUR = timedelta(hours=1)
URGENT_DIGEST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Plan:
    """``due`` as a mail of its own, or ``in_digest`` with others; None: by no mail and no chat at all."""

    due: datetime
    in_digest: bool = False


@dataclass(frozen=True)
class Preferences:
    """One employee's; the defaults are those of somebody who never chose."""

    settings: NotificationSettings = field(default_factory=NotificationSettings)
    modes: dict[str, str] = field(default_factory=dict)

    def plan(self, kind: str, *, is_over_cap: bool, now: datetime) -> Plan | None:
        if kinds.is_urgent(kind):
            return Plan(now + URGENT_DIGEST, in_digest=True) if is_over_cap else Plan(now)
        mode = self.modes.get(kind, Mode.AT_ONCE) if kinds.is_choosable(kind) else Mode.AT_ONCE
        if mode == Mode.OFF:
            return None
        if mode == Mode.DIGEST:
            return Plan(self.next(self.settings.digest_at, after=now), in_digest=True)
        if self.is_quiet(now):
            return Plan(self.end_of_quiet(now), in_digest=True)
        return Plan(now + HOUR, in_digest=True) if is_over_cap else Plan(now)

    def is_quiet(self, now: datetime) -> bool:
        """From ``quiet_from`` (counted) to ``quiet_to`` (not), over midnight where the first is the later one."""
        start, end = self.settings.quiet_from, self.settings.quiet_to
        if start is None or end is None or start == end:
            return False
        here = now.astimezone(self.zone).time()
        return start <= here < end if start < end else here >= start or here < end

    def end_of_quiet(self, now: datetime) -> datetime:
        """In the night in which the clocks go back its hour may come twice."""
        day = now.astimezone(self.zone).date()
        today = [datetime.combine(day, self.quiet_to.replace(fold=fold), self.zone) for fold in (0, 1)]
        left = [moment for moment in today if moment > now]
        return left[0] if left else self.next(self.quiet_to, after=now)

    def next(self, at: time, *, after: datetime) -> datetime:
        """The next moment at which it is ``at`` on this employee's clock, whatever that clock does in between."""
        day = after.astimezone(self.zone).date()
        moment = datetime.combine(day, at, self.zone)
        if moment <= after:
            moment = datetime.combine(day + timedelta(days=1), at, self.zone)
        return moment

    @property
    def quiet_to(self) -> time:
        assert self.settings.quiet_to is not None
        return self.settings.quiet_to

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.time_zone)


def preferences_of(employees: Iterable[int]) -> dict[int, Preferences]:
    """Of each employee by primary key; two statements for every few of them."""
    ids = set(employees)
    own = {each.employee_id: each for each in fetch_for_each(_SETTINGS, "employee", ids)}
    found = {pk: Preferences(own.get(pk) or NotificationSettings()) for pk in ids}
    for choice in fetch_for_each(_CHOICES, "employee", ids):
        found[choice.employee_id].modes[choice.kind] = choice.mode
    return found


# Asked for every message: compiling them would take longer than answering.
_EMPLOYEES = slots("employee", BigIntegerField())
_SETTINGS = Prepared(lambda: NotificationSettings.objects.filter(employee__id__in=_EMPLOYEES))
_CHOICES = Prepared(lambda: NotificationChoice.objects.filter(employee__id__in=_EMPLOYEES))


def _recent() -> QuerySet:
    return Delivery.objects.mailed_since(Parameter("since", DateTimeField())).order_by()


_MAILS_TO_STAFF = Prepared(
    lambda: _recent().filter(employee__id__in=_EMPLOYEES).values_list("employee").annotate(Count("pk"))
)


@cache
def _mails_outside(at_most: int) -> Prepared:
    """To one address, which many orders may share: no more are looked at than matter."""
    to_address = {"employee": None, "address": Parameter("address", CharField())}
    return Prepared(lambda: _recent().filter(**to_address).values_list("pk")[:at_most])


class Hour:
    """How many mails each recipient got within the hour; what is planned here counts on."""

    def __init__(self, employees: Iterable[int], addresses: Iterable[str], *, now: datetime) -> None:
        since = now - HOUR
        self._counts: dict[int | str, int] = dict(fetch_for_each(_MAILS_TO_STAFF, "employee", employees, since=since))
        recent = _mails_outside(settings.NOTIFICATION_CAP_PER_HOUR)
        self._counts |= {each: len(recent.fetch(address=each, since=since)) for each in set(addresses)}

    def is_full(self, recipient: int | str) -> bool:
        return self._counts.get(recipient, 0) >= settings.NOTIFICATION_CAP_PER_HOUR

    def count(self, recipient: int | str) -> None:
        self._counts[recipient] = self._counts.get(recipient, 0) + 1


class Planner:
    """Plans the messages of one event."""

    def __init__(self, employees: Iterable[int], addresses: Iterable[str]) -> None:
        self.now = clock.now()
        self._preferences = preferences_of(employees)
        self._hour = Hour(self._preferences, addresses, now=self.now)

    def for_employee(self, pk: int, kind: str) -> Plan | None:
        plan = self._preferences[pk].plan(kind, is_over_cap=self._hour.is_full(pk), now=self.now)
        if plan and not plan.in_digest:
            self._hour.count(pk)
        return plan

    def for_outsider(self, address: str) -> Plan:
        """One mail for each thing all the same: what is for a customer is never thrown together."""
        late = self._hour.is_full(address)
        self._hour.count(address)
        return Plan(self.now + HOUR if late else self.now)

    def has_chat(self, pk: int) -> bool:
        return bool(self._preferences[pk].settings.chat)

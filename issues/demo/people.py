"""The twelve people of the demo desk, their three teams, the rules that route to them, and their keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.actions.create_key import create_key
from accounts.actions.revoke_key import revoke_key
from accounts.actor import Actor
from accounts.models import ApiKey, Employee, Scope
from accounts.roles import ADMINISTRATOR, AGENT, MANAGER, SENIOR_AGENT
from common import clock
from issues.models import RoutingRule, Team
from issues.workflow import IssueType, Priority

PASSWORD = "redress-demo"  # noqa: S105, the demo's own, printed at every start
TEAMS = CARE, PAYMENTS, ESCALATIONS = "Customer care", "Payments", "Escalations"
PERSONAL = [scope for scope in Scope.values if scope != Scope.ACT_AS]
INTEGRATION = [scope for scope in Scope.values if scope != Scope.APPROVALS_WRITE]


@dataclass(frozen=True)
class Person:
    employee_id: str
    first_name: str
    last_name: str
    role: str
    team: str | None


# By username; the six without a number or with a 2 are those that the demo introduces.
PEOPLE: dict[str, Person] = {
    "agent": Person("EMP-101", "Alice", "Moreau", AGENT, CARE),
    "agent2": Person("EMP-102", "Bilal", "Haddad", AGENT, CARE),
    "agent3": Person("EMP-103", "Chiara", "Rossi", AGENT, CARE),
    "agent4": Person("EMP-104", "Daniel", "Okafor", AGENT, CARE),
    "agent5": Person("EMP-105", "Elena", "Petrova", AGENT, PAYMENTS),
    "agent6": Person("EMP-106", "Farid", "Nasser", AGENT, PAYMENTS),
    "senior": Person("EMP-201", "Sofia", "Lindqvist", SENIOR_AGENT, ESCALATIONS),
    "senior2": Person("EMP-202", "Tomas", "Novak", SENIOR_AGENT, ESCALATIONS),
    "senior3": Person("EMP-203", "Ursula", "Keller", SENIOR_AGENT, PAYMENTS),
    "manager": Person("EMP-301", "Max", "Brandt", MANAGER, None),
    "manager2": Person("EMP-302", "Nadia", "Farouk", MANAGER, None),
    "admin": Person("EMP-401", "Ada", "Whitfield", ADMINISTRATOR, None),
}
INTRODUCED = ("agent", "agent2", "senior", "manager", "manager2", "admin")
SHOP = "Web shop"
DEMO = Actor.system("demo")


def make_people() -> dict[str, Employee]:
    """Every person of the demo, by username, with teams and routing."""
    teams = {name: Team.objects.create(name=name, takes_escalations=name == ESCALATIONS) for name in TEAMS}
    RoutingRule.objects.create(position=1, priority=Priority.CRITICAL, team=teams[ESCALATIONS])
    RoutingRule.objects.create(position=2, issue_type=IssueType.PAYMENT_ISSUE, team=teams[PAYMENTS])
    RoutingRule.objects.create(position=3, team=teams[CARE])
    password = make_password(PASSWORD)  # once: it is slow by design
    return {username: _make_person(username, person, teams, password) for username, person in PEOPLE.items()}


def _make_person(username: str, person: Person, teams: Mapping[str, Team], password: str) -> Employee:
    employee = Employee.objects.create(
        username=username,
        employee_id=person.employee_id,
        first_name=person.first_name,
        last_name=person.last_name,
        email=f"{username}@redress.example",
        team=teams.get(person.team or ""),
        is_staff=True,
        password=password,
    )
    employee.groups.add(Group.objects.get(name=person.role))
    return employee


def make_shop_key() -> ApiKey:
    """The key by which the web shop opened the issues of the past; nobody knows its secret."""
    return create_key(actor=DEMO, integration=SHOP, scopes=INTEGRATION).key


def make_access() -> dict[str, Any]:
    """Logins and fresh keys of the people that the demo introduces; earlier keys stay valid."""
    employees = {employee.username: employee for employee in Employee.objects.filter(username__in=INTRODUCED)}
    logins = {
        name: {"employee_id": employees[name].employee_id, "username": name, "password": PASSWORD}
        for name in INTRODUCED
    }
    personal = {name: create_key(actor=DEMO, employee=employees[name], scopes=PERSONAL).secret for name in INTRODUCED}
    return {"employees": logins, "keys": personal | _special_keys(employees["agent"])}


def _special_keys(agent: Employee) -> dict[str, str]:
    now = clock.now()
    with clock.as_if_at(now - timedelta(days=8)):
        expired = create_key(actor=DEMO, employee=agent, scopes=PERSONAL, expires_at=now - timedelta(days=1))
    revoked = create_key(actor=DEMO, employee=agent, scopes=PERSONAL)
    revoke_key(revoked.key.pk, actor=DEMO)
    return {
        "integration": create_key(actor=DEMO, integration=SHOP, scopes=INTEGRATION).secret,
        "readonly": create_key(actor=DEMO, employee=agent, scopes=[Scope.ISSUES_READ, Scope.METRICS_READ]).secret,
        "expired": expired.secret,
        "revoked": revoked.secret,
    }

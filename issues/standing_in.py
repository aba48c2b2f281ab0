"""In whose place somebody decides: of the delegations that hold, the one that a request falls under."""

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from accounts import roles
from accounts.actor import Actor, Grants, has_asked
from accounts.models import Employee
from common import clock
from issues.models import Approval, Delegation


def stands_in_for(approval: Approval, actor: Actor) -> Employee | None:
    """Whom the actor decides for, if for anybody.

    Somebody who is away passes on no more than they have: the request is of a store that they see, is not their own
    (nor made in another's name with a key of theirs), and they may still decide. The actor's own right is not in
    question here; it is judged as without a delegation.
    """
    held = Delegation.objects.at(clock.now()).filter(delegate=actor.person).select_related("decider")
    absent = [each.decider for each in held.order_by("starts_at", "id")]
    return next((decider for decider in absent if could_decide(decider, approval)), None)


def could_decide(decider: Employee, approval: Approval) -> bool:
    if has_asked(decider, approval.requested_by_id, approval.requested_with):
        return False
    grants = Grants.of_employee(decider)
    sees_it = grants.stores is None or approval.issue.order.store_id in grants.stores
    return sees_it and roles.DECIDE_APPROVAL in grants.permissions


def who_may_decide() -> QuerySet[Employee]:
    app, _, codename = roles.DECIDE_APPROVAL.partition(".")
    permission = Permission.objects.filter(content_type__app_label=app, codename=codename)
    granted = Q(groups__permissions__in=permission) | Q(user_permissions__in=permission) | Q(is_superuser=True)
    return Employee.objects.filter(granted, is_active=True).distinct()


def without_the_absent(people: list[Employee]) -> list[Employee]:
    """Who is away is left out where the one who stands in for them is among ``people``."""
    there = {person.pk for person in people}
    away = Delegation.objects.at(clock.now()).filter(delegate__in=there).values_list("decider", flat=True)
    absent = set(away)
    return [person for person in people if person.pk not in absent]

"""Which policy an issue is measured by, and what it says of each target."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings

from common.prepared import Prepared
from issues.business_time import ROUND_THE_CLOCK
from issues.models import BusinessHours, Issue, SlaPolicy
from issues.sla.clocks import Target, Terms
from issues.workflow import Status


def terms_for(issue: Issue) -> dict[Target, Terms]:
    """Of each target that has a time, by the first policy that fits; nothing where none of them does."""
    policies = _POLICIES.fetch()
    if not policies:
        return usual_terms(issue)
    policy = choose_policy(policies, issue)
    return terms_of(policy, issue.order.store_id) if policy else {}


_POLICIES = Prepared(lambda: SlaPolicy.objects.filter(is_retired=False).order_by("position", "pk"))


def usual_terms(issue: Issue) -> dict[Target, Terms]:
    """Of a desk that has no policies: a resolution within the hours of the settings, round the clock."""
    name = str(Status.ESCALATED) if issue.status == Status.ESCALATED else str(issue.priority)
    allowed = timedelta(hours=settings.SLA_HOURS[name])
    return {Target.RESOLUTION: Terms(name, "", 1, allowed, ROUND_THE_CLOCK)}


def choose_policy(policies: Iterable[SlaPolicy], issue: Issue) -> SlaPolicy | None:
    """Those for escalated issues first, where it is one; they are for no other."""
    fitting = [policy for policy in policies if fits(policy, issue)]
    return next((each for each in fitting if each.for_escalated), fitting[0] if fitting else None)


def fits(policy: SlaPolicy, issue: Issue) -> bool:
    return (
        policy.priority in ("", issue.priority)
        and policy.issue_type in ("", issue.issue_type)
        and policy.store_id in (None, issue.order.store_id)
        and (not policy.for_escalated or issue.status == Status.ESCALATED)
    )


def terms_of(policy: SlaPolicy, store_id: str) -> dict[Target, Terms]:
    calendar = BusinessHours.objects.calendar_of(store_id) if policy.in_business_hours else ROUND_THE_CLOCK
    return {
        target: Terms(
            policy.name,
            str(policy.pk),
            policy.version,
            timedelta(minutes=minutes),
            calendar,
            rule_of(policy),
        )
        for target in Target
        if (minutes := getattr(policy, target))
    }


def rule_of(policy: SlaPolicy) -> dict[str, Any]:
    """``at`` is a percentage; without it nothing is done."""
    if policy.rule_at is None:
        return {}
    return {
        "at": policy.rule_at,
        "escalate": policy.rule_escalates,
        "priority": policy.rule_priority,
        "team": policy.rule_team_id,
    }

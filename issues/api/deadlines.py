"""The deadlines of an issue, and how they came about."""

from datetime import timedelta
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import DeskView
from accounts.models import Scope
from common.api.query import ensure_known_parameters
from issues.api.reads import ensure_issue_exists
from issues.sla.explain import Explained, explain


class DeadlinesView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request, order_id: str, issue_id: str) -> Response:
        issue = ensure_issue_exists(order_id, issue_id, actor=self.actor)
        ensure_known_parameters(request)
        return self.answer({"issue_id": issue.pk, "clocks": [clock_answer(each) for each in explain(issue)]})


def clock_answer(explained: Explained) -> dict[str, Any]:
    clock = explained.clock
    return {
        "target": clock.target,
        "policy": clock.terms.policy,
        "policy_version": clock.terms.version,
        "state": explained.state,
        "due_at": clock.due_at,
        "met_at": clock.met_at,
        "breached_at": clock.breached_at,
        "allowed_seconds": _seconds(clock.terms.allowed),
        "used_seconds": _seconds(explained.used),
        "segments": [
            {
                "state": each.state,
                "from": each.start,
                "to": each.end,
                "counted_seconds": _seconds(each.counted),
                "policy": each.policy,
            }
            for each in explained.segments
        ],
    }


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())

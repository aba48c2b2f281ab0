"""Refunds, read and, where they stand still, called back or tried again."""

from collections.abc import Callable
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import Actor
from accounts.api.views import DeskView
from accounts.models import Scope
from common.api.cursor import page_of
from common.api.query import ensure_known_parameters, narrowed
from common.errors import NotFound
from refunds.actions.cancel import cancel_refund
from refunds.actions.retry import retry_refund
from refunds.api.answers import refund_answer
from refunds.api.serializers import StepSerializer
from refunds.models import Refund, RefundQuerySet, RefundStatus, Source

FILTERS = {"status": RefundStatus.values, "source": Source.values, "order_id": None}


class RefundsView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request) -> Response:
        return self.answer_page(page_of(narrowed(refunds_for(self.actor), request, FILTERS), request), refund_answer)


class RefundView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request, refund_id: UUID) -> Response:
        refund = find_refund(refund_id, self.actor)
        ensure_known_parameters(request)
        return self.answer(refund_answer(refund))


class StepView(DeskView):
    """POST to a refund: ``step`` is the action."""

    scopes = {"POST": Scope.REFUNDS_WRITE}
    acting_field = "updated_by"
    step: Callable[..., Refund]
    message = ""

    def post(self, request: Request, refund_id: UUID) -> Response:
        given = self.read(StepSerializer, found=lambda: find_refund(refund_id, self.actor))
        type(self).step(refund_id, actor=self.actor, note=given.get("note", ""))
        answer = refund_answer(find_refund(refund_id, self.actor))
        return self.answer({"success": True, "message": self.message, **answer})


class CancelView(StepView):
    step = cancel_refund
    message = "The refund was cancelled."


class RetryView(StepView):
    step = retry_refund
    message = "The refund is tried again."


def refunds_for(actor: Actor) -> RefundQuerySet:
    """Those that the actor sees, ready to be answered."""
    return Refund.objects.visible_to(actor.grants).select_related("requested_by", "approved_by")


def find_refund(refund_id: UUID, actor: Actor) -> Refund:
    refund = refunds_for(actor).filter(pk=refund_id).first()
    if refund is None:
        raise NotFound("There is no such refund.")
    return refund

"""Let the world decide on a refund that waits for it: the insurer, the sandbox, or finance on a payout."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actor import Actor
from common import clock
from common.errors import DeskError
from refunds.actions.claim import accept_claim, reject_claim
from refunds.actions.confirm import confirm_refund, waits_for_a_person
from refunds.actions.pay import pay_refund
from refunds.models import Refund, RefundStatus
from refunds.providers import sandbox
from refunds.providers.base import Outcome

ACTOR = Actor.system("sandbox-tell")
CLAIM_ANSWERS: dict[Outcome, Callable[..., Refund]] = {Outcome.SUCCEEDED: accept_claim, Outcome.FAILED: reject_claim}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("refund_id", type=UUID)
        parser.add_argument("outcome", choices=[Outcome.SUCCEEDED, Outcome.FAILED, Outcome.RETURNED])

    def handle(self, *args, refund_id: UUID, outcome: str, **options) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("In production the world speaks for itself.")
        refund = Refund.objects.select_related("order").filter(pk=refund_id).first()
        if refund is None:
            raise CommandError("There is no such refund.")
        try:
            tell(refund, Outcome(outcome))
        except DeskError as error:
            raise CommandError(f"The refund is {refund.status}: {error.message}") from error
        refund.refresh_from_db()
        self.stdout.write(f"{refund.pk} is {refund.status}")


def tell(refund: Refund, outcome: Outcome) -> None:
    if refund.status == RefundStatus.AWAITING_CLAIM and outcome in CLAIM_ANSWERS:
        CLAIM_ANSWERS[outcome](refund.pk, actor=ACTOR)
    elif waits_for_a_person(refund):
        confirm_refund(refund.pk, outcome, actor=ACTOR)
    elif sandbox.tell(refund.pk, outcome):
        Refund.objects.plan(refund.pk, clock.now())
        pay_refund(refund.pk, actor=ACTOR)
    else:
        raise CommandError(f"The refund is {refund.status}, and nobody waits for this word.")

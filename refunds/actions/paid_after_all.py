"""A person said that a refund failed, and then its provider says that it has paid: that money goes out once."""

from refunds.models import Refund, RefundAttempt, RefundStatus
from refunds.providers import is_paid_by_hand
from refunds.providers.base import Answer, Outcome

ON_ITS_WAY = (Outcome.SUCCEEDED, Outcome.PENDING)


def is_paid_after_all(refund: Refund) -> bool:
    """Whether the provider's last word on a failed refund is that it has paid, or is about to.

    Of what finance pays, its list says that it is pending, and the last word is a person's.
    """
    if refund.status != RefundStatus.FAILED:
        return False
    last = refund.last_attempt()
    told = last.evidence.get("outcome") if last else None
    return told == Outcome.SUCCEEDED or (told == Outcome.PENDING and not is_paid_by_hand(refund))


def needs_no_new_try(refund: Refund, attempt: RefundAttempt, answer: Answer) -> bool:
    """Whether ``answer``, the first on the last try, makes the new one needless for which the refund is queued."""
    return refund.status == RefundStatus.QUEUED and attempt.finished_at is None and answer.outcome in ON_ITS_WAY

"""What can go wrong with a refund."""

from common.errors import DeskError


class RefundFailed(DeskError):
    """Known at once that it can't be paid. ``refund_amount`` and ``reason``."""

    code = "REFUND_FAILED"
    message = "The refund can't be paid."


class PossibleDuplicateRefund(DeskError):
    """``refund_id`` of the earlier one."""

    code = "POSSIBLE_DUPLICATE_REFUND"
    message = "The same refund was made on this issue a moment ago; send an Idempotency-Key if it is meant."


PAID_AFTER_ALL = "The provider says that it has paid this refund. Look at what differs before more money goes out."


OTHER_CURRENCY = "The order is in another currency now: ask for a new refund in it."


class RefundNotCancellable(DeskError):
    """``status`` of the refund."""

    code = "REFUND_NOT_CANCELLABLE"
    message = "Only a refund that the provider does not have yet can be cancelled."


class RefundNotRetryable(DeskError):
    """``status`` of the refund."""

    code = "REFUND_NOT_RETRYABLE"
    message = "Only a refund that failed or came back can be tried again."


class RefundNotAwaiting(DeskError):
    """The refund no longer waits for the decision that is brought: ``status`` says where it stands."""

    code = "APPROVAL_ALREADY_DECIDED"
    message = "The refund no longer waits for this decision."


class RefundNotReplaceable(DeskError):
    """``status`` of the refund."""

    code = "REFUND_NOT_REPLACEABLE"
    message = "Only a refund of money that failed or came back, and once, can be given as store credit instead."


class InsufficientCredit(DeskError):
    """What is ``available`` of the ``currency``."""

    code = "INSUFFICIENT_CREDIT"
    message = "The customer has less store credit than that."


class CreditReferenceReused(DeskError):
    """``amount`` and ``currency`` of the debit that has the reference."""

    code = "CREDIT_REFERENCE_REUSED"
    message = "The reference was used for another debit of this customer."


class CreditNotRevertible(DeskError):
    """``status`` of the refund."""

    code = "CREDIT_NOT_REVERTIBLE"
    message = "Only credit that a refund gave, and that was not taken back yet, can be taken back."


class IllegalMove(RuntimeError):
    """A status was about to follow one that it can't follow: a fault of ours."""

"""What a refund's state means for people, what happens next, and what became of each try."""

from datetime import datetime
from typing import Any

from common import clock
from refunds.models import Refund, RefundAttempt
from refunds.models import RefundStatus as S
from refunds.providers import is_paid_by_hand

MEANINGS = {
    S.AWAITING_APPROVAL: "It is above the limit of who asked for it. Its amount is promised on the order.",
    S.AWAITING_CLAIM: "The insurer was asked and has not decided yet.",
    S.QUEUED: "It is on its way to the provider.",
    S.PROCESSING: "The provider is being asked to pay it.",
    S.PENDING: "The provider has it and has not paid it yet.",
    S.UNKNOWN: "The provider was asked, and its answer was lost. The amount stays promised and is not sent twice.",
    S.NEEDS_REVIEW: "Asking did not tell whether the money moved. A person must find out; the amount stays promised.",
    S.SUCCEEDED: "The provider has paid it.",
    S.FAILED: "It was not paid. Its amount is free again.",
    S.RETURNED: "It was paid, and the money came back. Its amount is free again.",
    S.CANCELLED: "It was called back before the provider had it. Its amount is free again.",
    S.REJECTED: "It was not approved. Its amount is free again.",
}
NEXT = {
    S.AWAITING_APPROVAL: "Another person approves or rejects it.",
    S.AWAITING_CLAIM: "When the insurer accepts, it is paid; when it rejects, the amount is free again.",
    S.NEEDS_REVIEW: "Look it up at the provider by the keys below, and say here what became of it.",
    S.FAILED: "It can be tried again, or given as store credit if the customer agrees.",
    S.RETURNED: "It can be tried again, or given as store credit if the customer agrees.",
}
OUTCOMES = {
    RefundAttempt.Outcome.SENT: "No answer yet",
    RefundAttempt.Outcome.ACCEPTED: "The provider took it",
    RefundAttempt.Outcome.REFUSED: "The provider refused it",
    RefundAttempt.Outcome.UNKNOWN: "The answer was lost",
    RefundAttempt.Outcome.ABSENT: "It never reached the provider",
}


def meaning_of(refund: Refund) -> str:
    return MEANINGS[S(refund.status)]


def next_of(refund: Refund, attempt: RefundAttempt | None) -> str:
    """What happens next, and when. ``attempt``: the last one."""
    asked = _asked_at(attempt)
    asked_words = f"Asked the provider at {_clock(asked)}" if asked else ""
    look = f"next look at {_clock(refund.next_attempt_at)}" if refund.next_attempt_at else ""
    if refund.status in (S.QUEUED, S.PROCESSING):
        return f"{asked_words or 'A worker hands it over'}; {look or 'the answer is awaited'}."
    if refund.status == S.UNKNOWN or (refund.status == S.PENDING and not is_paid_by_hand(refund)):
        return f"{asked_words or 'The provider has been asked'}, {look or 'and is not asked again by itself'}."
    if refund.status == S.PENDING:
        return "Finance pays it by hand and confirms it here."
    if refund.status == S.SUCCEEDED and refund.expected_by and refund.expected_by >= clock.now().date():
        return f"The customer should have it by {refund.expected_by:%-d %b %Y}."
    return NEXT.get(S(refund.status), "Nothing: it has ended.")


def why_in_review(attempt: RefundAttempt | None) -> str:
    """What led to a person having to look, from the evidence of the last try."""
    if attempt is None:
        return "Nothing was ever sent."
    evidence = attempt.evidence
    words = [f"Asked {_times(attempt.calls)}"]
    if looks := evidence.get("vain_looks"):
        words.append(f"{looks} look-up{'' if looks == 1 else 's'} in vain")
    if evidence.get("absent_at"):
        words.append(f"not known to the provider since {_clock(evidence['absent_at'])}")
    last = f" Last answer: {evidence['reason']}." if evidence.get("reason") else ""
    return f"{', '.join(words)}.{last}"


def evidence_of(attempt: RefundAttempt) -> list[tuple[str, Any]]:
    """The evidence as (name, value), in words."""
    evidence = attempt.evidence
    rows = [
        ("Code", evidence.get("code")),
        ("Reason", evidence.get("reason")),
        ("Looked up in vain", _times(evidence["vain_looks"]) if evidence.get("vain_looks") else None),
        ("Missing there since", _moment(evidence.get("absent_at"))),
        ("Asked last", _asked_at(attempt)),
    ]
    return [(name, value) for name, value in rows if value]


def outcome_of(attempt: RefundAttempt) -> str:
    return OUTCOMES[RefundAttempt.Outcome(attempt.outcome)]


def days_overdue(refund: Refund) -> int:
    """Full days past ``expected_by``; 0 if there is still time."""
    return max((clock.now().date() - refund.expected_by).days, 0) if refund.expected_by else 0


def _asked_at(attempt: RefundAttempt | None) -> datetime | None:
    if attempt is None:
        return None
    return _moment(attempt.evidence.get("asked_at")) or attempt.finished_at or attempt.last_sent_at


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _clock(at: datetime | str) -> str:
    """The time, with the day where it is another than today."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{moment:%H:%M}" if moment.date() == clock.now().date() else f"{moment:%H:%M on %-d %b}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"

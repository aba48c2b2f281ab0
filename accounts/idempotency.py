"""Safe to repeat: of all calls with one Idempotency-Key one works, and the others get its answer.

A claim is written first, in a transaction of its own, so that others see it. The work and the keeping of its
answer then are one transaction, which commits only if the claim is still its own: a process that dies leaves
nothing done, its claim is taken over when the lease ends, and a call so slow that it was taken over undoes itself.
"""

import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import Actor
from accounts.models import IdempotentCall
from common import clock
from common.api.errors import IdempotencyInProgress, IdempotencyKeyReused
from common.errors import DeskError, ValidationFailed
from common.sealed import seal, unseal

REPEATABLE = ("POST", "PUT", "PATCH")
KEPT_HEADERS = ("ETag", "Content-Type", "Cache-Control", "Allow")
SEALED, PURPOSE = b"sealed:", "kept answers"

Work = Callable[[], Response]
Refuse = Callable[[Exception], Response]


def idempotency_key(request: Request) -> str:
    """The key that the call brought, or ''."""
    return request.META.get("HTTP_IDEMPOTENCY_KEY", "") if request.method in REPEATABLE else ""


def answer_once(request: Request, caller: Actor, raw_body: bytes | None, *, work: Work, refuse: Refuse) -> HttpResponse:
    """The answer of ``work``, which raises, or the one it gave before. ``refuse`` makes an answer of what it raises."""
    if request.method not in REPEATABLE or "HTTP_IDEMPOTENCY_KEY" not in request.META:
        return work()
    call = claim(caller.caller, valid_key(caller.idempotency_key), fingerprint_of(request, raw_body))
    if call.status is not None:
        return kept_answer(call)
    try:
        response = work_and_keep(call, work, refuse)
    except BaseException:
        free(call)
        raise
    if response.status_code >= 500:
        free(call)
    return response


def valid_key(key: str) -> str:
    """Raises ``ValidationFailed`` for what is not 1 to 255 printable ASCII characters."""
    if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise ValidationFailed({"Idempotency-Key": ["Must be 1 to 255 printable ASCII characters."]})
    return key


def fingerprint_of(request: Request, raw_body: bytes | None) -> str:
    """What makes two calls the same request: method, address and body (for one too large to read, its length)."""
    body = raw_body if raw_body is not None else request.META.get("CONTENT_LENGTH", "").encode()
    parts = (str(request.method).encode(), request.get_full_path().encode(), body)
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def claim(caller: str, key: str, fingerprint: str) -> IdempotentCall:
    """The row that is ours to work on, or one with a kept answer.

    Raises ``IdempotencyKeyReused`` for another request, ``IdempotencyInProgress`` while somebody works on this one.
    """
    until = clock.now() + timedelta(seconds=settings.IDEMPOTENCY_CLAIM_SECONDS)
    call = IdempotentCall(caller=caller, key=key, fingerprint=fingerprint, claim=uuid.uuid4(), claimed_until=until)
    try:
        with transaction.atomic():
            call.save(force_insert=True)
        return call
    except IntegrityError:
        earlier = IdempotentCall.objects.filter(caller=caller, key=key).first()
    if earlier is None:  # freed between our two statements
        raise IdempotencyInProgress
    if earlier.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    if earlier.status is None and not take_over(earlier, call):
        raise IdempotencyInProgress
    return earlier


def take_over(earlier: IdempotentCall, ours: IdempotentCall) -> bool:
    """Make the claim of a call that did not end within its lease our own; of several that try, one may."""
    now = clock.now()
    dead = IdempotentCall.objects.filter(pk=earlier.pk, claim=earlier.claim, status=None, claimed_until__lte=now)
    earlier.claim, earlier.claimed_until = ours.claim, ours.claimed_until
    return dead.update(claim=ours.claim, claimed_until=ours.claimed_until) == 1


def work_and_keep(call: IdempotentCall, work: Work, refuse: Refuse) -> Response:
    """One transaction. Raises ``IdempotencyInProgress``, with nothing done, if the claim was taken over meanwhile."""
    with transaction.atomic():
        try:
            response = work_in_one(work, refuse)
        except Exception as error:
            response = refuse(error)
        if response.status_code >= 500:
            transaction.set_rollback(True)
        else:
            keep(call, response.render())
    return response


@transaction.atomic
def work_in_one(work: Work, refuse: Refuse) -> Response:
    try:
        return work()
    except DeskError as refusal:
        if not refusal.leaves_traces:
            raise
        return refuse(refusal)


def keep(call: IdempotentCall, response: Response) -> None:
    kept = IdempotentCall.objects.filter(pk=call.pk, claim=call.claim, status=None).update(
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if name in response},
        body=as_kept(response),
    )
    if not kept:
        raise IdempotencyInProgress


def as_kept(response: Response) -> bytes:
    """The answer's bytes; sealed, where it holds a secret that is kept nowhere else in the clear."""
    if not getattr(response, "is_secret", False):
        return response.content
    return SEALED + seal(response.content, purpose=PURPOSE)


def kept_answer(call: IdempotentCall) -> HttpResponse:
    headers = {**call.headers, "Idempotent-Replayed": "true"}
    body = bytes(call.body)
    if body.startswith(SEALED):
        body = unseal(body.removeprefix(SEALED), purpose=PURPOSE)
    return HttpResponse(body, status=call.status, headers=headers)


def free(call: IdempotentCall) -> None:
    """Let the next call with this key work, unless ours was committed after all and only the word of it was lost."""
    IdempotentCall.objects.filter(pk=call.pk, claim=call.claim, status=None).delete()


def forget_old_calls() -> int:
    """Remove what was kept long enough; returns how many."""
    before = clock.now() - timedelta(hours=settings.IDEMPOTENCY_KEEP_HOURS)
    forgotten, _ = IdempotentCall.objects.filter(created_at__lt=before).delete()
    return forgotten

"""Make the small picture of a file: by a worker, since decoding what somebody chose takes time and memory."""

import io
import warnings
from functools import partial

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from PIL import Image, ImageOps

from accounts.actor import Actor, use_case
from common import clock
from common.leases import delay_after, work_off
from issues.actions.add_files import secret_name
from issues.models import StoredFile
from issues.uploads import FORMATS

log = structlog.get_logger(__name__)

BOX = (480, 360)
MOST_ATTEMPTS = 5
DELAYS = [10, 60, 600, 3600]


def make_due_thumbnails(*, actor: Actor) -> None:
    work_off(partial(make_next, actor=actor), seconds=settings.TASK_SOFT_LIMIT / 2)


def make_next(*, actor: Actor) -> bool:
    """False if there is none to make. What can't be decoded has no thumbnail, and is offered for download as it is."""
    if not StoredFile.objects.is_any_due():
        return False
    with transaction.atomic():
        taken = StoredFile.objects.take(1, attempts=F("attempts") + 1)
    if not taken:
        return False
    (file,) = taken
    file.refresh_from_db(fields=["attempts"])
    try:
        content = thumbnail_of(file)
    except OSError as error:  # the storage, or a picture that ends too early
        log.warning("thumbnail.failed", file=str(file.pk), error=type(error).__name__)
        put_off(file)
    except Exception as error:  # whatever a decoder makes of bytes that somebody chose
        log.warning("thumbnail.impossible", file=str(file.pk), error=type(error).__name__)
        keep(file, None, actor=actor)
    else:
        keep(file, content, actor=actor)
    return True


def thumbnail_of(file: StoredFile) -> bytes:
    """Drawn anew from the pixels alone: nothing else of the file, as where it was taken, comes along."""
    with warnings.catch_warnings(), file.storage().open(file.stored_as) as stored:
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(stored, formats=[FORMATS[file.media_type]]) as picture:
            if picture.width * picture.height > settings.UPLOAD_MAX_PIXELS:
                raise Image.DecompressionBombError
            picture.draft("RGB", BOX)  # a JPEG is decoded at a fraction of its size
            upright = ImageOps.exif_transpose(picture)
            small = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            small.thumbnail(BOX)
            drawn = io.BytesIO()
            small.save(drawn, "WEBP", quality=80, exif=b"", icc_profile=b"", xmp=b"")
    return drawn.getvalue()


def put_off(file: StoredFile) -> None:
    again = clock.now() + delay_after(file.attempts, DELAYS) if file.attempts < MOST_ATTEMPTS else None
    StoredFile.objects.filter(pk=file.pk).update(next_attempt_at=again, leased_until=None)


@use_case
def keep(file: StoredFile, content: bytes | None, *, actor: Actor) -> None:
    """Unless the file was erased meanwhile, or another worker was faster."""
    row = StoredFile.objects.select_for_update().get(pk=file.pk)
    if row.erased_at or row.thumbnail_as:
        return
    row.next_attempt_at = row.leased_until = None
    columns = {"next_attempt_at", "leased_until"}
    if content is not None:
        row.thumbnail_as = row.storage().save(secret_name(), ContentFile(content))
        row.version += 1
        columns |= {"thumbnail_as", "version"}
    row.save(update_fields=columns)

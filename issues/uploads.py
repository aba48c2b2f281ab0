"""What may be uploaded: decided by what is in a file, never by what its sender calls it.

A file is refused where its content is not one of the few types, is two things at once, or does not fit its name.
"""

import codecs
import re
import unicodedata
import warnings
from collections.abc import Iterator

import puremagic
from django.conf import settings
from django.core.files.base import File
from PIL import Image

# What each type is called at its end.
TYPES: dict[str, frozenset[str]] = {
    "image/png": frozenset({"png"}),
    "image/jpeg": frozenset({"jpg", "jpeg"}),
    "image/gif": frozenset({"gif"}),
    "image/webp": frozenset({"webp"}),
    "application/pdf": frozenset({"pdf"}),
    "text/csv": frozenset({"csv"}),
    "text/plain": frozenset({"txt", "log"}),
}
TYPE_OF = {ending: media_type for media_type, endings in TYPES.items() for ending in endings}
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
ALLOWED = "PNG, JPEG, GIF and WebP pictures, PDF, text and CSV"

# Endings that some program runs or shows: none of them may stand before the last one either.
ACTIVE = frozenset({
    "asp", "aspx", "bat", "cgi", "cmd", "com", "exe", "hta", "htm", "html", "jar", "js", "jsp", "mjs", "msi", "php",
    "phar", "phtml", "pl", "ps1", "py", "scr", "sh", "shtml", "svg", "svgz", "swf", "vbs", "wsf", "xhtml", "xht", "xml",
    "xsl", "zip",
})  # fmt: skip
LONGEST_NAME = 150
HEAD, TAIL = 4096, 66_000  # a ZIP's directory ends within 65,557 bytes of the end
MARKUP = re.compile(rb"<(?:script|html|iframe|!doctype|\?php|svg[\s>])", re.IGNORECASE)
MARKUP_AT_START = re.compile(r"\s*<\s*[!?a-z]", re.IGNORECASE)


def media_type_of(file: File) -> str:
    """Of a file that ``broken_rules`` finds nothing wrong with."""
    return TYPE_OF[_endings(file.name or "")[-1]]


def broken_rules(file: File) -> list[str]:
    """Why ``file`` is not taken, in words. Where its size is wrong already, nothing of it is read."""
    name = (file.name or "").strip()
    reasons = [*_about_name(name), *_about_size(file.size)]
    if not reasons:
        reasons = list(_about_content(file, TYPE_OF[_endings(name)[-1]]))
        file.seek(0)
    return [f"{_shown(name)}: {reason}" for reason in reasons]


def _about_name(name: str) -> Iterator[str]:
    endings = _endings(name)
    if not 1 <= len(name) <= LONGEST_NAME:
        yield f"Its name must have 1 to {LONGEST_NAME} characters."
    elif name.startswith(".") or any(sign in '/\\:*?"<>|' or _is_invisible(sign) for sign in name):
        yield "Its name has signs that no file name should have. Rename it."
    elif not endings or endings[-1] not in TYPE_OF:
        yield f"This kind of file is not taken: only {ALLOWED}."
    elif (ACTIVE | TYPE_OF.keys()) & set(endings[:-1]):
        yield "Its name ends in two types of file. Rename it."


def _is_invisible(sign: str) -> bool:
    """Control characters, and those that turn the direction of reading, so that ``gnp.exe`` reads as ``exe.png``."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _endings(name: str) -> list[str]:
    return [part.strip().casefold() for part in name.split(".")[1:]]


def _about_size(size: int) -> Iterator[str]:
    if size == 0:
        yield "It is empty."
    elif size > settings.UPLOAD_MAX_BYTES:
        yield f"It is larger than {settings.UPLOAD_MAX_BYTES / 1_000_000:.3g} MB."


def _about_content(file: File, media_type: str) -> Iterator[str]:
    file.seek(0)
    content = file.read()
    if media_type.startswith("text/"):
        yield from _about_text(content)
        return
    if media_type not in _sniffed(content[:HEAD]):
        yield f"Its content is not what its name says. Taken are {ALLOWED}."
    elif _is_two_things(content, media_type):
        yield "It holds another kind of file inside. Save it anew, or take a screenshot of it."
    elif media_type in FORMATS:
        yield from _about_picture(file, media_type)


def _sniffed(head: bytes) -> set[str]:
    try:
        return {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _is_two_things(content: bytes, media_type: str) -> bool:
    """An archive behind it, which other programs open from its end; in a picture also a page or a document."""
    if b"PK\x05\x06" in content[-TAIL:]:
        return True
    if media_type not in FORMATS:
        return not content.startswith(b"%PDF-")
    return b"%PDF-" in content[:HEAD] or MARKUP.search(content) is not None


def _about_text(content: bytes) -> Iterator[str]:
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        yield "It is no text in UTF-8. Save it so, or as a PDF."
        return
    if any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n\f" for sign in set(text)):
        yield "It is no text: it holds control characters."
    elif MARKUP_AT_START.match(text):
        yield "It is a page or a script, not plain text."


def _about_picture(file: File, media_type: str) -> Iterator[str]:
    """Its head alone is read here; a worker decodes it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            file.seek(0)
            with Image.open(file, formats=[FORMATS[media_type]]) as picture:
                width, height = picture.size
                picture.verify()
    except Exception:  # whatever a decoder makes of bytes that somebody chose
        yield "It is a broken picture. Save it anew."
        return
    if width * height > settings.UPLOAD_MAX_PIXELS:
        yield f"It has more than {settings.UPLOAD_MAX_PIXELS // 1_000_000} million pixels. Make it smaller."


def _shown(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[:60] or "The file"

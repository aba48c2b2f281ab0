"""Files as people and attackers send them."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **more) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, (200, 40, 40)).save(drawn, kind, **more)
    return drawn.getvalue()


def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("evil.txt", "x")
    return packed.getvalue()


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that claims to be gigantic."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def gps() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "Ann's kitchen"
    return exif


PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"

GOOD = [
    ("photo.png", picture()), ("Photo 2.JPG", picture("JPEG")), ("a.jpeg", picture("JPEG")), ("a.gif", picture("GIF")),
    ("a.webp", picture("WEBP")), ("Receipt v1.2 (Müller).pdf", PDF), ("notes.txt", "Grüße, 3 < 4\n".encode()),
    ("lines.csv", b"\xef\xbb\xbfsku,count\r\nK-1,2\r\n"), ("2024.01.31 kettle.png", picture()),
]  # fmt: skip

BAD = {
    "empty": ("empty.png", b""),
    "a page": ("page.html", HTML),
    "a drawing with a script": ("drawing.svg", SVG),
    "a page as a picture": ("page.png", HTML),
    "a drawing as a picture": ("drawing.png", SVG),
    "a page as text": ("page.txt", b" \n" + HTML),
    "a drawing as text": ("drawing.csv", SVG),
    "a program": ("tool.exe", b"MZ" + b"\0" * 100),
    "a program as a picture": ("tool.png", b"MZ" + b"\0" * 100),
    "one picture as another": ("photo.jpg", picture("PNG")),
    "a document as a picture": ("photo.png", PDF),
    "two endings, the first of which runs": ("shell.php.png", picture()),
    "two endings, both of files": ("scan.pdf.png", picture()),
    "an ending in capitals": ("page.HTML", HTML),
    "no ending": ("photo", picture()),
    "an ending alone": (".png", picture()),
    "a path": ("../../etc/passwd.png", picture()),
    "a path of Windows": ("..\\..\\boot.png", picture()),
    "a zero byte in the name": ("shell.php\x00.png", picture()),
    "a name that reads backwards": ("photo\u202egnp.exe.png", picture()),
    "a line in the name": ("a\r\nSet-Cookie: x.png", picture()),
    "a name without end": ("x" * 200 + ".png", picture()),
    "a picture with an archive behind it": ("photo.png", picture() + archive()),
    "a document with an archive behind it": ("paper.pdf", PDF + archive()),
    "a picture with a script behind it": ("photo.png", picture() + b"<script>alert(1)</script>"),
    "a picture with a script in it": ("photo.jpg", picture("JPEG", comment=b"<?php system($_GET['c']); ?>")),
    "a picture with a page in it": ("photo.gif", b"GIF89a/*" + HTML + picture("GIF")),
    "a picture with a document in it": ("photo.png", picture() + PDF),
    "a document behind something": ("paper.pdf", b"MZ\0\0" + PDF),
    "a broken picture": ("photo.png", picture()[:40]),
    "a picture of one head": ("photo.gif", b"GIF89a"),
    "a gigantic picture": ("bomb.png", bomb()),
    "a large picture": ("large.png", bomb(9000, 9000)),
    "no text": ("notes.txt", b"a\x00b"),
    "text in another code": ("notes.txt", "Grüße".encode("utf-16")),
    "a terminal's commands": ("notes.txt", b"\x1b[2Jx"),
}


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    """As an action gets it; the name is not cleaned as Django's parser does."""
    file = SimpleUploadedFile("x", content)
    file._name = name
    return file

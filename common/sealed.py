"""Encrypt what must be read again, under a key that is derived from SECRET_KEY for one purpose alone.

A copy of the database without the settings reads nothing. What was sealed under an earlier SECRET_KEY stays readable
for as long as SECRET_KEY_FALLBACKS names it.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """It was sealed under a SECRET_KEY that the settings no longer name, or for another purpose."""


def seal(content: bytes, *, purpose: str) -> bytes:
    return _box(purpose).encrypt(content)


def unseal(sealed: bytes, *, purpose: str) -> bytes:
    """Raises ``Unreadable``."""
    try:
        return _box(purpose).decrypt(sealed)
    except InvalidToken as error:
        raise Unreadable("This can't be read under the present SECRET_KEY.") from error


def _box(purpose: str) -> MultiFernet:
    """Seals under the present SECRET_KEY, reads under the earlier ones too."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(key, purpose)) for key in keys])


def _key(secret_key: str, purpose: str) -> bytes:
    """From which nobody gets back to ``SECRET_KEY``."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"redress {purpose}".encode())
    return base64.urlsafe_b64encode(derived.derive(secret_key.encode()))

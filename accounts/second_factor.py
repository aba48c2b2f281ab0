"""What a second factor is reckoned from, as the database keeps it: sealed."""

from allauth.mfa.adapter import DefaultMFAAdapter

from common.sealed import seal, unseal

PURPOSE = "second factors"
MARK = "sealed:"  # no seed has a colon


class DeskSecondFactors(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unsealed(encrypted_text)


def sealed(text: str) -> str:
    """What is sealed already stays as it is."""
    return text if text.startswith(MARK) else MARK + seal(text.encode(), purpose=PURPOSE).decode()


def unsealed(kept: str) -> str:
    """What was kept in clear, before there was a seal, is read as well. Raises ``Unreadable``."""
    if not kept.startswith(MARK):
        return kept
    return unseal(kept.removeprefix(MARK).encode(), purpose=PURPOSE).decode()

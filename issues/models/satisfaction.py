"""The link by which a customer says, once, whether they are satisfied."""

import hashlib
import secrets
from datetime import timedelta

from django.db import models

from common import clock

VALID_FOR = timedelta(days=30)


class SatisfactionLink(models.Model):
    """Only the hash of the token is kept, so that who reads the table can answer for nobody."""

    issue = models.ForeignKey("issues.Issue", on_delete=models.CASCADE, related_name="satisfaction_links")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    @classmethod
    def make(cls, issue) -> str:
        """A new link's token: 128 random bits, known to this caller alone."""
        token = secrets.token_urlsafe(16)
        cls.objects.create(issue=issue, token_hash=cls.hash_of(token), expires_at=clock.now() + VALID_FOR)
        return token

    @classmethod
    def find(cls, token: str) -> "SatisfactionLink | None":
        return cls.objects.select_related("issue__order").filter(token_hash=cls.hash_of(token)).first()

    @staticmethod
    def hash_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @property
    def is_usable(self) -> bool:
        return self.used_at is None and clock.now() < self.expires_at

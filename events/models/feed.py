"""How far the public feed of events reaches. Places in it are dealt out after the commit, see ``events.feed``."""

from django.db import models


class FeedHead(models.Model):
    """The one row, made by a migration, that whoever places events holds locked."""

    placed = models.BigIntegerField(default=0)  # the last position that was dealt out
    forgotten = models.BigIntegerField(default=0)  # the last position whose event was removed for its age

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_feed_head")]

    def __str__(self) -> str:
        return f"placed up to {self.placed}"

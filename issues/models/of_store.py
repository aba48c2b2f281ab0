"""What is of one store, or of every store where ``store`` is empty: rules, texts, policies and hours."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.actor import Grants

M = TypeVar("M", bound=models.Model)


class OfStoreQuerySet(models.QuerySet[M]):
    def visible_to(self, grants: "Grants") -> Self:
        """Also what is of every store: it holds in theirs, too."""
        return self if grants.stores is None else self.filter(Q(store=None) | Q(store__in=grants.stores))

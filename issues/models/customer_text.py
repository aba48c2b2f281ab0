"""What customers are told, in a store's own words and in their language."""

from django.db import models
from django.db.models import Q

from common.prepared import Parameter, Prepared
from issues.models.of_store import OfStoreQuerySet


class CustomerTextKind(models.TextChoices):
    """The messages to customers, by the names of their templates."""

    RESOLVED = "customer_resolved", "The issue is resolved"
    CLOSED = "customer_closed", "The issue is closed"
    REFUND_STARTED = "customer_refund_started", "A refund is started"
    REFUND_DONE = "customer_refund_done", "A refund is paid"
    REFUND_FAILED = "customer_refund_failed", "A refund failed"
    REFUND_RETURNED = "customer_refund_returned", "A refund came back"
    REFUND_CANCELLED = "customer_refund_cancelled", "A refund is called off"


class CustomerTextQuerySet(OfStoreQuerySet["CustomerText"]):
    def best(self, kind: str, *, store: str, language: str) -> "CustomerText | None":
        """The store's before everybody's, the whole language (``pt-BR``) before its family (``pt``) before any."""
        languages = [language.lower(), language.lower().partition("-")[0], ""]
        written: list[CustomerText] = _OF_KIND.fetch(kind=kind)  # a handful of languages for a handful of stores
        fitting = [text for text in written if text.store_id in (None, store) and text.language in languages]
        fitting.sort(key=lambda text: (text.store_id is None, languages.index(text.language)))
        return fitting[0] if fitting else None


class CustomerText(models.Model):
    """Without one the built-in English text is sent."""

    kind = models.CharField(max_length=32, choices=CustomerTextKind)
    store = models.ForeignKey("orders.Store", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=16, blank=True, help_text="Like de or pt-br; empty: for every language.")
    subject = models.CharField(max_length=200)
    body = models.TextField(max_length=5000)

    objects = CustomerTextQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "store", "language"], name="one_customer_text_of_a_store"),
            models.UniqueConstraint(
                fields=["kind", "language"], condition=Q(store=None), name="one_customer_text_for_all_stores"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.store or 'every store'}, {self.language or 'every language'}"


_OF_KIND = Prepared(lambda: CustomerText.objects.filter(kind=Parameter("kind", models.CharField())))

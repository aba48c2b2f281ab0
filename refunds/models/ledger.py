"""Store credit by double entry: every posting sums to zero, and what a customer has stands in lots."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common import clock
from common.money import MoneyField
from refunds.models.refund import Refund


class LedgerAccountQuerySet(models.QuerySet["LedgerAccount"]):
    def of(self, customer_id: str | None, currency: str) -> "LedgerAccount":
        """The account of a customer, or the desk's counter account; opened when it is first asked for."""
        account, _ = self.get_or_create(customer_id=customer_id, currency=currency)
        return account

    def lock_pair(self, customer_id: str, currency: str) -> "tuple[LedgerAccount, LedgerAccount]":
        """The customer's account and the counter account, locked in the order of their ids."""
        counter, customer = self.of(None, currency).pk, self.of(customer_id, currency).pk
        both = self.select_for_update().filter(pk__in=[counter, customer]).order_by("pk")
        locked = {account.pk: account for account in both}
        return locked[customer], locked[counter]


class LedgerAccount(models.Model):
    """One side of a posting: a customer's store credit, or the desk's own counter account, in one currency."""

    customer = models.ForeignKey("orders.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    balance = MoneyField(default=Decimal(0))

    objects = LedgerAccountQuerySet.as_manager()

    class Meta:
        verbose_name = "credit account"
        constraints = [
            models.UniqueConstraint(fields=["customer", "currency"], name="one_credit_account_per_customer"),
            models.UniqueConstraint(
                fields=["currency"], condition=Q(customer=None), name="one_counter_account_per_currency"
            ),
            models.CheckConstraint(condition=Q(customer=None) | Q(balance__gte=0), name="customer_credit_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} of {self.customer_id or 'the desk'}"


class PostingKind(models.TextChoices):
    CREDIT = "credit"  # given to the customer by a refund
    DEBIT = "debit"  # spent by the customer
    EXPIRY = "expiry"  # of a lot that was not spent in time
    REVERT = "revert"  # of a refund's credit, taken back


class LedgerPosting(models.Model):
    """Entries that sum to zero. ``account`` is the customer's; ``reference`` is the spender's own word for a debit."""

    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, null=True, related_name="postings")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, related_name="postings")
    kind = models.CharField(max_length=16, choices=PostingKind)
    reference = models.CharField(max_length=255, default="", db_default="")
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    key_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "kind"], name="one_posting_per_refund_and_kind"),
            models.UniqueConstraint(
                fields=["account", "kind", "reference"],
                condition=~Q(reference=""),
                name="one_posting_per_account_and_reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class LedgerLotQuerySet(models.QuerySet["LedgerLot"]):
    def open(self) -> "LedgerLotQuerySet":
        """With something left, spent or not in time."""
        return self.filter(remaining__gt=0)

    def soonest_first(self) -> "LedgerLotQuerySet":
        """What expires first, then what never does; the older one of two alike."""
        return self.order_by(F("expires_at").asc(nulls_last=True), "pk")

    def expired(self, at: datetime) -> "LedgerLotQuerySet":
        return self.open().filter(expires_at__lte=at)

    def spendable(self, at: datetime) -> "LedgerLotQuerySet":
        return self.open().filter(Q(expires_at=None) | Q(expires_at__gt=at)).soonest_first()


class LedgerLot(models.Model):
    """Credit that was given at once and expires at once; ``remaining`` is the sum of the entries on it."""

    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="lots")
    posting = models.OneToOneField(LedgerPosting, on_delete=models.PROTECT, related_name="lot")
    amount = MoneyField()
    remaining = MoneyField()
    expires_at = models.DateTimeField(null=True)  # null: never
    created_at = models.DateTimeField(default=clock.now)

    objects = LedgerLotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0) & Q(remaining__lte=F("amount")), name="lot_remaining_within_amount"
            )
        ]
        indexes = [
            # ledger: what is spent and shown
            models.Index(fields=["account", "expires_at"], condition=Q(remaining__gt=0), name="lot_open"),
            # actions.credit_expire: what is over
            models.Index(
                fields=["expires_at"], condition=Q(remaining__gt=0) & Q(expires_at__isnull=False), name="lot_expiring"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remaining} of {self.amount}"


class LedgerEntry(models.Model):
    """``lot`` is what the entry adds to or takes from; the counter account has none."""

    posting = models.ForeignKey(LedgerPosting, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="entries")
    lot = models.ForeignKey(LedgerLot, on_delete=models.PROTECT, null=True, related_name="entries")
    amount = MoneyField()

    def __str__(self) -> str:
        return str(self.amount)


class ContactChannel(models.TextChoices):
    PHONE = "phone"
    EMAIL = "email"
    CHAT = "chat"
    SMS = "sms"
    IN_PERSON = "in_person"


class CreditConsent(models.Model):
    """The customer took credit in place of money: who said so, when and how, and on whose word we have it."""

    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, related_name="consent")
    given_by = models.CharField(max_length=200, blank=True)  # emptied when the customer is erased
    given_at = models.DateTimeField()
    channel = models.CharField(max_length=16, choices=ContactChannel)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    recorded_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"Consent of {self.given_at:%Y-%m-%d} by {self.channel}"

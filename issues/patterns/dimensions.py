"""By what issues resemble each other: the five dimensions of a pattern, and what has the same values of them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actor import Grants
from issues.models import Issue
from issues.models.issue import IssueQuerySet
from orders.models import Order, OrderItem

# Each with the column that an issue has it in.
COLUMNS = {
    "store": "order__store_id",
    "issue_type": "issue_type",
    "sku": "order_item__sku",
    "partner": "order__partner",
    "customer": "order__customer_id",
}


@dataclass(frozen=True)
class Dimensions:
    """What is empty is left open."""

    store: str = ""
    issue_type: str = ""
    sku: str = ""
    partner: str = ""
    customer: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Dimensions":
        """From a query, a form or a row that names them; what it holds beside them does not matter."""
        return cls(**{name: str(values.get(name) or "")[:64] for name in COLUMNS})

    @property
    def given(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def query(self) -> str:
        return urlencode(self.given)

    def issues(self, grants: Grants) -> IssueQuerySet:
        same = {COLUMNS[name]: value for name, value in self.given.items()}
        return Issue.objects.visible_to(grants).filter(**same)

    def silent_orders(self, grants: Grants) -> QuerySet[Order]:
        """Orders with the same item, from the same store and partner, of which nobody has complained."""
        items = OrderItem.objects.filter(order=OuterRef("pk"), sku=self.sku)
        complaints = Issue.objects.filter(order=OuterRef("pk"))
        orders = Order.objects.visible_to(grants).filter(Exists(items), ~Exists(complaints))
        same = Q(store=self.store) if self.store else Q()
        if self.partner:
            same &= Q(partner=self.partner)
        return orders.filter(same).select_related("store", "customer")

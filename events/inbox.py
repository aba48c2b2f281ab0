"""What somebody has been told in the product, and what of it they have seen."""

from uuid import UUID

from accounts.models import Employee
from common import clock
from events.models import Delivery


def news_of(employee: Employee, *, limit: int = 50) -> list[Delivery]:
    return list(Delivery.objects.news_of(employee)[:limit])


def unread_count(employee: Employee) -> int:
    return Delivery.objects.news_of(employee).filter(read_at=None).count()


def mark_read(employee: Employee, delivery_id: UUID | None = None) -> int:
    """One piece of news, or all of it; says how many were new."""
    unread = Delivery.objects.news_of(employee).filter(read_at=None)
    if delivery_id is not None:
        unread = unread.filter(pk=delivery_id)
    return unread.update(read_at=clock.now())

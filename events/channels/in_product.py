"""The list of news in the product itself."""

from events.models import Delivery


def send_in_product(delivery: Delivery) -> None:
    """Nothing to do: the row itself is what the list shows (``Delivery.objects.news_of``)."""

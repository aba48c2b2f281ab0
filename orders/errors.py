"""What an order can answer instead of doing what it was asked."""

from common.errors import DeskError


class OrderNotFound(DeskError):
    code = "ORDER_NOT_FOUND"
    message = "There is no such order."


class OrderHasRefunds(DeskError):
    """Facts: ``fields`` that may no longer become what was asked, and ``refunded_amount``."""

    code = "ORDER_HAS_REFUNDS"
    message = "Money of this order is refunded or promised; see fields for what can't change any more."


class OrderItemInUse(DeskError):
    """Facts: ``item_ids``."""

    code = "ORDER_ITEM_IN_USE"
    message = "An issue names an item that the order would lose; see item_ids."

"""The admin of events: a module for each list."""

from events.admin import deliveries, outbox, rooms, webhooks

__all__ = ["deliveries", "outbox", "rooms", "webhooks"]

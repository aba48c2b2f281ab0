"""Kills the workers while they send webhooks, and asks the receivers what has arrived: ``make chaos-webhooks``."""

"""Kills the workers while they pay, again and again, and asks the provider what it paid: ``make chaos``."""

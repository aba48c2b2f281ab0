"""How fast the API is, and how much of what the database could do that is: ``make bench``."""
